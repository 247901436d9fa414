/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Opening an attempt: may it run, and what is recorded and asked before it does.
 */
#include "../opening.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

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
    uint32_t attempt;
    int want;
    const char *calls;
    const char *journal; /* what is appended */
} rows[] = {
    {"the first attempt", INDEXED(4), {NULL}, 0, 1, "", STARTED("0")},
    {"the Job has ended", INDEXED(4), {"end"}, 0, 0, "", ""},
    {"a retry", INDEXED(4), {"1 started 1 0", "2 failed 1 0"}, 1, 1, "", STARTED("1")},
    {"the attempt before was lost",
     INDEXED(4),
     {"1 started 1 0"},
     1,
     1,
     "",
     "5.4 " LOST "; " STARTED("1")},
    {"an attempt that never began is not closed",
     INDEXED(4),
     {"1 started 1 0", "2 failed 1 0"},
     2,
     1,
     "",
     STARTED("2")},
    {"other indexes are left alone",
     INDEXED(4),
     {"1 started 0 0", "1 started 0 1"},
     1,
     1,
     "",
     STARTED("1")},
    {"what was lost ends the Job",
     INDEXED(4) ",\"backoffLimit\":0",
     {"1 started 1 0"},
     1,
     0,
     "cancel 10_[0,2-3]",
     "5.4 " LOST "; end Failed BackoffLimitExceeded"},
    {"what was lost fails the index only",
     INDEXED(4) ",\"backoffLimitPerIndex\":0",
     {"1 started 1 0"},
     1,
     0,
     "",
     "5.4 " LOST},
    {"a task that ended well and is requeued by hand",
     INDEXED(4),
     {"1 started 1 0", "2 succeeded 1 0"},
     1,
     0,
     "",
     ""},
    {"the same without indexes",
     "\"completions\":4",
     {"1 started 1 0", "2 succeeded 1 0"},
     1,
     0,
     "",
     ""},
    {"a work queue after its first success",
     "\"parallelism\":4",
     {"1 started 0 0", "1 started 1 0", "2 failed 1 0", "3 succeeded 0 0"},
     1,
     0,
     "",
     ""},
    {"a work queue's task that waited in Slurm until then",
     "\"parallelism\":4",
     {"1 started 0 0", "3 succeeded 0 0"},
     0,
     1,
     "",
     STARTED("0")},
    {"the Job's deadline has passed: nobody had been there to see it",
     INDEXED(4) ",\"activeDeadlineSeconds\":4",
     {"1 started 1 0", "2 failed 1 0"},
     1,
     0,
     "cancel 10_[0,2-3]",
     "end Failed DeadlineExceeded"},
    {"the Job's deadline has passed, first attempt of this index",
     INDEXED(4) ",\"activeDeadlineSeconds\":4",
     {"1 started 0 0", "2 failed 0 0"},
     0,
     0,
     "cancel 10_[0,2-3]",
     "end Failed DeadlineExceeded"},
    {"the Job's deadline is ahead",
     INDEXED(4) ",\"activeDeadlineSeconds\":5",
     {"1 started 0 0"},
     0,
     1,
     "",
     STARTED("0")},
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
        const struct slurm_env slurm = folder_task(rows[i].attempt);
        char *dir = folder_make_with(rows[i].spec, rows[i].records, LEN(rows[i].records));
        fake_reset(5.4);
        cleanup_free char *before = folder_print(dir);
        const struct opening o = opening_of(&rows[i], &slurm, dir);
        cr_expect_eq(opening_run(&o, &err), rows[i].want, "%s: %s", rows[i].proves, err.text);
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
