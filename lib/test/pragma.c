/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "../pragma.h"

#define UID "0f8fad5b-d9cb-469f-a165-70867728950e"

static const struct {
    const char *line;
    const char *error; /* NULL = accepted */
    const char *proves;
} lines[] = {
    {"", "not a #SKJOB line", "nothing"},
    {"#SBATCH --array=0-1", "not a #SKJOB line", "another comment"},
    {"#SKJOBS v1 completionMode=Indexed", "not a #SKJOB line", "a longer word"},
    {"#SKJOB", "#SKJOB: version \"\" is not known here (known: v1)", "no version"},
    {"#SKJOB v2 completionMode=Indexed", "#SKJOB: version \"v2\" is not known here (known: v1)",
     "another version"},
    {"#SKJOB v1", "#SKJOB: completionMode is missing", "required key"},
    {"#SKJOB v1 uid=" UID, "#SKJOB: completionMode is missing", "required key, others there"},
    {"#SKJOB v1 Indexed", "#SKJOB: \"Indexed\" is not key=value", "no ="},
    {"#SKJOB v1 =Indexed", "#SKJOB: unknown key \"\"", "empty key"},
    {"#SKJOB v1 completionMode=Indexed color=red", "#SKJOB: unknown key \"color\"", "unknown key"},
    {"#SKJOB v1 completionmode=Indexed", "#SKJOB: unknown key \"completionmode\"", "case counts"},
    {"#SKJOB v1 completionMod=Indexed", "#SKJOB: unknown key \"completionMod\"",
     "a prefix of a key"},
    {"#SKJOB v1 completionMode=indexed", "#SKJOB: completionMode is not Indexed or NonIndexed",
     "case of the value"},
    {"#SKJOB v1 completionMode=", "#SKJOB: completionMode is not Indexed or NonIndexed", "empty"},
    {"#SKJOB v1 completionMode=Indexed completionMode=Indexed",
     "#SKJOB: completionMode is given twice", "repeated key"},
    {"#SKJOB v1 completionMode=Indexed uid=1", "#SKJOB: uid is not a UUID in lower case", "short"},
    {"#SKJOB v1 completionMode=Indexed uid=0F8FAD5B-D9CB-469F-A165-70867728950E",
     "#SKJOB: uid is not a UUID in lower case", "upper case"},
    {"#SKJOB v1 completionMode=Indexed uid=" UID "0", "#SKJOB: uid is not a UUID in lower case",
     "too long"},
    {"#SKJOB v1 completionMode=Indexed uid=", "#SKJOB: uid is not a UUID in lower case",
     "a key that is there has a value"},
    {"#SKJOB v1 completionMode=Indexed namespace=..", "#SKJOB: namespace is not a DNS label",
     "a namespace is no way out of the folder"},
    {"#SKJOB v1 completionMode=Indexed namespace=a/b", "#SKJOB: namespace is not a DNS label",
     "slash"},
    {"#SKJOB v1 completionMode=Indexed namespace=a%2Fb", "#SKJOB: namespace is not a DNS label",
     "encoded slash: checks see the decoded text"},
    {"#SKJOB v1 completionMode=Indexed namespace=Team", "#SKJOB: namespace is not a DNS label",
     "upper case"},
    {"#SKJOB v1 completionMode=Indexed namespace=-a", "#SKJOB: namespace is not a DNS label",
     "dash in front"},
    {"#SKJOB v1 completionMode=Indexed state=home", "#SKJOB: state is not an absolute path",
     "relative"},
    {"#SKJOB v1 completionMode=Indexed state=/a%0Ab", "#SKJOB: state is not an absolute path",
     "encoded newline"},
    {"#SKJOB v1 completionMode=Indexed state=/a%00b", "#SKJOB: state is not an absolute path",
     "encoded NUL"},
    {"#SKJOB v1 completionMode=Indexed state=/a%7f", "#SKJOB: state is not an absolute path",
     "encoded DEL"},
    {"#SKJOB v1 completionMode=Indexed state=/a%2", "#SKJOB: state is not an absolute path",
     "half an escape at the end"},
    {"#SKJOB v1 completionMode=Indexed state=/a% uid=" UID, "#SKJOB: state is not an absolute path",
     "an escape does not reach over a blank"},
    {"#SKJOB v1 completionMode=Indexed state=/a%xy", "#SKJOB: state is not an absolute path",
     "no hexadecimal digits"},
    {"#SKJOB v1 completionMode=Indexed state=/a$b", "#SKJOB: state is not an absolute path",
     "a byte that must be encoded"},
    {"#SKJOB v1 completionMode=Indexed state=/\303\251", "#SKJOB: state is not an absolute path",
     "raw UTF-8 must be encoded"},
    {"#SKJOB\tv1 completionMode=Indexed", "#SKJOB: a control character in the line", "tab"},
    {"#SKJOB v1 completionMode=Indexed\r", "#SKJOB: a control character in the line", "CR"},
    {"#SKJOB v1 completionMode=Indexed \033[2J", "#SKJOB: a control character in the line", "ESC"},
    {"#SKJOB v1 completionMode=Indexed", NULL, "the short form"},
    {"#SKJOB v1 completionMode=NonIndexed", NULL, "the other mode"},
    {"#SKJOB  v1   completionMode=Indexed  ", NULL, "blanks separate"},
    {"#SKJOB v1 state=/a namespace=n uid=" UID " completionMode=Indexed", NULL, "any order"},
    {"#SKJOB v1 completionMode=Indexed deadline=no", "#SKJOB: deadline is not yes",
     "a deadline that is none is not written"},
    {"#SKJOB v1 deadline=yes completionMode=Indexed", NULL, "a deadline"},
    {"#SKJOB v1 completionMode=%49ndexed", NULL, "an escape for a plain letter"},
};

Test(pragma, lines)
{
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct pragma p;
        struct error err = {""};
        /* An exact copy, so that a sanitizer sees any read over the end. */
        size_t len = strlen(lines[i].line);
        char *copy = malloc(len ? len : 1);
        memcpy(copy, lines[i].line, len);
        int rc = pragma_parse(copy, len, &p, &err);
        free(copy);
        cr_expect_eq(rc, lines[i].error ? -1 : 0, "%s: %s", lines[i].proves, err.text);
        cr_expect_str_eq(err.text, lines[i].error ? lines[i].error : "", "%s", lines[i].proves);
    }
}

Test(pragma, nul_byte_is_refused)
{
    static const char line[] = "#SKJOB v1 completionMode=Indexed\0 x";
    struct pragma p;
    struct error err;
    cr_expect_eq(pragma_parse(line, sizeof line - 1, &p, &err), -1);
    cr_expect_str_eq(err.text, "#SKJOB: a control character in the line");
}

Test(pragma, values)
{
    static const char line[] = "#SKJOB v1 completionMode=Indexed uid=" UID
                               " namespace=team-a state=/home/j%C3%A9%20b/100%25/%3d";
    struct pragma p;
    cr_assert_eq(pragma_parse(line, strlen(line), &p, NULL), 0);
    cr_expect(p.indexed);
    cr_expect_str_eq(p.uid, UID);
    cr_expect_str_eq(p.namespace_, "team-a");
    cr_expect_str_eq(p.state, "/home/j\303\251 b/100%/=");
}

Test(pragma, an_error_leaves_nothing_behind)
{
    static const char line[] = "#SKJOB v1 completionMode=Indexed uid=" UID " x=1";
    struct pragma p;
    cr_expect_eq(pragma_parse(line, strlen(line), &p, NULL), -1);
    cr_expect(!p.indexed && !*p.uid);
}

static void fill(char *s, size_t size, char c)
{
    memset(s, c, size - 1);
    s[0] = '/';
    s[size - 1] = '\0';
}

Test(pragma, print_and_parse_back)
{
    static const struct pragma rows[] = {
        {.indexed = false},
        {.indexed = true},
        {.deadline = true},
        {.indexed = true, .deadline = true, .uid = UID},
        {.indexed = true, .uid = UID},
        {.indexed = true, .uid = UID, .namespace_ = "default", .state = "/s"},
        {.indexed = false, .namespace_ = "a", .state = "/with blank/%41=\"'$(x)`\\#;\377\302\205"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        struct pragma p;
        struct error err = {""};
        cr_assert_eq(pragma_print(&rows[i], &out, &err), 0, "row %zu: %s", i, err.text);
        cr_expect_eq(out.data[out.len - 1], '\n');
        cr_assert_eq(pragma_parse(out.data, out.len - 1, &p, &err), 0, "row %zu: %s", i, err.text);
        cr_expect_eq(p.indexed, rows[i].indexed);
        cr_expect_eq(p.deadline, rows[i].deadline);
        cr_expect_str_eq(p.uid, rows[i].uid);
        cr_expect_str_eq(p.namespace_, rows[i].namespace_);
        cr_expect_str_eq(p.state, rows[i].state);
    }
}

Test(pragma, printed_form)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    struct pragma p = {
        .indexed = true, .deadline = true, .uid = UID, .namespace_ = "n", .state = "/a b"};
    cr_assert_eq(pragma_print(&p, &out, NULL), 0);
    cr_expect_str_eq(strbuf_str(&out), "#SKJOB v1 completionMode=Indexed deadline=yes uid=" UID
                                       " namespace=n state=/a%20b\n");
}

Test(pragma, longest_state)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    struct pragma p = {.indexed = true};
    struct pragma back;
    fill(p.state, sizeof p.state, ' ');
    cr_assert_eq(pragma_print(&p, &out, NULL), 0);
    cr_expect_lt(out.len, 4096 - 512, "the plugin reads 4 KiB");
    cr_assert_eq(pragma_parse(out.data, out.len - 1, &back, NULL), 0);
    cr_expect_str_eq(back.state, p.state);

    /* One byte more is refused, not cut. */
    out.data[out.len - 1] = 'x';
    cr_expect_eq(pragma_parse(out.data, out.len, &back, NULL), -1);
}

Test(pragma, print_refuses)
{
    static const struct {
        struct pragma p;
        const char *error;
    } rows[] = {
        {{.uid = "x"}, "#SKJOB: uid is not a UUID in lower case"},
        {{.namespace_ = "a b"}, "#SKJOB: namespace is not a DNS label"},
        {{.state = "relative"}, "#SKJOB: state is not an absolute path"},
        {{.state = "/a\n#SBATCH --uid=0"}, "#SKJOB: state is not an absolute path"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        struct error err;
        cr_expect_eq(pragma_print(&rows[i].p, &out, &err), -1);
        cr_expect_str_eq(err.text, rows[i].error);
        cr_expect_eq(out.len, 0);
    }
}

Test(pragma, print_refuses_an_unterminated_value)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    struct pragma p = {.indexed = true};
    memset(p.state, '/', sizeof p.state);
    cr_expect_eq(pragma_print(&p, &out, NULL), -1);
}

static const struct {
    const char *text;
    bool ours;
    const char *proves;
} heads[] = {
    {"", false, "empty"},
    {"\n", false, "empty line"},
    {"#!\n", false, "no interpreter"},
    {"#!   \n", false, "only blanks"},
    {"#!/bin/sh\n", false, "a shell"},
    {"#!/bin/sh skjob-pod\n", false, "an argument is not the interpreter"},
    {"#!/usr/bin/env skjob-pod\n", false, "only the direct form"},
    {"#!/usr/libexec/skjob/skjob-pod", false, "cut off before the newline"},
    {"#!/usr/libexec/skjob/skjob-podman\n", false, "a longer name"},
    {"#!/usr/libexec/skjob/my-skjob-pod\n", false, "another prefix"},
    {"#!/usr/libexec/skjob-pod/x\n", false, "a folder of that name"},
    {"#!/usr/libexec/skjob-pod/\n", false, "empty basename"},
    {"#!skjob-pod\n", false, "the kernel needs a path here"},
    {"# !/usr/libexec/skjob/skjob-pod\n", false, "no interpreter line"},
    {"\n#!/usr/libexec/skjob/skjob-pod\n", false, "second line"},
    {"#!/usr/libexec/skjob/skjob-pod\r\n", false, "CRLF"},
    {"#!/usr/libexec/skjob/skjob-pod\n", true, "the translation's first line"},
    {"#! /opt/skjob-pod\nx", true, "blank after #!"},
    {"#!/opt/skjob-pod --option\n", true, "with an argument"},
};

Test(pragma, which_scripts_are_ours)
{
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        cr_expect_eq(pragma_is_ours(heads[i].text, strlen(heads[i].text)), heads[i].ours, "%s",
                     heads[i].proves);
    cr_expect(!pragma_is_ours("#!/x\0/skjob-pod\n", 16), "a NUL byte");
}

static const struct {
    const char *text;
    const char *found; /* NULL = none */
    const char *proves;
} finds[] = {
    {"", NULL, "empty"},
    {"#SKJOB v1 a\n", NULL, "line 1 is the interpreter's"},
    {"#!x\n#SKJOB v1 a", NULL, "cut off: no newline"},
    {"#!x\nkind: Job\n#SKJOB v1 a\n", NULL, "after the head"},
    {"#!x\n #SKJOB v1 a\n", NULL, "indented"},
    {"#!x\n#SKJOBX v1 a\n", NULL, "a longer word"},
    {"#!x\n#SBATCH a\n#SKJOB v1 a\nkind: Job\n", "#SKJOB v1 a", "after #SBATCH lines"},
    {"#!x\n\n# mine\n\n#SKJOB v1 a\n", "#SKJOB v1 a",
     "blank lines and comments belong to the head"},
    {"#!x\n#SKJOB v1 a\n#SKJOB v1 b\n", "#SKJOB v1 a", "the first counts"},
    {"#!x\n#SKJOB\n", "#SKJOB", "bare: found, so that parsing can refuse it"},
};

Test(pragma, finding_the_line)
{
    for (size_t i = 0; i < sizeof finds / sizeof *finds; i++) {
        size_t len = 0;
        const char *line = pragma_find(finds[i].text, strlen(finds[i].text), &len);
        cr_expect_eq(line != NULL, finds[i].found != NULL, "%s", finds[i].proves);
        if (line && finds[i].found)
            cr_expect(len == strlen(finds[i].found) && !memcmp(line, finds[i].found, len), "%s",
                      finds[i].proves);
    }
}
