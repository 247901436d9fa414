/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The script of a CronJob's clock, and what sbatch is asked for.
 */
#include "../cronjob_clock.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../cronjob_jobs.h"
#include "cleanup.h"
#include "fake_slurm.h"
#include "state_folder.h"
#include "tree.h"

static const struct cronjob_clock_script script = {.uid = "11111111-2222-3333-4444-555555555555",
                                                   .ns = "lab",
                                                   .name = "hello.world",
                                                   .state = "/home/a b/100%/state"};

Test(cronjob_clock, script_is_read_back)
{
    struct error err = {""};
    struct cronjob_clock_script got;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cr_assert_eq(cronjob_clock_print(&script, &text, &err), 0, "%s", err.text);
    cr_expect_eq(strncmp(strbuf_str(&text), "#!/", 3), 0);
    cr_expect(strstr(strbuf_str(&text), " " CRONJOB_CLOCK_VERB "\n#SKJOB v1 "));
    cr_assert_eq(cronjob_clock_parse(strbuf_str(&text), text.len, &got, &err), 0, "%s", err.text);
    cr_expect_str_eq(got.uid, script.uid);
    cr_expect_str_eq(got.ns, script.ns);
    cr_expect_str_eq(got.name, script.name);
    cr_expect_str_eq(got.state, script.state);
}

Test(cronjob_clock, other_scripts_are_refused)
{
    static const char *const rows[] = {
        "",
        "#!/bin/sh\ntrue\n",
        "#!/x __clock\n#SKJOB v1 completionMode=NonIndexed\n#SKJOB-CRONJOB a\n",
        "#!/x __clock\n#SKJOB v1 completionMode=NonIndexed "
        "uid=11111111-2222-3333-4444-555555555555 namespace=a state=/x\n",
        "#!/x __clock\n#SKJOB v1 completionMode=NonIndexed "
        "uid=11111111-2222-3333-4444-555555555555 namespace=a state=/x\n#SKJOB-CRONJOB \n",
        "#!/x __clock\n#SKJOB v1 completionMode=NonIndexed "
        "uid=11111111-2222-3333-4444-555555555555 namespace=a state=/x\n#SKJOB-CRONJOB cut",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cronjob_clock_script got;
        cr_expect_eq(cronjob_clock_parse(rows[i], strlen(rows[i]), &got, NULL), -1, "%s", rows[i]);
    }
}

/* ---- what sbatch is asked for ---- */

static json_t *cronjob(const char *annotations, const char *template_annotations)
{
    json_error_t why;
    json_t *a = json_loads(annotations, 0, &why), *t = json_loads(template_annotations, 0, &why);
    cr_assert(a && t, "%s", why.text);
    return json_pack("{s:s, s:s, s:{s:s, s:s, s:o}, s:{s:s, s:{s:{s:o}, s:{s:{s:{s:s, "
                     "s:[{s:s, s:s}]}}}}}}",
                     "apiVersion", "batch/v1", "kind", "CronJob", "metadata", "name", "hello",
                     "namespace", "default", "annotations", a, "spec", "schedule", "* * * * *",
                     "jobTemplate", "metadata", "annotations", t, "spec", "template", "spec",
                     "restartPolicy", "Never", "containers", "name", "m", "image", "x");
}

/* The options that are not the same for every clock, joined by blanks. */
static void options_of(const json_t *c, struct strbuf *out)
{
    static const char *const same[] = {
        "--nodes=1",  "--ntasks=1",         "--mem=200M", "--time=10", "--open-mode=truncate",
        "--comment=", "--output=/state/log"};
    struct error err = {""};
    struct cronjob_state state = {.dir = (char *)"/state", .lock = -1};
    cleanup_json json_t *list = cronjob_clock_arguments(&state, c, &err);
    json_t *word;
    size_t i;
    if (!list)
        strbuf_addf(out, "error: %s", err.text);
    json_array_foreach (list, i, word) {
        bool is_same = false;
        for (size_t k = 0; k < sizeof same / sizeof *same; k++)
            is_same |= strncmp(json_string_value(word), same[k], strlen(same[k])) == 0 &&
                       i < 1 + sizeof same / sizeof *same;
        if (!is_same)
            strbuf_addf(out, "%s%s", out->len ? " " : "", json_string_value(word));
    }
}

Test(cronjob_clock, arguments)
{
    static const struct {
        const char *annotations, *template, *options, *proves;
    } rows[] = {
        {"{}", "{}", "--job-name=cronjob/hello", "none of its own"},
        {"{\"skjob/"
         "sbatch-arguments\":\"[\\\"-p\\\",\\\"short\\\",\\\"--time=5\\\",\\\"--account\\\","
         "\\\"lab\\\",\\\"-n4\\\"]\"}",
         "{}", "--job-name=cronjob/hello --partition=short --account=lab",
         "of the Jobs' options those that say where, and who pays"},
        {"{\"skjob/sbatch-lines\":\"#SBATCH --qos=low --gres=gpu:1\\n#SBATCH -Aacc # why\\n\"}",
         "{}", "--job-name=cronjob/hello --qos=low --account=acc", "also of the file's lines"},
        {"{}", "{\"sbatch.skjob/partition\":\"gpu\",\"sbatch.skjob/gres\":\"gpu:1\"}",
         "--job-name=cronjob/hello --partition=gpu", "and of the Job's annotations"},
        {"{\"clock.skjob/partition\":\"tiny\",\"clock.skjob/exclusive\":\"\",\"other\":\"x\"}",
         "{\"sbatch.skjob/partition\":\"gpu\"}",
         "--job-name=cronjob/hello --partition=gpu --partition=tiny --exclusive",
         "its own annotations come last"},
        {"{\"skjob/sbatch-arguments\":\"[\\\"--comment\\\",\\\"-players\\\"]\"}", "{}",
         "--job-name=cronjob/hello", "the value of another option is no option"},
        {"{\"clock.skjob/array\":\"0-3\"}", "{}",
         "error: annotation clock.skjob/array cannot be used: ", "not what would break it"},
        {"{\"clock.skjob/a b\":\"\"}", "{}",
         "error: annotation clock.skjob/a b: not the name of an option of sbatch", "one word"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_strbuf struct strbuf got = STRBUF_INIT;
        cleanup_json json_t *c = cronjob(rows[i].annotations, rows[i].template);
        cr_assert(c);
        options_of(c, &got);
        size_t n =
            strncmp(rows[i].options, "error", 5) == 0 ? strlen(rows[i].options) : got.len + 1;
        cr_expect_eq(strncmp(strbuf_str(&got), rows[i].options, n), 0, "%s: %s", rows[i].proves,
                     strbuf_str(&got));
    }
}

Test(cronjob_clock, options_are_kept_with_the_object)
{
    struct head_line line = {.text = (char *)"#SBATCH --nice=7 --comment=\"a b\"", .line = 2};
    const struct head head = {.sbatch = &line, .sbatch_len = 1};
    char *words[] = {(char *)"-p", (char *)"short"};
    cleanup_json json_t *c = cronjob("{}", "{}"), *list = json_array();
    cr_assert_eq(cronjob_jobs_keep_options(c, &head, words, 2, NULL), 0);
    cr_assert_eq(cronjob_jobs_options(c, list, NULL), 0);
    cleanup_free char *text = json_dumps(list, JSON_COMPACT);
    cr_expect_str_eq(text, "[\"--nice=7\",\"--comment=a b\",\"-p\",\"short\"]");
}

/* ---- submission ---- */

/* sbatch leaves its arguments and the script here, and ends without an answer. */
#define SILENT "echo \"$*\" > args\ncat > script\n"

static struct state_folder folder;
static struct store store;
static struct cronjob_state state;
static json_t *submitted;

static void set_up(void)
{
    state_folder_make(&folder);
    state_folder_sbatch(&folder, SILENT);
    store.root = folder.state;
    submitted = cronjob("{}", "{}");
    json_object_set_new(tree_get(submitted, "metadata"), "uid", json_string(script.uid));
    cr_assert_eq(cronjob_state_lock(&state, &store, submitted, 0, NULL), 0);
    fake_slurm.job_id = 77;
}

static void tear_down(void)
{
    cronjob_state_close(&state);
    json_decref(submitted);
    state_folder_remove(&folder);
}

/* Whether the file of the current folder holds the text. */
static bool holds(const char *file, const char *text)
{
    char buf[4096] = "";
    cleanup_file FILE *f = fopen(file, "re");
    cr_assert(f, "%s", file);
    cr_assert_lt(fread(buf, 1, sizeof buf - 1, f), sizeof buf - 1);
    return strstr(buf, text) != NULL;
}

TestSuite(cronjob_clock_submission, .init = set_up, .fini = tear_down);

/* The clock of before, and one that waits for a Job, have the same name and the same uid. */
Test(cronjob_clock_submission, an_answer_that_was_lost_is_looked_for_by_its_own_mark)
{
    char first[sizeof fake_slurm.needle];
    struct error err = {""};
    cr_assert_eq(cronjob_clock_submit(&state, &store, submitted, 0, &err), 0, "%s", err.text);
    cr_expect_eq(cronjob_state_timer(&state, CRONJOB_CLOCK), 77);
    cr_expect(holds("args", " --requeue\n"), "it begins at once");
    cr_expect(holds("script", fake_slurm.needle));
    memcpy(first, fake_slurm.needle, sizeof first);
    cr_assert_eq(cronjob_clock_submit(&state, &store, submitted, 0, &err), 0, "%s", err.text);
    cr_expect(holds("script", fake_slurm.needle));
    cr_expect_str_neq(fake_slurm.needle, first);
    fake_slurm.job_id = 0;
    cr_expect_eq(cronjob_clock_submit(&state, &store, submitted, 0, &err), -1);
}

Test(cronjob_clock_submission, a_job_that_waits_for_those_that_slurm_has)
{
    struct error err = {""};
    struct cronjob_job v[] = {{.uid = "u1"}, {.uid = "u2"}, {.uid = "u3"}};
    char none_yet[] = "", seven[] = "7", both[] = "8:9", *ids[] = {none_yet, seven, both};
    const struct cronjob_jobs jobs = {v, ids, 3};
    cleanup_json json_t *none = json_pack("{s:[{s:s}]}", "active", "uid", "u1");
    cleanup_json json_t *two = json_pack("{s:[{s:s},{s:s}]}", "active", "uid", "u1", "uid", "u2");
    cr_expect_eq(cronjob_clock_wake(&state, &store, submitted, &jobs, none, &err), -1);
    cr_expect_str_eq(err.text, "Slurm has none of the active Jobs");
    cr_assert_eq(cronjob_clock_wake(&state, &store, submitted, &jobs, two, &err), 0, "%s",
                 err.text);
    cr_expect(holds("args", " --requeue --dependency=afterany:7\n"));
    cr_expect_eq(cronjob_state_timer(&state, CRONJOB_WAKE), 77);
    cr_expect_eq(cronjob_state_timer(&state, CRONJOB_CLOCK), 0);
}

/* A clock that leaves its node must not begin before it has left it. */
Test(cronjob_clock, begins_neither_too_soon_nor_too_far_ahead)
{
    int64_t before = time(NULL);
    int64_t past = cronjob_clock_begin(before - 100), soon = cronjob_clock_begin(before + 1000);
    int64_t far = cronjob_clock_begin(before + 10 * CRONJOB_CLOCK_FAR);
    int64_t after = time(NULL);
    cr_expect(past >= before + CRONJOB_CLOCK_NEAR && past <= after + CRONJOB_CLOCK_NEAR);
    cr_expect_eq(soon, before + 1000);
    cr_expect(far >= before + CRONJOB_CLOCK_FAR && far <= after + CRONJOB_CLOCK_FAR);
}
