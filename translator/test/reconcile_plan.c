/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is to be done where the journal and Slurm do not agree.
 */
#include "../reconcile_plan.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "indexset.h"
#include "journal_read.h"
#include "reconcile_rows.h"
#include "strbuf.h"

#define T0 (INT64_C(1800000000) * 1000000) /* when the Job was created */
#define S  INT64_C(1000000)

static const struct {
    const char *word;
    enum slurm_task_state state;
} states[] = {
    {"PENDING", SLURM_TASK_PENDING},     {"RUNNING", SLURM_TASK_RUNNING},
    {"CANCELLED", SLURM_TASK_CANCELLED}, {"TIMEOUT", SLURM_TASK_TIMEOUT},
    {"PREEMPTED", SLURM_TASK_PREEMPTED}, {"NODE_FAIL", SLURM_TASK_NODE_FAILED},
    {"OOM", SLURM_TASK_OUT_OF_MEMORY},   {"FAILED", SLURM_TASK_ENDED},
    {"COMPLETED", SLURM_TASK_ENDED},
};

static struct fold *make_fold(const char *spec)
{
    char text[1024];
    struct error err;
    struct fold *f = NULL;
    snprintf(text, sizeof text,
             "{\"metadata\":{\"name\":\"pi\",\"uid\":\"u\",\"creationTimestamp\":"
             "\"2027-01-15T08:00:00Z\"},\"spec\":{%s,\"template\":{\"spec\":{\"restartPolicy\":"
             "\"Never\",\"containers\":[{\"name\":\"main\"}]}}}}",
             spec);
    cleanup_json json_t *job = json_loads(text, 0, NULL);
    cr_assert(job, "%s", text);
    cr_assert_eq(fold_new(job, NULL, &f, &err), 0, "%s", err.text);
    return f;
}

static void add_end(struct fold *f, int64_t at)
{
    const struct journal_end end = {
        .time_us = at, .condition = "Failed", .reason = "BackoffLimitExceeded", .message = "m"};
    fold_set_end(f, &end);
}

static void add_record(struct fold *f, const char *record)
{
    static const struct {
        const char *word;
        enum journal_event event;
        enum journal_phase phase;
    } words[] = {
        {"started", JOURNAL_STARTED, JOURNAL_PHASE_NONE},
        {"failed", JOURNAL_ENDED, JOURNAL_FAILED},
        {"succeeded", JOURNAL_ENDED, JOURNAL_SUCCEEDED},
        {"deleted", JOURNAL_DELETED, JOURNAL_PHASE_NONE},
        {"suspended", JOURNAL_SUSPENDED, JOURNAL_PHASE_NONE},
        {"resumed", JOURNAL_RESUMED, JOURNAL_PHASE_NONE},
        {"parallelism", JOURNAL_CHANGED, JOURNAL_PHASE_NONE},
        {"completions", JOURNAL_CHANGED, JOURNAL_PHASE_NONE},
        {"retried", JOURNAL_RETRIED, JOURNAL_PHASE_NONE},
        {"submitted", JOURNAL_SUBMITTED, JOURNAL_PHASE_NONE},
        {"grown", JOURNAL_GROWN, JOURNAL_PHASE_NONE},
    };
    double at;
    char word[16], value[16], job[16], indexes[16], buf[JOURNAL_LINE_MAX + 1];
    unsigned index = 0, attempt = 0;
    int code = 0;
    struct error err;
    cr_assert_geq(sscanf(record, "%lf %15s %u %u %d", &at, word, &index, &attempt, &code), 2);
    if (strcmp(word, "end") == 0) {
        add_end(f, T0 + (int64_t)(at * 1e6));
        return;
    }
    const struct journal_change change = {word, value};
    const struct journal_container container = {"main", code, NULL};
    struct journal_record r = {.time_us = T0 + (int64_t)(at * 1e6)};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i].word, word) != 0)
            continue;
        r.event = words[i].event;
        r.phase = words[i].phase;
    }
    if (r.event == JOURNAL_RETRIED)
        r.job = "77";
    if (r.event == JOURNAL_CHANGED) {
        snprintf(value, sizeof value, "%u", index);
        r.changes = &change;
        r.n_changes = 1;
        index = 0;
    }
    if (r.event == JOURNAL_SUBMITTED || r.event == JOURNAL_GROWN) {
        snprintf(job, sizeof job, "%u", index);
        r.job = job;
        index = 0;
    }
    const struct journal_change more[] = {{"completions", value}, {"parallelism", value}};
    if (r.event == JOURNAL_GROWN) {
        snprintf(indexes, sizeof indexes, "%u", attempt);
        snprintf(value, sizeof value, "%d", code);
        r.indexes = indexes;
        r.changes = more;
        r.n_changes = 2;
        attempt = 0;
    }
    const char *ahead = strstr(record, " ahead=");
    r.index = index;
    r.attempt = attempt;
    r.ahead = ahead ? (uint32_t)atoi(ahead + 7) : 0;
    r.containers = &container;
    r.n_containers = r.event == JOURNAL_ENDED;
    cr_assert_gt(journal_format(&r, buf, &err), 0, "%s", err.text);
    struct journal_line line;
    const char *why;
    cr_assert_eq(journal_parse(buf, strcspn(buf, "\n"), &line, &why), 0, "%s", buf);
    cr_assert_eq(fold_add(f, &line), 0);
}

static struct slurm_task make_task(const char *text)
{
    struct slurm_task t = {.array = true};
    char word[16];
    const char *rest = NULL;
    int used = 0, code = 0;
    double ended = 0;
    cr_assert_geq(sscanf(text, "%u %15s%n %d @%lf", &t.index, word, &used, &code, &ended), 2);
    t.state = SLURM_TASK_ENDED;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(states[i].word, word) == 0)
            t.state = states[i].state;
    t.status = strcmp(word, "KILLED") == 0 ? code : code << 8;
    t.ended = ended > 0 ? (time_t)(T0 / S) + (time_t)ended : 0;
    t.held = strstr(text, " held") != NULL;
    t.completing = strstr(text, " completing") != NULL;
    t.delayed = t.held;
    if ((rest = strstr(text, "job=")))
        t.job = (uint32_t)atoi(rest + 4);
    if ((rest = strstr(text, "restarts=")))
        t.restarts = (uint32_t)atoi(rest + 9);
    if ((rest = strstr(text, "throttle=")))
        t.throttle = (uint32_t)atoi(rest + 9);
    return t;
}

static void print_ending(struct strbuf *out, const struct reconcile_ending *e)
{
    strbuf_adds(out, e->phase == JOURNAL_SUCCEEDED ? " Succeeded" : " Failed");
    if (e->has_code)
        strbuf_addf(out, " %d", e->exit_code);
    if (e->container)
        strbuf_addf(out, " %s", e->container);
    if (e->reason)
        strbuf_addf(out, " reason=%s", e->reason);
    if (e->disruption)
        strbuf_addf(out, " disruption=%s", e->disruption);
}

static void print_action(struct strbuf *out, const struct reconcile_plan *p,
                         const struct reconcile_action *a)
{
    static const char *const names[] = {"close", "decide", "cancel",  "requeue", "kill",
                                        "hold",  "shrink", "release", "throttle"};
    strbuf_addf(out, "%s%s", out->len ? "; " : "", names[a->kind]);
    if (a->kind == RECONCILE_CLOSE || a->kind == RECONCILE_REQUEUE || a->kind == RECONCILE_KILL)
        strbuf_addf(out, " %u %u", a->index, a->attempt);
    if (a->kind == RECONCILE_CLOSE)
        print_ending(out, &a->ending);
    if (a->kind == RECONCILE_DECIDE)
        strbuf_addf(out, " %s %s", p->end.condition, p->end.reason);
    if (a->kind == RECONCILE_THROTTLE)
        strbuf_addf(out, " %u", a->throttle);
    if ((a->kind == RECONCILE_THROTTLE || a->kind == RECONCILE_RELEASE) && a->job)
        strbuf_addf(out, " of %u", a->job);
    if (a->kind == RECONCILE_SHRINK)
        strbuf_addf(out, " %u", a->index);
}

static void check(const struct reconcile_row *row)
{
    struct error err;
    struct slurm_task tasks[4];
    struct job_live live = {.tasks = tasks};
    cleanup_fold struct fold *f = make_fold(row->spec);
    cleanup_reconcile_plan struct reconcile_plan plan = {0};
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    for (size_t i = 0; i < 6 && row->records[i]; i++)
        add_record(f, row->records[i]);
    for (size_t i = 0; i < 4 && row->tasks[i]; i++)
        tasks[live.len++] = make_task(row->tasks[i]);
    const struct reconcile_input in = {f, &live, T0 + (int64_t)(row->now * 1e6),
                                       RECONCILE_GRACE_US};
    cr_assert_eq(fold_run(f, in.now_us, NULL, &err), 0, "%s", err.text);
    cr_assert_eq(job_live_tell(&live, f, in.now_us, &err), 0, "%s", err.text);
    cr_assert_eq(reconcile_plan(&in, &plan), 0);
    for (size_t i = 0; i < plan.len; i++)
        print_action(&out, &plan, &plan.v[i]);
    cr_expect_str_eq(strbuf_str(&out), row->plan, "%s: %s instead of %s", row->proves,
                     strbuf_str(&out), row->plan);
}

Test(reconcile_plan, rows)
{
    for (size_t i = 0; i < reconcile_rows_len; i++)
        check(&reconcile_rows[i]);
}

Test(reconcile_plan, throttle)
{
    static const struct {
        const char *spec;
        uint32_t tasks;
        uint32_t throttle;
        const char *proves;
    } cases[] = {
        {"\"completions\":5,\"parallelism\":2", 5, 2, "fewer at once than there are"},
        {"\"completions\":5,\"parallelism\":5", 5, 0, "as many: no limit"},
        {"\"completions\":5,\"parallelism\":9", 5, 0, "more: no limit"},
        {"\"parallelism\":3", 3, 0, "a work queue"},
        {"\"parallelism\":0", 1, 0, "a work queue that is paused has one task"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct machine_view view;
        cleanup_fold struct fold *f = make_fold(cases[i].spec);
        cr_assert_eq(fold_run(f, T0, NULL, NULL), 0);
        machine_view(fold_machine(f), &view);
        cr_expect_eq(reconcile_tasks(fold_created(f), view.spec), cases[i].tasks, "%s",
                     cases[i].proves);
        if (view.spec->parallelism > 0)
            cr_expect_eq(reconcile_throttle(fold_created(f), view.spec), cases[i].throttle, "%s",
                         cases[i].proves);
    }
}
