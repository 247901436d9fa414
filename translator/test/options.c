/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "../options.h"

#define ALL " filename output dry-run validate strict namespace max-bytes timeout for "

static const struct {
    char *argv[8];
    const char *error;
    const char *proves;
} bad[] = {
    {{"create", "--foo"}, "unknown flag: --foo", "unknown"},
    {{"create", "--foo=1"}, "unknown flag: --foo", "with a value"},
    {{"create", "--report"}, "unknown flag: --report", "another verb's"},
    {{"create", "-x"}, "unknown shorthand flag: 'x' in -x", "a letter"},
    {{"create", "-xf", "a"}, "unknown shorthand flag: 'x' in -xf", "the first of two"},
    {{"create", "-f"}, "flag needs an argument: 'f' in -f", "no value"},
    {{"create", "--filename"}, "flag needs an argument: --filename", "no value, long"},
    {{"create", "--file", "x"}, "unknown flag: --file", "no beginnings of names"},
    {{"create", "--context=a"},
     "--context means nothing here: there is no API server; the cluster is that of slurm.conf, and "
     "SLURM_CONF names another one",
     "an option of kubectl's"},
    {{"create", "-k", "dir"},
     "-k means nothing here: build first: kustomize build DIR | skjob create -f -",
     "a letter of kubectl's"},
    {{"create", "--strict=3"},
     "invalid argument \"3\" for \"--strict\" flag: strconv.ParseBool: parsing \"3\": invalid "
     "syntax",
     "a switch takes true and false"},
    {{"create", "-o", "wide"},
     "unable to match a printer suitable for the output format \"wide\", allowed formats are: "
     "json,name,yaml",
     "output"},
    {{"create", "--dry-run=maybe"},
     "Invalid dry-run value (maybe). Must be \"none\", \"server\", or \"client\".",
     "dry-run"},
    {{"create", "--validate=no"},
     "invalid - validate option \"no\"; must be one of: strict (or true), warn, ignore (or false)",
     "validate"},
    {{"create", "-n", "A_B"}, "\"A_B\" is not a namespace's name", "namespace"},
    {{"create", "-n", "../x"}, "\"../x\" is not a namespace's name", "a way out of the state"},
    {{"create", "--max-bytes=0"}, "--max-bytes takes a number from 1 to 1073741824", "too small"},
    {{"create", "--max-bytes=1k"}, "--max-bytes takes a number from 1 to 1073741824", "no number"},
    {{"create", "--max-bytes=-1"}, "--max-bytes takes a number from 1 to 1073741824", "negative"},
    {{"create", "--max-bytes=99999999999999999999"},
     "--max-bytes takes a number from 1 to 1073741824",
     "out of range"},
};

static int count(char *const *argv)
{
    int n = 0;
    while (argv[n])
        n++;
    return n;
}

static int parse(struct options *o, char *const *argv, struct error *err)
{
    char *copy[9] = {0};
    for (int i = 0; argv[i]; i++)
        copy[i] = argv[i];
    return options_parse(o, count(argv), copy, ALL, err);
}

Test(options, errors)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cleanup_options struct options o;
        struct error err = {""};
        cr_expect_eq(parse(&o, bad[i].argv, &err), -1, "%s", bad[i].proves);
        cr_expect_str_eq(err.text, bad[i].error, "%s: %s", bad[i].proves, err.text);
    }
}

static const struct {
    char *argv[8];
    enum dry_run dry_run;
    enum unknown_fields validate;
    enum output output;
    const char *proves;
} good[] = {
    {{"create"}, DRY_RUN_NONE, UNKNOWN_STRICT, OUTPUT_DEFAULT, "defaults"},
    {{"create", "--dry-run=client", "-ojson"}, DRY_RUN_CLIENT, UNKNOWN_STRICT, OUTPUT_JSON, "json"},
    {{"create", "--dry-run"}, DRY_RUN_CLIENT, UNKNOWN_STRICT, OUTPUT_DEFAULT, "as kubectl has it"},
    {{"create", "--dry-run=server", "--output", "yaml"},
     DRY_RUN_SERVER,
     UNKNOWN_STRICT,
     OUTPUT_YAML,
     "server"},
    {{"create", "--dry-run=none", "-o=name"}, DRY_RUN_NONE, UNKNOWN_STRICT, OUTPUT_NAME, "-o=name"},
    {{"create", "--validate=warn"}, DRY_RUN_NONE, UNKNOWN_WARN, OUTPUT_DEFAULT, "warn"},
    {{"create", "--validate=false"}, DRY_RUN_NONE, UNKNOWN_IGNORE, OUTPUT_DEFAULT, "false"},
    {{"create", "--validate=ignore", "--validate"},
     DRY_RUN_NONE,
     UNKNOWN_STRICT,
     OUTPUT_DEFAULT,
     "no value: strict"},
    {{"create", "--validate=true"}, DRY_RUN_NONE, UNKNOWN_STRICT, OUTPUT_DEFAULT, "true"},
};

Test(options, values)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        cleanup_options struct options o;
        struct error err = {""};
        cr_expect_eq(parse(&o, good[i].argv, &err), 0, "%s: %s", good[i].proves, err.text);
        cr_expect_eq(o.dry_run, good[i].dry_run, "%s", good[i].proves);
        cr_expect_eq(o.validate, good[i].validate, "%s", good[i].proves);
        cr_expect_eq(o.output, good[i].output, "%s", good[i].proves);
    }
}

Test(options, words)
{
    char *argv[] = {"create", "a", "-f", "x", "b", "-fy", "--", "-p", "short", NULL};
    cleanup_options struct options o;
    struct error err;
    cr_assert_eq(options_parse(&o, 9, argv, ALL, &err), 0);
    cr_assert_eq(o.files.len, 2);
    cr_expect_str_eq(o.files.v[0], "x");
    cr_expect_str_eq(o.files.v[1], "y");
    cr_assert_eq(o.names_len, 2);
    cr_expect_str_eq(o.names[0], "a");
    cr_expect_str_eq(o.names[1], "b");
    cr_assert_eq(o.extra_len, 2);
    cr_expect_str_eq(o.extra[0], "-p");
    cr_expect_eq(options_need_files(&o, &err), -1);
    cr_expect_str_eq(err.text, "Unexpected args: [a b]");
}

Test(options, files_are_needed)
{
    char *argv[] = {"create", NULL};
    cleanup_options struct options o;
    struct error err;
    cr_assert_eq(options_parse(&o, 1, argv, ALL, &err), 0);
    cr_expect_eq(options_need_files(&o, &err), -1);
    cr_expect_str_eq(err.text, "must specify -f FILE");
}

Test(options, sources_keep_their_order)
{
    char *argv[] = {"create", "--from-file=f",     "cm",          "--from-literal",
                    "a=b",    "--from-env-file=e", "--from-file", "g"};
    static const struct key_source want[] = {
        {KEY_FILE, "f"}, {KEY_LITERAL, "a=b"}, {KEY_ENV_FILE, "e"}, {KEY_FILE, "g"}};
    struct error err;
    cleanup_options struct options o;
    cr_assert_eq(options_parse(&o, 8, argv, " from-file from-literal from-env-file ", &err), 0);
    cr_assert_eq(o.sources_len, 4);
    for (size_t i = 0; i < 4; i++) {
        cr_expect_eq(o.sources[i].kind, want[i].kind);
        cr_expect_str_eq(o.sources[i].text, want[i].text);
    }
    cr_expect_eq(o.names_len, 1);
    cr_expect_str_eq(o.names[0], "cm");
}
