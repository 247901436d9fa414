/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The hook's part of closing an attempt: what is left to do when all processes are gone, and the
 * runner could not record its end.
 */
#include "../closing.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "fake_slurm.h"

#define INDEXED(n) "\"completions\":" #n ",\"parallelism\":" #n ",\"completionMode\":\"Indexed\""
#define RETRIED    "read 12; requeue? 10_1; begin 10_1 +16"
#define DISRUPTED  "5.4 failed 1 0 containers=main:137:Error conditions=DisruptionTarget:True:"
#define LOST       DISRUPTED "DeletionByTaintManager"

/* Attempt 0 of task 10_1 (of 10_0 to 10_3), whose own job id is 12, is gone at T0 + 5.4 s. */
static const struct row {
    const char *proves;
    const char *spec;
    const char *records[4];
    int exit_code;
    int pod_limit;
    struct slurm_task task;
    const char *calls;
    const char *added; /* to the journal */
} rows[] = {
    {"the runner was killed: an ordinary failure",
     INDEXED(4),
     {"1 started 1 0"},
     137,
     0,
     {.state = SLURM_TASK_RUNNING},
     RETRIED,
     "5.4 failed 1 0 containers=main:137:Error"},
    {"the runner could not record its start either",
     INDEXED(4),
     {NULL},
     128,
     0,
     {.state = SLURM_TASK_RUNNING},
     RETRIED,
     "5.4 failed 1 0 containers=main:128:Error"},
    {"scancel, and the grace was longer than KillWait",
     INDEXED(4),
     {"1 started 1 0"},
     137,
     0,
     {.state = SLURM_TASK_CANCELLED, .completing = true},
     "read 12",
     "5.4 failed 1 0 containers=main:137:Error reason=Cancelled"},
    {"the same at Slurm's time limit",
     INDEXED(4),
     {"1 started 1 0"},
     137,
     0,
     {.state = SLURM_TASK_TIMEOUT, .completing = true},
     "read 12; requeue 10_1; begin 10_1 +16",
     "5.4 failed 1 0 containers=main:137:Error reason=SlurmTimeLimit"},
    {"the same when it is preempted and requeued",
     INDEXED(4),
     {"1 started 1 0"},
     137,
     0,
     {.state = SLURM_TASK_PENDING, .restarts = 1, .preempted = true, .completing = true},
     "read 12; begin 10_1 +16",
     DISRUPTED "PreemptionByScheduler"},
    {"the same when a person requeues it",
     INDEXED(4),
     {"1 started 1 0"},
     137,
     0,
     {.state = SLURM_TASK_PENDING, .restarts = 1, .completing = true},
     "read 12; begin 10_1 +16",
     LOST},
    {"the node was given up, for a task that Slurm may not requeue",
     INDEXED(4),
     {"1 started 1 0"},
     137,
     0,
     {.state = SLURM_TASK_NODE_FAILED},
     "read 12; requeue 10_1; begin 10_1 +16",
     LOST},
    {"the node was given up, and another one runs the task: it is left alone",
     INDEXED(4),
     {"1 started 1 0"},
     137,
     0,
     {.state = SLURM_TASK_RUNNING, .restarts = 1},
     "read 12",
     "5.4 failed 1 0 containers=main:137:Error"},
    {"out of memory, says Slurm",
     INDEXED(4),
     {"1 started 1 0"},
     137,
     0,
     {.state = SLURM_TASK_OUT_OF_MEMORY},
     "read 12; requeue 10_1; begin 10_1 +16",
     "5.4 failed 1 0 containers=main:137:OOMKilled"},
    {"a runner that hung at the pod's deadline",
     INDEXED(4),
     {"1 started 1 0"},
     137,
     4,
     {.state = SLURM_TASK_RUNNING},
     RETRIED,
     "5.4 failed 1 0 containers=main:137:Error reason=DeadlineExceeded"},
    {"a runner that was killed before the pod's deadline",
     INDEXED(4),
     {"1 started 1 0"},
     137,
     5,
     {.state = SLURM_TASK_RUNNING},
     RETRIED,
     "5.4 failed 1 0 containers=main:137:Error"},
    {"a runner that hung at the Job's deadline: the hook ends the Job",
     INDEXED(4) ",\"activeDeadlineSeconds\":4",
     {"1 started 1 0"},
     137,
     0,
     {.state = SLURM_TASK_RUNNING},
     "read 12; cancel 10_[0,2-3]",
     "5.4 failed 1 0 containers=main:137:Error; end Failed DeadlineExceeded"},
    {"killed with the Job",
     INDEXED(4) ",\"backoffLimit\":0",
     {"1 started 1 0", "2 failed 0 0", "end"},
     137,
     0,
     {.state = SLURM_TASK_CANCELLED},
     "",
     "5.4 failed 1 0 containers=main:137:Error; end Failed BackoffLimitExceeded"},
    {"a later attempt of the index runs: it is left alone",
     INDEXED(4),
     {"1 started 1 0", "3 started 1 1"},
     137,
     0,
     {.state = SLURM_TASK_RUNNING, .restarts = 1},
     "",
     ""},
    {"a success of the runner's is nobody's business any more",
     INDEXED(4),
     {"1 started 1 0", "2 succeeded 1 0"},
     137,
     0,
     {.state = SLURM_TASK_RUNNING},
     "",
     ""},
    {"a success of a program without a runner costs nothing",
     INDEXED(4),
     {"1 started 1 0"},
     0,
     0,
     {.state = SLURM_TASK_RUNNING},
     "",
     "5.4 succeeded 1 0 containers=main:0:Completed"},
};

static const struct slurm_env env = {.array = true,
                                     .index = 1,
                                     .job_id = 10,
                                     .own_id = 12,
                                     .last = 3,
                                     .live = true,
                                     .id = "10_1",
                                     .host = "other",
                                     .node = "node"};

static char *prepare(const struct row *row)
{
    char *dir = folder_make(row->spec);
    for (size_t i = 0; i < 4 && row->records[i]; i++) {
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

static struct closing closing_of(const struct row *row, const char *dir)
{
    static struct journal_container container;
    static struct pod_result pod;
    container =
        (struct journal_container){"main", row->exit_code, row->exit_code ? "Error" : "Completed"};
    pod = (struct pod_result){
        .exit_code = row->exit_code, .containers = &container, .n_containers = 1};
    return (struct closing){
        .act = {&env, &fake_ops, 60 * S, 0, 0},
        .dir = dir,
        .pod = &pod,
        .pod_limit_us = row->pod_limit * S,
        .ended_us = fake.now_us,
    };
}

/* Whether text is the other one with something added; "" when it is the same. */
static const char *added_to(const char *before, const char *text)
{
    size_t n = 0;
    while (before[n] && before[n] == text[n])
        n++;
    return text + n + strspn(text + n, "; ");
}

static char *without_end(char *text)
{
    char *end = strstr(text, "; end ");
    if (end)
        *end = '\0';
    return text;
}

Test(finishing, records_and_acts)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {""};
        char *dir = prepare(&rows[i]);
        cleanup_free char *before = without_end(folder_print(dir));
        struct closing c = closing_of(&rows[i], dir);
        cr_expect_eq(closing_finish(&c, &err), 0, "%s: %s", rows[i].proves, err.text);
        cleanup_free char *text = folder_print(dir);
        cr_expect_str_eq(strbuf_str(&fake.calls), rows[i].calls, "%s: %s", rows[i].proves,
                         strbuf_str(&fake.calls));
        cr_expect_str_eq(added_to(before, text), rows[i].added, "%s: %s", rows[i].proves, text);
        folder_remove(dir);
    }
    fake_free();
}

/* The second time finds the record of the first one, and asks for what has been done already. */
Test(finishing, twice_records_once)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {""};
        char *dir = prepare(&rows[i]);
        struct closing c = closing_of(&rows[i], dir);
        cr_expect_eq(closing_finish(&c, &err), 0, "%s: %s", rows[i].proves, err.text);
        cleanup_free char *once = folder_print(dir);
        c = closing_of(&rows[i], dir);
        fake.now_us += S;
        cr_expect_eq(closing_finish(&c, &err), 0, "%s: %s", rows[i].proves, err.text);
        cleanup_free char *twice = folder_print(dir);
        cr_expect_str_eq(twice, once, "%s: %s", rows[i].proves, twice);
        folder_remove(dir);
    }
    fake_free();
}

/* The Job is ended by one, and the others are stopped once. */
Test(finishing, twice_stops_once)
{
    struct error err;
    const struct row row = {.spec = INDEXED(4) ",\"backoffLimit\":0",
                            .records = {"1 started 1 0", "5 failed 1 0"},
                            .exit_code = 1};
    char *dir = prepare(&row);
    struct closing c = closing_of(&row, dir);
    cr_expect_eq(closing_finish(&c, &err), 0);
    cr_expect_eq(closing_finish(&c, &err), 0);
    cr_expect_str_eq(strbuf_str(&fake.calls), "cancel 10_[0,2-3]");
    folder_remove(dir);
    fake_free();
}

/* Without a record nothing is done: the next attempt, or whoever reconciles, would count anew. */
Test(finishing, a_state_that_cannot_be_written)
{
    struct error err = {""};
    char events[128];
    char *dir = prepare(&rows[0]);
    struct closing c = closing_of(&rows[0], dir);
    snprintf(events, sizeof events, "%s/events/other", dir);
    cr_assert_eq(mkdir(events, 0700), 0);
    cr_expect_eq(closing_finish(&c, &err), -1);
    cr_expect_neq(*err.text, '\0');
    cr_expect_null(strstr(strbuf_str(&fake.calls), "requeue"));
    cr_assert_eq(rmdir(events), 0);
    fake_reset(9);
    fake.task = rows[0].task;
    c = closing_of(&rows[0], dir);
    cr_expect_eq(closing_finish(&c, &err), 0, "and again, when it can: %s", err.text);
    cr_expect_str_eq(strbuf_str(&fake.calls), "read 12; requeue? 10_1; begin 10_1 +19");
    folder_remove(dir);
    fake_free();
}

/* All waiting together ends in time, and the record is there for whoever acts instead. */
Test(finishing, slurmctld_is_away)
{
    struct error err;
    char *dir = prepare(&rows[0]);
    struct closing c = closing_of(&rows[0], dir);
    c.act.give_up_us = fake.now_us + 15 * S;
    fake.unavailable = INT_MAX;
    cr_expect_eq(closing_finish(&c, &err), -1);
    cr_expect_str_eq(err.text, "away");
    cr_expect_lt(fake.now_us, T0 + 30 * S);
    cleanup_free char *text = folder_print(dir);
    cr_expect_str_eq(text, "1 started 1 0; 5.4 failed 1 0 containers=main:137:Error");
    folder_remove(dir);
    fake_free();
}

/* Slurm's restart count is 0 for the second time: the hook closes the attempt of its own run. */
Test(finishing, a_number_ahead_of_the_restart_count)
{
    struct error err = {""};
    const struct row row = {.spec = INDEXED(4),
                            .records = {"1 started 1 0 0 ahead=0 on node1", "2 failed 1 0",
                                        "3 started 1 1 0 ahead=1 on node1"},
                            .exit_code = 137,
                            .task = {.state = SLURM_TASK_RUNNING}};
    char *dir = prepare(&row);
    cleanup_free char *before = folder_print(dir);
    struct closing c = closing_of(&row, dir);
    struct slurm_env slurm = env;
    strcpy(slurm.node, "node1");
    c.act.slurm = &slurm;
    cr_expect_eq(closing_finish(&c, &err), 0, "%s", err.text);
    cleanup_free char *text = folder_print(dir);
    cr_expect_str_eq(added_to(before, text), "5.4 failed 1 1 ahead=1 containers=main:137:Error",
                     "%s", text);
    cr_expect(strstr(strbuf_str(&fake.calls), "requeue? 10_1"), "%s", strbuf_str(&fake.calls));
    cr_expect_eq(c.act.slurm, &slurm);
    folder_remove(dir);
    fake_free();
}

Test(finishing, causes_found_again_in_the_journal)
{
    for (int cause = CAUSE_EXIT; cause <= CAUSE_LOST; cause++) {
        const struct cause_rule *rule = cause_rule((enum cause)cause);
        enum cause found = cause_recorded(rule->reason ? rule->reason : "",
                                          rule->disruption ? rule->disruption : "");
        const struct cause_rule *back = cause_rule(found);
        cr_expect_eq(back->reason, rule->reason, "cause %d", cause);
        cr_expect_eq(!back->disruption, !rule->disruption, "cause %d", cause);
        cr_expect_leq(found, (enum cause)cause);
    }
    cr_expect_eq(cause_recorded("Evicted", ""), CAUSE_EXIT, "a text of a newer skjob");
}
