/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sbatch_line.h"

#include <criterion/criterion.h>
#include <slurm/slurm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sbatch_options.h"

#define OLD SLURM_VERSION_NUM(22, 5, 8)
#define NEW SLURM_VERSION_NUM(26, 5, 3)

/* Words are separated by '|': none of them holds one. */
static const struct {
    const char *words;
    const char *script;  /* NULL: left alone */
    const char *options; /* the words before it; NULL = as in words */
    const char *behind;
    uint32_t version; /* 0 = every one */
    const char *proves;
} rows[] = {
    /* which program */
    {"sbatch|a.yaml", "a.yaml", "", NULL, 0, "nothing but the script"},
    {"/usr/bin/sbatch|a.yaml", "a.yaml", "", NULL, 0, "sbatch by its path"},
    {"./sbatch|a.yaml", "a.yaml", "", NULL, 0, "sbatch by a relative path"},
    {"salloc|a.yaml", NULL, NULL, NULL, 0, "salloc"},
    {"sbatch.real|a.yaml", NULL, NULL, NULL, 0, "a renamed sbatch"},
    {"xsbatch|a.yaml", NULL, NULL, NULL, 0, "a name that ends alike"},
    {"/sbatch/srun|a.yaml", NULL, NULL, NULL, 0, "sbatch as a folder"},
    {"sbatch/|a.yaml", NULL, NULL, NULL, 0, "a path without a name"},
    {"|a.yaml", NULL, NULL, NULL, 0, "a program without a name"},
    /* no script */
    {"sbatch", NULL, NULL, NULL, 0, "standard input"},
    {"sbatch|-N|1", NULL, NULL, NULL, 0, "options, and standard input"},
    {"sbatch|--", NULL, NULL, NULL, 0, "the end of the options, and standard input"},
    {"sbatch|", NULL, NULL, NULL, 0, "a script without a name"},
    {"sbatch|--partition|a.yaml", NULL, NULL, NULL, 0, "the last word is a value"},
    {"sbatch|-p|a.yaml", NULL, NULL, NULL, 0, "the last word is a value, short"},
    {"sbatch|--partition", NULL, NULL, NULL, 0, "a value is missing"},
    {"sbatch|--wrap|true|a.yaml", NULL, NULL, NULL, 0, "--wrap"},
    {"sbatch|--wrap=true|a.yaml", NULL, NULL, NULL, 0, "--wrap="},
    {"sbatch|--wr|true|a.yaml", NULL, NULL, NULL, 0, "--wrap abbreviated"},
    {"sbatch|--external|a.yaml", NULL, NULL, NULL, 0, "--external"},
    /* sbatch only prints something */
    {"sbatch|--help|a.yaml", NULL, NULL, NULL, 0, "--help"},
    {"sbatch|-h|a.yaml", NULL, NULL, NULL, 0, "-h"},
    {"sbatch|-vh|a.yaml", NULL, NULL, NULL, 0, "-h among others"},
    {"sbatch|-V|a.yaml", NULL, NULL, NULL, 0, "-V"},
    {"sbatch|--usage|a.yaml", NULL, NULL, NULL, 0, "--usage"},
    {"sbatch|--autocomplete=--n|a.yaml", NULL, NULL, NULL, 0, "--autocomplete"},
    {"sbatch|a.yaml|--help", "a.yaml", "", "--help", 0, "--help for the script"},
    /* values of long options */
    {"sbatch|--partition|short|a.yaml", "a.yaml", NULL, NULL, 0, "a value in the next word"},
    {"sbatch|--partition=short|a.yaml", "a.yaml", NULL, NULL, 0, "a value in the same word"},
    {"sbatch|--partition=|a.yaml", "a.yaml", NULL, NULL, 0, "an empty value in the same word"},
    {"sbatch|--partition||a.yaml", "a.yaml", NULL, NULL, 0, "an empty value in the next word"},
    {"sbatch|--comment|--help|a.yaml", "a.yaml", NULL, NULL, 0,
     "a value that looks like an option"},
    {"sbatch|--comment|--|a.yaml", "a.yaml", NULL, NULL, 0, "a value that looks like the end"},
    {"sbatch|--comment=a b|a.yaml", "a.yaml", NULL, NULL, 0, "a value with a blank"},
    {"sbatch|--hold|a.yaml", "a.yaml", NULL, NULL, 0, "no value"},
    {"sbatch|--hold=1|a.yaml", NULL, NULL, NULL, 0, "a value that the option cannot have"},
    {"sbatch|--exclusive|a.yaml", "a.yaml", NULL, NULL, 0, "a value that need not be"},
    {"sbatch|--exclusive=user|a.yaml", "a.yaml", NULL, NULL, 0, "one that need not be, and is"},
    {"sbatch|--nice|a.yaml|b", "a.yaml", "--nice", "b", 0, "it is never the next word"},
    /* abbreviations */
    {"sbatch|--part|short|a.yaml", "a.yaml", NULL, NULL, 0, "abbreviated"},
    {"sbatch|--part=short|a.yaml", "a.yaml", NULL, NULL, 0, "abbreviated, value in the word"},
    {"sbatch|--pars|a.yaml", "a.yaml", NULL, NULL, 0, "abbreviated, without value"},
    {"sbatch|--par|a.yaml", NULL, NULL, NULL, 0, "partition or parsable"},
    {"sbatch|--par=short|a.yaml", NULL, NULL, NULL, 0, "the same with a value"},
    {"sbatch|--time|5|a.yaml", "a.yaml", NULL, NULL, 0, "the beginning of another, and whole"},
    {"sbatch|--time-|5|a.yaml", "a.yaml", NULL, NULL, 0, "--time-min"},
    {"sbatch|--mem|5|a.yaml", "a.yaml", NULL, NULL, 0, "the beginning of several, and whole"},
    {"sbatch|--ext|1:2|a.yaml", "a.yaml", NULL, NULL, OLD, "--extra-node-info"},
    {"sbatch|--ext|1:2|a.yaml", NULL, NULL, NULL, NEW, "... or --extra or --external"},
    {"sbatch|--PARTITION|short|a.yaml", NULL, NULL, NULL, 0, "in capitals"},
    /* options of some versions, or of none */
    {"sbatch|--power=level|a.yaml", "a.yaml", NULL, NULL, OLD, "an option that is gone"},
    {"sbatch|--power=level|a.yaml", NULL, NULL, NULL, NEW, "an option that is gone: now"},
    {"sbatch|--segment|4|a.yaml", NULL, NULL, NULL, OLD, "an option to come"},
    {"sbatch|--segment|4|a.yaml", "a.yaml", NULL, NULL, NEW, "an option to come: now"},
    {"sbatch|--requeue=expedite|a.yaml", NULL, NULL, NULL, OLD, "a value to come"},
    {"sbatch|--requeue=expedite|a.yaml", "a.yaml", NULL, NULL, NEW, "a value to come: now"},
    {"sbatch|--requeue|a.yaml", "a.yaml", NULL, NULL, 0, "the option in all versions"},
    {"sbatch|--get-user-env=5|a.yaml", "a.yaml", NULL, NULL, OLD, "a value that is gone"},
    {"sbatch|--get-user-env=5|a.yaml", NULL, NULL, NULL, NEW, "a value that is gone: now"},
    {"sbatch|--container-image=x|a.yaml", NULL, NULL, NULL, 0, "an option of another plugin"},
    {"sbatch|--x11|a.yaml", NULL, NULL, NULL, 0, "an option of srun"},
    {"sbatch|--=x|a.yaml", NULL, NULL, NULL, 0, "an option without a name"},
    {"sbatch|---|a.yaml", NULL, NULL, NULL, 0, "three dashes"},
    {"sbatch|-Z|a.yaml", NULL, NULL, NULL, 0, "an unknown letter"},
    {"sbatch|-|a.yaml", "-", "", "a.yaml", 0, "one dash is a file"},
    /* short options */
    {"sbatch|-p|short|a.yaml", "a.yaml", NULL, NULL, 0, "a value in the next word"},
    {"sbatch|-pshort|a.yaml", "a.yaml", NULL, NULL, 0, "a value in the same word"},
    {"sbatch|-p=short|a.yaml", "a.yaml", NULL, NULL, 0, "a value that starts with '='"},
    {"sbatch|-vHs|a.yaml", "a.yaml", NULL, NULL, 0, "letters in one word"},
    {"sbatch|-vHp|short|a.yaml", "a.yaml", NULL, NULL, 0, "the last one has a value"},
    {"sbatch|-vHpshort|a.yaml", "a.yaml", NULL, NULL, 0, "... in the same word"},
    {"sbatch|-vHphV|a.yaml", "a.yaml", NULL, NULL, 0, "letters of a value are none"},
    {"sbatch|-k|a.yaml", "a.yaml", NULL, NULL, 0, "a value that need not be"},
    {"sbatch|-koff|a.yaml", "a.yaml", NULL, NULL, 0, "a value that need not be, and is"},
    {"sbatch|-kh|a.yaml", "a.yaml", NULL, NULL, 0, "... and is no letter"},
    {"sbatch|-v-|a.yaml", NULL, NULL, NULL, 0, "a dash among letters"},
    {"sbatch|-N|2|-n4|--mem=1G|-J|x y|a.yaml", "a.yaml", NULL, NULL, 0, "all kinds"},
    /* the end of the options */
    {"sbatch|--|a.yaml", "a.yaml", "", NULL, 0, "--"},
    {"sbatch|--|-a.yaml", "-a.yaml", "", NULL, 0, "a name that starts with a dash"},
    {"sbatch|--|--", "--", "", NULL, 0, "a name that is two dashes"},
    {"sbatch|-H|--|a.yaml", "a.yaml", "-H", NULL, 0, "options, --"},
    {"sbatch|a.yaml|-H", "a.yaml", "", "-H", 0, "an option behind the script is not sbatch's"},
    {"sbatch|a.yaml|b|c", "a.yaml", "", "b", 0, "arguments"},
    {"sbatch|a.yaml|", "a.yaml", "", "", 0, "an empty argument"},
    {"sbatch|../x y/a.yaml", "../x y/a.yaml", "", NULL, 0, "a path with a blank"},
    /* heterogeneous jobs */
    {"sbatch|-N1|:|-N2|a.yaml", NULL, NULL, NULL, 0, "two components"},
    {"sbatch|:|a.yaml", NULL, NULL, NULL, 0, "an empty component"},
    {"sbatch|--comment|:|a.yaml", NULL, NULL, NULL, 0, "sbatch takes it out here as well"},
    {"sbatch|--|:|a.yaml", NULL, NULL, NULL, 0, "... and here"},
    {"sbatch|-J:|a.yaml", "a.yaml", NULL, NULL, 0, "not a word of its own"},
};

#define LEN(a) (sizeof(a) / sizeof *(a))

/* To be freed; len is without the NUL that stands behind the words. */
static char *as_cmdline(const char *words, size_t *len)
{
    char *text = calloc(1, strlen(words) + 2);
    strcpy(text, words);
    *len = strlen(words) + 1;
    for (size_t i = 0; i < *len; i++)
        if (text[i] == '|')
            text[i] = '\0';
    return text;
}

static void join(const struct sbatch_line *line, char *out, size_t size)
{
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < line->options_len; i++)
        n += (size_t)snprintf(out + n, size - n, "%s%s", i ? "|" : "", line->options[i]);
}

/* The words between the program and the script. */
static void expected_options(size_t row, char *out, size_t size)
{
    if (rows[row].options) {
        snprintf(out, size, "%s", rows[row].options);
        return;
    }
    const char *start = strchr(rows[row].words, '|') + 1;
    const char *end = strrchr(rows[row].words, '|');
    snprintf(out, size, "%.*s", (int)(end - start), start);
}

static void check_row(size_t i, uint32_t version)
{
    struct sbatch_line line;
    char options[256], want[256];
    size_t len;
    char *text = as_cmdline(rows[i].words, &len);
    bool is = sbatch_line_parse(&line, text, len, false, version);
    cr_expect_eq(is, rows[i].script != NULL, "%s: %s", rows[i].words, rows[i].proves);
    if (is && rows[i].script) {
        join(&line, options, sizeof options);
        expected_options(i, want, sizeof want);
        cr_expect_str_eq(line.script, rows[i].script, "%s: %s", rows[i].words, rows[i].proves);
        cr_expect_str_eq(options, want, "%s: %s", rows[i].words, rows[i].proves);
        cr_expect_eq(line.behind != NULL, rows[i].behind != NULL, "%s", rows[i].words);
        if (line.behind && rows[i].behind)
            cr_expect_str_eq(line.behind, rows[i].behind, "%s", rows[i].words);
    }
    free(text);
}

Test(sbatch_line, rows)
{
    for (size_t i = 0; i < LEN(rows); i++) {
        if (!rows[i].version || rows[i].version == OLD)
            check_row(i, OLD);
        if (!rows[i].version || rows[i].version == NEW)
            check_row(i, NEW);
    }
}

/* However few bytes of a command line are seen: the whole truth, or nothing. */
Test(sbatch_line, cut)
{
    static const char words[] = "sbatch|--comment|x|-vp|short|jobs/a.yaml|one|two";
    size_t len, script = strlen("sbatch|--comment|x|-vp|short|jobs/a.yaml|");
    char *text = as_cmdline(words, &len);
    for (size_t seen = 0; seen < len; seen++) {
        struct sbatch_line line;
        char *part = calloc(1, seen + 1); /* so that ASan sees a read behind it */
        memcpy(part, text, seen);
        bool is = sbatch_line_parse(&line, part, seen, true, OLD);
        cr_expect_eq(is, seen > script, "%zu bytes", seen);
        if (is) {
            cr_expect_str_eq(line.script, "jobs/a.yaml");
            cr_expect_not_null(line.behind);
        }
        free(part);
    }
    free(text);
}

/* A line of n letters -H before the script. */
static bool parse_many(size_t n, size_t *found)
{
    char *text = calloc(1, n * 3 + 64), *p = text;
    p = stpcpy(p, "sbatch") + 1;
    for (size_t i = 0; i < n; i++)
        p = stpcpy(p, "-H") + 1;
    p = stpcpy(p, "a.yaml") + 1;
    struct sbatch_line line;
    bool is = sbatch_line_parse(&line, text, (size_t)(p - text), false, OLD);
    *found = line.options_len;
    free(text);
    return is;
}

Test(sbatch_line, number_of_words_is_bounded)
{
    size_t n;
    cr_expect(parse_many(SBATCH_LINE_OPTIONS, &n));
    cr_expect_eq(n, SBATCH_LINE_OPTIONS);
    cr_expect_not(parse_many(SBATCH_LINE_OPTIONS + 1, &n));
    cr_expect_not(parse_many(100000, &n));
}

/* Bytes of all kinds, without a program that crashes. */
Test(sbatch_line, noise)
{
    unsigned seed = 7;
    for (int round = 0; round < 20000; round++) {
        struct sbatch_line line;
        char text[64] = "sbatch";
        for (size_t i = 7; i + 1 < sizeof text; i++) {
            seed = seed * 1103515245u + 12345u;
            text[i] = "\0\0-=:aNpvHk-\xff"[(seed >> 16) % 13];
        }
        bool is = sbatch_line_parse(&line, text, sizeof text - 1, round % 2, OLD);
        if (is)
            cr_assert(line.script > text && line.script < text + sizeof text);
    }
}

/* ---- the table ---- */

static const uint32_t versions[] = {SLURM_VERSION_NUM(22, 5, 8),   SLURM_VERSION_NUM(23, 2, 8),
                                    SLURM_VERSION_NUM(23, 11, 11), SLURM_VERSION_NUM(24, 5, 8),
                                    SLURM_VERSION_NUM(24, 11, 7),  SLURM_VERSION_NUM(25, 5, 8),
                                    SLURM_VERSION_NUM(25, 11, 7),  SLURM_VERSION_NUM(26, 5, 3)};

/* The same in all these versions. */
static const char letters[] = "ABCDFGHJLMNOQSVWabcdehikmnopqstvwx";

Test(sbatch_options, letters)
{
    for (size_t v = 0; v < LEN(versions); v++)
        for (int c = 1; c < 256; c++)
            cr_expect_eq(sbatch_option_letter((char)c, versions[v]) != NULL,
                         strchr(letters, c) != NULL, "version %x: %c", versions[v], c);
}

Test(sbatch_options, a_letter_and_its_name_agree)
{
    for (int c = 'A'; c <= 'z'; c++) {
        const struct sbatch_option *o = sbatch_option_letter((char)c, OLD);
        if (o)
            cr_expect_eq(sbatch_option_long(o->name, strlen(o->name), OLD), o, "%s", o->name);
    }
    cr_expect_null(sbatch_option_letter('\0', OLD));
}
