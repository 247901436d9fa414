/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_summary.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct work {
    struct job_summary *out;
    const struct indexset *failed_indexes;
    const struct indexset *given_up;
    const struct fold *fold;
    bool finished;
    int64_t end_us;     /* when the Job ended, else now */
    int64_t *durations; /* of the successful attempts */
    size_t n_durations;
    uint64_t *by_outcome; /* failed attempts of each outcome */
    const struct fold_attempt **example;
    uint32_t n_outcomes;
    uint64_t recent;
    int64_t first_us;
};

int64_t job_summary_duration(const struct fold_attempt *a, int64_t now_us)
{
    int64_t until = a->phase != JOURNAL_PHASE_NONE ? a->ended_us : now_us;
    if (a->started_us == FOLD_NO_TIME)
        return -1;
    return until > a->started_us ? until - a->started_us : 0;
}

int64_t job_summary_nth(int64_t *v, size_t n, size_t k)
{
    int64_t low = 0, high = (int64_t)n - 1, want = (int64_t)k;
    while (low < high) {
        int64_t pivot = v[low + (high - low) / 2], i = low, j = high;
        while (i <= j) {
            while (v[i] < pivot)
                i++;
            while (v[j] > pivot)
                j--;
            if (i <= j) {
                int64_t t = v[i];
                v[i++] = v[j];
                v[j--] = t;
            }
        }
        if (want > j && want < i)
            break;
        if (want <= j)
            high = j;
        else
            low = i;
    }
    return v[k];
}

/* a is the last attempt of its index. */
static enum index_state state_of(const struct work *w, const struct fold_attempt *a)
{
    if (a->phase == JOURNAL_SUCCEEDED)
        return INDEX_SUCCEEDED;
    bool for_good = w->finished || indexset_contains(w->given_up, a->index) ||
                    (w->failed_indexes && indexset_contains(w->failed_indexes, a->index));
    if (for_good)
        return INDEX_FAILED;
    if (fold_is_past(w->fold, a))
        return INDEX_WAITING; /* it runs again */
    return a->phase == JOURNAL_FAILED ? INDEX_RETRYING : INDEX_RUNNING;
}

/* A success is never taken back, but with its index. */
static void note_state(const struct work *w, const struct fold_attempt *a)
{
    struct job_summary *s = w->out;
    if (a->index < s->n && !fold_is_void(w->fold, a) && s->states[a->index] != INDEX_SUCCEEDED)
        s->states[a->index] = (uint8_t)state_of(w, a);
}

static void note_slowest(const struct work *w, const struct fold_attempt *a, int64_t duration)
{
    struct job_summary *s = w->out;
    size_t i = s->n_slowest;
    while (i > 0 && job_summary_duration(s->slowest[i - 1], w->end_us) < duration)
        i--;
    if (i == SUMMARY_SLOWEST)
        return;
    if (s->n_slowest < SUMMARY_SLOWEST)
        s->n_slowest++;
    memmove(&s->slowest[i + 1], &s->slowest[i], (s->n_slowest - i - 1) * sizeof *s->slowest);
    s->slowest[i] = a;
}

static void note_failure(struct work *w, const struct fold_attempt *a, int64_t duration)
{
    w->out->failed_attempts++;
    w->out->failed_us += duration > 0 ? duration : 0;
    if (a->outcome >= w->n_outcomes)
        return;
    const struct fold_attempt **example = &w->example[a->outcome];
    w->by_outcome[a->outcome]++;
    if (!*example || (*example)->ended_us < a->ended_us)
        *example = a;
}

static void note_success(struct work *w, const struct fold_attempt *a, int64_t duration)
{
    if (duration >= 0)
        w->durations[w->n_durations++] = duration;
    w->recent += w->finished || a->ended_us > w->end_us - SUMMARY_RECENT;
}

static void note(struct work *w, const struct fold_attempt *a)
{
    int64_t duration = job_summary_duration(a, w->end_us);
    note_state(w, a);
    if (a->started_us != FOLD_NO_TIME && a->started_us < w->first_us)
        w->first_us = a->started_us;
    if (duration >= 0)
        note_slowest(w, a, duration);
    if (a->phase == JOURNAL_PHASE_NONE)
        return;
    w->out->attempts++;
    w->out->busy_us += duration > 0 ? duration : 0;
    if (a->phase == JOURNAL_FAILED)
        note_failure(w, a, duration);
    else
        note_success(w, a, duration);
}

static int by_frequency(const void *left, const void *right)
{
    const struct summary_cause *a = left, *b = right;
    if (a->attempts != b->attempts)
        return a->attempts > b->attempts ? -1 : 1;
    return (a->last->index > b->last->index) - (a->last->index < b->last->index);
}

/* The most frequent ones: each takes the place of the rarest so far. */
static void find_causes(const struct work *w)
{
    struct job_summary *s = w->out;
    for (uint32_t i = 0; i < w->n_outcomes; i++) {
        struct summary_cause c = {w->example[i], w->by_outcome[i]};
        if (!c.attempts)
            continue;
        if (s->n_causes < SUMMARY_CAUSES)
            s->causes[s->n_causes++] = c;
        else if (s->causes[SUMMARY_CAUSES - 1].attempts < c.attempts)
            s->causes[SUMMARY_CAUSES - 1] = c;
        qsort(s->causes, s->n_causes, sizeof *s->causes, by_frequency);
    }
}

static void find_rates(const struct work *w)
{
    struct job_summary *s = w->out;
    int64_t window = w->end_us - w->first_us;
    uint64_t left = s->counts[INDEX_WAITING] + s->counts[INDEX_RUNNING] + s->counts[INDEX_RETRYING];
    if (window > SUMMARY_RECENT && !w->finished)
        window = SUMMARY_RECENT;
    s->median_us = s->p95_us = s->left_us = -1;
    if (w->n_durations) {
        s->median_us = job_summary_nth(w->durations, w->n_durations, (w->n_durations - 1) / 2);
        s->p95_us = job_summary_nth(w->durations, w->n_durations, (w->n_durations - 1) * 95 / 100);
    }
    if (!w->recent || window <= 0)
        return;
    s->per_second = (double)w->recent * 1e6 / (double)window;
    double us = (double)left / s->per_second * 1e6;
    if (!w->finished && us < 9e18)
        s->left_us = (int64_t)us;
}

/* Outcomes are numbered from 0: the largest of the failed attempts. */
static uint32_t count_outcomes(const struct fold_attempt *a, size_t n)
{
    uint32_t most = 0;
    for (size_t i = 0; i < n; i++)
        if (a[i].phase == JOURNAL_FAILED && a[i].outcome != TEXTPOOL_NONE && a[i].outcome >= most)
            most = a[i].outcome + 1;
    return most;
}

static uint32_t indexes_of(const struct job_spec *spec, const struct fold_attempt *a, size_t n)
{
    int64_t wanted = spec->completions == JOB_UNSET ? spec->parallelism : spec->completions;
    uint32_t started = n && !job_spec_indexed(spec) ? a[n - 1].index + 1 : 0;
    uint32_t most = wanted > 0 ? (uint32_t)wanted : 0;
    most = most > started ? most : started;
    return most < SUMMARY_INDEXES_MAX ? most : SUMMARY_INDEXES_MAX;
}

static int make(struct work *w, const struct fold_attempt *a, size_t n, struct error *err)
{
    struct job_summary *s = w->out;
    w->n_outcomes = count_outcomes(a, n);
    s->states = calloc(s->n ? s->n : 1, 1);
    w->durations = calloc(n ? n : 1, sizeof *w->durations);
    w->by_outcome = calloc(w->n_outcomes + 1, sizeof *w->by_outcome);
    w->example = calloc(w->n_outcomes + 1, sizeof *w->example);
    if (!s->states || !w->durations || !w->by_outcome || !w->example)
        return error_set(err, "out of memory");
    for (size_t i = 0; i < n; i++)
        note(w, &a[i]);
    for (uint32_t i = 0; i < s->n; i++)
        s->counts[s->states[i]]++;
    find_causes(w);
    find_rates(w);
    return 0;
}

/* A Job whose pods ended it has no terminal decision in its journal. */
static int64_t ended_at(const struct machine *m, const struct machine_view *view,
                        const struct journal_end *end, int64_t now_us)
{
    const struct machine_condition *failed = machine_condition(m, MACHINE_FAILED_CONDITION);
    if (view->completion_us != MACHINE_NO_TIME)
        return view->completion_us;
    if (end)
        return end->time_us;
    return failed ? failed->time_us : now_us;
}

int job_summary_make(const struct fold *f, int64_t now_us, struct job_summary *out,
                     struct error *err)
{
    size_t n;
    struct machine_view view;
    const struct fold_attempt *a = fold_attempts(f, &n);
    const struct journal_end *end = fold_end(f);
    machine_view(fold_machine(f), &view);
    *out = (struct job_summary){.n = indexes_of(view.spec, a, n)};
    struct work w = {.out = out,
                     .failed_indexes = view.failed_indexes,
                     .given_up = view.given_up,
                     .fold = f,
                     .finished = end || machine_finished(fold_machine(f)),
                     .end_us = now_us,
                     .first_us = INT64_MAX};
    if (w.finished)
        w.end_us = ended_at(fold_machine(f), &view, end, now_us);
    out->finished = w.finished;
    out->end_us = w.end_us;
    int rc = make(&w, a, n, err);
    free(w.durations);
    free(w.by_outcome);
    free(w.example);
    return rc;
}

void job_summary_free(struct job_summary *s)
{
    free(s->states);
    s->states = NULL;
}
