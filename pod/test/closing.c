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

#define INDEXED(n) "\"completions\":" #n ",\"parallelism\":" #n ",\"completionMode\":\"Indexed\""
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
    {"a success costs nothing",
     INDEXED(4),
     {"1 started 1 0"},
     0,
     0,
     {0},
     {0},
     "",
     "5.4 succeeded 1 0 containers=main:0:Completed",
     NULL,
     NULL},
    {"a failure is retried after 10 s, in whole seconds",
     INDEXED(4),
     {"1 started 1 0"},
     3,
     0,
     {0},
     {0},
     "requeue? 10_1; begin 10_1 +16",
     "5.4 failed 1 0 containers=main:3:Error",
     NULL,
     NULL},
    {"the delay doubles with each failure",
     INDEXED(4),
     {"1 started 0 0", "2 failed 0 0"},
     3,
     0,
     {0},
     {0},
     "requeue? 10_1; begin 10_1 +26",
     "5.4 failed 1 0",
     NULL,
     NULL},
    {"one too many: the winner stops what is not over, except itself",
     INDEXED(4) ",\"backoffLimit\":1",
     {"1 started 0 0", "2 failed 0 0", "3 succeeded 2 0"},
     3,
     0,
     {0},
     {0},
     "cancel 10_[0,3]",
     "5.4 failed 1 0",
     "end Failed BackoffLimitExceeded",
     NULL},
    {"FailJob",
     INDEXED(4) FAIL_JOB,
     {"1 started 0 0"},
     42,
     0,
     {0},
     {0},
     "cancel 10_[0,2-3]",
     "5.4 failed 1 0",
     "end Failed PodFailurePolicy",
     NULL},
    {"backoffLimitPerIndex: a failed index is not retried",
     INDEXED(4) ",\"backoffLimitPerIndex\":0",
     {"1 started 1 0"},
     3,
     0,
     {0},
     {0},
     "",
     "5.4 failed 1 0",
     NULL,
     NULL},
    {"the last index fails: nobody is left to stop but unstarted tasks",
     INDEXED(2) ",\"backoffLimitPerIndex\":0",
     {"1 started 0 0", "2 succeeded 0 0"},
     3,
     0,
     {0},
     {0},
     "cancel 10_[2-3]",
     "5.4 failed 1 0",
     "end Failed FailedIndexes",
     NULL},
    {"a success that meets the successPolicy",
     INDEXED(4) ",\"successPolicy\":{\"rules\":[{\"succeededCount\":1}]}",
     {"1 started 1 0"},
     0,
     0,
     {.success_policy = true},
     {0},
     "cancel 10_[0,2-3]",
     "5.4 succeeded 1 0",
     "end Complete SuccessPolicy",
     NULL},
    {"killed by hand, Slurm knows of nothing: an ordinary failure",
     INDEXED(4),
     {"1 started 1 0"},
     143,
     0,
     {.signalled = true},
     {.state = SLURM_TASK_RUNNING},
     "read 12; requeue? 10_1; begin 10_1 +16",
     "5.4 failed 1 0 containers=main:143:Error",
     NULL,
     NULL},
    {"requeued by a person: only the time is set",
     INDEXED(4),
     {"1 started 1 0"},
     143,
     0,
     {.signalled = true},
     {.state = SLURM_TASK_PENDING, .restarts = 1, .completing = true},
     "read 12; begin 10_1 +16",
     DISRUPTED("DeletionByTaintManager"),
     NULL,
     "read 12; read 12; begin 10_1 +16"},
    {"requeued by a person, and the Job fails of it: the requeued task goes as well",
     INDEXED(4) ",\"backoffLimit\":0",
     {"1 started 1 0"},
     143,
     0,
     {.signalled = true},
     {.state = SLURM_TASK_PENDING, .restarts = 1, .completing = true},
     "read 12; cancel 10_[0-3]",
     DISRUPTED("DeletionByTaintManager"),
     "end Failed BackoffLimitExceeded",
     "read 12; read 12; cancel 10_[0-3]"},
    {"requeued, ignored",
     INDEXED(4) ",\"backoffLimit\":0" IGNORE,
     {"1 started 1 0"},
     143,
     0,
     {.signalled = true},
     {.state = SLURM_TASK_PENDING, .restarts = 1, .completing = true},
     "read 12; begin 10_1 +16",
     DISRUPTED("DeletionByTaintManager"),
     NULL,
     "read 12; read 12; begin 10_1 +16"},
    {"requeued and exits with 0: failed as a deleted pod",
     INDEXED(4),
     {"1 started 1 0"},
     0,
     0,
     {.signalled = true},
     {.state = SLURM_TASK_PENDING, .restarts = 1},
     "read 12; begin 10_1 +16",
     "5.4 failed 1 0 containers=main:0:Completed",
     NULL,
     NULL},
    {"requeued and exits with 0, only failed pods are replaced: a success, the task goes",
     INDEXED(4) IGNORE,
     {"1 started 1 0"},
     0,
     0,
     {.signalled = true},
     {.state = SLURM_TASK_PENDING, .restarts = 1},
     "read 12; cancel 10_1",
     "5.4 succeeded 1 0",
     NULL,
     NULL},
    {"preempted for good: brought back",
     INDEXED(4),
     {"1 started 1 0"},
     143,
     0,
     {.signalled = true},
     {.state = SLURM_TASK_PREEMPTED, .completing = true},
     "read 12; requeue 10_1; begin 10_1 +16",
     DISRUPTED("PreemptionByScheduler"),
     NULL,
     "read 12; read 12; requeue 10_1; begin 10_1 +16"},
    {"preempted and requeued",
     INDEXED(4),
     {"1 started 1 0"},
     143,
     0,
     {.signalled = true},
     {.state = SLURM_TASK_PENDING, .restarts = 1, .preempted = true},
     "read 12; begin 10_1 +16",
     DISRUPTED("PreemptionByScheduler"),
     NULL,
     "read 12; read 12; begin 10_1 +16"},
    {"scancel is the last word",
     INDEXED(4),
     {"1 started 1 0"},
     143,
     0,
     {.signalled = true},
     {.state = SLURM_TASK_CANCELLED, .completing = true},
     "read 12",
     "5.4 failed 1 0 containers=main:143:Error reason=Cancelled",
     NULL,
     NULL},
    {"scancel, and exit code 0: no success",
     INDEXED(4),
     {"1 started 1 0"},
     0,
     0,
     {.signalled = true},
     {.state = SLURM_TASK_CANCELLED},
     "read 12",
     "reason=Cancelled",
     NULL,
     NULL},
    {"Slurm's time limit is retried although Slurm has ended the task",
     INDEXED(4),
     {"1 started 1 0"},
     143,
     0,
     {.signalled = true},
     {.state = SLURM_TASK_TIMEOUT},
     "read 12; requeue 10_1; begin 10_1 +16",
     "reason=SlurmTimeLimit",
     NULL,
     NULL},
    {"killed with the Job: no RPC",
     INDEXED(4),
     {"1 started 1 0", "1 started 0 0", "end"},
     143,
     0,
     {.signalled = true},
     {.state = SLURM_TASK_CANCELLED},
     "",
     "5.4 failed 1 0",
     "end Failed",
     NULL},
    {"suspended: no RPC, no retry",
     INDEXED(4),
     {"1 started 1 0", "4 suspended"},
     143,
     0,
     {.signalled = true},
     {.state = SLURM_TASK_PENDING, .restarts = 1},
     "",
     "5.4 failed 1 0",
     NULL,
     NULL},
    {"the pod's deadline: an ordinary failure",
     INDEXED(4),
     {"1 started 1 0"},
     143,
     0,
     {.past_deadline = true},
     {.state = SLURM_TASK_RUNNING},
     "read 12; requeue? 10_1; begin 10_1 +16",
     "reason=DeadlineExceeded",
     NULL,
     NULL},
    {"the pod's deadline and Slurm's at once: the pod's, but brought back",
     INDEXED(4),
     {"1 started 1 0"},
     143,
     0,
     {.past_deadline = true, .signalled = true},
     {.state = SLURM_TASK_TIMEOUT},
     "read 12; requeue 10_1; begin 10_1 +16",
     "reason=DeadlineExceeded",
     NULL,
     "read 12; read 12; requeue 10_1; begin 10_1 +16"},
    {"a retry begins no later than the Job's deadline",
     INDEXED(4) ",\"activeDeadlineSeconds\":8",
     {"1 started 1 0"},
     3,
     0,
     {0},
     {0},
     "requeue? 10_1; begin 10_1 +9",
     "5.4 failed 1 0",
     NULL,
     NULL},
    {"the Job's deadline passed while the container ended",
     INDEXED(4) ",\"activeDeadlineSeconds\":4",
     {"1 started 1 0"},
     143,
     0,
     {.past_job = true},
     {0},
     "read 12; cancel 10_[0,2-3]",
     "5.4 failed 1 0",
     "end Failed DeadlineExceeded",
     "cancel 10_[0,2-3]"},
    {"a work queue: no retry after the first success",
     "\"parallelism\":4",
     {"1 started 1 0", "1 started 0 0", "2 succeeded 0 0"},
     3,
     0,
     {0},
     {0},
     "",
     "5.4 failed 1 0",
     NULL,
     NULL},
    {"a work queue that is done with this failure",
     "\"parallelism\":4",
     {"1 succeeded 0 0", "2 succeeded 2 0", "2 succeeded 3 0"},
     3,
     0,
     {0},
     {0},
     "",
     "5.4 failed 1 0",
     "end Complete CompletionsReached",
     NULL},
    {"a late attempt goes on counting",
     INDEXED(4),
     {"1 started 1 0", "2 failed 1 0", "4 started 1 4"},
     3,
     4,
     {0},
     {0},
     "requeue? 10_1; begin 10_1 +26",
     "5.4 failed 1 4",
     NULL,
     NULL},
};

static const struct slurm_env env = {.array = true,
                                     .index = 1,
                                     .job_id = 10,
                                     .own_id = 12,
                                     .first = 0,
                                     .last = 3,
                                     .live = true,
                                     .id = "10_1",
                                     .host = "host",
                                     .node = "node"};

static char *prepare(const struct row *row)
{
    char *dir = folder_make(row->spec);
    for (size_t i = 0; i < 6 && row->records[i]; i++) {
        if (strcmp(row->records[i], "end") != 0) {
            folder_add(dir, row->records[i]);
            continue;
        }
        const struct journal_end end = {T0 + 5 * S, "Failed", "BackoffLimitExceeded", ""};
        cleanup_close int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        cr_assert_eq(journal_end_make(fd, "host", &end, NULL), 1);
    }
    fake_reset(5.4);
    fake.task = row->task;
    return dir;
}

static struct closing closing_of(const struct row *row, const struct slurm_env *slurm,
                                 const char *dir)
{
    static struct journal_container container;
    static struct pod_result pod;
    container =
        (struct journal_container){"main", row->exit_code, row->exit_code ? "Error" : "Completed"};
    pod = (struct pod_result){
        .exit_code = row->exit_code, .containers = &container, .n_containers = 1};
    return (struct closing){
        .act = {slurm, &fake_ops, 60 * S, 0, 0},
        .dir = dir,
        .success_policy = row->flags.success_policy,
        .pod = &pod,
        .signalled = row->flags.signalled,
        .past_deadline = row->flags.past_deadline,
        .past_job = row->flags.past_job,
        .ended_us = fake.now_us,
    };
}

Test(closing, records_and_acts)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {""};
        struct slurm_env slurm = env;
        slurm.attempt = slurm.restarts = rows[i].attempt;
        char *dir = prepare(&rows[i]);
        struct closing c = closing_of(&rows[i], &slurm, dir);
        cr_expect_eq(closing_run(&c, &err), 0, "%s: %s", rows[i].proves, err.text);
        cleanup_free char *text = folder_print(dir);
        cr_expect_str_eq(strbuf_str(&fake.calls), rows[i].calls, "%s: %s", rows[i].proves,
                         strbuf_str(&fake.calls));
        cr_expect(strstr(text, rows[i].ended), "%s: %s", rows[i].proves, text);
        const char *end = strstr(text, "end ");
        cr_expect(rows[i].end ? end && strncmp(end, rows[i].end, strlen(rows[i].end)) == 0 : !end,
                  "%s: %s", rows[i].proves, text);
        folder_remove(dir);
    }
    fake_free();
}

/* The runner records, the hook acts: the same comes of it. */
static void expect_shared(const struct row *row, const struct slurm_env *slurm)
{
    struct error err = {""};
    const char *calls = row->shared ? row->shared : row->calls;
    char *dir = prepare(row);
    struct closing c = closing_of(row, slurm, dir);
    c.leave = true;
    cr_expect_eq(closing_run(&c, &err), 0, "%s: %s", row->proves, err.text);
    cleanup_free char *recorded = folder_print(dir);
    cr_expect(strstr(recorded, row->ended), "%s: %s", row->proves, recorded);
    if (row->exit_code) { /* the hook knows nothing but the code */
        c = closing_of(&(const struct row){.exit_code = row->exit_code}, slurm, dir);
        cr_expect_eq(closing_finish(&c, &err), 0, "%s: %s", row->proves, err.text);
    }
    cleanup_free char *text = folder_print(dir);
    cr_expect_str_eq(strbuf_str(&fake.calls), calls, "%s: %s", row->proves,
                     strbuf_str(&fake.calls));
    cr_expect_eq(strncmp(text, recorded, strlen(recorded)), 0, "%s: %s", row->proves, text);
    const char *end = strstr(text, "end ");
    cr_expect(row->end ? end && strncmp(end, row->end, strlen(row->end)) == 0 : !end, "%s: %s",
              row->proves, text);
    folder_remove(dir);
}

Test(closing, shared_with_the_hook)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slurm_env slurm = env;
        slurm.attempt = slurm.restarts = rows[i].attempt;
        expect_shared(&rows[i], &slurm);
    }
    fake_free();
}

/* Every answer of a read costs the journal one record. */
Test(closing, waits_for_slurmctld)
{
    struct error err;
    char *dir = prepare(&rows[1]);
    struct closing c = closing_of(&rows[1], &env, dir);
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
    struct closing c = closing_of(&rows[1], &env, dir);
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
    struct closing c = closing_of(&rows[1], &env, dir);
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
    struct closing c = closing_of(&rows[1], &env, dir);
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
    struct closing c = closing_of(&rows[3], &env, dir);
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
    struct closing c = closing_of(&row, &env, dir);
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
    struct closing c = closing_of(&row, &env, dir);
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
    struct slurm_env slurm = env;
    char *dir = prepare(&row);
    slurm.attempt = 1;
    struct closing c = closing_of(&row, &slurm, dir);
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
