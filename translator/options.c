/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "duration.h"
#include "names.h"
#include "strbuf.h"

typedef int setter(struct options *o, const char *value, struct error *err);

static int set_file(struct options *o, const char *value, struct error *err)
{
    const char **v = reallocarray(o->files, o->files_len + 1, sizeof *v);
    if (!v)
        return error_set(err, "out of memory");
    o->files = v;
    o->files[o->files_len++] = value;
    return 0;
}

static int add_source(struct options *o, enum key_source_kind kind, const char *value,
                      struct error *err)
{
    struct key_source *v = reallocarray(o->sources, o->sources_len + 1, sizeof *v);
    if (!v)
        return error_set(err, "out of memory");
    o->sources = v;
    o->sources[o->sources_len++] = (struct key_source){kind, value};
    return 0;
}

static int set_from_literal(struct options *o, const char *value, struct error *err)
{
    return add_source(o, KEY_LITERAL, value, err);
}

static int set_from_file(struct options *o, const char *value, struct error *err)
{
    return add_source(o, KEY_FILE, value, err);
}

static int set_from_env_file(struct options *o, const char *value, struct error *err)
{
    return add_source(o, KEY_ENV_FILE, value, err);
}

static int set_type(struct options *o, const char *value, struct error *err)
{
    (void)err;
    o->type = value;
    return 0;
}

static int set_namespace(struct options *o, const char *value, struct error *err)
{
    if (!names_dns_label(value, NULL, NULL))
        return error_set(err, "\"%s\" is not a namespace's name", value);
    o->ns = value;
    o->ns_given = true;
    return 0;
}

static int set_output(struct options *o, const char *value, struct error *err)
{
    static const char *const names[] = {"", "json", "yaml", "name"};
    for (int i = OUTPUT_JSON; i <= OUTPUT_NAME; i++)
        if (strcmp(value, names[i]) == 0) {
            o->output = (enum output)i;
            return 0;
        }
    return error_set(err,
                     "unable to match a printer suitable for the output format \"%s\", allowed "
                     "formats are: json,name,yaml",
                     value);
}

static int set_dry_run(struct options *o, const char *value, struct error *err)
{
    static const char *const names[] = {"none", "client", "server"};
    if (!value) {
        fputs("Warning: --dry-run is deprecated and can be replaced with --dry-run=client.\n",
              stderr);
        value = "client";
    }
    for (int i = 0; i < 3; i++)
        if (strcmp(value, names[i]) == 0) {
            o->dry_run = (enum dry_run)i;
            return 0;
        }
    return error_set(
        err, "Invalid dry-run value (%s). Must be \"none\", \"server\", or \"client\".", value);
}

static int set_validate(struct options *o, const char *value, struct error *err)
{
    static const struct {
        const char *name;
        enum unknown_fields how;
    } names[] = {{"strict", UNKNOWN_STRICT},
                 {"true", UNKNOWN_STRICT},
                 {"warn", UNKNOWN_WARN},
                 {"ignore", UNKNOWN_IGNORE},
                 {"false", UNKNOWN_IGNORE}};
    value = value ? value : "strict";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(value, names[i].name) == 0) {
            o->validate = names[i].how;
            return 0;
        }
    return error_set(err,
                     "invalid - validate option \"%s\"; must be one of: strict (or true), warn, "
                     "ignore (or false)",
                     value);
}

static int set_strict(struct options *o, const char *value, struct error *err)
{
    (void)value, (void)err;
    o->strict = true;
    return 0;
}

static int set_report(struct options *o, const char *value, struct error *err)
{
    (void)value, (void)err;
    o->report = true;
    return 0;
}

static int set_no_headers(struct options *o, const char *value, struct error *err)
{
    (void)value, (void)err;
    o->no_headers = true;
    return 0;
}

static int set_all_pods(struct options *o, const char *value, struct error *err)
{
    (void)value, (void)err;
    o->all_pods = o->prefix = true;
    return 0;
}

static int set_prefix(struct options *o, const char *value, struct error *err)
{
    (void)value, (void)err;
    o->prefix = true;
    return 0;
}

static int set_all(struct options *o, const char *value, struct error *err)
{
    (void)value, (void)err;
    o->all = true;
    return 0;
}

int options_number(const char *flag, const char *value, int64_t *out, struct error *err)
{
    char *end;
    errno = 0;
    long long n = strtoll(value, &end, 10);
    const char *digits = *value == '-' || *value == '+' ? value + 1 : value;
    if (!isdigit((unsigned char)*digits) || *end || errno)
        return error_set(err,
                         "invalid argument \"%s\" for \"--%s\" flag: strconv.ParseInt: parsing "
                         "\"%s\": %s",
                         value, flag, value,
                         errno == ERANGE ? "value out of range" : "invalid syntax");
    *out = n;
    return 0;
}

int options_bounded(const char *flag, const char *value, int64_t least, int64_t most, int64_t *out,
                    struct error *err)
{
    if (!value)
        return 0;
    if (options_number(flag, value, out, err) < 0)
        return -1;
    return *out >= least && *out <= most ? 0
                                         : error_set(err, "--%s must be from %lld to %lld", flag,
                                                     (long long)least, (long long)most);
}

static int set_parallelism(struct options *o, const char *value, struct error *err)
{
    return options_number("parallelism", value, &o->parallelism, err);
}

static int set_replicas(struct options *o, const char *value, struct error *err)
{
    return options_number("replicas", value, &o->parallelism, err);
}

static int set_help(struct options *o, const char *value, struct error *err)
{
    (void)value, (void)err;
    o->help = true;
    return 0;
}

/* Options whose argument the verb itself looks at, and switches. */
#define SET_TEXT(field)                                                                            \
    static int set_##field(struct options *o, const char *value, struct error *err)                \
    {                                                                                              \
        (void)err;                                                                                 \
        o->field = value;                                                                          \
        return 0;                                                                                  \
    }
#define SET_SWITCH(field)                                                                          \
    static int set_##field(struct options *o, const char *value, struct error *err)                \
    {                                                                                              \
        (void)value, (void)err;                                                                    \
        o->field = true;                                                                           \
        return 0;                                                                                  \
    }

/* Switches that take a value, too: --wait=false. */
static int read_bool(const char *flag, const char *value, bool *out, struct error *err)
{
    static const char *const words[] = {"0",     "1",    "f",     "t",    "F",     "T",
                                        "false", "true", "False", "True", "FALSE", "TRUE"};
    *out = true;
    for (size_t i = 0; value && i < sizeof words / sizeof *words; i++)
        if (strcmp(value, words[i]) == 0) {
            *out = i % 2;
            return 0;
        }
    return !value ? 0
                  : error_set(err,
                              "invalid argument \"%s\" for \"--%s\" flag: strconv.ParseBool: "
                              "parsing \"%s\": invalid syntax",
                              value, flag, value);
}

#define BOOL_OPTION(field, flag)                                                                   \
    static int set_##field(struct options *o, const char *value, struct error *err)                \
    {                                                                                              \
        return read_bool(flag, value, &o->field, err);                                             \
    }

SET_TEXT(cascade)
SET_TEXT(from)
SET_TEXT(grace_period)
SET_TEXT(image)
SET_TEXT(patch)
SET_TEXT(patch_file)
SET_TEXT(restart)
SET_TEXT(selector)
SET_TEXT(subresource)
BOOL_OPTION(force, "force")
BOOL_OPTION(ignore_not_found, "ignore-not-found")
BOOL_OPTION(now, "now")
BOOL_OPTION(overwrite, "overwrite")
BOOL_OPTION(recursive, "recursive")
BOOL_OPTION(remove, "rm")
BOOL_OPTION(interactive, "stdin")
BOOL_OPTION(wait, "wait")

static int set_env(struct options *o, const char *value, struct error *err)
{
    const char **v = reallocarray(o->env, o->env_len + 1, sizeof *v);
    if (!v)
        return error_set(err, "out of memory");
    o->env = v;
    o->env[o->env_len++] = value;
    return 0;
}

static int set_for(struct options *o, const char *value, struct error *err)
{
    if (o->for_len == OPTIONS_FOR_MAX)
        return error_set(err, "at most %d --for may be given", OPTIONS_FOR_MAX);
    o->for_[o->for_len++] = value;
    return 0;
}

static int set_container(struct options *o, const char *value, struct error *err)
{
    (void)err;
    o->container = value;
    return 0;
}

static int set_timeout(struct options *o, const char *value, struct error *err)
{
    int64_t ns;
    if (duration_parse(value, &ns, err) < 0)
        return error_prefix(err, "invalid argument \"%s\" for \"--timeout\" flag", value);
    o->timeout = ns < 0 ? 7L * 24 * 3600 : (long)(ns / 1000000000);
    o->has_timeout = true;
    return 0;
}

static int set_max_bytes(struct options *o, const char *value, struct error *err)
{
    char *end;
    unsigned long long n = strtoull(value, &end, 10);
    if (!isdigit((unsigned char)*value) || *end || n == 0 || n > (1ULL << 30))
        return error_set(err, "--max-bytes takes a number from 1 to %llu", 1ULL << 30);
    o->limits.bytes = (size_t)n;
    return 0;
}

SET_SWITCH(all_namespaces)
SET_SWITCH(show_labels)
SET_SWITCH(watch)
SET_TEXT(printer)
SET_TEXT(field_selector)
SET_TEXT(sort_by)
SET_TEXT(label_columns)
SET_TEXT(allow_missing)
SET_SWITCH(follow)
SET_SWITCH(previous)
SET_SWITCH(all_containers)
SET_SWITCH(timestamps)
SET_SWITCH(progress)
SET_TEXT(index)
SET_TEXT(attempt)
SET_TEXT(tail)
SET_TEXT(since)
SET_TEXT(since_time)
SET_TEXT(limit_bytes)
SET_TEXT(max_log_requests)
SET_TEXT(interval)
SET_TEXT(output_file)
SET_TEXT(format)

static const struct {
    const char *name;
    int letter;
    int has_arg;
    setter *set;
} table[] = {
    {"filename", 'f', required_argument, set_file},
    {"namespace", 'n', required_argument, set_namespace},
    {"output", 'o', required_argument, set_output},
    {"dry-run", 0, optional_argument, set_dry_run},
    {"validate", 0, optional_argument, set_validate},
    {"strict", 0, no_argument, set_strict},
    {"report", 0, no_argument, set_report},
    {"no-headers", 0, no_argument, set_no_headers},
    {"all-pods", 0, no_argument, set_all_pods},
    {"prefix", 0, no_argument, set_prefix},
    {"for", 0, required_argument, set_for},
    {"container", 'c', required_argument, set_container},
    {"timeout", 0, required_argument, set_timeout},
    {"max-bytes", 0, required_argument, set_max_bytes},
    {"from-literal", 0, required_argument, set_from_literal},
    {"from-file", 0, required_argument, set_from_file},
    {"from-env-file", 0, required_argument, set_from_env_file},
    {"type", 0, required_argument, set_type},
    {"cascade", 0, optional_argument, set_cascade},
    {"env", 0, required_argument, set_env},
    {"force", 0, optional_argument, set_force},
    {"from", 0, required_argument, set_from},
    {"grace-period", 0, required_argument, set_grace_period},
    {"ignore-not-found", 0, optional_argument, set_ignore_not_found},
    {"image", 0, required_argument, set_image},
    {"now", 0, optional_argument, set_now},
    {"overwrite", 0, optional_argument, set_overwrite},
    {"patch", 'p', required_argument, set_patch},
    {"patch-file", 0, required_argument, set_patch_file},
    {"recursive", 0, optional_argument, set_recursive},
    {"restart", 0, required_argument, set_restart},
    {"rm", 0, optional_argument, set_remove},
    {"stdin", 'i', optional_argument, set_interactive},
    {"selector", 'l', required_argument, set_selector},
    {"subresource", 0, required_argument, set_subresource},
    {"wait", 0, optional_argument, set_wait},
    {"all", 0, no_argument, set_all},
    {"parallelism", 0, required_argument, set_parallelism},
    {"replicas", 0, required_argument, set_replicas},
    {"help", 'h', no_argument, set_help},
    {"output", 'o', required_argument, set_printer},
    {"all-namespaces", 'A', no_argument, set_all_namespaces},
    {"field-selector", 0, required_argument, set_field_selector},
    {"watch", 'w', no_argument, set_watch},
    {"sort-by", 0, required_argument, set_sort_by},
    {"show-labels", 0, no_argument, set_show_labels},
    {"label-columns", 'L', required_argument, set_label_columns},
    {"allow-missing-template-keys", 0, required_argument, set_allow_missing},
    {"follow", 'f', no_argument, set_follow},
    {"previous", 'p', no_argument, set_previous},
    {"all-containers", 0, no_argument, set_all_containers},
    {"timestamps", 0, no_argument, set_timestamps},
    {"progress", 0, no_argument, set_progress},
    {"index", 0, required_argument, set_index},
    {"attempt", 0, required_argument, set_attempt},
    {"tail", 0, required_argument, set_tail},
    {"since", 0, required_argument, set_since},
    {"since-time", 0, required_argument, set_since_time},
    {"limit-bytes", 0, required_argument, set_limit_bytes},
    {"max-log-requests", 0, required_argument, set_max_log_requests},
    {"interval", 0, required_argument, set_interval},
    {"output-file", 'o', required_argument, set_output_file},
    {"format", 0, required_argument, set_format},
};

#define N (sizeof table / sizeof *table)

static bool takes(const char *accepted, size_t row)
{
    char word[40];
    /* -o means more with get, which asks for it by another name. */
    const char *name = table[row].set == set_printer ? "printer" : table[row].name;
    snprintf(word, sizeof word, " %s ", name);
    return strcmp(name, "help") == 0 || strstr(accepted, word) != NULL;
}

/* Fills getopt's two tables with what the verb takes. Long options carry 256 + row as value. */
static void describe(const char *accepted, struct option *longs, char *shorts)
{
    size_t n = 0, s = 0;
    shorts[s++] = ':';
    for (size_t i = 0; i < N; i++) {
        if (!takes(accepted, i))
            continue;
        longs[n++] = (struct option){table[i].name, table[i].has_arg, NULL, 256 + (int)i};
        if (table[i].letter) {
            shorts[s++] = (char)table[i].letter;
            if (table[i].has_arg == required_argument)
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
    for (size_t i = 0; i < N; i++)
        if (table[i].letter == c && takes(accepted, i))
            return (int)i;
    return -1;
}

static void (*listener)(void *arg, const char *name, int letter, bool has_arg);
static void *listener_arg;

void options_listen(void (*listen)(void *arg, const char *name, int letter, bool has_arg),
                    void *arg)
{
    listener = listen;
    listener_arg = arg;
}

static void tell_listener(const char *accepted)
{
    for (size_t i = 0; i < N; i++)
        if (takes(accepted, i))
            listener(listener_arg, table[i].name, table[i].letter,
                     table[i].has_arg == required_argument);
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
    if (c == ':' && is_long)
        return error_set(err, "flag needs an argument: %s", word);
    if (c == ':')
        return error_set(err, "flag needs an argument: '%c' in %s", optopt, word);
    if (is_long && optopt >= 256)
        return error_set(err, "invalid argument \"%s\" for \"--%s\" flag", strchr(word, '=') + 1,
                         table[optopt - 256].name);
    if (is_long)
        return error_set(err, "unknown flag: %.*s", (int)strcspn(word, "="), word);
    return error_set(err, "unknown shorthand flag: '%c' in %s", optopt, word);
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
    struct option longs[N + 1];
    char shorts[2 * N + 2];
    size_t separator = find_separator(argc, argv);
    *o = (struct options){.ns = "default",
                          .limits = reader_default_limits,
                          .timeout = 30,
                          .wait = true,
                          .parallelism = OPTIONS_UNSET};
    if (listener) {
        tell_listener(accepted);
        o->help = true;
        return 0;
    }
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
        /* "-o=json": kubectl takes the value behind the sign. */
        bool sign = c < 256 && optarg && optarg != argv[optind - 1] && *optarg == '=';
        if (table[row].set(o, sign ? optarg + 1 : optarg, err) < 0)
            return -1;
    }
    o->names = argv + optind;
    o->names_len = separator - (size_t)optind;
    return 0;
}

int options_need_files(const struct options *o, struct error *err)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    for (size_t i = 0; i < o->names_len; i++)
        strbuf_addf(&b, "%s%s", i ? " " : "", o->names[i]);
    if (o->names_len)
        return error_set(err, "Unexpected args: [%s]", strbuf_str(&b));
    return o->files_len ? 0 : error_set(err, "must specify -f FILE");
}

void options_free(struct options *o)
{
    free(o->files);
    free(o->sources);
    free(o->env);
    o->env = NULL;
    o->files = NULL;
    o->sources = NULL;
}
