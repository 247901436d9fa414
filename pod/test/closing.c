/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Closing an attempt: what is recorded, and what slurmctld is asked to do.
 */
#include "../closing.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "fake_slurm.h"

#define IGNORE                                                                                     \
    ",\"podFailurePolicy\":{\"rules\":[{\"action\":\"Ignore\",\"onPodConditions\":[{\"type\":"     \
    "\"DisruptionTarget\"}]}]}"
#define FAIL_JOB                                                                                   \
    ",\"podFailurePolicy\":{\"rules\":[{\"action\":\"FailJob\",\"onExitCodes\":{\"operator\":"     \
    "\"In\",\"values\":[42]}}]}"
#define DISRUPTED(why) "conditions=DisruptionTarget:True:" why

/* Attempt `attempt` of task 10_1 (of 10_0 to 10_3), whose own job id is 12, ends at T0 + 5.4 s. */
struct flags {
    bool signalled, past_deadline, past_job, success_policy;
};

static const struct row {
    const char *proves;
    const char *spec;
    const char *records[6];
    int exit_code;
    uint32_t attempt;
    struct flags flags;
    struct slurm_task task;
    const char *calls;
    const char *ended; /* the part of the record that matters */
    const char *end;
    const char *shared; /* calls where the plugin is; NULL = the same */
} rows[] = {
    {.proves = "a success costs nothing",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .calls = "",
     .ended = "5.4 succeeded 1 0 containers=main:0:Completed"},
    {.proves = "a failure is retried after 10 s, in whole seconds",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .exit_code = 3,
     .calls = "requeue? 10_1; begin 10_1 +16",
     .ended = "5.4 failed 1 0 containers=main:3:Error"},
    {.proves = "the delay doubles with each failure",
     .spec = INDEXED(4),
     .records = {"1 started 0 0", "2 failed 0 0"},
     .exit_code = 3,
     .calls = "requeue? 10_1; begin 10_1 +26",
     .ended = "5.4 failed 1 0"},
    {.proves = "one too many: the winner stops what is not over, except itself",
     .spec = INDEXED(4) ",\"backoffLimit\":1",
     .records = {"1 started 0 0", "2 failed 0 0", "3 succeeded 2 0"},
     .exit_code = 3,
     .calls = "cancel 10_[0,3]",
     .ended = "5.4 failed 1 0",
     .end = "end Failed BackoffLimitExceeded"},
    {.proves = "FailJob",
     .spec = INDEXED(4) FAIL_JOB,
     .records = {"1 started 0 0"},
     .exit_code = 42,
     .calls = "cancel 10_[0,2-3]",
     .ended = "5.4 failed 1 0",
     .end = "end Failed PodFailurePolicy"},
    {.proves = "backoffLimitPerIndex: a failed index is not retried",
     .spec = INDEXED(4) ",\"backoffLimitPerIndex\":0",
     .records = {"1 started 1 0"},
     .exit_code = 3,
     .calls = "",
     .ended = "5.4 failed 1 0"},
    {.proves = "the last index fails: nobody is left to stop but unstarted tasks",
     .spec = INDEXED(2) ",\"backoffLimitPerIndex\":0",
     .records = {"1 started 0 0", "2 succeeded 0 0"},
     .exit_code = 3,
     .calls = "cancel 10_[2-3]",
     .ended = "5.4 failed 1 0",
     .end = "end Failed FailedIndexes"},
    {.proves = "a success that meets the successPolicy",
     .spec = INDEXED(4) ",\"successPolicy\":{\"rules\":[{\"succeededCount\":1}]}",
     .records = {"1 started 1 0"},
     .flags = {.success_policy = true},
     .calls = "cancel 10_[0,2-3]",
     .ended = "5.4 succeeded 1 0",
     .end = "end Complete SuccessPolicy"},
    {.proves = "killed by hand, Slurm knows of nothing: an ordinary failure",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .exit_code = 143,
     .flags = {.signalled = true},
     .task = {.state = SLURM_TASK_RUNNING},
     .calls = "read 12; requeue? 10_1; begin 10_1 +16",
     .ended = "5.4 failed 1 0 containers=main:143:Error"},
    {.proves = "requeued by a person: only the time is set",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .exit_code = 143,
     .flags = {.signalled = true},
     .task = {.state = SLURM_TASK_PENDING, .restarts = 1, .completing = true},
     .calls = "read 12; begin 10_1 +16",
     .ended = DISRUPTED("DeletionByTaintManager"),
     .shared = "read 12; read 12; begin 10_1 +16"},
    {.proves = "requeued by a person, and the Job fails of it: the requeued task goes as well",
     .spec = INDEXED(4) ",\"backoffLimit\":0",
     .records = {"1 started 1 0"},
     .exit_code = 143,
     .flags = {.signalled = true},
     .task = {.state = SLURM_TASK_PENDING, .restarts = 1, .completing = true},
     .calls = "read 12; cancel 10_[0-3]",
     .ended = DISRUPTED("DeletionByTaintManager"),
     .end = "end Failed BackoffLimitExceeded",
     .shared = "read 12; read 12; cancel 10_[0-3]"},
    {.proves = "requeued, ignored",
     .spec = INDEXED(4) ",\"backoffLimit\":0" IGNORE,
     .records = {"1 started 1 0"},
     .exit_code = 143,
     .flags = {.signalled = true},
     .task = {.state = SLURM_TASK_PENDING, .restarts = 1, .completing = true},
     .calls = "read 12; begin 10_1 +16",
     .ended = DISRUPTED("DeletionByTaintManager"),
     .shared = "read 12; read 12; begin 10_1 +16"},
    {.proves = "requeued and exits with 0: failed as a deleted pod",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .flags = {.signalled = true},
     .task = {.state = SLURM_TASK_PENDING, .restarts = 1},
     .calls = "read 12; begin 10_1 +16",
     .ended = "5.4 failed 1 0 containers=main:0:Completed"},
    {.proves = "requeued and exits with 0, only failed pods are replaced: a success, the task goes",
     .spec = INDEXED(4) IGNORE,
     .records = {"1 started 1 0"},
     .flags = {.signalled = true},
     .task = {.state = SLURM_TASK_PENDING, .restarts = 1},
     .calls = "read 12; cancel 10_1",
     .ended = "5.4 succeeded 1 0"},
    {.proves = "preempted for good: brought back",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .exit_code = 143,
     .flags = {.signalled = true},
     .task = {.state = SLURM_TASK_PREEMPTED, .completing = true},
     .calls = "read 12; requeue 10_1; begin 10_1 +16",
     .ended = DISRUPTED("PreemptionByScheduler"),
     .shared = "read 12; read 12; requeue 10_1; begin 10_1 +16"},
    {.proves = "preempted and requeued",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .exit_code = 143,
     .flags = {.signalled = true},
     .task = {.state = SLURM_TASK_PENDING, .restarts = 1, .preempted = true},
     .calls = "read 12; begin 10_1 +16",
     .ended = DISRUPTED("PreemptionByScheduler"),
     .shared = "read 12; read 12; begin 10_1 +16"},
    {.proves = "scancel is the last word",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .exit_code = 143,
     .flags = {.signalled = true},
     .task = {.state = SLURM_TASK_CANCELLED, .completing = true},
     .calls = "read 12",
     .ended = "5.4 failed 1 0 containers=main:143:Error reason=Cancelled"},
    {.proves = "scancel, and exit code 0: no success",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .flags = {.signalled = true},
     .task = {.state = SLURM_TASK_CANCELLED},
     .calls = "read 12",
     .ended = "reason=Cancelled"},
    {.proves = "Slurm's time limit is retried although Slurm has ended the task",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .exit_code = 143,
     .flags = {.signalled = true},
     .task = {.state = SLURM_TASK_TIMEOUT},
     .calls = "read 12; requeue 10_1; begin 10_1 +16",
     .ended = "reason=SlurmTimeLimit"},
    {.proves = "killed with the Job: no RPC",
     .spec = INDEXED(4),
     .records = {"1 started 1 0", "1 started 0 0", "end"},
     .exit_code = 143,
     .flags = {.signalled = true},
     .task = {.state = SLURM_TASK_CANCELLED},
     .calls = "",
     .ended = "5.4 failed 1 0",
     .end = "end Failed"},
    {.proves = "suspended: no RPC, no retry",
     .spec = INDEXED(4),
     .records = {"1 started 1 0", "4 suspended"},
     .exit_code = 143,
     .flags = {.signalled = true},
     .task = {.state = SLURM_TASK_PENDING, .restarts = 1},
     .calls = "",
     .ended = "5.4 failed 1 0"},
    {.proves = "the pod's deadline: an ordinary failure",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .exit_code = 143,
     .flags = {.past_deadline = true},
     .task = {.state = SLURM_TASK_RUNNING},
     .calls = "read 12; requeue? 10_1; begin 10_1 +16",
     .ended = "reason=DeadlineExceeded"},
    {.proves = "the pod's deadline and Slurm's at once: the pod's, but brought back",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .exit_code = 143,
     .flags = {.past_deadline = true, .signalled = true},
     .task = {.state = SLURM_TASK_TIMEOUT},
     .calls = "read 12; requeue 10_1; begin 10_1 +16",
     .ended = "reason=DeadlineExceeded",
     .shared = "read 12; read 12; requeue 10_1; begin 10_1 +16"},
    {.proves = "a retry begins no later than the Job's deadline",
     .spec = INDEXED(4) ",\"activeDeadlineSeconds\":8",
     .records = {"1 started 1 0"},
     .exit_code = 3,
     .calls = "requeue? 10_1; begin 10_1 +9",
     .ended = "5.4 failed 1 0"},
    {.proves = "the Job's deadline passed while the container ended",
     .spec = INDEXED(4) ",\"activeDeadlineSeconds\":4",
     .records = {"1 started 1 0"},
     .exit_code = 143,
     .flags = {.past_job = true},
     .calls = "read 12; cancel 10_[0,2-3]",
     .ended = "5.4 failed 1 0",
     .end = "end Failed DeadlineExceeded",
     .shared = "cancel 10_[0,2-3]"},
    {.proves = "a work queue: no retry after the first success",
     .spec = "\"parallelism\":4",
     .records = {"1 started 1 0", "1 started 0 0", "2 succeeded 0 0"},
     .exit_code = 3,
     .calls = "",
     .ended = "5.4 failed 1 0"},
    {.proves = "a work queue that is done with this failure",
     .spec = "\"parallelism\":4",
     .records = {"1 succeeded 0 0", "2 succeeded 2 0", "2 succeeded 3 0"},
     .exit_code = 3,
     .calls = "",
     .ended = "5.4 failed 1 0",
     .end = "end Complete CompletionsReached"},
    {.proves = "a Job that has grown ends with all of its arrays",
     .spec = INDEXED(4) FAIL_JOB,
     .records = {"0 submitted 10", "1 started 1 0", "2 grown 20 4 7", "3 succeeded 5 1",
                 "3 succeeded 0 0"},
     .exit_code = 42,
     .calls = "cancel 10_[2-3]; cancel 20_[4,6]",
     .ended = "5.4 failed 1 0",
     .end = "end Failed PodFailurePolicy"},
    {.proves =
         "an index that had succeeded, was lost and came back runs: it is stopped with others",
     .spec = INDEXED(4) FAIL_JOB,
     .records = {"0 submitted 10", "1 succeeded 3 0", "2 scaled 0 0 3", "3 grown 20 3 4"},
     .exit_code = 42,
     .calls = "cancel 10_[0,2]; cancel 20_[3]",
     .ended = "5.4 failed 1 0",
     .end = "end Failed PodFailurePolicy"},
    {.proves = "a late attempt goes on counting",
     .spec = INDEXED(4),
     .records = {"1 started 1 0", "2 failed 1 0", "4 started 1 4"},
     .exit_code = 3,
     .attempt = 4,
     .calls = "requeue? 10_1; begin 10_1 +26",
     .ended = "5.4 failed 1 4"},
};

static struct slurm_env env;

static char *prepare(const struct row *row)
{
    env = folder_task(row->attempt);
    fake_reset(5.4);
    fake.task = row->task;
    return folder_make_with(row->spec, row->records, sizeof row->records / sizeof *row->records);
}

static struct closing closing_of(const struct row *row, const char *dir)
{
    struct closing c = fake_closing(&env, dir, row->exit_code);
    c.success_policy = row->flags.success_policy;
    c.signalled = row->flags.signalled;
    c.past_deadline = row->flags.past_deadline;
    c.past_job = row->flags.past_job;
    return c;
}

static void expect_end(const struct row *row, const char *text)
{
    const char *end = strstr(text, "end ");
    cr_expect(row->end ? end && strncmp(end, row->end, strlen(row->end)) == 0 : !end, "%s: %s",
              row->proves, text);
}

Test(closing, records_and_acts)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {""};
        char *dir = prepare(&rows[i]);
        struct closing c = closing_of(&rows[i], dir);
        cr_expect_eq(closing_run(&c, &err), 0, "%s: %s", rows[i].proves, err.text);
        cleanup_free char *text = folder_print(dir);
        cr_expect_str_eq(strbuf_str(&fake.calls), rows[i].calls, "%s: %s", rows[i].proves,
                         strbuf_str(&fake.calls));
        cr_expect(strstr(text, rows[i].ended), "%s: %s", rows[i].proves, text);
        expect_end(&rows[i], text);
        folder_remove(dir);
    }
    fake_free();
}

/* The runner records, the hook acts: the same comes of it. */
static void expect_shared(const struct row *row)
{
    struct error err = {""};
    const char *calls = row->shared ? row->shared : row->calls;
    char *dir = prepare(row);
    struct closing c = closing_of(row, dir);
    c.leave = true;
    cr_expect_eq(closing_run(&c, &err), 0, "%s: %s", row->proves, err.text);
    cleanup_free char *recorded = folder_print(dir);
    cr_expect(strstr(recorded, row->ended), "%s: %s", row->proves, recorded);
    if (row->exit_code) { /* the hook knows nothing but the code */
        c = closing_of(&(const struct row){.exit_code = row->exit_code}, dir);
        cr_expect_eq(closing_finish(&c, &err), 0, "%s: %s", row->proves, err.text);
    }
    cleanup_free char *text = folder_print(dir);
    cr_expect_str_eq(strbuf_str(&fake.calls), calls, "%s: %s", row->proves,
                     strbuf_str(&fake.calls));
    cr_expect_eq(strncmp(text, recorded, strlen(recorded)), 0, "%s: %s", row->proves, text);
    expect_end(row, text);
    folder_remove(dir);
}

Test(closing, shared_with_the_hook)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_shared(&rows[i]);
    fake_free();
}

Test(closing, waits_for_slurmctld)
{
    struct error err;
    char *dir = prepare(&rows[1]);
    struct closing c = closing_of(&rows[1], dir);
    fake.unavailable = 4;
    cr_expect_eq(closing_run(&c, &err), 0, "%s", err.text);
    cr_expect_str_eq(strbuf_str(&fake.calls), "requeue? 10_1; begin 10_1 +16");
    cr_expect_gt(fake.now_us, T0 + 6 * S);
    folder_remove(dir);
    fake_free();
}

Test(closing, gives_up_at_last)
{
    struct error err;
    char *dir = prepare(&rows[1]);
    struct closing c = closing_of(&rows[1], dir);
    fake.unavailable = INT_MAX;
    cr_expect_eq(closing_run(&c, &err), -1);
    cr_expect_str_eq(err.text, "away");
    cr_expect_gt(fake.now_us, T0 + 60 * S);
    folder_remove(dir);
    fake_free();
}

/* A task that was cancelled between its failure and the requeue is not pending: it stays so. */
Test(closing, a_cancelled_task_stays_cancelled)
{
    struct error err;
    char *dir = prepare(&rows[1]);
    struct closing c = closing_of(&rows[1], dir);
    fake.begin = SLURM_REFUSED;
    cr_expect_eq(closing_run(&c, &err), 0);
    cr_expect_str_eq(strbuf_str(&fake.calls), "requeue? 10_1; begin 10_1 +16");
    folder_remove(dir);
    fake_free();
}

Test(closing, records_all_containers)
{
    static const struct journal_container init[] = {{"fetch", 0, "Completed"},
                                                    {"proxy", 143, "Error"}};
    static const struct journal_container mains[] = {{"a", 0, "Completed"}, {"b", 3, "Error"}};
    static const struct pod_result pod = {.exit_code = 3,
                                          .containers = mains,
                                          .n_containers = 2,
                                          .init = init,
                                          .n_init = 2,
                                          .restarts = 4,
                                          .message = "no more"};
    struct error err;
    char *dir = prepare(&rows[1]);
    struct closing c = closing_of(&rows[1], dir);
    c.pod = &pod;
    cr_expect_eq(closing_run(&c, &err), 0);
    char path[512];
    char text[JOURNAL_LINE_MAX] = "";
    snprintf(path, sizeof path, "%s/events/%s", dir, env.host);
    cleanup_file FILE *f = fopen(path, "r");
    while (f && !strstr(text, " event=ended ") && fgets(text, sizeof text, f))
        ;
    cr_expect(strstr(text, "containers=a:0:Completed,b:3:Error"), "%s", text);
    cr_expect(strstr(text, "init=fetch:0:Completed,proxy:143:Error"), "%s", text);
    cr_expect(strstr(text, "restarts=4"), "%s", text);
    cr_expect(strstr(text, "message=no%20more"), "%s", text);
    folder_remove(dir);
    fake_free();
}

Test(closing, twice_is_once)
{
    struct error err;
    char *dir = prepare(&rows[3]);
    struct closing c = closing_of(&rows[3], dir);
    cr_expect_eq(closing_run(&c, &err), 0);
    cr_expect_eq(closing_run(&c, &err), 0);
    cr_expect_str_eq(strbuf_str(&fake.calls), "cancel 10_[0,3]",
                     "only the winner stops the others");
    folder_remove(dir);
    fake_free();
}

Test(closing, begin_times)
{
    static const struct {
        double at, now, min;
        int64_t want;
    } times[] = {
        {0, 5.0, 0, 6},   {0, 5.001, 0, 7},   {5.5, 5.9, 0, 7},
        {20, 5.0, 0, 20}, {20.2, 5.0, 0, 21}, {6.0, 5.0, 0, 6},
        {6.0, 5.0, 4, 9}, {20, 5.0, 4, 20},   {6.0, 5.0, 0.5, 6},
    };
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        cr_expect_eq(acting_begin_time((int64_t)(times[i].at * 1e6), (int64_t)(times[i].now * 1e6),
                                       (int64_t)(times[i].min * 1e6)),
                     times[i].want, "row %zu", i);
}

/* journal.h allows a container whose reason nobody knows. */
Test(closing, a_container_without_a_reason)
{
    const struct row row = {
        .spec = INDEXED(4), .exit_code = 137, .task = {.state = SLURM_TASK_OUT_OF_MEMORY}};
    struct error err = {""};
    char *dir = prepare(&row);
    struct closing c = closing_of(&row, dir);
    const struct journal_container containers[] = {{"main", 137, NULL}, {"side", 0, NULL}};
    const struct pod_result pod = {.exit_code = 137, .containers = containers, .n_containers = 2};
    c.pod = &pod;
    cr_expect_eq(closing_run(&c, &err), 0, "%s", err.text);
    cleanup_free char *text = folder_print(dir);
    cr_expect(strstr(text, "containers=main:137:OOMKilled,side:0"), "%s", text);
    folder_remove(dir);
    fake_free();
}

/* slurmstepd has died: as far as slurmctld knows, the task runs. */
Test(closing, orphaned)
{
    const struct row row = {
        .spec = INDEXED(4), .exit_code = 143, .task = {.state = SLURM_TASK_RUNNING}};
    struct error err = {""};
    char *dir = prepare(&row);
    struct closing c = closing_of(&row, dir);
    c.orphaned = true;
    cr_expect_eq(closing_run(&c, &err), 0, "%s", err.text);
    cleanup_free char *text = folder_print(dir);
    cr_expect(strstr(text, "conditions=DisruptionTarget:True:TerminationByKubelet"), "%s", text);
    cr_expect(strstr(strbuf_str(&fake.calls), "requeue? 10_1"), "%s", strbuf_str(&fake.calls));
    folder_remove(dir);
    fake_free();
}

/* The second run with restart count 0 is attempt 1: Slurm is asked about restart count 0. */
Test(closing, a_number_ahead_of_the_restart_count)
{
    const struct row row = {
        .spec = INDEXED(4), .exit_code = 143, .task = {.state = SLURM_TASK_PENDING, .restarts = 1}};
    struct error err = {""};
    char *dir = prepare(&row);
    env.attempt = 1;
    struct closing c = closing_of(&row, dir);
    c.signalled = true;
    cr_expect_eq(closing_run(&c, &err), 0, "%s", err.text);
    cleanup_free char *text = folder_print(dir);
    cr_expect(strstr(text, "failed 1 1 ahead=1 containers=main:143:Error conditions="
                           "DisruptionTarget:True:DeletionByTaintManager"),
              "%s", text);
    cr_expect(strstr(strbuf_str(&fake.calls), "begin 10_1"), "%s", strbuf_str(&fake.calls));
    folder_remove(dir);
    fake_free();
}
