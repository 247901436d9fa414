/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "../sbatch_args.h"
#include "sbatch_oracle.h"

static const struct {
    const char *line;
    const char *words; /* separated by '|'; an error's text after '!' */
    const char *proves;
} lines[] = {
    {" --time=10", "--time=10", "one word"},
    {"\t--time=10  -p  short ", "--time=10|-p|short", "blanks and tabs"},
    {" --comment=\"a b\"", "--comment=a b", "double quotes"},
    {" --comment='a \"b'", "--comment=a \"b", "the other quote is a character"},
    {" --comment=\"a \\\"b\"", "--comment=a \"b", "an escaped quote"},
    {" --comment=a\\\\b", "--comment=a\\b", "an escaped backslash"},
    {" --comment=a\\ b", "--comment=a|b", "a backslash does not join words"},
    {" --ar\"ray\"=1", "--array=1", "quotes inside a word"},
    {" --time=1 # the rest", "--time=1", "a comment"},
    {" --time=1#5 -p x", "--time=1", "a comment in a word ends the line"},
    {" --comment=\"#\"", "--comment=#", "not inside quotes"},
    {" --comment=\\#", "--comment=#", "not after a backslash"},
    {" \"\" --array=1", "", "an empty word ends the line"},
    {"", "", "nothing"},
    {" --comment=\"a", "!\" has no counterpart", "an open quote"},
    {" : -n1", "!a word that starts with ':'", "what sbatch dies of"},
};

static void split(const char *line, struct strbuf *out)
{
    struct error err;
    cleanup_strbuf struct strbuf word = STRBUF_INIT;
    int rc;
    while ((rc = sbatch_args_word(&line, &word, &err)) == 1)
        strbuf_addf(out, "%s%s", out->len ? "|" : "", strbuf_str(&word));
    if (rc < 0)
        strbuf_addf(out, "!%s", err.text);
}

Test(sbatch_args, words)
{
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        split(lines[i].line, &out);
        cr_expect_str_eq(strbuf_str(&out), lines[i].words, "%s: [%s] gives [%s]", lines[i].proves,
                         lines[i].line, strbuf_str(&out));
    }
}

/* Lines of random pieces: the same words as sbatch's, or refused where sbatch dies. */
Test(sbatch_args, random_lines)
{
    static const char *const pieces[] = {" ", "\t", "\"",  "'", "\\", "#",
                                         ":", "-",  "--a", "=", "x"};
    unsigned seed = 7; /* the same lines every time */
    for (int i = 0; i < 50000; i++) {
        cleanup_strbuf struct strbuf line = STRBUF_INIT, word = STRBUF_INIT;
        struct sbatch_oracle o;
        struct error err;
        strbuf_adds(&line, "#SBATCH ");
        for (int n = rand_r(&seed) % 14; n > 0; n--)
            strbuf_adds(&line, pieces[(size_t)rand_r(&seed) % (sizeof pieces / sizeof *pieces)]);
        const char *p = strbuf_str(&line) + strlen("#SBATCH");
        size_t words = 0;
        int rc;
        sbatch_oracle_read(&o, strbuf_str(&line));
        while ((rc = sbatch_args_word(&p, &word, &err)) == 1 && words < o.len)
            cr_expect_str_eq(strbuf_str(&word), o.args[words++], "[%s]", strbuf_str(&line));
        cr_expect_eq(rc, o.fatal ? -1 : 0, "[%s]: %d", strbuf_str(&line), rc);
        if (!o.fatal)
            cr_expect_eq(words, o.len, "[%s]: %zu words", strbuf_str(&line), words);
        sbatch_oracle_free(&o);
    }
}

#define ARRAY "the array comes from the Job's completions and parallelism"

static const struct {
    char *args[5];
    const char *error; /* NULL = fine */
    bool output;
    const char *proves;
} vectors[] = {
    {{"--partition=short"}, NULL, false, "long, one word"},
    {{"--partition", "short"}, NULL, false, "long, two words"},
    {{"-p", "short", "-t5"}, NULL, false, "short ones"},
    {{"-p", "--array=1"}, NULL, false, "what looks like an option is a value here"},
    {{"--array=1-3"}, "sbatch option --array cannot be used here: " ARRAY, false, "refused"},
    {{"--array", "1-3"}, "sbatch option --array cannot be used here: " ARRAY, false, "two words"},
    {{"--ar=1"}, "sbatch option --ar cannot be used here: " ARRAY, false, "shortened"},
    {{"-a1-3"}, "sbatch option -a1-3 cannot be used here: " ARRAY, false, "a letter"},
    {{"-Ha1-3"}, "sbatch option -Ha1-3 cannot be used here: " ARRAY, false, "behind a flag"},
    {{"-Ja"}, NULL, false, "the value of a letter is no letter"},
    {{"-W"}, "sbatch option -W cannot be used here: use skjob wait", false, "-W"},
    {{"--wait"}, "sbatch option --wait cannot be used here: use skjob wait", false, "--wait"},
    {{"--wait-all-nodes=1"}, NULL, false, "another option with the same beginning"},
    {{"-M", "x"}, "sbatch option -M cannot be used here: a Job lives on one cluster", false, "-M"},
    {{"--wrap=ls"},
     "sbatch option --wrap cannot be used here: the script is the manifest",
     false,
     "--wrap"},
    {{"--no-requeue"},
     "sbatch option --no-requeue cannot be used here: retries are requeues of the array task",
     false,
     "--no-requeue"},
    {{"--nodes=1"}, NULL, false, "not --no-requeue"},
    {{"--parsable"},
     "sbatch option --parsable cannot be used here: skjob prints the Job's name",
     false,
     "--parsable"},
    {{"--test-only"},
     "sbatch option --test-only cannot be used here: use --dry-run=server",
     false,
     "--test-only"},
    {{"script.sh"},
     "unexpected argument for sbatch: \"script.sh\" (the script is the manifest)",
     false,
     "a script"},
    {{"--hold", "script.sh"},
     "unexpected argument for sbatch: \"script.sh\" (the script is the manifest)",
     false,
     "a flag takes no value"},
    {{"--exclusive", "user"},
     "unexpected argument for sbatch: \"user\" (the script is the manifest)",
     false,
     "an optional value stands in the same word"},
    {{"-kx", "y"},
     "unexpected argument for sbatch: \"y\" (the script is the manifest)",
     false,
     "the same with a letter"},
    {{"--image", "x.sif"}, NULL, false, "an option of a plugin may take a value"},
    {{"-"}, "unexpected argument for sbatch: \"-\" (the script is the manifest)", false, "-"},
    {{"--", "x"},
     "unexpected argument for sbatch: \"--\" (the script is the manifest)",
     false,
     "--"},
    {{"-o", "x.out"}, NULL, true, "names an output file"},
    {{"-ox.out"}, NULL, true, "in one word"},
    {{"--output=x"}, NULL, true, "long"},
    {{"--out=x"}, NULL, true, "shortened"},
    {{"-e", "x"}, NULL, true, "error output"},
    {{"--err=x"}, NULL, true, "error output, shortened"},
    {{"-Ho", "x"}, NULL, true, "behind a flag"},
    {{"-J", "-o"}, NULL, false, "a name, not an output file"},
    {{"--open-mode=append"}, NULL, false, "not --output"},
    {{"--export=NONE"}, NULL, false, "not --error"},
    {{"--exclude=n1", "--exclusive"}, NULL, false, "not --error"},
};

Test(sbatch_args, check)
{
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct error err = {""};
        bool output = false;
        size_t n = 0;
        while (vectors[i].args[n])
            n++;
        int rc = sbatch_args_check(vectors[i].args, n, &output, &err);
        cr_expect_eq(rc, vectors[i].error ? -1 : 0, "%s: %s", vectors[i].proves,
                     vectors[i].args[0]);
        if (vectors[i].error)
            cr_expect_str_eq(err.text, vectors[i].error, "%s", err.text);
        else
            cr_expect_eq(output, vectors[i].output, "%s: output", vectors[i].proves);
    }
}
