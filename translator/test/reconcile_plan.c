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
#include "strbuf.h"

#define T0 (INT64_C(1800000000) * 1000000) /* when the Job was created */
#define S  INT64_C(1000000)

#define INDEXED(n) "\"completions\":" #n ",\"parallelism\":" #n ",\"completionMode\":\"Indexed\""

/* Tasks as texts: "0 RUNNING", "0 FAILED 137 @12", "0 PENDING restarts=1 held throttle=2". The
 * number after a state that is final is the exit code; @12 is when it ended, 0 if it is left out.
 */
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

static const struct row {
    const char *proves;
    const char *spec;
    double now;
    const char *records[6]; /* "1 started 0 0", "2 failed 0 0 42": the last is the exit code */
    const char *tasks[4];
    const char *plan;
} rows[] = {
    {"all is well", INDEXED(2), 60, {"1 started 0 0"}, {"0 RUNNING", "1 PENDING"}, ""},
    {"a runner was killed",
     INDEXED(2),
     60,
     {"1 started 0 0"},
     {"0 KILLED 9 @10", "1 PENDING"},
     "close 0 0 Failed 137"},
    {"requeued by hand after its index had succeeded, and not started: no pod",
     INDEXED(2),
     60,
     {"1 started 0 0", "2 succeeded 0 0"},
     {"0 FAILED 1 @10 restarts=1", "1 PENDING"},
     ""},
    {"the same without completion indexes",
     "\"completions\":2,\"parallelism\":2",
     60,
     {"1 started 0 0", "5 succeeded 0 0"},
     {"0 FAILED 1 @10 restarts=1", "1 PENDING"},
     ""},
    {"a runner exits with its container's code",
     INDEXED(2),
     60,
     {"1 started 0 0"},
     {"0 FAILED 42 @10", "1 PENDING"},
     "close 0 0 Failed 42"},
    {"a runner could not write that it had succeeded",
     INDEXED(2),
     60,
     {"1 started 0 0"},
     {"0 COMPLETED 0 @10", "1 PENDING"},
     "close 0 0 Succeeded 0"},
    {"out of memory",
     INDEXED(2),
     60,
     {"1 started 0 0"},
     {"0 OOM 0 @10", "1 PENDING"},
     "close 0 0 Failed 137 OOMKilled"},
    {"the second run with restart count 0 is attempt 1, and runs",
     INDEXED(2),
     60,
     {"1 started 0 0", "2 failed 0 0", "3 started 0 1 0 ahead=1"},
     {"0 RUNNING", "1 PENDING"},
     ""},
    {"it has ended without a record",
     INDEXED(2),
     60,
     {"1 started 0 0", "2 failed 0 0", "3 started 0 1 0 ahead=1"},
     {"0 KILLED 9 @10", "1 PENDING"},
     "close 0 1 Failed 137"},
    {"it has failed, and nobody has asked for its retry",
     INDEXED(2),
     60,
     {"1 started 0 0", "2 failed 0 0", "3 started 0 1 0 ahead=1", "4 failed 0 1 3 ahead=1"},
     {"0 FAILED 3 @4", "1 PENDING"},
     "requeue 0 1"},
    {"the run after it ended before it could record anything",
     INDEXED(2),
     60,
     {"1 started 0 0", "2 failed 0 0", "3 started 0 1 0 ahead=1", "4 failed 0 1 3 ahead=1"},
     {"0 FAILED 5 @10 restarts=1", "1 PENDING"},
     "close 0 2 Failed 5"},
    {"within the grace time nothing is touched",
     INDEXED(2),
     14,
     {"1 started 0 0"},
     {"0 KILLED 9 @10", "1 PENDING"},
     ""},
    {"nor while the run has not left its node",
     INDEXED(2),
     60,
     {"1 started 0 0"},
     {"0 FAILED 1 @10 completing", "1 PENDING"},
     ""},
    {"cancelled",
     INDEXED(2),
     60,
     {"1 started 0 0"},
     {"0 CANCELLED 0 @10", "1 PENDING"},
     "close 0 0 Failed reason=Cancelled"},
    {"Slurm's time limit",
     INDEXED(2),
     60,
     {"1 started 0 0"},
     {"0 TIMEOUT 0 @10", "1 PENDING"},
     "close 0 0 Failed reason=SlurmTimeLimit"},
    {"preempted for good",
     INDEXED(2),
     60,
     {"1 started 0 0"},
     {"0 PREEMPTED 0 @10", "1 PENDING"},
     "close 0 0 Failed disruption=PreemptionByScheduler"},
    {"its node failed",
     INDEXED(2),
     60,
     {"1 started 0 0"},
     {"0 NODE_FAIL 0 @10", "1 PENDING"},
     "close 0 0 Failed disruption=DeletionByTaintManager"},
    {"requeued by Slurm after its node failed",
     INDEXED(2),
     60,
     {"1 started 0 0"},
     {"0 PENDING restarts=1", "1 PENDING"},
     "close 0 0 Failed disruption=DeletionByTaintManager"},
    {"requeued, and its runner is still at work",
     INDEXED(2),
     60,
     {"1 started 0 0"},
     {"0 PENDING restarts=1 completing", "1 PENDING"},
     ""},
    {"deleted by the user: not disrupted",
     INDEXED(2),
     60,
     {"1 started 0 0", "2 deleted 0 0"},
     {"0 PENDING restarts=1", "1 PENDING"},
     "close 0 0 Failed"},
    {"deleted by the user, but Slurm was not told",
     INDEXED(2),
     60,
     {"1 started 0 0", "2 deleted 0 0"},
     {"0 RUNNING", "1 PENDING"},
     "kill 0 0"},
    {"a record of Slurm's that was purged",
     INDEXED(2),
     60,
     {"1 started 0 0"},
     {"1 PENDING"},
     "close 0 0 Failed disruption=DeletionByTaintManager"},
    {"an attempt that is newer than Slurm's answer",
     INDEXED(2),
     60,
     {"57 started 0 0"},
     {"1 PENDING"},
     ""},
    {"failed before its runner could write that it had started",
     INDEXED(2),
     60,
     {NULL},
     {"0 FAILED 128 @10", "1 PENDING"},
     "close 0 0 Failed 128"},
    {"cancelled before it started: was no pod",
     INDEXED(2),
     60,
     {NULL},
     {"0 CANCELLED 0 @10", "1 PENDING"},
     ""},
    {"requeued after a failure, and the node did not start it",
     INDEXED(2),
     60,
     {"1 started 0 0", "5 failed 0 0 1"},
     {"0 FAILED 1 @10 restarts=1", "1 PENDING"},
     "close 0 1 Failed 1"},
    {"the runner died between record and requeue",
     INDEXED(2),
     60,
     {"1 started 0 0", "10 failed 0 0 1"},
     {"0 FAILED 1 @10", "1 PENDING"},
     "requeue 0 0"},
    {"the same with nothing else left: the Job is not lost",
     INDEXED(1),
     60,
     {"1 started 0 0", "10 failed 0 0 1"},
     {"0 FAILED 1 @10"},
     "requeue 0 0"},
    {"the runner is about to requeue it",
     INDEXED(2),
     12,
     {"1 started 0 0", "10 failed 0 0 1"},
     {"0 FAILED 1 @10", "1 PENDING"},
     ""},
    {"it was requeued",
     INDEXED(2),
     60,
     {"1 started 0 0", "10 failed 0 0 1"},
     {"0 PENDING restarts=1", "1 PENDING"},
     ""},
    {"a cancelled task is not brought back",
     INDEXED(2),
     60,
     {"1 started 0 0", "10 failed 0 0 1"},
     {"0 CANCELLED 0 @11", "1 PENDING"},
     ""},
    {"an index that has failed for good is not retried",
     INDEXED(2) ",\"backoffLimitPerIndex\":0",
     60,
     {"1 started 0 0", "10 failed 0 0 1"},
     {"0 FAILED 1 @10", "1 PENDING"},
     ""},
    {"a work queue is not retried after its first success",
     "\"parallelism\":3",
     60,
     {"1 started 0 0", "1 started 1 0", "10 succeeded 1 0", "10 failed 0 0 1"},
     {"0 FAILED 1 @10", "1 COMPLETED 0 @10", "2 RUNNING"},
     ""},
    {"the limit is exceeded, nobody has ended the Job",
     INDEXED(2) ",\"backoffLimit\":0",
     60,
     {"1 started 0 0", "10 failed 0 0 1"},
     {"0 FAILED 1 @10", "1 PENDING"},
     "decide Failed BackoffLimitExceeded"},
    {"somebody is about to",
     INDEXED(2) ",\"backoffLimit\":0",
     13,
     {"1 started 0 0", "10 failed 0 0 1"},
     {"0 FAILED 1 @10", "1 PENDING"},
     ""},
    {"the deadline has passed while nothing ran",
     INDEXED(2) ",\"activeDeadlineSeconds\":30",
     60,
     {"1 started 0 0", "10 failed 0 0 1"},
     {"0 PENDING restarts=1", "1 PENDING"},
     "decide Failed DeadlineExceeded"},
    {"ended, and tasks are left",
     INDEXED(2),
     60,
     {"1 started 0 0", "10 end"},
     {"0 RUNNING", "1 PENDING"},
     "cancel"},
    {"ended a moment ago", INDEXED(2), 19, {"1 started 0 0", "10 end"}, {"0 RUNNING"}, ""},
    {"ended, and nothing is left",
     INDEXED(2),
     60,
     {"1 started 0 0", "10 end"},
     {"0 CANCELLED 0 @10", "1 CANCELLED 0 @10"},
     ""},
    {"cancelled as a whole",
     INDEXED(2),
     60,
     {NULL},
     {"0 CANCELLED 0 @10", "1 CANCELLED 0 @10"},
     "decide Failed Cancelled"},
    {"forgotten as a whole: what ran is closed first",
     INDEXED(2),
     60,
     {"1 started 0 0"},
     {NULL},
     "close 0 0 Failed disruption=DeletionByTaintManager"},
    {"then the Job",
     INDEXED(2),
     60,
     {"1 started 0 0", "20 failed 0 0 1"},
     {NULL},
     "decide Failed TasksGone"},
    {"but not at once", INDEXED(2), 29, {"1 started 0 0", "20 failed 0 0 1"}, {NULL}, ""},
    {"suspended, Slurm was not told",
     INDEXED(2),
     60,
     {"1 started 0 0", "10 suspended"},
     {"0 RUNNING", "1 PENDING"},
     "hold"},
    {"suspended, one half was done",
     INDEXED(2),
     60,
     {"1 started 0 0", "10 suspended"},
     {"0 RUNNING held", "1 PENDING held"},
     "hold"},
    {"suspended",
     INDEXED(2),
     60,
     {"1 started 0 0", "10 suspended", "11 failed 0 0 143"},
     {"0 PENDING restarts=1 held", "1 PENDING held"},
     ""},
    {"scaled to nothing",
     INDEXED(2),
     60,
     {"1 started 0 0", "10 parallelism 0"},
     {"0 RUNNING", "1 PENDING"},
     "hold"},
    {"resumed, Slurm was not told",
     INDEXED(2),
     60,
     {"10 suspended", "20 resumed"},
     {"0 PENDING held", "1 PENDING held"},
     "release"},
    {"resumed, and the user holds one",
     INDEXED(2),
     60,
     {"10 suspended", "20 resumed"},
     {"0 PENDING held", "1 PENDING"},
     ""},
    {"resumed, and the user has held everything later",
     INDEXED(2),
     60,
     {"10 suspended", "20 resumed", "21 started 0 0", "22 failed 0 0 1"},
     {"0 PENDING restarts=1 held", "1 PENDING held"},
     ""},
    {"held by the user since the beginning",
     INDEXED(2),
     60,
     {NULL},
     {"0 PENDING held", "1 PENDING held"},
     ""},
    {"fewer completions, and nobody has told Slurm",
     INDEXED(4),
     60,
     {"1 started 0 0", "1 started 3 0", "10 completions 2"},
     {"0 RUNNING", "1 PENDING", "2 PENDING", "3 RUNNING"},
     "shrink 2"},
    {"retried, and nobody has released the new array: what failed before is not of it",
     INDEXED(2) ",\"backoffLimit\":0",
     60,
     {"1 started 0 0", "2 failed 0 0 1", "3 started 1 0", "20 retried ahead=1"},
     {"0 PENDING held", "1 PENDING held"},
     "release"},
    {"another throttle",
     INDEXED(4),
     60,
     {"10 parallelism 2"},
     {"0 PENDING", "1 PENDING"},
     "throttle 2"},
    {"no throttle any more",
     INDEXED(4),
     60,
     {"10 parallelism 9"},
     {"0 PENDING throttle=3", "1 PENDING throttle=3"},
     "throttle 0"},
    {"a throttle of the user's own, in a Job that was never changed",
     INDEXED(4),
     60,
     {NULL},
     {"0 PENDING throttle=3", "1 PENDING throttle=3"},
     ""},
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
    };
    double at;
    char word[16], value[16], buf[JOURNAL_LINE_MAX + 1];
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
    if (a->kind == RECONCILE_SHRINK)
        strbuf_addf(out, " %u", a->index);
}

static void check(const struct row *row)
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
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
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
