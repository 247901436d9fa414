/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../job_summary.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "../attempt_cause.h"
#include "../cleanup.h"
#include "../gantt.h"

#define T0 INT64_C(1767323045000000)
#define S  INT64_C(1000000)

static struct fold *make_fold(int completions, bool per_index)
{
    struct fold *f;
    struct error err;
    cleanup_json json_t *job = json_pack(
        "{s:s,s:s,s:{s:s,s:s,s:s},s:{s:s,s:i,s:i,s:i,s:{s:{s:s,s:[{s:s,s:s}]}}}}", "apiVersion",
        "batch/v1", "kind", "Job", "metadata", "name", "j", "namespace", "default", "uid",
        "7b0dd0e4-1c1c-4d8b-8f5b-2f1f3d5a9a11", "spec", "completionMode", "Indexed", "completions",
        completions, "parallelism", 4, "backoffLimit", 100, "template", "spec", "restartPolicy",
        "Never", "containers", "name", "main", "image", "busybox");
    if (per_index)
        json_object_set_new(json_object_get(job, "spec"), "backoffLimitPerIndex", json_integer(0));
    cr_assert_eq(fold_new(job, NULL, &f, &err), 0, "%s", err.text);
    return f;
}

static void add(struct fold *f, const struct journal_record *r)
{
    struct journal_line line;
    struct error err;
    const char *why;
    char text[JOURNAL_LINE_MAX + 1];
    int n = journal_format(r, text, &err);
    cr_assert_gt(n, 0, "%s", err.text);
    cr_assert_eq(journal_parse(text, (size_t)n - 1, &line, &why), 0, "%s", why);
    cr_assert_eq(fold_add(f, &line), 0);
}

/* code < 0: it runs. */
static void attempt(struct fold *f, uint32_t index, uint32_t k, int64_t from, int64_t to, int code)
{
    const struct journal_container c = {"main", code, code ? "Error" : "Completed"};
    struct journal_record r = {.event = JOURNAL_STARTED,
                               .time_us = T0 + from * S,
                               .index = index,
                               .attempt = k,
                               .pod = "p",
                               .node = index % 2 ? "b" : "a"};
    add(f, &r);
    if (code < 0)
        return;
    r = (struct journal_record){.event = JOURNAL_ENDED,
                                .time_us = T0 + to * S,
                                .index = index,
                                .attempt = k,
                                .phase = code ? JOURNAL_FAILED : JOURNAL_SUCCEEDED,
                                .containers = &c,
                                .n_containers = 1};
    add(f, &r);
}

static void run(struct fold *f, int64_t now)
{
    struct error err;
    cr_assert_eq(fold_run(f, T0 + now * S, NULL, &err), 0, "%s", err.text);
}

Test(job_summary, a_job_that_goes_on)
{
    struct error err;
    cleanup_fold struct fold *f = make_fold(6, false);
    cleanup_job_summary struct job_summary s;
    attempt(f, 0, 0, 0, 10, 0);
    attempt(f, 1, 0, 0, 20, 3);
    attempt(f, 1, 1, 40, 50, 0);
    attempt(f, 2, 0, 0, 30, 3);
    attempt(f, 3, 0, 10, 0, -1);
    attempt(f, 4, 0, 50, 55, 7);
    run(f, 60);
    cr_assert_eq(job_summary_make(f, T0 + 60 * S, &s, &err), 0);
    cr_expect_eq(s.n, 6);
    static const uint8_t want[] = {INDEX_SUCCEEDED, INDEX_SUCCEEDED, INDEX_RETRYING,
                                   INDEX_RUNNING,   INDEX_RETRYING,  INDEX_WAITING};
    cr_expect_arr_eq(s.states, want, sizeof want);
    cr_expect_eq(s.attempts, 5);
    cr_expect_eq(s.failed_attempts, 3);
    cr_expect_eq(s.busy_us, 75 * S);
    cr_expect_eq(s.failed_us, 55 * S);
    cr_expect_eq(s.median_us, 10 * S);
    /* Two in a minute, four to go. */
    cr_expect_float_eq(s.per_second, 2.0 / 60, 1e-9);
    cr_expect_eq(s.left_us, 120 * S);
    cr_assert_eq(s.n_slowest, 5);
    cr_expect_eq(s.slowest[0]->index, 3, "what runs counts until now");
    cr_expect_eq(s.slowest[1]->index, 2);
    cr_assert_eq(s.n_causes, 2);
    cr_expect_eq(s.causes[0].attempts, 2, "attempts that failed alike are one row");
    cr_expect_eq(s.causes[0].last->index, 2, "the last one is the example");
}

Test(job_summary, a_failed_index_stays_failed)
{
    struct error err;
    cleanup_fold struct fold *f = make_fold(2, true);
    cleanup_job_summary struct job_summary s;
    attempt(f, 0, 0, 0, 10, 1);
    run(f, 20);
    cr_assert_eq(job_summary_make(f, T0 + 20 * S, &s, &err), 0);
    cr_expect_eq(s.states[0], INDEX_FAILED);
    cr_expect_eq(s.states[1], INDEX_WAITING);
    cr_expect_eq(s.median_us, -1, "no success, no median");
    cr_expect_eq(s.left_us, -1);
}

/* Without a terminal decision in the journal, too: the pods' ends are the Job's. */
Test(job_summary, an_ended_job_has_no_clock)
{
    for (int code = 0; code < 2; code++) {
        struct error err;
        cleanup_fold struct fold *f = make_fold(1, true);
        cleanup_job_summary struct job_summary s;
        attempt(f, 0, 0, 0, 10, code);
        run(f, 500);
        cr_assert_eq(job_summary_make(f, T0 + 900 * S, &s, &err), 0);
        cr_expect(s.finished);
        cr_expect_eq(s.end_us, T0 + 10 * S, "exit code %d: %lld", code, (long long)(s.end_us - T0));
    }
}

Test(job_summary, a_job_without_pods)
{
    struct error err;
    cleanup_fold struct fold *f = make_fold(3, false);
    cleanup_job_summary struct job_summary s;
    run(f, 0);
    cr_assert_eq(job_summary_make(f, T0, &s, &err), 0);
    cr_expect_eq(s.counts[INDEX_WAITING], 3);
    cr_expect_eq(s.n_slowest + s.n_causes, 0);
}

Test(job_summary, nth_is_the_sorted_one)
{
    srand(7);
    for (size_t n = 1; n < 60; n++)
        for (size_t k = 0; k < n; k++) {
            int64_t v[60];
            size_t below = 0, same = 0;
            for (size_t i = 0; i < n; i++)
                v[i] = rand() % 12;
            int64_t got = job_summary_nth(v, n, k);
            for (size_t i = 0; i < n; i++) {
                below += v[i] < got;
                same += v[i] == got;
            }
            cr_assert(below <= k && k < below + same, "%zu of %zu", k, n);
        }
}

Test(job_summary, cause)
{
    struct error err;
    struct attempt_cause c;
    cleanup_fold struct fold *f = make_fold(2, false);
    attempt(f, 0, 0, 0, 10, 3);
    attempt(f, 1, 0, 0, 10, 0);
    run(f, 20);
    (void)err;
    attempt_cause_of(f, fold_attempt_of(f, 0, 0), &c);
    cr_expect(c.has_exit_code && c.exit_code == 3);
    cr_expect_str_eq(c.container, "main");
    cr_expect_str_eq(c.reason, "Error");
    attempt_cause_of(f, fold_attempt_of(f, 1, 0), &c);
    cr_expect(c.has_exit_code && c.exit_code == 0);
    cr_expect_str_eq(c.reason, "Completed");
}

Test(gantt, cells)
{
    struct error err;
    cleanup_gantt struct gantt g = {0};
    cleanup_fold struct fold *f = make_fold(4, false);
    const uint32_t lanes[] = {0, 1, 1, 3};
    attempt(f, 0, 0, 0, 10, 0);
    attempt(f, 1, 0, 0, 5, 1);
    attempt(f, 1, 1, 5, 10, 0);
    attempt(f, 3, 0, 5, 0, -1);
    run(f, 10);
    /* Two indexes a lane, ten columns of a second. */
    cr_assert_eq(gantt_make(f, lanes, 4, 2, 10, T0 + 10 * S, &g, &err), 0);
    cr_expect_eq(g.lanes, 2);
    cr_expect_eq(g.per_lane, 2);
    cr_expect_eq(gantt_look(&g.cells[0]), GANTT_FAILED, "one of two failed");
    cr_expect_eq(gantt_look(&g.cells[8]), GANTT_SUCCEEDED);
    cr_expect_eq(gantt_look(&g.cells[10]), GANTT_EMPTY);
    cr_expect_eq(gantt_look(&g.cells[19]), GANTT_RUNNING);
    cr_expect_eq(gantt_level(&g, &g.cells[10]), 0);
    cr_expect_geq(gantt_level(&g, &g.cells[19]), 1);
}
