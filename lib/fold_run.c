/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Handing what the journal says to the machine, in the order of time.
 */
#include "cleanup.h"
#include "fold_impl.h"
#include "pod_name.h"
#include "timefmt.h"
#include "tree.h"

#include <stdlib.h>
#include <string.h>

/* In the order of time, attempts lie all over a table that no cache holds: they are asked for
 * before their turn comes. */
#define AHEAD 8

/* A run over all items. */
struct run {
    struct fold *f;
    struct machine_actions *answer; /* for the end of this attempt, or NULL */
    uint32_t index;
    uint32_t attempt;
    struct error *err;
};

static bool has_ended(const struct fold_attempt *a)
{
    return a->phase != JOURNAL_PHASE_NONE;
}

static uint32_t machine_index(uint32_t index)
{
    return index > INDEXSET_MAX ? MACHINE_NO_INDEX : index;
}

static int send(struct run *r, const struct machine_event *ev, struct machine_actions *actions)
{
    return machine_handle(r->f->machine, ev, actions, r->err);
}

/* Sets a field of a copy of the Job's spec, and keeps it when it makes sense. */
static void change_field(struct fold *f, const char *field, json_t *value)
{
    json_t *spec = tree_get(f->job, "spec");
    cleanup_json json_t *old = json_incref(json_object_get(spec, field));
    if (json_is_null(value))
        json_object_del(spec, field);
    else
        json_object_set(spec, field, value);
    if (job_spec_update(f->spec, f->job, NULL) == 0)
        return;
    if (old)
        json_object_set(spec, field, old);
    else
        json_object_del(spec, field);
}

static void apply_changes(struct fold *f, const char *text, size_t len)
{
    struct journal_text rest = {text, len};
    struct journal_text field, value;
    char name[128], json[JOURNAL_LINE_MAX];
    while (journal_next_change(&rest, &field, &value)) {
        bool whole = journal_decode(field, name, sizeof name);
        journal_decode(value, json, sizeof json);
        cleanup_json json_t *v = whole ? json_loads(json, JSON_DECODE_ANY, NULL) : NULL;
        if (v && !json_is_object(v) && !json_is_array(v))
            change_field(f, name, v);
    }
}

/* Lets the machine see the time, so that a deadline passes before what comes after it. */
static int run_until(struct run *r, int64_t time_us)
{
    const struct machine_event sync = {.type = MACHINE_SYNC, .time_us = time_us};
    return send(r, &sync, NULL);
}

static int announce(struct run *r, int64_t time_us, uint32_t index, uint32_t attempt)
{
    const struct machine_event ev = {
        .type = MACHINE_POD_STARTED,
        .time_us = time_us,
        .index = machine_index(index),
        .attempt = attempt,
        .phase = MACHINE_PENDING,
    };
    return send(r, &ev, NULL);
}

/* A work queue's tasks are its pods from the moment that they wait in Slurm: it is not complete
 * while one of them has yet to start. Known to wait are those that start later, the first attempt
 * of each index since then, and those that Slurm says are there. */
static int announce_queue(struct run *r, int64_t since_us)
{
    const struct fold *f = r->f;
    const struct fold_table *t = &f->table;
    uint32_t done = UINT32_MAX; /* no index: they end before */
    uint32_t first = fold_array_first(f);
    uint32_t counted = fold_first_attempt(f);
    if (f->spec->completions != JOB_UNSET || f->spec->suspend ||
        (f->retry && since_us < f->retry->time_us))
        return 0;
    for (uint32_t i = 0; i < t->n_attempts; i++) {
        const struct fold_attempt *a = &t->attempts[i];
        int64_t seen =
            fold_after_retry(f, a->started_us != FOLD_NO_TIME ? a->started_us : a->ended_us);
        if (a->index == done || seen < since_us || a->attempt < counted)
            continue;
        done = a->index;
        if (announce(r, since_us, a->index, a->attempt) < 0)
            return -1;
    }
    for (size_t i = 0; i < f->n_hints; i++) {
        const struct fold_hint *h = &f->hints[i];
        bool is_new = h->liveness != FOLD_GONE && h->attempt == first;
        if (is_new && !fold_table_find(t, h->index, first) &&
            announce(r, since_us, h->index, first) < 0)
            return -1;
    }
    return 0;
}

/* A machine to which nothing has happened yet. */
static int renew_machine(struct fold *f, struct error *err)
{
    const struct machine_config config = {
        .external = true,
        .decided_elsewhere = f->has_end,
        .backoff_base_us = f->config.backoff_base_us,
        .backoff_cap_us = f->config.backoff_cap_us,
    };
    machine_free(f->machine);
    f->machine = machine_new(f->spec, &config);
    return f->machine ? 0 : error_set(err, "out of memory");
}

/* Suspensions and deadlines of before are forgotten, too. */
static int run_retried(struct run *r, const struct fold_note *note)
{
    struct fold *f = r->f;
    cleanup_indexset struct indexset succeeded = INDEXSET_INIT, given_up = INDEXSET_INIT;
    const struct machine_event ev = {.type = MACHINE_RETRIED,
                                     .time_us = note->time_us,
                                     .succeeded = &succeeded,
                                     .given_up = &given_up};
    const struct machine_event start = {.type = MACHINE_START, .time_us = note->time_us};
    bool some = note->text != TEXTPOOL_NONE && job_spec_indexed(f->spec);
    if (note != f->retry)
        return 0; /* the last one has all that was left of those before */
    if (fold_retry_succeeded(f, &succeeded) < 0 ||
        (some && fold_retry_given_up(f, textpool_get(&f->table.pool, note->text, NULL), &succeeded,
                                     &given_up) < 0))
        return error_set(r->err, "out of memory");
    if (renew_machine(f, r->err) < 0 || send(r, &ev, NULL) < 0 ||
        (f->config.start_at_submission && send(r, &start, NULL) < 0))
        return -1;
    return announce_queue(r, note->time_us);
}

/* What was not over when the index came back has been nothing. */
static int forget_void(struct run *r, const struct fold_note *note)
{
    const struct fold *f = r->f;
    const struct fold_table *t = &f->table;
    for (uint32_t i = fold_table_place(t, note->restarts, 0); i < t->n_attempts; i++) {
        const struct fold_attempt *a = &t->attempts[i];
        bool is_open = !has_ended(a) || a->ended_us >= note->time_us;
        const struct machine_event ev = {.type = MACHINE_POD_GONE,
                                         .time_us = note->time_us,
                                         .index = machine_index(a->index),
                                         .attempt = a->attempt};
        if (is_open && fold_growth_over(f, a) == note && send(r, &ev, NULL) < 0)
            return -1;
    }
    return 0;
}

/* The array of one that came too late is the Job's as well: it ends with it. */
static int run_grown(struct run *r, const struct fold_note *note)
{
    struct fold *f = r->f;
    const struct machine_event ev = {
        .type = MACHINE_SPEC, .time_us = note->time_us, .spec = f->spec};
    size_t len;
    const char *text = textpool_get(&f->table.pool, note->text, &len);
    if (run_until(r, note->time_us) < 0)
        return -1;
    bool is_late = machine_decided(f->machine);
    if (!is_late && f->spec->completions != (int64_t)note->restarts)
        return 0;
    fold_arrays_add(f, note);
    if (is_late)
        return 0;
    if (forget_void(r, note) < 0)
        return -1;
    apply_changes(f, text, len);
    return send(r, &ev, NULL);
}

static int run_global_note(struct run *r, const struct fold_note *note)
{
    struct fold *f = r->f;
    struct machine_event ev = {.type = MACHINE_SPEC, .time_us = note->time_us, .spec = f->spec};
    size_t len;
    const char *text = textpool_get(&f->table.pool, note->text, &len);
    if (note->event == JOURNAL_SUBMITTED) {
        ev.type = MACHINE_START;
        return f->config.start_at_submission && !f->retry ? send(r, &ev, NULL) : 0;
    }
    if (note->event == JOURNAL_RETRIED)
        return run_retried(r, note);
    if (note->event == JOURNAL_RENEWED)
        return 0; /* all counts stay */
    if (note->event == JOURNAL_GROWN)
        return run_grown(r, note);
    /* Up to now the old spec holds: a deadline may pass before it is changed. */
    if (run_until(r, note->time_us) < 0)
        return -1;
    if (note->event == JOURNAL_CHANGED) {
        apply_changes(f, text, len);
    } else {
        cleanup_json json_t *suspend = json_boolean(note->event == JOURNAL_SUSPENDED);
        change_field(f, "suspend", suspend);
    }
    if (send(r, &ev, NULL) < 0)
        return -1;
    return note->event == JOURNAL_RESUMED ? announce_queue(r, note->time_us) : 0;
}

static bool is_asked_for(const struct run *r, uint32_t index, uint32_t attempt)
{
    return r->answer && index == r->index && attempt == r->attempt;
}

static int run_pod_note(struct run *r, int64_t time_us, const struct fold_note *note)
{
    struct machine_event ev = {
        .type = note->event == JOURNAL_DELETED ? MACHINE_POD_DELETED : MACHINE_POD_RESTARTED,
        .time_us = time_us,
        .index = machine_index(note->index),
        .attempt = note->attempt,
        .restarts = note->restarts,
    };
    /* A pod that is deleted has failed by that, unless only failed ones are replaced. */
    bool is_asked = note->event == JOURNAL_DELETED && is_asked_for(r, note->index, note->attempt);
    return send(r, &ev, is_asked ? r->answer : NULL);
}

static int run_started(struct run *r, const struct fold_attempt *a)
{
    const struct fold *f = r->f;
    bool has_deadline = f->spec->active_deadline_seconds != JOB_UNSET;
    if (has_deadline && run_until(r, a->started_us) < 0)
        return -1;
    /* Once the Job has ended, nothing starts any more: who comes late to see that is not active. */
    if (machine_finished(f->machine))
        return 0;
    struct machine_event ev = {
        .type = MACHINE_POD_STARTED,
        .time_us = a->started_us,
        .index = machine_index(a->index),
        .attempt = a->attempt,
        .phase = MACHINE_RUNNING,
        .ready = true,
    };
    return send(r, &ev, NULL);
}

/* The pod's name stands in the message of a FailJob rule. */
static const char *name_pod(const struct fold *f, const struct fold_attempt *a,
                            char name[POD_NAME_MAX + 1])
{
    const json_t *meta = tree_get(f->created, "metadata");
    int rc = pod_name_make(name, f->spec->name, tree_str(meta, "uid"), job_spec_indexed(f->spec),
                           a->index, a->attempt, NULL);
    return rc == 0 ? name : NULL;
}

static int run_ended(struct run *r, const struct fold_attempt *a)
{
    struct fold *f = r->f;
    char name[POD_NAME_MAX + 1];
    struct machine_event ev = {
        .type = MACHINE_POD_ENDED,
        .time_us = a->ended_us,
        .index = machine_index(a->index),
        .attempt = a->attempt,
        .phase = a->phase == JOURNAL_FAILED ? MACHINE_FAILED : MACHINE_SUCCEEDED,
    };
    if (a->phase == JOURNAL_FAILED && f->spec->has_failure_policy) {
        size_t len;
        const char *text = textpool_get(&f->table.pool, a->outcome, &len);
        if (fold_outcome_decode(&f->outcome, text, len) < 0)
            return error_set(r->err, "out of memory");
        ev.outcome = &f->outcome.view;
        ev.pod_name = name_pod(f, a, name);
    }
    bool is_asked = is_asked_for(r, a->index, a->attempt) && r->answer->len == 0;
    return send(r, &ev, is_asked ? r->answer : NULL);
}

static int run_decided(struct run *r)
{
    struct journal_end *end = &r->f->end;
    bool complete = strcmp(end->condition, "Complete") == 0;
    const struct machine_condition decision = {
        .type = complete ? MACHINE_COMPLETE : MACHINE_FAILED_CONDITION,
        .status = true,
        .time_us = end->time_us,
        .reason = end->reason,
        .message = end->message,
    };
    struct machine_event ev = {
        .type = MACHINE_DECIDED, .time_us = end->time_us, .decision = &decision};
    return send(r, &ev, NULL);
}

static int run_item(struct run *r, struct fold_item item)
{
    const struct fold_table *t = &r->f->table;
    uint32_t number = item.ref >> FOLD_KIND_BITS;
    switch ((enum fold_item_kind)(item.ref & ((1u << FOLD_KIND_BITS) - 1))) {
    case FOLD_GLOBAL_NOTE:
        return run_global_note(r, &t->notes[number]);
    case FOLD_ENDED:
        return run_ended(r, &t->attempts[number]);
    case FOLD_STARTED:
        return run_started(r, &t->attempts[number]);
    case FOLD_POD_NOTE:
        return run_pod_note(r, fold_item_time(item), &t->notes[number]);
    case FOLD_DECIDED:
        return run_decided(r);
    }
    return 0;
}

static void prefetch(const struct fold_table *t, struct fold_item item)
{
    uint32_t number = item.ref >> FOLD_KIND_BITS;
    if (number < t->n_attempts)
        __builtin_prefetch(&t->attempts[number]);
}

/* The Job exists from its creation on: a Job that was created suspended is suspended since then,
 * not since somebody looks. */
static int run_creation(struct run *r, const struct fold_items *items, int64_t now_us)
{
    const json_t *meta = tree_get(r->f->created, "metadata");
    struct machine_event ev = {.type = MACHINE_SYNC};
    int64_t seconds;
    ev.time_us = items->n > 0 ? fold_item_time(items->v[0]) : now_us;
    if (timefmt_parse_rfc3339(tree_str(meta, "creationTimestamp"), &seconds) == 0 &&
        seconds < ev.time_us / 1000000)
        ev.time_us = seconds * 1000000;
    return send(r, &ev, NULL) < 0 ? -1 : announce_queue(r, ev.time_us);
}

static int run_items(struct run *r, int64_t now_us)
{
    const struct fold_table *t = &r->f->table;
    struct fold_items items;
    if (fold_items_make(r->f, &items) < 0)
        return error_set(r->err, "out of memory");
    cleanup_free struct fold_item *v = items.v;
    if (run_creation(r, &items, now_us) < 0)
        return -1;
    for (size_t i = 0; i < items.n; i++) {
        if (i + AHEAD < items.n)
            prefetch(t, v[i + AHEAD]);
        if (run_item(r, v[i]) < 0)
            return -1;
    }
    return 0;
}

static int compare_hints(const void *left, const void *right)
{
    const struct fold_hint *a = left;
    const struct fold_hint *b = right;
    if (a->index != b->index)
        return a->index < b->index ? -1 : 1;
    return (a->attempt > b->attempt) - (a->attempt < b->attempt);
}

static int run_hint(struct run *r, const struct fold_hint *h, int64_t now_us)
{
    const struct fold_attempt *a = fold_table_find(&r->f->table, h->index, h->attempt);
    struct machine_event ev = {
        .type = h->liveness == FOLD_GONE ? MACHINE_POD_GONE : MACHINE_POD_STARTED,
        .time_us = now_us,
        .index = machine_index(h->index),
        .attempt = h->attempt,
        .phase = h->liveness == FOLD_RUNNING ? MACHINE_RUNNING : MACHINE_PENDING,
        .ready = h->liveness == FOLD_RUNNING,
    };
    bool is_known = a && (has_ended(a) || h->liveness != FOLD_GONE);
    bool is_nothing = !a && (h->liveness == FOLD_GONE || machine_finished(r->f->machine));
    return is_known || is_nothing ? 0 : send(r, &ev, NULL);
}

static int run_hints(struct run *r, int64_t now_us)
{
    struct fold *f = r->f;
    for (size_t i = 0; i < f->n_hints; i++)
        if (run_hint(r, &f->hints[i], now_us) < 0)
            return -1;
    return 0;
}

/* Everything as it was when the Job was created. */
static int restart(struct fold *f, struct error *err)
{
    json_decref(f->job);
    f->job = json_deep_copy(f->created);
    if (!f->job)
        return error_set(err, "out of memory");
    fold_put_template(f);
    if (job_spec_update(f->spec, f->job, err) < 0)
        return -1;
    return renew_machine(f, err);
}

static int run_all(struct run *r, int64_t now_us, struct machine_actions *actions)
{
    struct fold *f = r->f;
    struct machine_event sync = {.type = MACHINE_SYNC, .time_us = now_us};
    if (!f->settled && fold_table_settle(&f->table) < 0)
        return error_set(r->err, "out of memory");
    if (!f->settled)
        fold_retry_find(f);
    if (!f->settled && fold_growths_find(f) < 0)
        return error_set(r->err, "out of memory");
    f->settled = true;
    fold_retry_undo_end(f);
    for (size_t i = 0; i < f->n_hints; i++)
        if (f->hints[i].attempt == FOLD_FIRST)
            f->hints[i].attempt = fold_array_first(f);
    if (f->n_hints > 1)
        qsort(f->hints, f->n_hints, sizeof *f->hints, compare_hints);
    fold_arrays_begin(f);
    if (restart(f, r->err) < 0 || run_items(r, now_us) < 0 || run_hints(r, now_us) < 0)
        return -1;
    if (f->slurm_job.failed)
        return error_set(r->err, "out of memory");
    return send(r, &sync, actions);
}

int fold_run(struct fold *f, int64_t now_us, struct machine_actions *actions, struct error *err)
{
    struct run r = {.f = f, .err = err};
    return run_all(&r, now_us, actions);
}

int fold_run_for(struct fold *f, int64_t now_us, uint32_t index, uint32_t attempt,
                 struct machine_actions *answer, struct error *err)
{
    struct run r = {.f = f, .err = err, .answer = answer, .index = index, .attempt = attempt};
    answer->len = 0;
    return run_all(&r, now_us, NULL);
}
