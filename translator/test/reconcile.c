/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What was asked of Slurm, and what the journal says after that, may be about different arrays.
 */
#include "../reconcile.h"

#include <criterion/criterion.h>

#include "cleanup.h"
#include "state_folder.h"

#define START (INT64_C(1800000000) * 1000000)
#define LATER (START + INT64_C(100000000))

static void append(const struct job_view *v, const struct journal_record *r)
{
    struct error err;
    cr_assert_eq(journal_append_path(v->dir, "node", r, &err), 0, "%s", err.text);
}

/* An Indexed Job of two, whose index 1 has failed in array 10, is scaled down to one. */
static void load(struct job_view *v, const struct store *s)
{
    struct error err;
    const struct journal_change less[] = {{"completions", "1"}, {"parallelism", "1"}};
    cleanup_json json_t *job =
        json_loads("{\"metadata\":{\"name\":\"pi\",\"namespace\":\"default\",\"uid\":\"u\"},"
                   "\"spec\":{\"completions\":2,\"parallelism\":2,\"completionMode\":\"Indexed\","
                   "\"backoffLimit\":6,\"template\":{\"spec\":{\"restartPolicy\":\"Never\","
                   "\"containers\":[{\"name\":\"main\"}]}}}}",
                   0, NULL);
    cr_assert_eq(store_make(s, "default", "pi", &err), 0, "%s", err.text);
    cr_assert_eq(store_write(s, "default", "pi", job, &err), 0, "%s", err.text);
    cr_assert_eq(job_view_load_journal(v, s, "default", "pi", LATER, &err), 0, "%s", err.text);
    append(v, &(struct journal_record){.event = JOURNAL_SUBMITTED, .time_us = START, .job = "10"});
    append(v, &(struct journal_record){.event = JOURNAL_ENDED,
                                       .time_us = START + 1000000,
                                       .index = 1,
                                       .phase = JOURNAL_FAILED});
    append(v, &(struct journal_record){.event = JOURNAL_CHANGED,
                                       .time_us = START + 2000000,
                                       .changes = less,
                                       .n_changes = 2});
    cr_assert_eq(job_view_refold(v, LATER, &err), 0, "%s", err.text);
}

Test(reconcile, another_array_meanwhile)
{
    size_t n;
    struct error err;
    struct state_folder folder;
    state_folder_make(&folder);
    const struct store store = {.root = folder.state};
    cleanup_job_view struct job_view v = {0};
    struct slurm_task tasks[] = {
        {.job = 10, .index = 0, .array = true, .state = SLURM_TASK_RUNNING},
        {.job = 10,
         .index = 1,
         .array = true,
         .state = SLURM_TASK_ENDED,
         .status = 256,
         .ended = (time_t)(START / 1000000) + 1},
    };
    const struct job_live live = {.tasks = tasks, .len = 2};
    const struct journal_change more[] = {{"completions", "2"}, {"parallelism", "2"}};
    load(&v, &store);
    append(&v, &(struct journal_record){.event = JOURNAL_GROWN,
                                        .time_us = START + 3000000,
                                        .job = "12",
                                        .ahead = 1,
                                        .indexes = "1",
                                        .changes = more,
                                        .n_changes = 2});
    cr_expect_eq(reconcile_run(&v, &live, LATER, NULL, &err), 0);
    cr_assert_eq(job_view_refold(&v, LATER, &err), 0, "%s", err.text);
    cr_expect_str_eq(fold_slurm_job(v.fold), "10,12");
    (void)fold_attempts_of(v.fold, 1, &n);
    cr_expect_eq(n, 1, "index 1 of the new array has not ended: nobody has asked about it");
    state_folder_remove(&folder);
}
