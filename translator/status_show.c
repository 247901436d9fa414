/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "status_show.h"

#include <stdio.h>
#include <string.h>

#include "attempt_cause.h"
#include "cleanup.h"
#include "duration.h"
#include "job_summary.h"
#include "printable.h"
#include "slurm_reason.h"
#include "strip.h"
#include "tree.h"

#define STRIP_ROWS  8
#define LABEL_WIDTH 13
#define REASONS     4

struct page {
    const struct job_view *v;
    const struct job_live *live;
    const struct terminal *terminal;
    struct job_summary summary;
    struct strbuf *out;
};

const char *status_duration(int64_t us, char buf[32])
{
    if (us < 0)
        snprintf(buf, 32, "?");
    else if (us < 10000000)
        snprintf(buf, 32, "%.1fs", (double)us / 1e6);
    else
        duration_human(us / 1000000, buf);
    return buf;
}

struct waiting {
    const char *words;
    uint64_t tasks;
};

static void count_reason(struct waiting *v, size_t *n, const char *words)
{
    size_t i = 0;
    while (i < *n && v[i].words != words)
        i++;
    if (i == *n && *n < REASONS)
        v[(*n)++] = (struct waiting){words, 0};
    if (i < *n)
        v[i].tasks++;
    while (i > 0 && i < *n && v[i - 1].tasks < v[i].tasks) {
        struct waiting t = v[i];
        v[i] = v[i - 1];
        v[--i] = t;
    }
}

/* The most frequent reason first: "123 for free CPUs, 4 held". */
static void add_reasons(const struct job_live *live, struct strbuf *out)
{
    struct waiting v[REASONS];
    size_t n = 0;
    for (size_t i = 0; live && i < live->len; i++)
        if (live->tasks[i].state == SLURM_TASK_PENDING)
            count_reason(v, &n, slurm_reason_words(live->tasks[i].reason));
    for (size_t i = 0; i < n; i++)
        strbuf_addf(out, "%s%llu %s", i ? "; " : "", (unsigned long long)v[i].tasks,
                    *v[i].words ? v[i].words : "not looked at by Slurm yet");
}

static void label(const struct page *p, const char *name)
{
    strbuf_addf(p->out, "%-*s", LABEL_WIDTH, name);
}

static const char *color_of(const char *state)
{
    return strcmp(state, "Complete") == 0 ? "\033[32m"
           : strcmp(state, "Failed") == 0 ? "\033[31m"
                                          : "\033[34m";
}

static void add_head(const struct page *p)
{
    const json_t *meta = tree_get(p->v->object, "metadata");
    const char *ids = fold_slurm_job(p->v->fold);
    label(p, "Name:");
    strbuf_addf(p->out, "%s (namespace %s", tree_str(meta, "name"), tree_str(meta, "namespace"));
    if (*ids)
        strbuf_addf(p->out, ", Slurm job %s", ids);
    strbuf_adds(p->out, ")\n");
}

static void add_reason(const struct page *p)
{
    const json_t *c;
    size_t i;
    const char *state = job_view_state(p->v);
    json_array_foreach (tree_at(p->v->object, "status", "conditions", NULL), i, c)
        if (tree_is(c, "type", state) && tree_has(c, "message")) {
            cleanup_free char *message = printable_copy(tree_str(c, "message"));
            strbuf_addf(p->out, " (%s: %s)", tree_str(c, "reason"), message ? message : "");
        }
}

static void add_state(const struct page *p)
{
    char text[32];
    const char *state = job_view_state(p->v);
    struct machine_view view;
    machine_view(fold_machine(p->v->fold), &view);
    label(p, "Status:");
    if (p->terminal->color)
        strbuf_addf(p->out, "%s%s\033[0m", color_of(state), state);
    else
        strbuf_adds(p->out, state);
    if (view.start_us != MACHINE_NO_TIME)
        strbuf_addf(p->out, ", %s %s", p->summary.finished ? "took" : "for",
                    status_duration(p->summary.end_us - view.start_us, text));
    else
        strbuf_adds(p->out, p->summary.finished || job_view_is_submitted(p->v)
                                ? ", no pod has started yet"
                                : ", not known to be in Slurm: skjob reconcile finds out");
    add_reason(p);
    strbuf_addc(p->out, '\n');
}

static void add_counts(const struct page *p)
{
    const struct job_summary *s = &p->summary;
    const json_t *spec = tree_get(p->v->object, "spec");
    label(p, "Done:");
    if (tree_has(spec, "completions"))
        strbuf_addf(p->out, "%lld/%lld", tree_int(tree_get(p->v->object, "status"), "succeeded"),
                    tree_int(spec, "completions"));
    else
        strbuf_addf(p->out, "%lld", tree_int(tree_get(p->v->object, "status"), "succeeded"));
    for (int i = 0; i < INDEX_STATES; i++)
        if (i != INDEX_SUCCEEDED && s->counts[i])
            strbuf_addf(p->out, ", %llu %s", (unsigned long long)s->counts[i],
                        strip_marks[i].meaning);
    strbuf_addc(p->out, '\n');
}

static void add_strip(const struct page *p)
{
    const struct job_summary *s = &p->summary;
    int width = p->terminal->columns - 2;
    uint32_t scale = strip_scale(s->n, width, STRIP_ROWS);
    bool indexed = tree_is(tree_get(p->v->object, "spec"), "completionMode", "Indexed");
    if (s->n < 2)
        return;
    strbuf_addf(p->out, "\n%s 0-%u", indexed ? "Indexes" : "Tasks", s->n - 1);
    if (scale > 1)
        strbuf_addf(p->out, ", %u for each character", scale);
    strbuf_adds(p->out, ":\n");
    strip_print(s->states, s->n, width, STRIP_ROWS, p->terminal->color, "  ", p->out);
    strbuf_addc(p->out, ' ');
    for (int i = 0; i <= INDEX_STATES; i++)
        if (i == INDEX_STATES ? scale > 1 : s->counts[i] > 0)
            strbuf_addf(p->out, " %c %s ", strip_marks[i].letter, strip_marks[i].meaning);
    while (p->out->data[p->out->len - 1] == ' ')
        p->out->data[--p->out->len] = '\0';
    strbuf_adds(p->out, "\n\n");
}

static void add_ranges(const struct page *p)
{
    static const struct {
        enum index_state state;
        const char *label;
    } rows[] = {
        {INDEX_FAILED, "Failed:"}, {INDEX_RETRYING, "Retrying:"}, {INDEX_RUNNING, "Running:"}};
    int room = p->terminal->columns - LABEL_WIDTH;
    for (size_t i = 0; i < sizeof rows / sizeof *rows && p->summary.n > 1; i++) {
        if (!p->summary.counts[rows[i].state])
            continue;
        label(p, rows[i].label);
        strip_ranges(p->summary.states, p->summary.n, rows[i].state,
                     (size_t)(room < 40 ? 40 : room), p->out);
        strbuf_addc(p->out, '\n');
    }
}

static void add_rate(const struct page *p)
{
    const struct job_summary *s = &p->summary;
    char left[32];
    double rate = s->per_second;
    if (rate <= 0 || s->counts[INDEX_SUCCEEDED] < 2)
        return;
    label(p, "Rate:");
    if (rate >= 1)
        strbuf_addf(p->out, "%.1f pods per second", rate);
    else if (rate * 60 >= 1)
        strbuf_addf(p->out, "%.1f pods per minute", rate * 60);
    else
        strbuf_addf(p->out, "%.1f pods per hour", rate * 3600);
    if (s->left_us > 0)
        strbuf_addf(p->out, ", about %s left", status_duration(s->left_us, left));
    strbuf_addc(p->out, '\n');
}

static void add_durations(const struct page *p)
{
    const struct job_summary *s = &p->summary;
    char median[32], p95[32];
    if (!s->attempts)
        return;
    label(p, "Pods:");
    if (s->median_us >= 0)
        strbuf_addf(p->out, "median %s, 95%% within %s; ", status_duration(s->median_us, median),
                    status_duration(s->p95_us, p95));
    strbuf_addf(p->out, "%.2f pod hours", (double)s->busy_us / 3.6e9);
    if (s->failed_attempts && s->busy_us > 0)
        strbuf_addf(p->out, ", %.0f%% of them in %llu failed attempts",
                    (double)s->failed_us * 100 / (double)s->busy_us,
                    (unsigned long long)s->failed_attempts);
    strbuf_addc(p->out, '\n');
}

static void add_waiting(const struct page *p)
{
    cleanup_strbuf struct strbuf words = STRBUF_INIT;
    add_reasons(p->live, &words);
    if (!words.len)
        return;
    label(p, "Waiting:");
    strbuf_addf(p->out, "%s\n", strbuf_str(&words));
}

static const char *node_of(const struct page *p, const struct fold_attempt *a, char buf[256])
{
    const char *node = fold_node(p->v->fold, a);
    journal_decode((struct journal_text){node, strlen(node)}, buf, 256);
    return *buf ? buf : "-";
}

static void add_slowest(const struct page *p)
{
    const struct job_summary *s = &p->summary;
    char text[32], node[256];
    if (s->n_slowest < 2)
        return;
    strbuf_addf(p->out, "\nSlowest:\n  %-10s %-8s %-10s %-10s %s\n", "INDEX", "ATTEMPT", "DURATION",
                "STATE", "NODE");
    for (size_t i = 0; i < s->n_slowest; i++) {
        const struct fold_attempt *a = s->slowest[i];
        strbuf_addf(p->out, "  %-10u %-8u %-10s %-10s %s\n", a->index, a->attempt,
                    status_duration(job_summary_duration(a, s->end_us), text),
                    a->phase == JOURNAL_SUCCEEDED ? "succeeded"
                    : a->phase == JOURNAL_FAILED  ? "failed"
                                                  : "not ended",
                    node_of(p, a, node));
    }
}

static void add_causes(const struct page *p)
{
    const struct job_summary *s = &p->summary;
    char code[16], node[256];
    if (!s->n_causes)
        return;
    strbuf_addf(p->out, "\nFailures:\n  %-8s %-9s %-24s %-10s %-8s %s\n", "ATTEMPTS", "EXIT CODE",
                "REASON", "LAST INDEX", "ATTEMPT", "NODE");
    for (size_t i = 0; i < s->n_causes; i++) {
        struct attempt_cause cause;
        const struct fold_attempt *a = s->causes[i].last;
        attempt_cause_of(p->v->fold, a, &cause);
        cleanup_free char *reason = printable_copy(cause.reason);
        snprintf(code, sizeof code, "%d", cause.exit_code);
        strbuf_addf(p->out, "  %-8llu %-9s %-24s %-10u %-8u %s\n",
                    (unsigned long long)s->causes[i].attempts, cause.has_exit_code ? code : "-",
                    reason && *reason ? reason : "-", a->index, a->attempt, node_of(p, a, node));
    }
}

int status_show(const struct job_view *v, const struct job_live *live, const struct terminal *t,
                int64_t now_us, struct strbuf *out, struct error *err)
{
    static void (*const parts[])(const struct page *) = {
        add_head, add_state,   add_counts,    add_strip,   add_ranges,
        add_rate, add_waiting, add_durations, add_slowest, add_causes};
    struct page p = {.v = v, .live = live, .terminal = t, .out = out};
    int rc = job_summary_make(v->fold, now_us, &p.summary, err);
    for (size_t i = 0; rc == 0 && i < sizeof parts / sizeof *parts; i++)
        parts[i](&p);
    job_summary_free(&p.summary);
    return rc < 0 || out->failed ? rc < 0 ? -1 : error_set(err, "out of memory") : 0;
}
