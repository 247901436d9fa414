/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The objects of the files that -f names: files, folders (their .json, .yaml and .yml, sorted), or
 * "-" for standard input; several documents and List objects are taken apart.
 */
#ifndef SKJOB_INPUT_H
#define SKJOB_INPUT_H

#include <jansson.h>

#include "error.h"
#include "head.h"
#include "positions.h"
#include "reader.h"
#include "strbuf.h"

struct input_object {
    const char *source; /* as kubectl names it: the path, or "STDIN"; printable */
    const json_t *raw;
    const struct positions *positions;
    const char *at; /* where the object is in its document: "" or "items[2]." */
    const struct head *head;
};

/* Reads all that fd gives, up to one byte more than the limit, so that the caller can say that it
 * is too much. Returns 0, or -1 with errno. */
int input_read(int fd, size_t limit, struct strbuf *out);

/* Where a field of the object stands in its file. */
struct position input_position(const struct input_object *object, const char *path);

/* Called for each object. A negative result is counted as one failure and does not stop the rest,
 * as in kubectl. */
typedef int input_fn(void *arg, const struct input_object *object);

/* Walks all paths. Messages about files go to standard error as they happen. Returns the number of
 * failures; *objects counts the objects seen. */
size_t input_each(const char *const *paths, size_t n, const struct reader_limits *limits,
                  input_fn *fn, void *arg, size_t *objects);

#endif
