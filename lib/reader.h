/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads manifests: YAML (libyaml's events) or JSON, one or several documents, into jansson trees
 * with source positions. Decides as kubectl does: YAML 1.1 scalars, the last of duplicate keys
 * wins, merge keys, tags; empty documents are skipped. Limits are checked before work is done.
 */
#ifndef SKJOB_READER_H
#define SKJOB_READER_H

#include <jansson.h>
#include <stddef.h>

#include "error.h"
#include "positions.h"

struct reader_limits {
    size_t bytes;    /* of the input */
    unsigned depth;  /* of nesting */
    size_t nodes;    /* per document, aliases counted by what they expand to */
};

/* 1 MiB, depth 64, 500,000 nodes. */
extern const struct reader_limits reader_default_limits;

struct document {
    json_t *root;                /* owned */
    struct positions *positions; /* owned; may be NULL */
    size_t line;                 /* where the document starts, from 1 */
};

struct reader;

/* name (for messages) and data are borrowed until reader_close(). Returns 0, or -1 with err. */
int reader_open(struct reader **out, const char *name, const char *data, size_t len,
                const struct reader_limits *limits, struct error *err);

/* Returns 1 and fills *doc, 0 at the end, -1 with err on the first error; after it, only close. */
int reader_next(struct reader *r, struct document *doc, struct error *err);

void reader_close(struct reader *r);
void document_free(struct document *doc);

#define cleanup_document __attribute__((cleanup(document_free)))

#endif
