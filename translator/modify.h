/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The verbs that change objects one by one (patch, label, annotate, edit): the object is loaded,
 * the verb makes another one of it, and that replaces it (update.h).
 */
#ifndef SKJOB_MODIFY_H
#define SKJOB_MODIFY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "options.h"
#include "update.h"

struct modify {
    const struct options *options;
    struct store store;
    size_t printed;            /* documents, of -o */
    const char *verb;          /* "patching" */
    struct strbuf *complaints; /* see update.h */
    void *arg;                 /* of these two: */
    /* Returns a new object, or NULL with err; an empty err: why was printed. */
    json_t *(*edit)(void *arg, const json_t *object, struct error *err);
    /* What is printed behind "job.batch/pi ". */
    const char *(*past)(void *arg, const json_t *before, const json_t *after, bool is_change);
};

#define cleanup_modify __attribute__((cleanup(modify_close)))

int modify_open(struct modify *m, const struct options *o, struct error *err);
void modify_close(struct modify *m);

/* One object. Returns 0, 1 when it is not there or why was printed, -1 with err. */
int modify_one(struct modify *m, int resource, const char *name, struct error *err);

/* All that n words name: "job pi euler", "job/pi cm/c"; with --all, "job" alone is every Job. Each
 * object for itself. Returns how many failed, or -1 with err for words that name nothing. */
int modify_each(struct modify *m, char **words, size_t n, struct error *err);

#endif
