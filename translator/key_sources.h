/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * --from-literal, --from-file and --from-env-file: where the keys of a ConfigMap or Secret come
 * from, in the words of kubectl (k8s.io/kubectl/pkg/util).
 */
#ifndef SKJOB_KEY_SOURCES_H
#define SKJOB_KEY_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

enum key_source_kind { KEY_LITERAL, KEY_FILE, KEY_ENV_FILE };

struct key_source {
    enum key_source_kind kind;
    const char *text; /* the option's value */
};

/* Gets each key with its value, which is followed by a NUL byte. Returns 0, or -1 with err. */
typedef int key_sources_fn(void *arg, const char *key, const char *data, size_t len,
                           struct error *err);

/* Reads one source. what: "config" or "secret", for a message. Files larger than a ConfigMap or a
 * Secret may be are refused. Returns 0, or -1 with err. */
int key_sources_read(const struct key_source *s, const char *what, key_sources_fn *fn, void *arg,
                     struct error *err);

/* UTF-8 without NUL bytes. Those are text to Kubernetes, but not to us: no variable and no reader
 * of ours takes them. */
bool key_sources_is_text(const char *s, size_t len);

#endif
