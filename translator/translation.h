/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a Job becomes on Slurm: sbatch options, and for every field what happens to it. Both come
 * from one table (mapping.c): a row translates a field, and its verdict is what the loss report
 * shows. A field that no row claims does not exist: a test holds the table against the schema.
 */
#ifndef SKJOB_TRANSLATION_H
#define SKJOB_TRANSLATION_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf.h"
#include "error.h"
#include "path.h"
#include "positions.h"

enum fate { FATE_HONOURED, FATE_APPROXIMATED, FATE_IGNORED, FATE_REFUSED };

struct sbatch_option {
    const char *name; /* "array"; static */
    char *value;      /* NULL for a flag */
};

struct verdict {
    enum fate fate;
    const char *reason; /* what becomes of the field, and why; static, or a note's */
};

/* What becomes of one value, where that depends on more than its field. */
struct note {
    char *path;
    char *reason;
    enum fate fate;
};

struct translation {
    const struct conf *conf; /* while it is made; NULL = a site without any map */
    struct note *notes;
    size_t notes_len;
    struct sbatch_option *options;
    size_t options_len;
    bool nothing_to_run;      /* completions: 0 */
    long long max_index;      /* the highest array index */
    struct verdict *verdicts; /* one per row of the mapping */
    char *bad_path;           /* after a failure: the field that it is about, or NULL */
};

/* job: decoded and defaulted. Returns 0, or -1 with err when the Job cannot be translated at all
 * (a value that is too large for Slurm, a control character in an annotation for sbatch). *t must
 * be freed in any case. */
int translation_make(struct translation *t, const json_t *job, struct error *err);
/* The same by the maps of the site. */
int translation_make_for(struct translation *t, const json_t *job, const struct conf *conf,
                         struct error *err);
void translation_free(struct translation *t);

#define cleanup_translation __attribute__((cleanup(translation_free)))

/* Adds "--name" or "--name=value" (printf format); a later option of the same name replaces it.
 * A value with control characters is an error. For the rows of the mapping. */
int translation_add(struct translation *t, struct error *err, const char *name, const char *fmt,
                    ...) __attribute__((format(printf, 4, 5)));

/* Remembers which field a failure is about. Returns -1. For the rows of the mapping. */
int translation_blame(struct translation *t, const struct path *path);

/* The value of an option so far, NULL when there is none. For the rows of the mapping. */
const char *translation_value(const struct translation *t, const char *name);

/* Says what becomes of the value at path, in place of its row. For the rows of the mapping. */
int translation_note(struct translation *t, struct error *err, const struct path *path,
                     enum fate fate, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* The note on exactly this path, or NULL; and whether there are notes below it. */
const struct note *translation_noted(const struct translation *t, const char *path);
bool translation_noted_below(const struct translation *t, const char *path);

/* ---- the loss report ---- */

struct report_row {
    char *path;
    struct position position;
    struct verdict verdict;
};

struct input_object;

struct report {
    struct report_row *rows; /* in the order of the manifest */
    size_t len;
    size_t count[4]; /* by fate */
};

/* in: the object as the user wrote it (nothing defaulted) and where it stands. strict turns
 * ignored fields into refused ones. Returns 0, or -1 when out of memory. */
int report_make(struct report *r, const struct translation *t, const struct input_object *in,
                bool strict, struct error *err);
/* The same for a CronJob; t is the translation of its Job. */
int report_make_cronjob(struct report *r, const struct translation *t,
                        const struct input_object *in, bool strict, struct error *err);
void report_free(struct report *r);

#define cleanup_report __attribute__((cleanup(report_free)))

const char *fate_name(enum fate fate); /* "honoured" */
json_t *report_to_json(const struct report *r);

/* The table, one line a field, aligned. source: the file's name. */
void report_print(const struct report *r, const char *source, struct strbuf *out);

#endif
