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

#define INDEXED(n) "\"completions\":" #n ",\"parallelism\":" #n ",\"completionMode\":\"Indexed\""
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
    return dir;
}

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
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {""};
        struct slurm_env slurm = env;
        slurm.attempt = slurm.restarts = rows[i].attempt;
        char *dir = prepare(&rows[i]);
        cleanup_free char *before = folder_print(dir);
        const struct opening o = opening_of(&rows[i], &slurm, dir);
        cr_expect_eq(opening_run(&o, &err), rows[i].want, "%s: %s", rows[i].proves, err.text);
        cleanup_free char *after = folder_print(dir);
        const char *added = after + strlen(before);
        added += strspn(added, "; ");
        cr_expect_str_eq(strbuf_str(&fake.calls), rows[i].calls, "%s: %s", rows[i].proves,
                         strbuf_str(&fake.calls));
        cr_expect_str_eq(added, rows[i].journal, "%s: %s", rows[i].proves, after);
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
    const struct opening o = {.act = {&env, &fake_ops, S, 0, 0}, .dir = dir, .has_deadline = true};
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
    const struct opening o = {.act = {&env, &fake_ops, S, 0, 0}, .dir = dir};
    cr_expect_eq(opening_deadline(&o, &won), CLOCK_NEVER);
    folder_remove(dir);
    fake_free();
}
