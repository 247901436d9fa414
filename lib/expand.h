/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * $(VAR) in command, args and env values (third_party/forked/golang/expansion of Kubernetes).
 * $$ is a literal $; an unknown variable stays as it was written; values are not scanned again.
 */
#ifndef SKJOB_EXPAND_H
#define SKJOB_EXPAND_H

#include "strbuf.h"

/* The value of the variable, or NULL if there is none. name is NUL-terminated and lives only during
 * the call; the result must stay valid until the next call. */
typedef const char *expand_lookup(void *arg, const char *name);

/* Appends the expansion of text to out. Returns 0, or -1 when out is full (strbuf's own limit
 * out->max, which bounds the result) or out of memory; out is failed then. */
int expand_text(struct strbuf *out, const char *text, expand_lookup *lookup, void *arg);

/* The same for subPathExpr, where unknown and empty variables are an error: returns -1 and puts
 * their names into *missing, sorted, with ", " between (malloc'ed, the caller frees; NULL for other
 * failures). */
int expand_strict(struct strbuf *out, const char *text, expand_lookup *lookup, void *arg,
                  char **missing);

#endif
