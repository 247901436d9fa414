/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What sbatch reads from the lines that we write.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "../script.h"
#include "job_text.h"
#include "sbatch_oracle.h"

/* ---- values ---- */

static void check_value(const char *value)
{
    cleanup_strbuf struct strbuf line = STRBUF_INIT, want = STRBUF_INIT;
    struct sbatch_oracle o;
    script_option(&line, "comment", value);
    strbuf_addf(&want, "--comment=%s", value);
    const char *text = strbuf_str(&line);
    cr_assert_eq(strcspn(text, "\n"), line.len - 1, "one line: %s", text);
    sbatch_oracle_read(&o, text);
    cr_expect_not(o.fatal, "%s", text);
    cr_expect_eq(o.len, 1, "%s gives %zu arguments", text, o.len);
    if (o.len)
        cr_expect_str_eq(o.args[0], strbuf_str(&want), "%s comes back as %s", text, o.args[0]);
    sbatch_oracle_free(&o);
}

Test(script, values_come_back)
{
    static const char *const values[] = {
        "",
        "a",
        "a b",
        " a ",
        "#",
        "a#b",
        "\"",
        "'",
        "\\",
        "\\\\",
        "\\\"",
        "a\\ b",
        ":",
        ": --wrap=x",
        "$(id)",
        "`id`",
        "${HOME}",
        "!x",
        "a;b|c&",
        "\"a\" b",
        "--array=1",
        "x --wrap=",
        "\xc3\xa4\xe2\x82\xac",
        "\xe2\x80\xa8",
        "hetjob",
        "%j/%a",
        "~root",
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        check_value(values[i]);
}

Test(script, random_values_come_back)
{
    static const char special[] = " \"'\\#:$`()=-abc\xc3\xa4";
    unsigned seed = 1; /* the same values every time */
    for (int i = 0; i < 20000; i++) {
        char value[24];
        size_t n = (size_t)rand_r(&seed) % sizeof value;
        for (size_t k = 0; k < n; k++)
            if (rand_r(&seed) % 4)
                value[k] = special[(size_t)rand_r(&seed) % (sizeof special - 1)];
            else
                value[k] = (char)(' ' + rand_r(&seed) % 0x5f);
        value[n < sizeof value ? n : n - 1] = '\0';
        check_value(value);
    }
}

Test(script, a_flag)
{
    cleanup_strbuf struct strbuf line = STRBUF_INIT;
    script_option(&line, "requeue", NULL);
    cr_expect_str_eq(strbuf_str(&line), "#SBATCH --requeue\n");
}

/* ---- the whole script ---- */

static const char manifest[] =
    "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: pi\n  labels: {b: '2', a: '1'}\n"
    "  annotations:\n    sbatch.skjob/comment: 'a \"b\" #c'\n    text: \"x\\n#SBATCH "
    "--wrap=id\\n\"\n"
    "spec:\n  completions: 3\n  template:\n    spec:\n      restartPolicy: Never\n      "
    "containers:\n"
    "      - name: m\n        image: x\n        command:\n        - |\n          #!/bin/sh\n"
    "          #SBATCH --array=0-99\n          echo $(id)\n";

static void render(struct strbuf *out)
{
    cleanup_job_read struct job_read j;
    cleanup_translation struct translation t = {0};
    struct error err;
    struct head_line line = {.text = (char[]){"#SBATCH --qos=x"}, .line = 1};
    struct head head = {.sbatch = &line, .sbatch_len = 1};
    struct pragma pragma = {.indexed = false};
    job_read_text(&j, manifest, UNKNOWN_STRICT);
    cr_assert_eq(translation_make(&t, j.manifest.object, &err), 0);
    cr_assert_eq(script_render(&t, &head, &pragma, j.manifest.object, out, &err), 0, "%s",
                 err.text);
}

Test(script, lines_of_the_head)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    setenv("SKJOB_LIBEXECDIR", "/opt/skjob", 1);
    render(&b);
    static const char want[] =
        "#!/opt/skjob/skjob-pod\n#SKJOB v1 completionMode=NonIndexed\n#SBATCH "
        "--job-name=pi\n#SBATCH --array=0-2%1\n#SBATCH --requeue\n"
        "#SBATCH --open-mode=append\n#SBATCH --comment=\"a \\\"b\\\" #c\"\n#SBATCH --qos=x\n"
        "apiVersion: batch/v1\n";
    cr_expect(strncmp(strbuf_str(&b), want, strlen(want)) == 0, "%s", strbuf_str(&b));
}

/* Behind the head no line starts with '#': sbatch stops reading there, and nothing of the manifest
 * gets into the head. */
Test(script, nothing_else_is_a_comment_line)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    render(&b);
    const char *p = strstr(strbuf_str(&b), "\napiVersion:");
    cr_assert_not_null(p);
    for (p++; p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL)
        cr_expect_neq(*p, '#', "%s", p);
}

Test(script, same_bytes_every_time)
{
    cleanup_strbuf struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;
    render(&a);
    render(&b);
    cr_expect_str_eq(strbuf_str(&a), strbuf_str(&b));
}

/* The manifest under the head reads as the Job that went in. */
Test(script, is_the_manifest)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    cleanup_job_read struct job_read before, after;
    render(&b);
    job_read_text(&before, manifest, UNKNOWN_STRICT);
    job_read_text(&after, strbuf_str(&b), UNKNOWN_STRICT);
    cr_expect(json_equal(before.manifest.object, after.manifest.object));
}

static const struct {
    const char *dir;
    const char *line; /* NULL = refused */
} folders[] = {
    {"/opt/skjob", "#!/opt/skjob/skjob-pod\n"},
    {"relative", NULL},
    {"/with blank", NULL},
    {"/with\ttab", NULL},
    {"/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"
     "1234567890123456789012345678",
     NULL},
};

Test(script, interpreter)
{
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        struct error err;
        setenv("SKJOB_LIBEXECDIR", folders[i].dir, 1);
        cr_expect_eq(script_interpreter(&b, &err), folders[i].line ? 0 : -1, "%s", folders[i].dir);
        if (folders[i].line)
            cr_expect_str_eq(strbuf_str(&b), folders[i].line);
    }
}
