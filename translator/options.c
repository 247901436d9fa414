/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "foreign.h"
#include "options_table.h"
#include "strbuf.h"

static bool takes(const char *accepted, size_t row)
{
    char word[40];
    const char *name = options_table[row].word ? options_table[row].word : options_table[row].name;
    snprintf(word, sizeof word, " %s ", name);
    return strcmp(name, "help") == 0 || strcmp(name, "v") == 0 || strstr(accepted, word) != NULL;
}

/* Fills getopt's two tables with what the verb takes. Long options carry 256 + row as value. */
static void describe(const char *accepted, struct option *longs, char *shorts)
{
    size_t n = 0, s = 0;
    shorts[s++] = ':';
    for (size_t i = 0; i < options_table_len; i++) {
        if (!takes(accepted, i))
            continue;
        longs[n++] =
            (struct option){options_table[i].name, options_table[i].has_arg, NULL, 256 + (int)i};
        if (options_table[i].letter) {
            shorts[s++] = (char)options_table[i].letter;
            if (options_table[i].has_arg == required_argument)
                shorts[s++] = ':';
        }
    }
    longs[n] = (struct option){0};
    shorts[s] = '\0';
}

/* A letter may mean something else with another verb: -f is --filename, and --follow of logs. */
static int row_of(int c, const char *accepted)
{
    if (c >= 256)
        return c - 256;
    for (size_t i = 0; i < options_table_len; i++)
        if (options_table[i].letter == c && takes(accepted, i))
            return (int)i;
    return -1;
}

void options_each(const char *accepted,
                  void (*tell)(void *arg, const char *name, int letter, bool has_arg), void *arg)
{
    for (size_t i = 0; i < options_table_len; i++)
        if (takes(accepted, i))
            tell(arg, options_table[i].name, options_table[i].letter,
                 options_table[i].has_arg == required_argument);
}

/* The word that getopt complains of: it has moved on behind it, except after a letter inside. */
static const char *bad_word(char **argv, int argc)
{
    const char *before = argv[optind - 1];
    size_t n = strlen(before);
    bool is_it = n > 1 && before[0] == '-' && (before[1] == '-' || before[n - 1] == optopt);
    return is_it || optind >= argc ? before : argv[optind];
}

static int bad_option(int c, const char *word, struct error *err)
{
    bool is_long = strncmp(word, "--", 2) == 0;
    const char letter[] = {'-', (char)optopt, '\0'};
    const char *why = c == '?' ? foreign_option_why(is_long ? word : letter) : NULL;
    if (why && is_long)
        return error_set(err, "%.*s means nothing here: %s", (int)strcspn(word, "="), word, why);
    if (why)
        return error_set(err, "%s means nothing here: %s", letter, why);
    if (c == ':' && is_long)
        return error_set(err, "flag needs an argument: %s", word);
    if (c == ':')
        return error_set(err, "flag needs an argument: '%c' in %s", optopt, word);
    if (is_long)
        return error_set(err, "unknown flag: %.*s", (int)strcspn(word, "="), word);
    return error_set(err, "unknown shorthand flag: '%c' in %s", optopt, word);
}

/* getopt takes a beginning of a name for the name; kubectl does not. */
static bool is_short_form(const struct option_row *row, const char *word)
{
    size_t n = strlen(row->name);
    return strncmp(word, "--", 2) == 0 &&
           (strncmp(word + 2, row->name, n) != 0 || (word[2 + n] && word[2 + n] != '='));
}

static size_t find_separator(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--") == 0)
            return (size_t)i;
    return (size_t)argc;
}

int options_parse(struct options *o, int argc, char **argv, const char *accepted, struct error *err)
{
    struct option longs[OPTIONS_TABLE_MAX + 1];
    char shorts[2 * OPTIONS_TABLE_MAX + 2];
    size_t separator = find_separator(argc, argv);
    *o = (struct options){.ns = "default",
                          .limits = reader_default_limits,
                          .timeout = 30,
                          .wait = true,
                          .parallelism = OPTIONS_UNSET,
                          .completions = OPTIONS_UNSET};
    describe(accepted, longs, shorts);
    if (separator < (size_t)argc) {
        o->extra = argv + separator + 1;
        o->extra_len = (size_t)argc - separator - 1;
    }
    optind = 0;
    opterr = 0;
    for (int c; (c = getopt_long((int)separator, argv, shorts, longs, NULL)) != -1;) {
        int row = c == '?' || c == ':' ? -1 : row_of(c, accepted);
        if (row < 0)
            return bad_option(c, bad_word(argv, (int)separator), err);
        const char *word = argv[optind - (optarg && optarg == argv[optind - 1] ? 2 : 1)];
        if (c >= 256 && is_short_form(&options_table[row], word))
            return bad_option('?', word, err);
        /* "-o=json": kubectl takes the value behind the sign. */
        bool sign = c < 256 && optarg && optarg != argv[optind - 1] && *optarg == '=';
        const struct option_row *r = &options_table[row];
        if (r->set(o, r, sign ? optarg + 1 : optarg, err) < 0)
            return -1;
    }
    o->names = argv + optind;
    o->names_len = separator - (size_t)optind;
    return 0;
}

const char *options_dry_suffix(const struct options *o)
{
    static const char *const suffix[] = {[DRY_RUN_NONE] = "",
                                         [DRY_RUN_CLIENT] = " (dry run)",
                                         [DRY_RUN_SERVER] = " (server dry run)"};
    return suffix[o->dry_run];
}

int options_need_files(const struct options *o, struct error *err)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    for (size_t i = 0; i < o->names_len; i++)
        strbuf_addf(&b, "%s%s", i ? " " : "", o->names[i]);
    if (o->names_len)
        return error_set(err, "Unexpected args: [%s]%s", strbuf_str(&b),
                         o->files.len ? "" : " (files are given with -f)");
    return o->files.len ? 0 : error_set(err, "must specify -f FILE");
}

void options_free(struct options *o)
{
    free(o->files.v);
    free(o->sources);
    free(o->env.v);
    o->env = o->files = (struct options_words){0};
    o->sources = NULL;
}
