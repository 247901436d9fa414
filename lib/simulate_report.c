/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "simulate_report.h"

#include "cleanup.h"
#include "grow.h"
#include "tree.h"

#include <stdlib.h>
#include <string.h>

#define MARK_RUNNING   '>'
#define MARK_SUCCEEDED '.'
#define MARK_FAILED    'x'
#define MARK_IGNORED   'i'
#define MARK_KILLED    'k'

static const char legend[] =
    "  . succeeded   x failed   i failed, ignored by a rule   k killed   > still running\n";

/* "hh:mm:ss", and ".mmm" where it matters. */
static void add_time(struct strbuf *out, int64_t us)
{
    int64_t s = us / 1000000;
    strbuf_addf(out, "%02lld:%02lld:%02lld", (long long)(s / 3600), (long long)(s / 60 % 60),
                (long long)(s % 60));
    if (us % 1000000)
        strbuf_addf(out, ".%03lld", (long long)(us / 1000 % 1000));
}

static void add_cell(struct simulate_report *r, const struct simulate_event *ev)
{
    struct report_cell *v = grow(r->cells, r->n_cells, sizeof *v);
    if (!v) {
        r->failed = true;
        return;
    }
    r->cells = v;
    v[r->n_cells++] = (struct report_cell){
        .index = r->indexed ? ev->index : 0, .attempt = ev->attempt, .mark = MARK_RUNNING};
}

static void set_mark(struct simulate_report *r, const struct simulate_event *ev, char mark)
{
    if (ev->pod < r->n_cells)
        r->cells[ev->pod].mark = mark;
}

static void add_pod(struct simulate_report *r, const struct simulate_event *ev)
{
    if (r->indexed)
        strbuf_addf(&r->lines, "index %u attempt %u", ev->index, ev->attempt);
    else
        strbuf_addf(&r->lines, "pod %u", ev->pod);
}

static void on_started(struct simulate_report *r, const struct simulate_event *ev)
{
    add_cell(r, ev);
    add_pod(r, ev);
    strbuf_adds(&r->lines, " starts");
}

static void on_restarted(struct simulate_report *r, const struct simulate_event *ev)
{
    add_pod(r, ev);
    strbuf_addf(&r->lines, " restarts its container in place (restart %u)", ev->restarts);
}

/* The containers that did not exit with 0: "main 1, side 2". */
static void add_codes(struct strbuf *out, const struct machine_container *v, size_t n, bool *comma)
{
    for (size_t i = 0; i < n; i++) {
        if (v[i].exit_code == 0)
            continue;
        strbuf_addf(out, "%s%s exit code %d", *comma ? ", " : "", v[i].name, v[i].exit_code);
        *comma = true;
    }
}

static void on_ended(struct simulate_report *r, const struct simulate_event *ev)
{
    const struct outcome *o = ev->outcome;
    bool comma = false;
    set_mark(r, ev, o->ok ? MARK_SUCCEEDED : ev->ignored ? MARK_IGNORED : MARK_FAILED);
    add_pod(r, ev);
    strbuf_adds(&r->lines, o->ok ? " succeeds" : " fails: ");
    if (o->ok)
        return;
    add_codes(&r->lines, o->seen.init, o->seen.n_init, &comma);
    add_codes(&r->lines, o->seen.containers, o->seen.n_containers, &comma);
    if (o->disruption)
        strbuf_addf(&r->lines, ", disrupted: %s", o->disruption);
    if (ev->ignored)
        strbuf_adds(&r->lines, " (ignored: a rule of podFailurePolicy)");
}

static void on_killed(struct simulate_report *r, const struct simulate_event *ev)
{
    set_mark(r, ev, MARK_KILLED);
    add_pod(r, ev);
    strbuf_adds(&r->lines, " is stopped by the Job");
}

static void on_backoff(struct simulate_report *r, const struct simulate_event *ev)
{
    strbuf_adds(&r->lines, "back-off: the next pod waits until ");
    add_time(&r->lines, ev->until_us - r->start_us);
}

static void on_changed(struct simulate_report *r, const struct simulate_event *ev)
{
    cleanup_free char *text = json_dumps(ev->patch, JSON_COMPACT | JSON_SORT_KEYS);
    strbuf_addf(&r->lines, "the Job is changed: %s", text ? text : "");
}

static void on_condition(struct simulate_report *r, const struct simulate_event *ev)
{
    const struct machine_condition *c = ev->condition;
    strbuf_addf(&r->lines, "=> %s=%s %s: %s", machine_condition_name(c->type),
                c->status ? "True" : "False", c->reason, c->message);
}

static void (*const handlers[])(struct simulate_report *r, const struct simulate_event *ev) = {
    [SIMULATE_POD_STARTED] = on_started, [SIMULATE_POD_RESTARTED] = on_restarted,
    [SIMULATE_POD_ENDED] = on_ended,     [SIMULATE_POD_KILLED] = on_killed,
    [SIMULATE_BACKOFF] = on_backoff,     [SIMULATE_CHANGED] = on_changed,
    [SIMULATE_CONDITION] = on_condition,
};

void simulate_report_observe(void *report, const struct simulate_event *event)
{
    struct simulate_report *r = report;
    add_time(&r->lines, event->time_us - r->start_us);
    strbuf_adds(&r->lines, "  ");
    handlers[event->type](r, event);
    strbuf_addc(&r->lines, '\n');
}

static int by_index_and_attempt(const void *a, const void *b)
{
    const struct report_cell *x = a, *y = b;
    if (x->index != y->index)
        return x->index < y->index ? -1 : 1;
    return (x->attempt > y->attempt) - (x->attempt < y->attempt);
}

/* The cells from i on that belong to one index. */
static size_t row_len(const struct simulate_report *r, size_t i)
{
    size_t n = 1;
    while (i + n < r->n_cells && r->cells[i + n].index == r->cells[i].index)
        n++;
    return n;
}

static bool same_row(const struct simulate_report *r, size_t a, size_t b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (r->cells[a + i].mark != r->cells[b + i].mark)
            return false;
    return true;
}

static void add_row(const struct simulate_report *r, size_t i, size_t n, uint32_t last,
                    struct strbuf *out)
{
    char label[32];
    uint32_t first = r->cells[i].index;
    if (!r->indexed)
        snprintf(label, sizeof label, "pods");
    else if (first == last)
        snprintf(label, sizeof label, "%u", first);
    else
        snprintf(label, sizeof label, "%u-%u", first, last);
    strbuf_addf(out, "%12s  ", label);
    for (size_t k = 0; k < n; k++)
        strbuf_addc(out, r->cells[i + k].mark);
    strbuf_addc(out, '\n');
}

/* Neighbours with the same history share a row. */
static void add_picture(struct simulate_report *r, struct strbuf *out)
{
    strbuf_adds(out, "\nAttempts\n");
    if (r->n_cells > 0)
        qsort(r->cells, r->n_cells, sizeof *r->cells, by_index_and_attempt);
    for (size_t i = 0; i < r->n_cells;) {
        size_t n = row_len(r, i), next = i + n;
        uint32_t last = r->cells[i].index;
        while (next < r->n_cells && r->cells[next].index == last + 1 && row_len(r, next) == n &&
               same_row(r, i, next, n)) {
            last++;
            next += n;
        }
        add_row(r, i, n, last, out);
        i = next;
    }
    strbuf_adds(out, legend);
}

#define TEXT_MAX 200

/* A million indexes with holes are no text to be read. */
static void add_text(const char *key, const char *text, struct strbuf *out)
{
    strbuf_addf(out, "%18s  \"%.*s%s\"\n", key, TEXT_MAX, text,
                strlen(text) > TEXT_MAX ? "..." : "");
}

static bool ended(const json_t *conditions)
{
    size_t n = json_array_size(conditions);
    const json_t *last = n > 0 ? json_array_get(conditions, n - 1) : NULL;
    return tree_is(last, "type", "Complete") || tree_is(last, "type", "Failed");
}

static void add_status(const json_t *result, struct strbuf *out)
{
    const char *key;
    json_t *v;
    strbuf_adds(out, "\nStatus\n");
    json_object_foreach (tree_get(result, "status"), key, v) {
        if (json_is_string(v))
            add_text(key, json_string_value(v), out);
        else
            strbuf_addf(out, "%18s  %lld\n", key, json_integer_value(v));
    }
    strbuf_addf(out, "%18s  %lld\n", "pods created", tree_int(result, "podsCreated"));
    const json_t *conditions = tree_get(result, "conditions");
    size_t n = json_array_size(conditions);
    for (size_t i = 0; i < n; i++) {
        const json_t *c = json_array_get(conditions, i);
        strbuf_addf(out, "%18s  %s, %s: %s\n", tree_str(c, "type"), tree_str(c, "status"),
                    tree_str(c, "reason"), tree_str(c, "message"));
    }
    if (!ended(conditions))
        strbuf_addf(out, "The Job has not ended after %lld pods.\n", tree_int(result, "finished"));
}

int simulate_report_print(struct simulate_report *report, const json_t *result, struct strbuf *out)
{
    strbuf_adds(out, strbuf_str(&report->lines));
    add_picture(report, out);
    add_status(result, out);
    return report->failed || report->lines.failed || out->failed ? -1 : 0;
}

void simulate_report_free(struct simulate_report *report)
{
    strbuf_free(&report->lines);
    free(report->cells);
    *report = (struct simulate_report){0};
}
