/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "../head.h"
#include "strbuf.h"

static const struct {
    const char *text;
    size_t lines;      /* for Slurm */
    const char *last;  /* the last one */
    const char *error; /* NULL = accepted */
    const char *proves;
} heads[] = {
    {"kind: Job\n", 0, NULL, NULL, "no head"},
    {"", 0, NULL, NULL, "nothing"},
    {"#SBATCH --time=10\nkind: Job\n", 1, "#SBATCH --time=10", NULL, "one line"},
    {"\n# a comment\n\n#SBATCH -p short\n#SBATCH --mem=1G\nkind: Job\n", 2, "#SBATCH --mem=1G",
     NULL, "comments and blank lines between"},
    {"kind: Job\n#SBATCH --time=10\n", 0, NULL, NULL, "after the first line of YAML"},
    {"---\n#SBATCH --time=10\n", 0, NULL, NULL, "after the start of a document"},
    {" #SBATCH --time=10\nkind: Job\n", 0, NULL, NULL, "indented: a comment for sbatch, too"},
    {"#SBATCHX --time=10\nkind: Job\n", 0, NULL, NULL, "another word"},
    {"#SBATCH--time=10\nkind: Job\n", 1, "#SBATCH--time=10", NULL, "sbatch takes this"},
    {"#SBATCH\t--time=10 \t\r\nkind: Job\r\n", 1, "#SBATCH\t--time=10", NULL, "CRLF, blanks"},
    {"\xef\xbb\xbf#SBATCH --time=10\n", 1, "#SBATCH --time=10", NULL, "a byte order mark"},
    {"#SBATCH --time=10", 1, "#SBATCH --time=10", NULL, "no newline at the end"},
    {"#SBATCH --time=1\r --wrap=x\n", 0, NULL, "f:1:17: a control character in a line for Slurm",
     "a return in the middle"},
    {"#SBATCH --time=1\x01\n", 0, NULL, "f:1:17: a control character in a line for Slurm",
     "a control character"},
    {"# x\n#SBATCH --array=0-9\n", 0, NULL,
     "f:2: sbatch option --array cannot be used here: the array comes from the Job's completions "
     "and parallelism",
     "the array"},
    {"#SBATCH -p x --ar\"ray\"=0-9\n", 0, NULL,
     "f:1: sbatch option --array cannot be used here: the array comes from the Job's completions "
     "and parallelism",
     "the array, hidden"},
    {"#SBATCH --comment=\"--array=0-9\"\n", 1, "#SBATCH --comment=\"--array=0-9\"", NULL,
     "a value is no option"},
    {"#SBATCH -J --array=1\n", 1, "#SBATCH -J --array=1", NULL, "nor is the word behind one"},
    {"#SBATCH hetjob\n", 0, NULL, "f:1: a Job has one component only: hetjob", "components"},
    {"#SBATCH --comment=\"a\n", 0, NULL, "f:1: \" has no counterpart", "open quote"},
    {"#!/opt/libexec/skjob/skjob-pod\nkind: Job\n", 0, NULL, NULL, "the runner"},
    {"#!/usr/bin/env -S skjob create -f\nkind: Job\n", 0, NULL, NULL, "skjob by env"},
    {"#!/usr/bin/skjob create -f\nkind: Job\n", 0, NULL, NULL, "skjob"},
    {"#!/bin/bash\nkind: Job\n", 0, NULL,
     "f:1:1: the interpreter of a Job manifest must be skjob-pod or skjob", "a shell"},
    {"#!/usr/bin/env notskjob\n", 0, NULL,
     "f:1:1: the interpreter of a Job manifest must be skjob-pod or skjob", "part of a name"},
    {"\n#!/bin/bash\nkind: Job\n", 0, NULL, NULL, "not in line 1: a comment"},
};

Test(head, parse)
{
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        struct error err = {""};
        cleanup_head struct head head;
        int rc = head_parse(&head, "f", heads[i].text, strlen(heads[i].text), &err);
        cr_expect_eq(rc, heads[i].error ? -1 : 0, "%s: %s", heads[i].proves, err.text);
        if (heads[i].error)
            cr_expect_str_eq(err.text, heads[i].error, "%s: %s", heads[i].proves, err.text);
        cr_expect_eq(head.sbatch_len, heads[i].lines, "%s: %zu lines", heads[i].proves,
                     head.sbatch_len);
        if (heads[i].last && head.sbatch_len)
            cr_expect_str_eq(head.sbatch[head.sbatch_len - 1].text, heads[i].last);
    }
}

Test(head, what_is_kept)
{
    static const char text[] = "#!/opt/skjob-pod\n#SBATCH -p x\n\n#SBATCH --error=e\nkind: Job\n";
    struct error err;
    cleanup_head struct head head;
    cr_assert_eq(head_parse(&head, "f", text, strlen(text), &err), 0);
    cr_expect_str_eq(head.interpreter, "#!/opt/skjob-pod");
    cr_expect_eq(head.sbatch[1].line, 4);
    cr_expect(head.output);
}

Test(head, number_of_lines_is_bounded)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    struct error err;
    struct head head;
    for (int i = 0; i < 257; i++)
        strbuf_adds(&b, "#SBATCH -p x\n");
    cr_assert_eq(head_parse(&head, "f", strbuf_str(&b), b.len, &err), -1);
    cr_expect_str_eq(err.text, "f:257: more than 256 lines for Slurm");
}
