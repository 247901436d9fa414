/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options_table.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "duration.h"
#include "grow.h"
#include "names.h"
#include "strbuf.h"
#include "trace.h"

/* ---- what rows of one form set ---- */

static void *field(struct options *o, const struct option_row *row)
{
    return (char *)o + row->offset;
}

/* The verb itself looks at it. */
static int set_text(struct options *o, const struct option_row *row, const char *value,
                    struct error *err)
{
    (void)err;
    *(const char **)field(o, row) = value;
    return 0;
}

/* As often as wanted. */
static int add_text(struct options *o, const struct option_row *row, const char *value,
                    struct error *err)
{
    struct options_words *words = field(o, row);
    const char **v = grow(words->v, words->len, sizeof *v);
    if (!v)
        return error_set(err, "out of memory");
    words->v = v;
    words->v[words->len++] = value;
    return 0;
}

static int set_number(struct options *o, const struct option_row *row, const char *value,
                      struct error *err)
{
    return options_number(row->name, value, field(o, row), err);
}

/* A switch takes a value, too: --wait=false. */
static int set_switch(struct options *o, const struct option_row *row, const char *value,
                      struct error *err)
{
    static const char *const words[] = {"0",     "1",    "f",     "t",    "F",     "T",
                                        "false", "true", "False", "True", "FALSE", "TRUE"};
    bool *out = field(o, row);
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
                              value, row->name, value);
}

/* ---- the others ---- */

static int add_source(struct options *o, const struct option_row *row, const char *value,
                      struct error *err)
{
    static const char *const names[] = {"from-literal", "from-file", "from-env-file"};
    struct key_source *v = grow(o->sources, o->sources_len, sizeof *v);
    int kind = KEY_LITERAL;
    if (!v)
        return error_set(err, "out of memory");
    while (strcmp(names[kind], row->name) != 0)
        kind++;
    o->sources = v;
    o->sources[o->sources_len++] = (struct key_source){(enum key_source_kind)kind, value};
    return 0;
}

static int set_namespace(struct options *o, const struct option_row *row, const char *value,
                         struct error *err)
{
    (void)row;
    if (!names_dns_label(value, NULL, NULL))
        return error_set(err, "\"%s\" is not a namespace's name", value);
    o->ns = value;
    o->ns_given = true;
    return 0;
}

static int set_output(struct options *o, const struct option_row *row, const char *value,
                      struct error *err)
{
    (void)row;
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

static int set_dry_run(struct options *o, const struct option_row *row, const char *value,
                       struct error *err)
{
    (void)row;
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

/* Of kubectl before 1.10, and in many a document: what has ended is always shown. */
static int set_show_all(struct options *o, const struct option_row *row, const char *value,
                        struct error *err)
{
    (void)o, (void)row, (void)value, (void)err;
    fputs("Flag --show-all has been deprecated, will be removed in an upcoming release\n", stderr);
    return 0;
}

static int set_validate(struct options *o, const struct option_row *row, const char *value,
                        struct error *err)
{
    (void)row;
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

static int set_all_pods(struct options *o, const struct option_row *row, const char *value,
                        struct error *err)
{
    int rc = set_switch(o, row, value, err);
    o->prefix |= o->all_pods;
    return rc;
}

static int set_for(struct options *o, const struct option_row *row, const char *value,
                   struct error *err)
{
    (void)row;
    if (o->for_len == OPTIONS_FOR_MAX)
        return error_set(err, "at most %d --for may be given", OPTIONS_FOR_MAX);
    o->for_[o->for_len++] = value;
    return 0;
}

static int set_timeout(struct options *o, const struct option_row *row, const char *value,
                       struct error *err)
{
    (void)row;
    int64_t ns;
    if (duration_parse(value, &ns, err) < 0)
        return error_prefix(err, "invalid argument \"%s\" for \"--timeout\" flag", value);
    o->timeout = ns < 0 ? 7L * 24 * 3600 : (long)(ns / 1000000000);
    o->has_timeout = true;
    return 0;
}

static int set_max_bytes(struct options *o, const struct option_row *row, const char *value,
                         struct error *err)
{
    (void)row;
    char *end;
    unsigned long long n = strtoull(value, &end, 10);
    if (!isdigit((unsigned char)*value) || *end || n == 0 || n > (1ULL << 30))
        return error_set(err, "--max-bytes takes a number from 1 to %llu", 1ULL << 30);
    o->limits.bytes = (size_t)n;
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

/* -v=6, as kubectl's. */
static int set_level(struct options *o, const struct option_row *row, const char *value,
                     struct error *err)
{
    int64_t level = 0;
    (void)o;
    if (options_number(row->name, value, &level, err) < 0)
        return -1;
    trace_set_level(level < 0 ? 0 : level > 10 ? 10 : (int)level);
    return 0;
}

#define AT(member) offsetof(struct options, member)

const struct option_row options_table[] = {
    {"filename", 'f', required_argument, add_text, AT(files), NULL},
    {"namespace", 'n', required_argument, set_namespace, 0, NULL},
    {"output", 'o', required_argument, set_output, 0, NULL},
    {"dry-run", 0, optional_argument, set_dry_run, 0, NULL},
    {"validate", 0, optional_argument, set_validate, 0, NULL},
    {"strict", 0, optional_argument, set_switch, AT(strict), NULL},
    {"report", 0, optional_argument, set_switch, AT(report), NULL},
    {"no-headers", 0, optional_argument, set_switch, AT(no_headers), NULL},
    {"all-pods", 0, optional_argument, set_all_pods, AT(all_pods), NULL},
    {"prefix", 0, optional_argument, set_switch, AT(prefix), NULL},
    {"for", 0, required_argument, set_for, 0, NULL},
    {"container", 'c', required_argument, set_text, AT(container), NULL},
    {"timeout", 0, required_argument, set_timeout, 0, NULL},
    {"max-bytes", 0, required_argument, set_max_bytes, 0, NULL},
    {"from-literal", 0, required_argument, add_source, 0, NULL},
    {"from-file", 0, required_argument, add_source, 0, NULL},
    {"from-env-file", 0, required_argument, add_source, 0, NULL},
    {"type", 0, required_argument, set_text, AT(type), NULL},
    {"cascade", 0, optional_argument, set_text, AT(cascade), NULL},
    {"env", 0, required_argument, add_text, AT(env), NULL},
    {"force", 0, optional_argument, set_switch, AT(force), NULL},
    {"from", 0, required_argument, set_text, AT(from), NULL},
    {"grace-period", 0, required_argument, set_text, AT(grace_period), NULL},
    {"ignore-not-found", 0, optional_argument, set_switch, AT(ignore_not_found), NULL},
    {"image", 0, required_argument, set_text, AT(image), NULL},
    {"now", 0, optional_argument, set_switch, AT(now), NULL},
    {"overwrite", 0, optional_argument, set_switch, AT(overwrite), NULL},
    {"patch", 'p', required_argument, set_text, AT(patch), NULL},
    {"patch-file", 0, required_argument, set_text, AT(patch_file), NULL},
    {"recursive", 0, optional_argument, set_switch, AT(recursive), NULL},
    {"command", 0, optional_argument, set_switch, AT(command), NULL},
    {"tty", 't', optional_argument, set_switch, AT(tty), NULL},
    {"restart", 0, required_argument, set_text, AT(restart), NULL},
    {"rm", 0, optional_argument, set_switch, AT(remove), NULL},
    {"stdin", 'i', optional_argument, set_switch, AT(interactive), NULL},
    {"schedule", 0, required_argument, set_text, AT(schedule), NULL},
    {"selector", 'l', required_argument, set_text, AT(selector), NULL},
    {"subresource", 0, required_argument, set_text, AT(subresource), NULL},
    {"wait", 0, optional_argument, set_switch, AT(wait), NULL},
    {"all", 0, optional_argument, set_switch, AT(all), NULL},
    {"completions", 0, required_argument, set_number, AT(completions), NULL},
    {"parallelism", 0, required_argument, set_number, AT(parallelism), NULL},
    {"replicas", 0, required_argument, set_number, AT(parallelism), NULL},
    {"v", 'v', required_argument, set_level, 0, NULL},
    {"help", 'h', optional_argument, set_switch, AT(help), NULL},
    {"output", 'o', required_argument, set_text, AT(printer), "printer"},
    {"all-namespaces", 'A', optional_argument, set_switch, AT(all_namespaces), NULL},
    {"field-selector", 0, required_argument, set_text, AT(field_selector), NULL},
    {"output-watch-events", 0, optional_argument, set_switch, AT(watch_events), NULL},
    {"watch-only", 0, optional_argument, set_switch, AT(watch_only), NULL},
    {"watch", 'w', optional_argument, set_switch, AT(watch), NULL},
    {"sort-by", 0, required_argument, set_text, AT(sort_by), NULL},
    {"show-all", 'a', optional_argument, set_show_all, 0, NULL},
    {"show-labels", 0, optional_argument, set_switch, AT(show_labels), NULL},
    {"label-columns", 'L', required_argument, set_text, AT(label_columns), NULL},
    {"allow-missing-template-keys", 0, required_argument, set_text, AT(allow_missing), NULL},
    {"failed", 0, optional_argument, set_switch, AT(failed), NULL},
    {"follow", 'f', optional_argument, set_switch, AT(follow), NULL},
    {"previous", 'p', optional_argument, set_switch, AT(previous), NULL},
    {"all-containers", 0, optional_argument, set_switch, AT(all_containers), NULL},
    {"timestamps", 0, optional_argument, set_switch, AT(timestamps), NULL},
    {"progress", 0, optional_argument, set_switch, AT(progress), NULL},
    {"index", 0, required_argument, set_text, AT(index), NULL},
    {"attempt", 0, required_argument, set_text, AT(attempt), NULL},
    {"tail", 0, required_argument, set_text, AT(tail), NULL},
    {"since", 0, required_argument, set_text, AT(since), NULL},
    {"since-time", 0, required_argument, set_text, AT(since_time), NULL},
    {"limit-bytes", 0, required_argument, set_text, AT(limit_bytes), NULL},
    {"max-log-requests", 0, required_argument, set_text, AT(max_log_requests), NULL},
    {"interval", 0, required_argument, set_text, AT(interval), NULL},
    {"output-file", 'o', required_argument, set_text, AT(output_file), NULL},
    {"types", 0, required_argument, set_text, AT(types), NULL},
    {"format", 0, required_argument, set_text, AT(format), NULL},
    {"outcomes", 0, required_argument, set_text, AT(outcomes), NULL},
    {"random", 0, required_argument, set_text, AT(random), NULL},
    {"failure-rate", 0, required_argument, set_text, AT(failure_rate), NULL},
    {"pod-seconds", 0, required_argument, set_text, AT(pod_seconds), NULL},
    {"limit", 0, required_argument, set_text, AT(limit), NULL},
};

#undef AT

const size_t options_table_len = sizeof options_table / sizeof *options_table;

_Static_assert(sizeof options_table / sizeof *options_table <= OPTIONS_TABLE_MAX, "rows");
