/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a fold tells besides the state of its Job: what is to be done, the Job as it was changed,
 * and its attempts; and how it is read from a folder.
 */
#include "fold_outcome.h"
#include "fold_rows.h"
#include "journal_folder.h"
#include "tree.h"

Test(fold, tells_the_attempt_that_failed_when_to_run_again)
{
    cleanup_fold struct fold *f = make_fold(INDEXED(3));
    cleanup_machine_actions struct machine_actions actions = {0};
    add(f, STARTED(1, 0, 0));
    add(f, STARTED(1, 1, 0));
    add(f, FAILED(2, 0, 0));
    add(f, FAILED(3, 1, 0));
    cr_assert_eq(fold_run_for(f, T0 + 4 * S, 1, 0, &actions, NULL), 0);
    cr_assert_eq(actions.len, 1);
    cr_expect(actions.v[0].type == MACHINE_CREATE_POD && actions.v[0].index == 1 &&
              actions.v[0].attempt == 1);
    cr_expect_eq(actions.v[0].at_us, T0 + 3 * S + 20 * S, "10 s doubled after two failures");
}

Test(fold, tells_the_last_attempt_to_stop_all)
{
    cleanup_fold struct fold *f = make_fold(INDEXED(3) ",\"backoffLimit\":0");
    cleanup_machine_actions struct machine_actions actions = {0};
    add(f, STARTED(1, 0, 0));
    add(f, STARTED(1, 1, 0));
    add(f, FAILED(2, 0, 0));
    cr_assert_eq(fold_run_for(f, T0 + 4 * S, 0, 0, &actions, NULL), 0);
    cr_assert(actions.len > 0);
    cr_expect_eq(actions.v[0].type, MACHINE_STOP_ALL);
    cr_expect(machine_decided(fold_machine(f)));
}

Test(fold, tells_runs_from_attempts)
{
    cleanup_fold struct fold *f = make_fold(INDEXED(3));
    size_t n;
    add(f, "1 event=started index=1 attempt=0 node=a");
    add(f, "2 event=started index=1 attempt=1 node=b ahead=1");
    add(f, "3 event=started index=1 attempt=2 node=b ahead=1");
    add(f, "3 event=started index=2 attempt=4 node=b");
    cr_assert_eq(fold_run(f, T0 + 4 * S, NULL, NULL), 0);
    cr_expect_null(fold_attempts_of(f, 0, &n));
    cr_expect_eq(n, 0);
    const struct fold_attempt *v = fold_attempts_of(f, 1, &n);
    cr_assert_eq(n, 3);
    cr_expect_eq(fold_attempt_of_run(f, 1, 0), &v[1], "the later one of two");
    cr_expect_eq(fold_attempt_of_run(f, 1, 1), &v[2]);
    cr_expect_null(fold_attempt_of_run(f, 1, 2));
    cr_expect_eq(fold_next_attempt(f, 1, 0), 3);
    cr_expect_eq(fold_next_attempt(f, 1, 2), 3);
    cr_expect_eq(fold_next_attempt(f, 1, 3), 3);
    cr_expect_eq(fold_next_attempt(f, 1, 7), 7);
    cr_expect_eq(fold_next_attempt(f, 0, 0), 0);
    fold_attempts_of(f, 2, &n);
    cr_expect_eq(n, 1);
}

Test(fold, keeps_the_changed_job)
{
    cleanup_fold struct fold *f = make_fold(INDEXED(3));
    add(f, "1 event=submitted job=77");
    add(f, "2 event=changed spec.parallelism=9 spec.podReplacementPolicy=%22Failed%22");
    add(f, "3 event=changed spec.parallelism=%22x%22 spec.backoffLimit=-1 spec.completions=[1]");
    add(f, "4 event=changed spec.activeDeadlineSeconds=7");
    add(f, "5 event=changed spec.activeDeadlineSeconds=null");
    add(f, "6 event=suspended");
    for (int again = 0; again < 2; again++) {
        cr_assert_eq(fold_run(f, T0 + 9 * S, NULL, NULL), 0);
        const json_t *spec = tree_get(fold_job(f), "spec");
        cr_expect_eq(tree_int(spec, "parallelism"), 9);
        cr_expect(tree_is(spec, "podReplacementPolicy", "Failed"));
        cr_expect(tree_bool(spec, "suspend") && !tree_has(spec, "activeDeadlineSeconds"));
        cr_expect(!tree_has(spec, "backoffLimit") && tree_int(spec, "completions") == 3);
        cr_expect_str_eq(fold_slurm_job(f), "77");
    }
}

/* Each pod has the template of its array; the Job has the last one, once that is set. */
Test(fold, tells_arrays_and_templates)
{
    size_t n;
    cleanup_fold struct fold *f = make_fold(INDEXED(3));
    cleanup_json json_t *mended = json_pack("{s:{s:s}}", "metadata", "name", "mended");
    add(f, "1 event=submitted job=77");
    cr_assert_eq(fold_run(f, T0 + 9 * S, NULL, NULL), 0);
    cr_expect_eq(fold_template_of(f, FOLD_NOW), 0);
    cleanup_fold struct fold *g = make_fold(INDEXED(3));
    add(g, "5 event=renewed job=79 ahead=4");
    add(g, "1 event=submitted job=77");
    add(g, "4 event=renewed job=78 ahead=2");
    cr_assert_eq(fold_run(g, T0 + 9 * S, NULL, NULL), 0);
    cr_expect_str_eq(fold_slurm_job(g), "79");
    const struct fold_array *arrays = fold_arrays(g, &n);
    cr_expect(n == 1 && arrays->job == 79 && arrays->base == 4);
    cr_expect_eq(fold_first_attempt(g), 0);
    cr_expect_eq(fold_last_change(g), T0 + 5 * S);
    const uint32_t templates[] = {0, 0, 2, 2, 4, 4};
    for (uint32_t attempt = 0; attempt < 6; attempt++)
        cr_expect_eq(fold_template_of(g, attempt), templates[attempt], "%u", attempt);
    cr_expect_eq(fold_template_of(g, FOLD_NOW), 4);
    fold_set_template(g, mended);
    for (int again = 0; again < 2; again++) {
        const json_t *template = tree_at(fold_job(g), "spec", "template", NULL);
        cr_expect(json_equal(template, mended));
        cr_expect(tree_has(tree_at(fold_created(g), "spec", "template", NULL), "spec"));
        cr_assert_eq(fold_run(g, T0 + 10 * S, NULL, NULL), 0);
    }
    fold_set_template(g, NULL);
    cr_expect(tree_has(tree_at(fold_job(g), "spec", "template", NULL), "spec"));
    cleanup_fold struct fold *k = make_fold(INDEXED(3));
    add(k, "4 event=renewed job=78 ahead=2");
    add(k, "5 event=retried job=79 ahead=3");
    cr_assert_eq(fold_run(k, T0 + 9 * S, NULL, NULL), 0);
    cr_expect_str_eq(fold_slurm_job(k), "79");
    cr_expect_eq(fold_template_of(k, FOLD_NOW), 2);
}

/* A change of the template makes one array of those that the Job has grown to; then it may grow. */
Test(fold, tells_the_arrays_of_a_job_that_grows_and_changes)
{
    size_t n;
    cleanup_fold struct fold *f = make_fold(INDEXED(2));
    add(f, "1 event=submitted job=77");
    add(f, "2 event=grown job=78 ahead=1 indexes=2-3 spec.completions=4 spec.parallelism=4");
    add(f, SUCCEEDED(3, 3, 1));
    add(f, STARTED(3, 0, 0));
    add(f, "4 event=suspended");
    add(f, FAILED(5, 0, 0));
    add(f, "6 event=renewed job=79 ahead=2");
    cr_assert_eq(fold_run(f, T0 + 9 * S, NULL, NULL), 0);
    cr_expect_str_eq(fold_slurm_job(f), "79");
    cr_expect_eq(fold_base_of(f, 3), 2);
    cleanup_json json_t *status = fold_status(f);
    cr_expect(tree_is(status, "completedIndexes", "3"));
    cleanup_fold struct fold *g = make_fold(INDEXED(2));
    add(g, "1 event=submitted job=77");
    add(g, "2 event=grown job=78 ahead=1 indexes=2-3 spec.completions=4 spec.parallelism=4");
    add(g, "4 event=suspended");
    add(g, "6 event=renewed job=79 ahead=2");
    add(g, "7 event=grown job=80 ahead=3 indexes=4 spec.completions=5 spec.parallelism=5");
    cr_assert_eq(fold_run(g, T0 + 9 * S, NULL, NULL), 0);
    cr_expect_str_eq(fold_slurm_job(g), "79,80");
    const struct fold_array *arrays = fold_arrays(g, &n);
    cr_expect(n == 2 && arrays[1].first == 4 && arrays[1].base == 3);
    cr_expect_eq(fold_template_of(g, 3), 2, "pods of later arrays have the template of now");
}

Test(fold, tells_deleted_pods)
{
    cleanup_fold struct fold *f = make_fold(INDEXED(3));
    add(f, STARTED(1, 0, 0));
    add(f, STARTED(1, 1, 0));
    add(f, "3 event=restarted index=1 attempt=0 restarts=1");
    add(f, "5 event=deleted index=1 attempt=0");
    add(f, "7 event=deleted index=2 attempt=0");
    add(f, "4 event=deleted index=1 attempt=0");
    cr_assert_eq(fold_run(f, T0 + 9 * S, NULL, NULL), 0);
    cr_expect_not(fold_deleted(f, 0, 0));
    cr_expect_eq(fold_deleted_at(f, 0, 0), FOLD_NO_TIME);
    cr_expect(fold_deleted(f, 1, 0));
    cr_expect_eq(fold_deleted_at(f, 1, 0), T0 + 4 * S, "the first time");
    cr_expect_eq(fold_deleted_at(f, 2, 0), T0 + 7 * S, "its start was lost");
    cr_expect_not(fold_deleted(f, 1, 1), "nobody knows it");
}

Test(fold, lists_attempts)
{
    cleanup_fold struct fold *f = make_fold(INDEXED(3));
    size_t n;
    struct fold_outcome_parts parts;
    add(f, FAILED(9, 1, 1));
    add(f, STARTED(5, 1, 0));
    cr_assert_eq(fold_run(f, T0 + 10 * S, NULL, NULL), 0);
    const struct fold_attempt *a = fold_attempts(f, &n);
    cr_assert(n == 2 && a[0].attempt == 0 && a[1].attempt == 1);
    cr_expect_str_eq(fold_node(f, &a[0]), "n1");
    cr_expect_str_eq(fold_node(f, &a[1]), "");
    cr_expect(fold_attempt_of(f, 1, 1) == &a[1] && !fold_attempt_of(f, 0, 0));
    fold_outcome_of(f, &a[1], &parts);
    cr_expect(parts.containers.len == 12 && !strncmp(parts.containers.data, "main:1:Error", 12));
}

static void count_damage(void *arg, const char *file, size_t line, const char *why)
{
    cr_expect_str_eq(file, "n1");
    cr_expect_eq(line, 2);
    cr_expect(why[0]);
    ++*(int *)arg;
}

Test(fold, reads_a_job_folder)
{
    const struct journal_end end = {T0 + 3 * S, "Failed", "DeadlineExceeded", "late"};
    const struct journal_record r = {
        .event = JOURNAL_STARTED, .time_us = T0, .index = 1, .node = "n1"};
    struct error err;
    int damaged = 0;
    struct folder folder = make_folder();
    cr_assert_eq(journal_append_path(folder.path, "n1", &r, &err), 0);
    int fd = openat(folder.events_fd, "n1", O_WRONLY | O_APPEND | O_CLOEXEC);
    cr_assert(fd >= 0 && write(fd, "rubbish\n", 8) == 8);
    close(fd);
    cr_assert_eq(journal_append_path(folder.path, "n1", &r, &err), 0);
    cr_assert_eq(journal_end_make(folder.job_fd, "n1", &end, &err), 1);
    cleanup_fold struct fold *f = make_fold(INDEXED(3));
    cr_assert_eq(fold_read(f, folder.job_fd, count_damage, &damaged, &err), 0, "%s", err.text);
    cr_assert_eq(fold_run(f, T0 + 9 * S, NULL, &err), 0);
    cr_expect_eq(damaged, 1);
    cr_expect(fold_end(f) && !strcmp(fold_end(f)->reason, "DeadlineExceeded"));
    cleanup_json json_t *status = fold_status(f);
    cr_expect_eq(tree_int(status, "terminating"), 1);
    cr_expect_eq(json_array_size(tree_get(status, "conditions")), 1);
    remove_folder(&folder);
}
