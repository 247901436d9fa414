/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options_table.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "duration.h"
#include "names.h"
#include "strbuf.h"

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

const struct option_row options_table[] = {
    {"filename", 'f', required_argument, set_file, NULL},
    {"namespace", 'n', required_argument, set_namespace, NULL},
    {"output", 'o', required_argument, set_output, NULL},
    {"dry-run", 0, optional_argument, set_dry_run, NULL},
    {"validate", 0, optional_argument, set_validate, NULL},
    {"strict", 0, no_argument, set_strict, NULL},
    {"report", 0, no_argument, set_report, NULL},
    {"no-headers", 0, no_argument, set_no_headers, NULL},
    {"all-pods", 0, no_argument, set_all_pods, NULL},
    {"prefix", 0, no_argument, set_prefix, NULL},
    {"for", 0, required_argument, set_for, NULL},
    {"container", 'c', required_argument, set_container, NULL},
    {"timeout", 0, required_argument, set_timeout, NULL},
    {"max-bytes", 0, required_argument, set_max_bytes, NULL},
    {"from-literal", 0, required_argument, set_from_literal, NULL},
    {"from-file", 0, required_argument, set_from_file, NULL},
    {"from-env-file", 0, required_argument, set_from_env_file, NULL},
    {"type", 0, required_argument, set_type, NULL},
    {"cascade", 0, optional_argument, set_cascade, NULL},
    {"env", 0, required_argument, set_env, NULL},
    {"force", 0, optional_argument, set_force, NULL},
    {"from", 0, required_argument, set_from, NULL},
    {"grace-period", 0, required_argument, set_grace_period, NULL},
    {"ignore-not-found", 0, optional_argument, set_ignore_not_found, NULL},
    {"image", 0, required_argument, set_image, NULL},
    {"now", 0, optional_argument, set_now, NULL},
    {"overwrite", 0, optional_argument, set_overwrite, NULL},
    {"patch", 'p', required_argument, set_patch, NULL},
    {"patch-file", 0, required_argument, set_patch_file, NULL},
    {"recursive", 0, optional_argument, set_recursive, NULL},
    {"restart", 0, required_argument, set_restart, NULL},
    {"rm", 0, optional_argument, set_remove, NULL},
    {"stdin", 'i', optional_argument, set_interactive, NULL},
    {"selector", 'l', required_argument, set_selector, NULL},
    {"subresource", 0, required_argument, set_subresource, NULL},
    {"wait", 0, optional_argument, set_wait, NULL},
    {"all", 0, no_argument, set_all, NULL},
    {"parallelism", 0, required_argument, set_parallelism, NULL},
    {"replicas", 0, required_argument, set_replicas, NULL},
    {"help", 'h', no_argument, set_help, NULL},
    {"output", 'o', required_argument, set_printer, "printer"},
    {"all-namespaces", 'A', no_argument, set_all_namespaces, NULL},
    {"field-selector", 0, required_argument, set_field_selector, NULL},
    {"watch", 'w', no_argument, set_watch, NULL},
    {"sort-by", 0, required_argument, set_sort_by, NULL},
    {"show-labels", 0, no_argument, set_show_labels, NULL},
    {"label-columns", 'L', required_argument, set_label_columns, NULL},
    {"allow-missing-template-keys", 0, required_argument, set_allow_missing, NULL},
    {"follow", 'f', no_argument, set_follow, NULL},
    {"previous", 'p', no_argument, set_previous, NULL},
    {"all-containers", 0, no_argument, set_all_containers, NULL},
    {"timestamps", 0, no_argument, set_timestamps, NULL},
    {"progress", 0, no_argument, set_progress, NULL},
    {"index", 0, required_argument, set_index, NULL},
    {"attempt", 0, required_argument, set_attempt, NULL},
    {"tail", 0, required_argument, set_tail, NULL},
    {"since", 0, required_argument, set_since, NULL},
    {"since-time", 0, required_argument, set_since_time, NULL},
    {"limit-bytes", 0, required_argument, set_limit_bytes, NULL},
    {"max-log-requests", 0, required_argument, set_max_log_requests, NULL},
    {"interval", 0, required_argument, set_interval, NULL},
    {"output-file", 'o', required_argument, set_output_file, NULL},
    {"format", 0, required_argument, set_format, NULL},
};

const size_t options_table_len = sizeof options_table / sizeof *options_table;

_Static_assert(sizeof options_table / sizeof *options_table <= OPTIONS_TABLE_MAX, "rows");
