/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "head.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "pragma.h"

#define MAX_LINES 256

static const struct {
    const char *name;
    char letter;
    const char *why;
} refused[] = {
    {"--array", 'a', "the array comes from the Job's completions and parallelism"},
    {"--wrap", 0, "the script is the manifest"},
    {"--test-only", 0, "use --dry-run=server"},
    {"--parsable", 0, "skjob prints the Job's name"},
    {"--no-requeue", 0, "retries are requeues of the array task"},
    {"--wait", 'W', "use skjob wait"},
    {"--clusters", 'M', "a Job lives on one cluster"},
};

/* sbatch takes any unambiguous beginning of a long option. */
static bool same_option(const char *argument, const char *name)
{
    size_t n = strcspn(argument, "= \t");
    return n > 4 && strncmp(argument, name, n) == 0;
}

const char *head_refuses_option(const char *argument)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        bool letter = refused[i].letter && argument[0] == '-' && argument[1] == refused[i].letter;
        if (letter || same_option(argument, refused[i].name))
            return refused[i].why;
    }
    return NULL;
}

static int check_text(const char *name, const char *s, size_t len, size_t line, struct error *err)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)s[i] < 0x20 && s[i] != '\t')
            return error_set(err, "%s:%zu:%zu: a control character in a line for Slurm", name, line,
                             i + 1);
    return 0;
}

static const char *base_name(const char *path, size_t len)
{
    const char *base = path;
    for (size_t i = 0; i < len; i++)
        if (path[i] == '/')
            base = path + i + 1;
    return base;
}

/* "#!/usr/bin/env -S skjob create -f" makes a manifest executable: fine, but not for Slurm. */
static int interpreter(struct head *head, const char *name, const char *s, size_t len,
                       struct error *err)
{
    if (pragma_is_ours(s, len + 1)) {
        head->interpreter = strndup(s, len);
        return head->interpreter ? 0 : error_set(err, "out of memory");
    }
    for (size_t i = 2; i < len;) {
        while (i < len && strchr(" \t", s[i]))
            i++;
        size_t word = i;
        while (i < len && !strchr(" \t", s[i]))
            i++;
        const char *base = base_name(s + word, i - word);
        if ((size_t)(s + i - base) == strlen("skjob") && strncmp(base, "skjob", 5) == 0)
            return 0;
    }
    return error_set(err, "%s:1:1: the interpreter of a Job manifest must be skjob-pod or skjob",
                     name);
}

static int check_options(const char *name, const char *s, size_t line, struct error *err)
{
    for (const char *p = strpbrk(s, " \t"); p; p = strpbrk(p, " \t")) {
        p += strspn(p, " \t");
        const char *why = *p == '-' ? head_refuses_option(p) : NULL;
        if (why)
            return error_set(err, "%s:%zu:%zu: sbatch option %.*s cannot be used here: %s", name,
                             line, (size_t)(p - s) + 1, (int)strcspn(p, "= \t"), p, why);
    }
    return 0;
}

static int add_sbatch(struct head *head, const char *name, const char *s, size_t len, size_t line,
                      struct error *err)
{
    while (len && strchr(" \t\r", s[len - 1]))
        len--;
    if (check_text(name, s, len, line, err) < 0)
        return -1;
    if (head->sbatch_len == MAX_LINES)
        return error_set(err, "%s:%zu: more than %d lines for Slurm", name, line, MAX_LINES);
    struct head_line *v = reallocarray(head->sbatch, head->sbatch_len + 1, sizeof *v);
    if (!v)
        return error_set(err, "out of memory");
    head->sbatch = v;
    v[head->sbatch_len] = (struct head_line){.text = strndup(s, len), .line = line};
    if (!v[head->sbatch_len].text)
        return error_set(err, "out of memory");
    return check_options(name, v[head->sbatch_len++].text, line, err);
}

static bool is_sbatch(const char *s, size_t len)
{
    return len > 7 && strncmp(s, "#SBATCH", 7) == 0 && strchr(" \t", s[7]);
}

int head_parse(struct head *head, const char *name, const char *text, size_t len,
               struct error *err)
{
    *head = (struct head){0};
    size_t i = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    for (size_t line = 1; i < len; line++) {
        const char *s = text + i;
        const char *end = memchr(s, '\n', len - i);
        size_t n = end ? (size_t)(end - s) : len - i;
        size_t blank = 0;
        while (blank < n && strchr(" \t\r", s[blank]))
            blank++;
        if (blank < n && s[blank] != '#')
            break;
        size_t shown = n && s[n - 1] == '\r' ? n - 1 : n;
        int rc = 0;
        if (line == 1 && n > 2 && strncmp(s, "#!", 2) == 0)
            rc = interpreter(head, name, s, shown, err);
        else if (is_sbatch(s, shown))
            rc = add_sbatch(head, name, s, shown, line, err);
        if (rc < 0) {
            head_free(head);
            return -1;
        }
        i += n + 1;
    }
    return 0;
}

void head_free(struct head *head)
{
    for (size_t i = 0; i < head->sbatch_len; i++)
        free(head->sbatch[i].text);
    free(head->sbatch);
    free(head->interpreter);
    *head = (struct head){0};
}
