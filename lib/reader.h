/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads manifests: YAML (libyaml's events) or JSON, one or several documents, into jansson trees
 * with source positions. Decides as kubectl does (k8s.io/apimachinery util/yaml, sigs.k8s.io/yaml,
 * encoding/json): what begins with '{' is tried as JSON first, YAML is parted at "---" before it is
 * parsed, scalars are those of YAML 1.1, the last of duplicate keys wins, bytes that are no UTF-8
 * become U+FFFD, UTF-16 needs a byte order mark, directives are refused, empty documents are
 * skipped. Unlike kubectl it refuses NUL characters, and a byte order mark inside a document.
 * Limits are checked before work is done.
 */
#ifndef SKJOB_READER_H
#define SKJOB_READER_H

#include <jansson.h>
#include <stddef.h>

#include "error.h"
#include "positions.h"

struct reader_limits {
    size_t bytes;   /* of the input */
    unsigned depth; /* of nesting */
    size_t nodes;   /* per document: values and keys, aliases by what they expand to */
};

/* 1 MiB, depth 64, 500,000 nodes. */
extern const struct reader_limits reader_default_limits;

struct document {
    json_t *root;                /* owned */
    struct positions *positions; /* owned; may be NULL */
    size_t line;                 /* where the document starts, from 1 */
};

struct reader;

/* name (for messages) is borrowed until reader_close(), data only during the call. Returns 0, or -1
 * with err. */
int reader_open(struct reader **out, const char *name, const char *data, size_t len,
                const struct reader_limits *limits, struct error *err);

/* Returns 1 and fills *doc, 0 at the end, -1 with err on the first error; after it, only close. */
int reader_next(struct reader *r, struct document *doc, struct error *err);

void reader_close(struct reader *r);
void document_free(struct document *doc);

#define cleanup_document __attribute__((cleanup(document_free)))

#endif
