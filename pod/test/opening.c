/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Opening an attempt: may it run, and what is recorded and asked before it does.
 */
#include "../opening.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "../attempt.h"
#include "../clock.h"
#include "cleanup.h"
#include "fake_slurm.h"

#define LEN(a)     (sizeof(a) / sizeof *(a))
#define LOST       "failed 1 0 conditions=DisruptionTarget:True:DeletionByTaintManager inferred"
#define STARTED(a) "5.4 started 1 " a

/* Task 10_1 of 10_0 to 10_3 opens at T0 + 5.4 s. */
static const struct row {
    const char *proves;
    const char *spec;
    const char *records[6];
    uint32_t job_id;  /* 0 = 10 */
    uint32_t attempt; /* Slurm's restart count */
    uint32_t base;    /* of the array's numbers */
    int want;
    const char *calls;
    const char *journal; /* what is appended */
    int deadline;        /* seconds, where it is known already */
} rows[] = {
    {.proves = "the first attempt",
     .spec = INDEXED(4),
     .want = 1,
     .calls = "",
     .journal = STARTED("0")},
    {.proves = "the Job has ended",
     .spec = INDEXED(4),
     .records = {"end"},
     .calls = "",
     .journal = ""},
    {.proves = "a retry",
     .spec = INDEXED(4),
     .records = {"1 started 1 0", "2 failed 1 0"},
     .attempt = 1,
     .want = 1,
     .calls = "",
     .journal = STARTED("1")},
    {.proves = "the attempt before was lost",
     .spec = INDEXED(4),
     .records = {"1 started 1 0"},
     .attempt = 1,
     .want = 1,
     .calls = "",
     .journal = "5.4 " LOST "; " STARTED("1")},
    {.proves = "an attempt that never began is not closed",
     .spec = INDEXED(4),
     .records = {"1 started 1 0", "2 failed 1 0"},
     .attempt = 2,
     .want = 1,
     .calls = "",
     .journal = STARTED("2")},
    {.proves = "other indexes are left alone",
     .spec = INDEXED(4),
     .records = {"1 started 0 0", "1 started 0 1"},
     .attempt = 1,
     .want = 1,
     .calls = "",
     .journal = STARTED("1")},
    {.proves = "what was lost ends the Job",
     .spec = INDEXED(4) ",\"backoffLimit\":0",
     .records = {"1 started 1 0"},
     .attempt = 1,
     .calls = "cancel 10_[0,2-3]",
     .journal = "5.4 " LOST "; end Failed BackoffLimitExceeded"},
    {.proves = "what was lost fails the index only",
     .spec = INDEXED(4) ",\"backoffLimitPerIndex\":0",
     .records = {"1 started 1 0"},
     .attempt = 1,
     .calls = "",
     .journal = "5.4 " LOST},
    {.proves = "a task that ended well and is requeued by hand",
     .spec = INDEXED(4),
     .records = {"1 started 1 0", "2 succeeded 1 0"},
     .attempt = 1,
     .calls = "",
     .journal = ""},
    {.proves = "a task of an array that has lost the index to another one",
     .spec = INDEXED(4),
     .records = {"0 submitted 10", "1 failed 1 0", "2 scaled 0 0 1", "3 grown 20 1 4"},
     .attempt = 1,
     .calls = "",
     .journal = ""},
    {.proves = "the same, while the other one runs it: that is not taken for lost",
     .spec = INDEXED(4),
     .records = {"0 submitted 10", "1 failed 1 0", "2 scaled 0 0 1", "3 grown 20 1 4",
                 "4 started 1 1 0 ahead=1"},
     .attempt = 2,
     .calls = "",
     .journal = ""},
    {.proves = "its index has succeeded, but the Job has lost it since, and got it back",
     .job_id = 20,
     .spec = INDEXED(4),
     .records = {"0 submitted 10", "1 succeeded 1 0", "2 scaled 0 0 1", "3 grown 20 1 4"},
     .base = 1,
     .want = 1,
     .calls = "",
     .journal = STARTED("1 ahead=1")},
    {.proves = "the same without indexes",
     .spec = "\"completions\":4",
     .records = {"1 started 1 0", "2 succeeded 1 0"},
     .attempt = 1,
     .calls = "",
     .journal = ""},
    {.proves = "a work queue after its first success",
     .spec = "\"parallelism\":4",
     .records = {"1 started 0 0", "1 started 1 0", "2 failed 1 0", "3 succeeded 0 0"},
     .attempt = 1,
     .calls = "",
     .journal = ""},
    {.proves = "a work queue's task that waited in Slurm until then",
     .spec = "\"parallelism\":4",
     .records = {"1 started 0 0", "3 succeeded 0 0"},
     .want = 1,
     .calls = "",
     .journal = STARTED("0")},
    {.proves = "the array that a retry of the Job has made",
     .spec = INDEXED(4),
     .records = {"1 started 1 0", "2 failed 1 0", "3 retried 10 1"},
     .base = 1,
     .want = 1,
     .calls = "",
     .journal = STARTED("1 ahead=1")},
    {.proves = "the array before, of which a task was requeued by hand",
     .spec = INDEXED(4),
     .records = {"1 started 1 0", "2 failed 1 0", "3 retried 77 1"},
     .attempt = 1,
     .calls = "",
     .journal = ""},
    {.proves = "the same, while the new array runs the index",
     .spec = INDEXED(4),
     .records = {"1 started 1 0", "2 failed 1 0", "3 retried 77 1", "4 started 1 1 0 ahead=1"},
     .attempt = 2,
     .calls = "",
     .journal = ""},
    {.proves = "the Job's deadline has passed: nobody had been there to see it",
     .spec = INDEXED(4) ",\"activeDeadlineSeconds\":4",
     .records = {"1 started 1 0", "2 failed 1 0"},
     .attempt = 1,
     .calls = "cancel 10_[0,2-3]",
     .journal = "end Failed DeadlineExceeded",
     .deadline = 5},
    {.proves = "the Job's deadline has passed, first attempt of this index",
     .spec = INDEXED(4) ",\"activeDeadlineSeconds\":4",
     .records = {"1 started 0 0", "2 failed 0 0"},
     .calls = "cancel 10_[0,2-3]",
     .journal = "end Failed DeadlineExceeded",
     .deadline = 5},
    {.proves = "the same, seen by a task of an array that has lost its index: the other one's goes",
     .spec = INDEXED(4) ",\"activeDeadlineSeconds\":4",
     .records = {"0 submitted 10", "1 started 0 0", "2 scaled 0 0 1", "3 grown 20 1 4"},
     .attempt = 1,
     .calls = "cancel 10_[0]; cancel 20_[1-3]",
     .journal = "end Failed DeadlineExceeded",
     .deadline = 5},
    {.proves = "the Job's deadline is ahead",
     .spec = INDEXED(4) ",\"activeDeadlineSeconds\":5",
     .records = {"1 started 0 0"},
     .want = 1,
     .calls = "",
     .journal = STARTED("0"),
     .deadline = 6},
    {.proves = "the clock of the Job's deadline starts with this attempt",
     .spec = INDEXED(4) ",\"activeDeadlineSeconds\":5",
     .want = 1,
     .calls = "",
     .journal = STARTED("0")},
};

static struct opening opening_of(const struct row *row, const struct slurm_env *slurm,
                                 const char *dir)
{
    return (struct opening){.act = {slurm, &fake_ops, 60 * S, 0, 0},
                            .dir = dir,
                            .pod = "pi-1-abcde",
                            .has_deadline = strstr(row->spec, "Deadline") != NULL};
}

Test(opening, says_who_may_run)
{
    for (size_t i = 0; i < LEN(rows); i++) {
        struct error err = {""};
        struct slurm_env slurm = folder_task(rows[i].attempt);
        slurm.base = rows[i].base;
        slurm.attempt += rows[i].base;
        slurm.job_id = rows[i].job_id ? rows[i].job_id : slurm.job_id;
        char *dir = folder_make_with(rows[i].spec, rows[i].records, LEN(rows[i].records));
        fake_reset(5.4);
        cleanup_free char *before = folder_print(dir);
        const struct opening o = opening_of(&rows[i], &slurm, dir);
        int64_t deadline;
        cr_expect_eq(opening_run(&o, &deadline, &err), rows[i].want, "%s: %s", rows[i].proves,
                     err.text);
        cr_expect_eq(deadline, rows[i].deadline ? T0 + rows[i].deadline * S : CLOCK_NEVER,
                     "%s: %lld", rows[i].proves, (long long)deadline);
        cleanup_free char *after = folder_print(dir);
        cr_expect_str_eq(strbuf_str(&fake.calls), rows[i].calls, "%s: %s", rows[i].proves,
                         strbuf_str(&fake.calls));
        cr_expect_str_eq(folder_added(before, after), rows[i].journal, "%s: %s", rows[i].proves,
                         after);
        folder_remove(dir);
    }
    fake_free();
}

Test(opening, deadline)
{
    bool won = true;
    char *dir = folder_make(INDEXED(4) ",\"activeDeadlineSeconds\":5");
    folder_add(dir, "1 started 0 0");
    fake_reset(5.4);
    const struct slurm_env slurm = folder_task(0);
    const struct opening o = {
        .act = {&slurm, &fake_ops, S, 0, 0}, .dir = dir, .has_deadline = true};
    cr_expect_eq(opening_deadline(&o, &won), T0 + 6 * S);
    cr_expect(!won);
    fake.now_us = T0 + 6 * S;
    cr_expect_leq(opening_deadline(&o, &won), fake.now_us);
    cr_expect(won, "the first one to see it ends the Job");
    cr_expect_leq(opening_deadline(&o, &won), fake.now_us);
    cr_expect(!won);
    cleanup_free char *text = folder_print(dir);
    cr_expect_str_eq(text, "1 started 0 0; end Failed DeadlineExceeded");
    folder_remove(dir);
    fake_free();
}

Test(opening, no_deadline)
{
    bool won;
    char *dir = folder_make(INDEXED(4));
    fake_reset(5.4);
    const struct slurm_env slurm = folder_task(0);
    const struct opening o = {.act = {&slurm, &fake_ops, S, 0, 0}, .dir = dir};
    cr_expect_eq(opening_deadline(&o, &won), CLOCK_NEVER);
    folder_remove(dir);
    fake_free();
}

/* Who has made the Job's end stops the other tasks, however often the alarm rings. */
Test(opening, alarm_at_the_deadline)
{
    char *dir = folder_make(INDEXED(4) ",\"activeDeadlineSeconds\":5");
    folder_add(dir, "-1000000000 started 0 0"); /* the clock is the real one */
    struct slurm_env slurm = folder_task(0);
    struct attempt a = {.slurm = &slurm, .dir = dir, .has_deadline = true};
    a.job_deadline = a.pod_deadline = CLOCK_NEVER;
    const struct supervise_alarm alarm = attempt_alarm(&a);
    cr_expect_eq(alarm.ring(alarm.arg), 0);
    cr_expect(a.past_job && a.must_stop);
    cr_expect_eq(alarm.ring(alarm.arg), 0);
    cr_expect(a.past_job && a.must_stop);
    folder_remove(dir);
}
