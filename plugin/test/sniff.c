/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniff.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define API "apiVersion: batch/v1\n"
#define JOB "kind: Job\n"

static const struct {
    const char *text;
    bool is_job;
    const char *proves;
} rows[] = {
    /* block style */
    {API JOB, true, "the two lines"},
    {JOB API, true, "the other way round"},
    {API "metadata:\n  name: pi\nspec:\n  x: 1\n" JOB, true, "something between"},
    {"apiVersion: batch/v1\nkind: Job", true, "no newline at the end"},
    {"apiVersion: \"batch/v1\"\nkind: 'Job'\n", true, "quoted"},
    {"\"apiVersion\": batch/v1\n'kind': Job\n", true, "quoted keys"},
    {"apiVersion:   batch/v1  \nkind:\tJob\t\n", true, "blanks"},
    {"apiVersion : batch/v1\nkind : Job\n", true, "blanks before the colon"},
    {"apiVersion: batch/v1 # stable\nkind: Job #!\n", true, "comments"},
    {"apiVersion: batch/v1\r\nkind: Job\r\n", true, "CRLF"},
    {"\xef\xbb\xbf" API JOB, true, "a byte order mark"},
    {"\n\n# a comment\n   # another\n\n" API JOB, true, "comments and blank lines first"},
    {"#SBATCH --time=5\n" API JOB, true, "lines for sbatch"},
    {API, false, "apiVersion alone"},
    {JOB, false, "kind alone"},
    {"", false, "empty"},
    {"\n\n\n", false, "blank"},
    {"apiVersion: v1\n" JOB, false, "another version"},
    {"apiVersion: batch/v1beta1\n" JOB, false, "a longer version"},
    {"apiVersion: batch/v\n" JOB, false, "a shorter version"},
    {API "kind: CronJob\n", false, "a CronJob"},
    {API "kind: JobList\n", false, "a list"},
    {API "kind: job\n", false, "small letters"},
    {API "kind:Job\n", false, "no blank: not a mapping"},
    {API "kind: Job#\n", false, "no comment"},
    {API "kind: \"Job'\n", false, "two kinds of quotes"},
    {API "kind: \"Job\n", false, "an open quote"},
    {API "kind:\n  Job\n", false, "a value in the next line: not looked for"},
    {API "kinds: Job\n", false, "a longer key"},
    {API "#kind: Job\n", false, "a comment"},
    {API "kind: Deployment\n" JOB, false, "the first one counts"},
    {"apiVersion: apps/v1\nkind: Deployment\n", false, "a Deployment"},
    {API "  kind: Job\n", false, "a field of something else"},
    {"  apiVersion: batch/v1\n  kind: Job\n", false, "not at the start of the line"},
    {"- apiVersion: batch/v1\n  kind: Job\n", false, "a sequence"},
    {"spec:\n  apiVersion: batch/v1\n  kind: Job\n", false, "inside"},
    {"apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    " API "    " JOB, false, "a text inside"},
    /* documents before the Job */
    {"apiVersion: v1\nkind: ConfigMap\ndata: {a: b}\n---\n" API JOB, true, "a ConfigMap first"},
    {"kind: Secret\napiVersion: v1\n---\napiVersion: v1\nkind: Service\n---\n" API JOB, true,
     "a Secret and a Service first"},
    {"apiVersion: v1\nkind: ConfigMap\n...\n---\n" API JOB, true, "both markers between"},
    {"apiVersion: v1\nkind: ConfigMap\n---\n{apiVersion: batch/v1, kind: Job}\n", true,
     "the Job in flow style"},
    {"apiVersion: v1\nkind: ConfigMap\n", false, "a ConfigMap alone"},
    {"apiVersion: v1\nkind: Pod\n---\n" API JOB, false, "a Pod first"},
    {"kind: ConfigMap\n---\n" API JOB, false, "half a ConfigMap first"},
    {"apiVersion: batch/v1\nkind: ConfigMap\n---\n" API JOB, false, "no ConfigMap"},
    {"apiVersion: v1\n---\nkind: Job\n", false, "halves of two documents"},
    {"apiVersion: v1\nkind: ConfigMap\n---\nkind: Job\n", false, "nothing is carried over"},
    /* documents */
    {"---\n" API JOB, true, "a marker first"},
    {"--- # one\n" API JOB, true, "a comment behind the marker"},
    {"# x\n---\n# y\n---\n" API JOB, true, "an empty document first"},
    {"%YAML 1.2\n---\n" API JOB, true, "a directive"},
    {"...\n---\n" API JOB, true, "the end of nothing"},
    {API JOB "---\nkind: Deployment\n", true, "another document behind"},
    {"---\r\n" API JOB, true, "a marker with CRLF"},
    {API "---\n" JOB, false, "in two documents"},
    {API "...\n" JOB, false, "in two documents, the first one ended"},
    {"apiVersion: v1\n---\n" API JOB, false, "the second document"},
    {"a: b\n---\n" API JOB, false, "the second document, the first one is anything"},
    {"----\n" API JOB, true, "four dashes are a text: the translator's affair"},
    /* flow style */
    {"{\"apiVersion\": \"batch/v1\", \"kind\": \"Job\"}", true, "JSON"},
    {"{\"kind\":\"Job\",\"apiVersion\":\"batch/v1\"}", true,
     "JSON, the other way round, no blanks"},
    {"\n  {\n\t\"kind\"\n:\r\n\"Job\"\n,\"apiVersion\"\t:\"batch/v1\"", true, "white space"},
    {"\xef\xbb\xbf{\"apiVersion\": \"batch/v1\", \"kind\": \"Job\"}", true, "a byte order mark"},
    {"# x\n--- {\"apiVersion\": \"batch/v1\", \"kind\": \"Job\"}", true, "behind a marker"},
    {"{\"metadata\": {\"kind\": \"X\", \"a\": [{\"kind\": \"Y\"}, \"kind\", \"Z\"]}, \"kind\": "
     "\"Job\","
     "\"apiVersion\": \"batch/v1\"}",
     true, "fields of other mappings"},
    {"{\"a\": \"}{\\\"\", \"apiVersion\": \"batch/v1\", \"kind\": \"Job\"}", true,
     "braces in a text"},
    {"{\"a\": \"\\\\\", \"apiVersion\": \"batch/v1\", \"kind\": \"Job\"}", true, "a backslash"},
    {"{\"a\": 1.5e3, \"b\": null, \"apiVersion\": \"batch/v1\", \"kind\": \"Job\"}", true,
     "numbers"},
    {"{apiVersion: batch/v1, kind: Job}", true, "YAML in braces"},
    {"{apiVersion: 'batch/v1', # yes\nkind: Job}", true, "a comment in braces"},
    {"{\"apiVersion\": \"batch/v1\"}{\"kind\": \"Job\"}", false, "two mappings"},
    {"{\"apiVersion\": \"batch/v1\", \"kind\": \"Deployment\"}", false, "a Deployment"},
    {"{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{\"apiVersion\": \"batch/v1\","
     "\"kind\": \"Job\"}]}",
     false, "a list"},
    {"{\"x\": {\"apiVersion\": \"batch/v1\", \"kind\": \"Job\"}}", false, "inside"},
    {"[{\"apiVersion\": \"batch/v1\", \"kind\": \"Job\"}]", false, "a sequence"},
    {"{\"apiVersion\": \"batch/v1\", \"x\": \"kind\", \"y\": \"Job\"}", false,
     "a value like a key"},
    {"{\"apiVersion\": \"batch/v1\", \"kind\": {\"a\": \"Job\"}}", false, "a mapping as value"},
    {"{\"apiVersion\": \"batch/v1\", \"kind\": \"Job\"", true,
     "the rest is the translator's affair"},
    {"{\"apiVersion\": \"batch/v1", false, "an open quote"},
    {"{\"apiVersion\": \"batch/v1\", \"kind\": \"Job\\", false, "a backslash at the end"},
    {"{{{{{{{{", false, "open braces"},
    {"}", false, "a closing brace"},
    {"{\"apiVersion\": \"batch/v1\", \"kind\": \"JobJobJobJobJobJobJob\"}", false, "a long value"},
    {"{\"kind\": [\"Job\"], \"apiVersion\": \"batch/v1\", \"kind\": \"Job\"}", false,
     "a sequence as value"},
    {"a: b\n{\"apiVersion\": \"batch/v1\", \"kind\": \"Job\"}", false, "behind something else"},
    {"apiVersion: batch/v1\n{\"kind\": \"Job\"}\n", false, "half and half"},
    /* scripts */
    {"#!/bin/sh\n" API JOB, false, "a script of the shell"},
    {"#!/bin/bash\necho hello\n", false, "a script called x.yaml"},
    {"#! /usr/bin/env python3\n" API JOB, false, "of another program"},
    {"echo hello\n", false, "no script, no manifest"},
    {"#!/usr/libexec/skjob/skjob-pod\n" API JOB, true, "the runner"},
    {"#!/usr/bin/env -S skjob create -f\n" API JOB, true, "skjob by env"},
    {"#! skjob\n" API JOB, true, "skjob without a path"},
    {"#!/usr/bin/env skjob-pod\r\n" API JOB, true, "the runner by env, CRLF"},
    {"#!/bin/sh -c skjob-podx\n" API JOB, false, "a longer name"},
    {"#!/opt/skjob/bash\n" API JOB, false, "skjob as a folder"},
    {"#!/opt/xskjob\n" API JOB, false, "a name that ends alike"},
    {"#!\n" API JOB, false, "no interpreter"},
    {"#!", false, "nothing else"},
    {"# !/bin/sh\n" API JOB, true, "a comment"},
    {"\xef\xbb\xbf#!/bin/sh\n" API JOB, false, "a script with a byte order mark"},
    {"#!/x/skjob-pod\n#SBATCH --array=0-4\n#SKJOB v1 completionMode=Indexed\n" API JOB, false,
     "translated already"},
    {"#!/x/skjob-pod\n#SKJOBS\n" API JOB, true, "another comment"},
    {"#!/x/skjob-pod\n" API "#SKJOB v1 completionMode=Indexed\n" JOB, true, "not in the head"},
    {"#!/x/skjob-pod\nkind: Deployment\n", false, "ours, but not a Job"},
};

static int file_of(const char *text, size_t len)
{
    int fd = memfd_create("manifest", MFD_CLOEXEC);
    cr_assert(fd >= 0 && write(fd, text, len) == (ssize_t)len);
    return fd;
}

static bool sniff(const char *text, size_t len)
{
    int fd = file_of(text, len);
    bool is = sniff_is_job(fd);
    close(fd);
    return is;
}

Test(sniff, rows)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(sniff(rows[i].text, strlen(rows[i].text)), rows[i].is_job, "%s",
                     rows[i].proves);
}

/* The buffer's edges, the kept part of a line, and the end of what is read, must not show. */
static void check_padding(const char *before, const char *manifest, size_t limit)
{
    static char text[80000];
    for (size_t pad = limit - 100; pad <= limit + 4; pad++) {
        size_t n = (size_t)snprintf(text, sizeof text, "%s", before);
        memset(text + n, 'x', pad);
        n += pad;
        n += (size_t)snprintf(text + n, sizeof text - n, "\n%s", manifest);
        cr_expect_eq(sniff(text, n), n <= 65536, "%zu bytes of padding before %s", pad, manifest);
    }
}

Test(sniff, edges)
{
    static const size_t limits[] = {100, 255, 4096, 8192, 65530};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        check_padding("#", "apiVersion: batch/v1\nkind: Job", limits[i]);
        check_padding("#", "{\"apiVersion\":\"batch/v1\",\"kind\":\"Job\"", limits[i]);
    }
}

/* Lines longer than what is kept of them are not matched by what is kept. */
Test(sniff, long_lines)
{
    for (size_t blanks = 200; blanks < 300; blanks++) {
        char text[1024];
        int n = snprintf(text, sizeof text, API "kind: Job%*s\n", (int)blanks, "");
        cr_expect_eq(sniff(text, (size_t)n), blanks + 9 < 256, "%zu blanks", blanks);
        n = snprintf(text, sizeof text, API "kind: Job%*s#\n", (int)blanks, "");
        cr_expect_eq(sniff(text, (size_t)n), blanks + 10 < 256, "%zu blanks, comment", blanks);
        n = snprintf(text, sizeof text, "#!/bin/sh %*sskjob\n" API JOB, (int)blanks, "");
        cr_expect_eq(sniff(text, (size_t)n), blanks + 15 < 256, "%zu blanks, interpreter", blanks);
        n = snprintf(text, sizeof text, "#!/bin/sh %*sskjob-of-another-kind\n" API JOB, (int)blanks,
                     "");
        cr_expect_not(sniff(text, (size_t)n), "%zu blanks, another name", blanks);
    }
}

Test(sniff, nul_ends_the_text)
{
    cr_expect_not(sniff(API "\0" JOB, sizeof API JOB));
    cr_expect_not(sniff("\0\n" API JOB, sizeof API JOB + 1));
    cr_expect_not(sniff("{\0apiVersion: batch/v1, kind: Job}", 34));
    cr_expect_not(sniff("a\0p\0i\0V\0e\0r\0", 12), "UTF-16");
}

Test(sniff, binary)
{
    static char text[65536 + 100];
    unsigned seed = 1;
    for (int round = 0; round < 200; round++) {
        for (size_t i = 0; i < sizeof text; i++) {
            seed = seed * 1103515245u + 12345u;
            text[i] = (char)((seed >> 16) % 255 + 1);
        }
        text[0] = round % 2 ? '{' : 'a';
        cr_expect_not(sniff(text, sizeof text));
    }
}

/* Every beginning of a manifest: no crash, and never a wrong yes. */
Test(sniff, beginnings)
{
    static const char *const whole[] = {"#!/x/skjob-pod\n--- # x\n" API "x: {}\n" JOB,
                                        "{\"apiVersion\": \"batch/v1\", \"kind\": \"Job\"}"};
    for (size_t i = 0; i < 2; i++)
        for (size_t len = 0; len < strlen(whole[i]); len++) {
            const char *kind = strstr(whole[i], "Job");
            cr_expect_eq(sniff(whole[i], len), len >= (size_t)(kind - whole[i]) + (i ? 4 : 3),
                         "%zu bytes", len);
        }
}

Test(sniff, unreadable)
{
    int folder = open("/", O_RDONLY | O_DIRECTORY), ends[2];
    cr_expect_not(sniff_is_job(folder));
    cr_expect_not(sniff_is_job(-1));
    cr_assert_eq(pipe(ends), 0);
    cr_expect_not(sniff_is_job(ends[0]), "a pipe is not waited for");
}
