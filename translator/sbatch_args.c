/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sbatch_args.h"

#include <ctype.h>
#include <string.h>

#include "plain_options.h"

/* The Job decides these. */
static const struct {
    const char *name;
    char letter;
    const char *why;
} refused[] = {
    {"array", 'a', "the array comes from the Job's completions and parallelism"},
    {"wrap", 0, "the script is the manifest"},
    {"test-only", 0, "use --dry-run=server"},
    {"parsable", 0, "skjob prints the Job's name"},
    {"no-requeue", 0, "retries are requeues of the array task"},
    {"wait", 'W', "use skjob wait"},
    {"clusters", 'M', "a Job lives on one cluster"},
};

/* Long options whose value, if there may be one, is never the next word. */
static const char *const flags[] = {
    "consolidate-segments",
    "contiguous",
    "exclusive",
    "external",
    "get-user-env",
    "help",
    "hold",
    "ignore-pbs",
    "nice",
    "no-kill",
    "oom-kill-step",
    "overcommit",
    "oversubscribe",
    "propagate",
    "quiet",
    "reboot",
    "requeue",
    "resv-ports",
    "spread-job",
    "spread-segments",
    "stepmgr",
    "usage",
    "use-min-nodes",
    "verbose",
    "version",
};

/* Short ones; "k" may have a value in the same word only. */
static const char flag_letters[] = "hHOQsvVWk";

#define LENGTH(a) (sizeof(a) / sizeof *(a))

int sbatch_args_word(const char **line, struct strbuf *word, struct error *err)
{
    const char *p = *line + strspn(*line, " \t");
    char quote = '\0';
    bool any = false;
    strbuf_reset(word);
    if (*p == ':')
        return error_set(err, "a word that starts with ':'");
    for (; *p && (quote || !strchr(" \t", *p)); p++) {
        if (*p == '\\') {
            p++;
            if (!*p || (!quote && strchr(" \t", *p)))
                break; /* a blank ends the word all the same */
        } else if (quote && *p == quote) {
            quote = '\0';
            continue;
        } else if (!quote && strchr("\"'", *p)) {
            quote = *p;
            continue;
        } else if (!quote && *p == '#') {
            p += strlen(p); /* the rest is a comment */
            break;
        }
        strbuf_addc(word, *p);
        any = true;
    }
    if (quote)
        return error_set(err, "%c has no counterpart", quote);
    *line = p;
    return any; /* an empty word ends the line for sbatch, too */
}

/* Any beginning of a long option stands for it; which ones are ambiguous is sbatch's affair. */
static bool begins(const char *word, const char *name)
{
    size_t n = strcspn(word + 2, "=");
    return n > 0 && strncmp(word + 2, name, n) == 0;
}

static const char *long_refused(const char *word)
{
    for (size_t i = 0; i < LENGTH(refused); i++)
        if (begins(word, refused[i].name))
            return refused[i].why;
    for (int i = 0; i < PLAIN_OPTIONS; i++)
        if (begins(word, plain_option_table[i].name))
            return "the manifest says it";
    return NULL;
}

static const char *letter_refused(char letter)
{
    for (size_t i = 0; i < LENGTH(refused); i++)
        if (refused[i].letter == letter)
            return refused[i].why;
    return NULL;
}

static const char *look_long(struct sbatch_args *a, const char *word)
{
    bool flag = strchr(word, '=') != NULL;
    for (size_t i = 0; i < LENGTH(flags) && !flag; i++)
        flag = begins(word, flags[i]);
    a->value_next = !flag;
    /* A beginning that is too short to be clear is none of ours. */
    bool long_enough = strcspn(word, "=") > 3;
    a->output |= long_enough && (begins(word, "output") || begins(word, "error"));
    return long_refused(word);
}

/* Letters of flags may stand in one word; the first other letter has the rest as its value. */
static const char *look_short(struct sbatch_args *a, const char *word)
{
    const char *why = NULL;
    for (const char *p = word + 1; *p && !why; p++) {
        why = letter_refused(*p);
        if (strchr("oe", *p))
            a->output = true;
        if (*p == 'k')
            return why;
        if (!strchr(flag_letters, *p)) {
            a->value_next = p[1] == '\0';
            return why;
        }
    }
    return why;
}

enum sbatch_word sbatch_args_look(struct sbatch_args *a, const char *word, const char **why)
{
    bool value = a->value_next;
    a->value_next = false;
    *why = NULL;
    if (value)
        return SBATCH_VALUE;
    if (word[0] != '-' || !word[1] || strcmp(word, "--") == 0)
        return SBATCH_STRAY;
    *why = word[1] == '-' ? look_long(a, word) : look_short(a, word);
    return SBATCH_OPTION;
}

int sbatch_args_check(char *const *args, size_t n, bool *output, struct error *err)
{
    struct sbatch_args a = {0};
    for (size_t i = 0; i < n; i++) {
        const char *why;
        if (sbatch_args_look(&a, args[i], &why) == SBATCH_STRAY)
            return error_set(err,
                             "unexpected argument for sbatch: \"%s\" (the script is the manifest)",
                             args[i]);
        if (why)
            return error_set(err, "sbatch option %.*s cannot be used here: %s",
                             (int)strcspn(args[i], "="), args[i], why);
    }
    *output = a.output;
    return 0;
}
