/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How the parallelism of a Job that is several arrays is shared.
 */
#include "../job_shares.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "cleanup.h"
#include "journal_read.h"
#include "strbuf.h"

#define T0 (INT64_C(1800000000) * 1000000)

static void add(struct fold *f, const struct journal_record *r)
{
    char buf[JOURNAL_LINE_MAX + 1];
    struct error err;
    struct journal_line line;
    const char *why;
    int len = journal_format(r, buf, &err);
    cr_assert_gt(len, 0, "%s", err.text);
    cr_assert_eq(journal_parse(buf, (size_t)len - 1, &line, &why), 0, "%s", buf);
    cr_assert_eq(fold_add(f, &line), 0);
}

static void add_growth(struct fold *f, int at, const char *job, uint32_t first, int completions)
{
    char indexes[16], value[16];
    const struct journal_change changes[] = {{"completions", value}, {"parallelism", value}};
    snprintf(indexes, sizeof indexes, "%u", first);
    snprintf(value, sizeof value, "%d", completions);
    add(f, &(struct journal_record){.event = JOURNAL_GROWN,
                                    .time_us = T0 + at,
                                    .job = job,
                                    .ahead = (uint32_t)at,
                                    .indexes = indexes,
                                    .changes = changes,
                                    .n_changes = 2});
}

/* Array 10 has the indexes 0 to 3, array 20 those up to 7, array 30 index 8. */
static struct fold *make_fold(uint32_t succeeded)
{
    struct fold *f = NULL;
    struct error err;
    cleanup_json json_t *job =
        json_loads("{\"metadata\":{\"name\":\"pi\",\"uid\":\"u\",\"creationTimestamp\":"
                   "\"2027-01-15T08:00:00Z\"},\"spec\":{\"completions\":4,\"parallelism\":4,"
                   "\"completionMode\":\"Indexed\",\"template\":{\"spec\":{\"restartPolicy\":"
                   "\"Never\",\"containers\":[{\"name\":\"main\"}]}}}}",
                   0, NULL);
    cr_assert_eq(fold_new(job, NULL, &f, &err), 0, "%s", err.text);
    add(f, &(struct journal_record){.event = JOURNAL_SUBMITTED, .time_us = T0, .job = "10"});
    add_growth(f, 1, "20", 4, 8);
    add_growth(f, 2, "30", 8, 9);
    for (uint32_t i = 0; i < succeeded; i++)
        add(f,
            &(struct journal_record){
                .event = JOURNAL_ENDED, .time_us = T0 + 9, .index = i, .phase = JOURNAL_SUCCEEDED});
    cr_assert_eq(fold_run(f, T0 + 99, NULL, &err), 0, "%s", err.text);
    return f;
}

static const struct {
    const char *proves;
    uint32_t succeeded; /* the indexes below */
    int parallelism;
    uint32_t running[3]; /* of each array */
    uint32_t throttle;   /* of each array, in Slurm */
    const char *want;    /* throttle of each array, "-" before one that is less than before */
    uint32_t least;
    int completions; /* as they are to be */
} cases[] = {
    {"as many as there are: no limit", 0, 9, {0}, 0, "0 0 0", 3, 9},
    {"more than there are: no limit", 0, 100, {0}, 0, "0 0 0", 3, 9},
    {"each has one, the rest is the first one's", 0, 5, {0}, 0, "-3 -1 -1", 3, 9},
    {"and when that has enough, the next one's", 0, 7, {0}, 3, "4 -2 -1", 3, 9},
    {"one each", 0, 3, {0}, 0, "-1 -1 -1", 3, 9},
    {"what runs keeps its place", 0, 5, {0, 3, 0}, 0, "-1 -3 -1", 3, 9},
    {"more run than may", 0, 4, {4, 4, 1}, 0, "-2 -1 -1", 3, 9},
    {"an array with little left has no more than that", 3, 5, {0}, 2, "-1 3 -1", 3, 9},
    {"one with nothing left has nothing", 4, 3, {0}, 2, "0 2 -1", 2, 9},
    {"a Job that shrinks: arrays beyond its indexes have nothing left",
     0,
     1,
     {0},
     0,
     "0 0 0",
     1,
     1},
};

Test(job_shares, cases)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n;
        uint32_t sum = 0;
        struct machine_view view;
        struct slurm_task tasks[16];
        struct job_live live = {.tasks = tasks};
        cleanup_fold struct fold *f = make_fold(cases[i].succeeded);
        cleanup_strbuf struct strbuf got = STRBUF_INIT;
        for (uint32_t k = 0; k < 3; k++)
            for (uint32_t t = 0; t < cases[i].running[k] || t == 0; t++)
                tasks[live.len++] = (struct slurm_task){
                    .job = 10 * (k + 1),
                    .throttle = cases[i].throttle,
                    .state = cases[i].running[k] ? SLURM_TASK_RUNNING : SLURM_TASK_PENDING};
        machine_view(fold_machine(f), &view);
        struct job_spec spec = *view.spec;
        spec.parallelism = cases[i].parallelism;
        spec.completions = cases[i].completions;
        cleanup_free struct job_share *v = job_shares_make(f, &spec, &live, &n);
        cr_assert(v && n == 3);
        for (size_t k = 0; k < n; k++) {
            strbuf_addf(&got, "%s%s%u", k ? " " : "", v[k].lowers ? "-" : "", v[k].throttle);
            cr_expect_eq(v[k].job, 10 * (k + 1));
            sum += v[k].throttle;
        }
        cr_expect_str_eq(strbuf_str(&got), cases[i].want, "%s: %s", cases[i].proves,
                         strbuf_str(&got));
        cr_expect_leq(sum, (uint32_t)cases[i].parallelism, "%s", cases[i].proves);
        cr_expect_eq(job_shares_least(v, n), cases[i].least, "%s", cases[i].proves);
    }
}
