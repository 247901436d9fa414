/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The path of a field inside a manifest, as a linked list on the stack: it costs nothing until an
 * error is rendered. Rendered as Kubernetes does: a.b[0].c, map keys as [key]
 * (k8s.io/apimachinery/pkg/util/validation/field).
 *
 * The macros make compound literals: they live until the end of the enclosing block.
 */
#ifndef SKJOB_PATH_H
#define SKJOB_PATH_H

#include "strbuf.h"

struct path {
    const struct path *up; /* NULL = top */
    const char *name;      /* a field, or NULL */
    const char *key;       /* a map key, or NULL */
    size_t index;          /* a list index, when name and key are NULL */
};

#define PATH_FIELD(parent, n) (&(const struct path){.up = (parent), .name = (n)})
#define PATH_KEY(parent, k)   (&(const struct path){.up = (parent), .key = (k)})
#define PATH_INDEX(parent, i) (&(const struct path){.up = (parent), .index = (i)})

/* Appends the rendered path. A NULL path renders as "". */
void path_render(const struct path *p, struct strbuf *out);

/* The same without list indexes and map keys (a.b.c): how Go's JSON decoder names a field. */
void path_render_go(const struct path *p, struct strbuf *out);

#endif
