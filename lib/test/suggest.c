/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "../suggest.h"

static const char *const names[] = {
    "name",
    "image",
    "command",
    "args",
    "env",
    "resources",
    "restartPolicy",
    "backoffLimit",
    "completions",
    "parallelism",
    "ttlSecondsAfterFinished",
    "containers",
    "initContainers",
};

static const struct {
    const char *word;
    const char *suggestion; /* NULL = none */
    const char *proves;
} rows[] = {
    {"imgae", "image", "swapped letters"},
    {"comand", "command", "a letter missing"},
    {"commmand", "command", "a letter too many"},
    {"commend", "command", "a wrong letter"},
    {"Image", "image", "case"},
    {"restartpolicy", "restartPolicy", "case inside"},
    {"backofLimt", "backoffLimit", "two letters"},
    {"ttlSecondsAfterFinish", "ttlSecondsAfterFinished", "shortened"},
    {"container", "containers", "the nearer of two"},
    {"arg", "args", "three letters, one edit"},
    {"en", NULL, "too short for a guess"},
    {"x", NULL, "one letter"},
    {"", NULL, "empty"},
    {"foobar", NULL, "nothing near"},
    {"volumes", NULL, "nothing near, long"},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL,
     "longer than any name"},
};

Test(suggest, finds_the_nearest)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *got = suggest(rows[i].word, names, sizeof names / sizeof *names);
        cr_expect_str_eq(got ? got : "", rows[i].suggestion ? rows[i].suggestion : "",
                         "%s (%s): %s", rows[i].word, rows[i].proves, got ? got : "nothing");
    }
}

Test(suggest, ties_go_to_the_first_and_long_names_are_skipped)
{
    static const char *const tied[] = {
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "cart",
        "card"};
    cr_expect_eq(suggest("care", tied, 3), tied[1]);
    cr_expect_null(suggest("care", NULL, 0));
}
