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

#define RETRIED   "read 12; requeue? 10_1; begin 10_1 +16"
#define DISRUPTED "5.4 failed 1 0 containers=main:137:Error conditions=DisruptionTarget:True:"
#define LOST      DISRUPTED "DeletionByTaintManager"

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
    {.proves = "the runner was killed: an ordinary failure",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .exit_code = 137,
     .task = {.state = SLURM_TASK_RUNNING},
     .calls = RETRIED,
     .added = "5.4 failed 1 0 containers=main:137:Error"},
    {.proves = "the runner could not record its start either",
     .spec = INDEXED(4),
     .exit_code = 128,
     .task = {.state = SLURM_TASK_RUNNING},
     .calls = RETRIED,
     .added = "5.4 failed 1 0 containers=main:128:Error"},
    {.proves = "scancel, and the grace was longer than KillWait",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .exit_code = 137,
     .task = {.state = SLURM_TASK_CANCELLED, .completing = true},
     .calls = "read 12",
     .added = "5.4 failed 1 0 containers=main:137:Error reason=Cancelled"},
    {.proves = "the same at Slurm's time limit",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .exit_code = 137,
     .task = {.state = SLURM_TASK_TIMEOUT, .completing = true},
     .calls = "read 12; requeue 10_1; begin 10_1 +16",
     .added = "5.4 failed 1 0 containers=main:137:Error reason=SlurmTimeLimit"},
    {.proves = "the same when it is preempted and requeued",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .exit_code = 137,
     .task = {.state = SLURM_TASK_PENDING, .restarts = 1, .preempted = true, .completing = true},
     .calls = "read 12; begin 10_1 +16",
     .added = DISRUPTED "PreemptionByScheduler"},
    {.proves = "the same when a person requeues it",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .exit_code = 137,
     .task = {.state = SLURM_TASK_PENDING, .restarts = 1, .completing = true},
     .calls = "read 12; begin 10_1 +16",
     .added = LOST},
    {.proves = "the node was given up, for a task that Slurm may not requeue",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .exit_code = 137,
     .task = {.state = SLURM_TASK_NODE_FAILED},
     .calls = "read 12; requeue 10_1; begin 10_1 +16",
     .added = LOST},
    {.proves = "the node was given up, and another one runs the task: it is left alone",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .exit_code = 137,
     .task = {.state = SLURM_TASK_RUNNING, .restarts = 1},
     .calls = "read 12",
     .added = "5.4 failed 1 0 containers=main:137:Error"},
    {.proves = "out of memory, says Slurm",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .exit_code = 137,
     .task = {.state = SLURM_TASK_OUT_OF_MEMORY},
     .calls = "read 12; requeue 10_1; begin 10_1 +16",
     .added = "5.4 failed 1 0 containers=main:137:OOMKilled"},
    {.proves = "a runner that hung at the pod's deadline",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .exit_code = 137,
     .pod_limit = 4,
     .task = {.state = SLURM_TASK_RUNNING},
     .calls = RETRIED,
     .added = "5.4 failed 1 0 containers=main:137:Error reason=DeadlineExceeded"},
    {.proves = "a runner that was killed before the pod's deadline",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .exit_code = 137,
     .pod_limit = 5,
     .task = {.state = SLURM_TASK_RUNNING},
     .calls = RETRIED,
     .added = "5.4 failed 1 0 containers=main:137:Error"},
    {.proves = "a runner that hung at the Job's deadline: the hook ends the Job",
     .spec = INDEXED(4) ",\"activeDeadlineSeconds\":4",
     .records = {"1 started 1 0"},
     .exit_code = 137,
     .task = {.state = SLURM_TASK_RUNNING},
     .calls = "read 12; cancel 10_[0,2-3]",
     .added = "5.4 failed 1 0 containers=main:137:Error; end Failed DeadlineExceeded"},
    {.proves = "killed with the Job",
     .spec = INDEXED(4) ",\"backoffLimit\":0",
     .records = {"1 started 1 0", "2 failed 0 0", "end"},
     .exit_code = 137,
     .task = {.state = SLURM_TASK_CANCELLED},
     .calls = "",
     .added = "5.4 failed 1 0 containers=main:137:Error; end Failed BackoffLimitExceeded"},
    {.proves = "a later attempt of the index runs: it is left alone",
     .spec = INDEXED(4),
     .records = {"1 started 1 0", "3 started 1 1"},
     .exit_code = 137,
     .task = {.state = SLURM_TASK_RUNNING, .restarts = 1},
     .calls = "",
     .added = ""},
    {.proves = "the Job was retried as another array, which runs on the same node: likewise",
     .spec = INDEXED(4),
     .records = {"2 failed 1 0", "3 retried 77 1", "4 started 1 1 0 ahead=1 on node1"},
     .exit_code = 137,
     .task = {.state = SLURM_TASK_RUNNING},
     .calls = "",
     .added = ""},
    {.proves = "the Job has lost the index and got it back with another array: likewise",
     .spec = INDEXED(4),
     .records = {"0 submitted 10", "2 scaled 0 0 1", "3 grown 20 1 4",
                 "4 started 1 1 0 ahead=1 on node1"},
     .exit_code = 137,
     .task = {.state = SLURM_TASK_RUNNING},
     .calls = "",
     .added = ""},
    {.proves = "a success of the runner's is nobody's business any more",
     .spec = INDEXED(4),
     .records = {"1 started 1 0", "2 succeeded 1 0"},
     .exit_code = 137,
     .task = {.state = SLURM_TASK_RUNNING},
     .calls = "",
     .added = ""},
    {.proves = "a success of a program without a runner costs nothing",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .task = {.state = SLURM_TASK_RUNNING},
     .calls = "",
     .added = "5.4 succeeded 1 0 containers=main:0:Completed"},
};

static struct slurm_env env;

static char *prepare(const struct row *row)
{
    env = folder_task(0);
    fake_reset(5.4);
    fake.task = row->task;
    return folder_make_with(row->spec, row->records, sizeof row->records / sizeof *row->records);
}

static struct closing closing_of(const struct row *row, const char *dir)
{
    struct closing c = fake_closing(&env, dir, row->exit_code);
    c.pod_limit_us = row->pod_limit * S;
    return c;
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
        cr_expect_str_eq(folder_added(before, text), rows[i].added, "%s: %s", rows[i].proves, text);
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
    cr_expect_eq(closing_finish(&c, &err), 0, "%s", err.text);
    cleanup_free char *text = folder_print(dir);
    cr_expect_str_eq(folder_added(before, text), "5.4 failed 1 1 ahead=1 containers=main:137:Error",
                     "%s", text);
    cr_expect(strstr(strbuf_str(&fake.calls), "requeue? 10_1"), "%s", strbuf_str(&fake.calls));
    cr_expect_eq(c.act.slurm, &env);
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
