/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The Job of a plain array: what stands in it, and that Kubernetes would take it.
 */
#include "../plain_job.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "job_spec.h"
#include "manifest.h"
#include "tree.h"

#define LEN(a) (sizeof(a) / sizeof *(a))

static struct plain_options options;
static char words[1024];

/* Options as on a command line, divided by '|'. */
static void read_options(const char *line)
{
    struct error err;
    char *rest = strcpy(words, line);
    plain_options_init(&options);
    for (char *word; (word = strsep(&rest, "|")) && *word;) {
        const char *value;
        int id = plain_options_word(word, &value);
        cr_assert_geq(id, 0, "%s", word);
        cr_assert_eq(plain_options_set(&options, (enum plain_option_id)id, value, &err), 0, "%s",
                     err.text);
    }
    cr_assert_eq(plain_options_check(&options, &err), 0, "%s", err.text);
}

/* The Job's field as JSON; "" when absent. */
static char *dump(const json_t *v)
{
    return v ? json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY) : strdup("");
}

static const struct {
    const char *proves, *line;
    struct plain_array array;
    const char *field; /* below spec, or "name", "tasks", "limit" */
    const char *want;
} rows[] = {
    {"name and id", "", {"train", 12, 0, 9, 10, 1}, "name", "\"train-12\""},
    {"a DNS label", "", {"My Job_v2.sh", 12, 0, 9, 10, 1}, "name", "\"my-job-v2-sh-12\""},
    {"no letters at the ends", "", {"--x--", 12, 0, 9, 10, 1}, "name", "\"x-12\""},
    {"nothing is left", "", {"\xc3\xbc/..", 12, 0, 9, 10, 1}, "name", "\"job-12\""},
    {"no name", "", {"", 12, 0, 9, 10, 1}, "name", "\"job-12\""},
    {"cut",
     "",
     {"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee", 4294967295, 0, 0, 1, 1},
     "name",
     "\"aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd-4294967295\""},
    {"a range", "", {"x", 1, 0, 9, 10, 1}, "tasks", "\"0-9\""},
    {"a single task", "", {"x", 1, 0, 0, 1, 1}, "tasks", "\"0\""},
    {"a step", "", {"x", 1, 5, 9, 3, 2}, "tasks", "\"5-9:2\""},
    {"a list", "", {"x", 1, 1, 9, 3, 1}, "tasks", "\"3 of 1-9\""},
    {"ids below completions need no limit", "", {"x", 1, 0, 9, 10, 1}, "limit", ""},
    {"ids from 1", "", {"x", 1, 1, 10, 10, 1}, "limit", "\"11\""},
    {"a list's ids", "", {"x", 1, 1, 9, 3, 1}, "limit", "\"10\""},
    {"as many as there are tasks", "", {"x", 1, 1, 9, 3, 1}, "completions", "3"},
    {"no throttle", "", {"x", 1, 1, 9, 3, 1}, "parallelism", "3"},
    {"Kubernetes' default", "", {"x", 1, 0, 9, 10, 1}, "backoffLimit", "6"},
    {"no retries", "--backoff-limit=0", {"x", 1, 0, 9, 10, 1}, "backoffLimit", "0"},
    {"no limit for all with one for each",
     "--backoff-limit-per-index=2",
     {"x", 1, 0, 9, 10, 1},
     "backoffLimit",
     "2147483647"},
    {"for each index",
     "--backoff-limit-per-index=2",
     {"x", 1, 0, 9, 10, 1},
     "backoffLimitPerIndex",
     "2"},
    {"failed indexes",
     "--backoff-limit-per-index=2|--max-failed-indexes=0",
     {"x", 1, 0, 9, 10, 1},
     "maxFailedIndexes",
     "0"},
    {"seconds", "--active-deadline=1:30", {"x", 1, 0, 9, 10, 1}, "activeDeadlineSeconds", "90"},
    {"not given", "", {"x", 1, 0, 9, 10, 1}, "activeDeadlineSeconds", ""},
    {"not given", "", {"x", 1, 0, 9, 10, 1}, "podFailurePolicy", ""},
    {"not given", "", {"x", 1, 0, 9, 10, 1}, "successPolicy", ""},
    {"both kinds of rules, sorted codes",
     "--pod-failure-policy=FailJob:NotIn(3,0-1);Ignore:Disruption;Count:x/Y=False",
     {"x", 1, 0, 9, 10, 1},
     "podFailurePolicy",
     "{\"rules\":[{\"action\":\"FailJob\",\"onExitCodes\":{\"operator\":\"NotIn\",\"values\":[0,1,"
     "3]}},{\"action\":\"Ignore\",\"onPodConditions\":[{\"type\":\"DisruptionTarget\",\"status\":"
     "\"True\"}]},{\"action\":\"Count\",\"onPodConditions\":[{\"type\":\"x/Y\",\"status\":"
     "\"False\"}]}]}"},
    {"success",
     "--success-policy=indexes=1-3&count=2;count=9",
     {"x", 1, 0, 9, 10, 1},
     "successPolicy",
     "{\"rules\":[{\"succeededIndexes\":\"1-3\",\"succeededCount\":2},{\"succeededCount\":9}]}"},
};

static json_t *field_of(const json_t *job, const char *field)
{
    const json_t *meta = tree_get(job, "metadata");
    if (strcmp(field, "name") == 0)
        return tree_get(meta, "name");
    if (strcmp(field, "tasks") == 0)
        return tree_at(meta, "annotations", PLAIN_TASKS, NULL);
    if (strcmp(field, "limit") == 0)
        return tree_at(meta, "annotations", JOB_INDEX_LIMIT, NULL);
    return tree_at(job, "spec", field, NULL);
}

Test(plain_job, says_what_the_options_say)
{
    for (size_t i = 0; i < LEN(rows); i++) {
        struct error err = {""};
        read_options(rows[i].line);
        cleanup_json json_t *job = plain_job_make(&options, &rows[i].array, &err);
        cr_assert(job, "%s: %s", rows[i].proves, err.text);
        cleanup_free char *got = dump(field_of(job, rows[i].field));
        cr_expect_str_eq(got, rows[i].want, "%s: %s", rows[i].proves, got);
    }
}

/* As `skjob create --dry-run=client` does it. */
Test(plain_job, is_valid_for_kubernetes)
{
    for (size_t i = 0; i < LEN(rows); i++) {
        struct manifest m;
        read_options(rows[i].line);
        cleanup_json json_t *job = plain_job_make(&options, &rows[i].array, NULL);
        struct manifest_options mo = {.unknown = UNKNOWN_STRICT, .zoneinfo = "/"};
        cr_expect_eq(manifest_load(&m, job, &mo), MANIFEST_OK, "%s: %s %s", rows[i].proves,
                     m.err.text, m.errs.len ? m.errs.v[0].field : "");
        manifest_free(&m);
    }
}

Test(plain_job, is_one_that_the_state_machine_reads)
{
    struct error err = {""};
    struct job_spec *spec;
    const struct plain_array array = {"x", 1, 5, 9, 3, 2};
    read_options("--pod-failure-policy=FailJob:In(42)");
    cleanup_json json_t *job = plain_job_make(&options, &array, &err);
    cr_assert_eq(job_spec_from_json(job, &spec, &err), 0, "%s", err.text);
    cr_expect_eq(spec->completions, 3);
    cr_expect_eq(job_spec_index_limit(spec), 10);
    cr_expect_eq(spec->n_containers, 1);
    cr_expect_str_eq(spec->containers[0].name, PLAIN_JOB_CONTAINER);
    cr_expect_not(spec->restart_on_failure);
    job_spec_free(spec);
}

static const struct {
    const char *proves, *line;
    struct plain_array array;
    const char *error;
} misfits[] = {
    {"an index beyond the array",
     "--success-policy=count=1;indexes=3-10",
     {"x", 1, 0, 9, 10, 1},
     "--success-policy: rule 2: index 10 is not in the array, which ends with 9"},
    {"more than all",
     "--success-policy=count=4",
     {"x", 1, 1, 9, 3, 1},
     "--success-policy: rule 1: the array has only 3 tasks"},
    {"more failed than tasks",
     "--backoff-limit-per-index=1|--max-failed-indexes=4",
     {"x", 1, 1, 9, 3, 1},
     "--max-failed-indexes: the array has only 3 tasks"},
    {"a large array",
     "--backoff-limit-per-index=1",
     {"x", 1, 0, 100000, 100001, 1},
     "--backoff-limit-per-index: more than 100000 tasks need --max-failed-indexes of at most "
     "10000"},
};

Test(plain_job, refuses_what_does_not_fit_the_array)
{
    for (size_t i = 0; i < LEN(misfits); i++) {
        struct error err = {""};
        read_options(misfits[i].line);
        cr_expect_null(plain_job_make(&options, &misfits[i].array, &err), "%s", misfits[i].proves);
        cr_expect_str_eq(err.text, misfits[i].error, "%s: %s", misfits[i].proves, err.text);
    }
}

static const struct {
    const char *proves, *count, *step; /* NULL = not set */
    bool array;
    uint32_t first, last;
    const char *error; /* NULL = good */
    uint32_t want_count, want_step;
} arrays[] = {
    {"a list", "3", "1", true, 1, 9, NULL, 3, 1},
    {"a step", "3", "2", true, 5, 9, NULL, 3, 2},
    {"without Slurm's words", NULL, NULL, true, 1, 5, NULL, 5, 1},
    {"no array", "7", "7", false, 0, 0, NULL, 1, 1},
    {"no number", "x", NULL, true, 1, 5, "SLURM_ARRAY_TASK_COUNT is not a number: x", 0, 0},
    {"no tasks", "0", NULL, true, 1, 5, "SLURM_ARRAY_TASK_COUNT is not a number: 0", 0, 0},
    {"a step of 0", "5", "0", true, 1, 5, "SLURM_ARRAY_TASK_STEP is not a number: 0", 0, 0},
    {"reversed", NULL, NULL, true, 5, 1, "an array from 5 to 1", 0, 0},
    {"too large", NULL, NULL, true, 0, 2147483647, "an array from 0 to 2147483647", 0, 0},
};

static void put(const char *name, const char *value)
{
    if (value)
        setenv(name, value, 1);
    else
        unsetenv(name);
}

Test(plain_job, reads_the_array_from_slurms_variables)
{
    for (size_t i = 0; i < LEN(arrays); i++) {
        struct error err = {""};
        struct plain_array a;
        const struct slurm_env slurm = {.array = arrays[i].array,
                                        .job_id = 7,
                                        .first = arrays[i].first,
                                        .last = arrays[i].last};
        put("SLURM_ARRAY_TASK_COUNT", arrays[i].count);
        put("SLURM_ARRAY_TASK_STEP", arrays[i].step);
        put("SLURM_JOB_NAME", "x");
        int rc = plain_array_read(&a, &slurm, &err);
        cr_expect_eq(rc, arrays[i].error ? -1 : 0, "%s", arrays[i].proves);
        cr_expect_str_eq(err.text, arrays[i].error ? arrays[i].error : "", "%s: %s",
                         arrays[i].proves, err.text);
        if (rc == 0)
            cr_expect(a.count == arrays[i].want_count && a.step == arrays[i].want_step &&
                          a.job_id == 7,
                      "%s: %u %u", arrays[i].proves, a.count, a.step);
    }
}
