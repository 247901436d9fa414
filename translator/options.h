/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The options that the verbs share, parsed strictly and in kubectl's words.
 */
#ifndef SKJOB_OPTIONS_H
#define SKJOB_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "key_sources.h"
#include "manifest.h"
#include "reader.h"

enum dry_run { DRY_RUN_NONE, DRY_RUN_CLIENT, DRY_RUN_SERVER };
enum output { OUTPUT_DEFAULT, OUTPUT_JSON, OUTPUT_YAML, OUTPUT_NAME };

#define OPTIONS_UNSET   INT64_MIN
#define OPTIONS_FOR_MAX 8

/* The values of an option that may be given several times, in order. */
struct options_words {
    const char **v;
    size_t len;
};

struct options {
    struct options_words files; /* -f */
    struct key_source *sources; /* --from-literal, --from-file, --from-env-file, in order */
    size_t sources_len;
    const char *type; /* --type, NULL = not given */
    /* Of the verbs that change objects; NULL = not given. */
    const char *cascade, *from, *grace_period, *image, *patch, *patch_file, *restart, *schedule,
        *selector, *subresource;
    struct options_words env;
    bool command, tty; /* run */
    bool force, ignore_not_found, now, overwrite, recursive, remove, interactive, wait;
    const char *ns; /* -n, "default" */
    bool ns_given;
    enum output output;
    enum dry_run dry_run;
    enum unknown_fields validate;
    bool strict;
    bool report;
    bool help;
    const char *for_[OPTIONS_FOR_MAX]; /* wait --for, in order */
    size_t for_len;
    const char *container;
    long timeout; /* seconds; -1 = one week, as kubectl's negative values */
    bool has_timeout;
    bool no_headers;
    bool all_pods;
    bool prefix;
    bool all;
    int64_t parallelism; /* these two: OPTIONS_UNSET = not given */
    int64_t completions;
    bool all_namespaces; /* get, and whatever selects objects; texts are NULL when not given */
    bool show_labels;
    bool watch, watch_only, watch_events;
    const char *printer; /* -o of get, see printer.h */
    const char *field_selector;
    const char *sort_by;
    const char *label_columns;
    const char *allow_missing; /* --allow-missing-template-keys */
    bool follow;               /* logs; those that are texts are NULL when not given */
    bool previous;
    bool all_containers;
    bool timestamps;
    const char *index;
    const char *attempt;
    const char *tail;
    const char *since;
    const char *since_time;
    const char *limit_bytes;
    const char *max_log_requests;
    bool progress;        /* wait */
    const char *interval; /* top */
    const char *types;    /* events */
    const char *outcomes; /* simulate */
    const char *random;
    const char *failure_rate;
    const char *pod_seconds;
    const char *limit;
    bool failed;             /* retry */
    const char *output_file; /* report */
    const char *format;
    struct reader_limits limits;
    char **names; /* words that are no options */
    size_t names_len;
    char **extra; /* after "--" */
    size_t extra_len;
};

/* accepted: the option letters and names that this verb takes, as a string of the form
 * " filename output dry-run ". Returns 0, or -1 with err. */
int options_parse(struct options *o, int argc, char **argv, const char *accepted,
                  struct error *err);

/* A number, refused in kubectl's words. */
int options_number(const char *flag, const char *value, int64_t *out, struct error *err);

/* The same between two bounds; a value that was not given (NULL) leaves *out as it is. */
int options_bounded(const char *flag, const char *value, int64_t least, int64_t most, int64_t *out,
                    struct error *err);

/* Tells each option that a verb takes: completion asks the same table as the parser. */
void options_each(const char *accepted,
                  void (*tell)(void *arg, const char *name, int letter, bool has_arg), void *arg);

/* For verbs that work on files: at least one -f, and no other words. */
int options_need_files(const struct options *o, struct error *err);

void options_free(struct options *o);

#define cleanup_options __attribute__((cleanup(options_free)))

#endif
