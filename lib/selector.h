/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Selectors as texts (kubectl -l and --field-selector), with the API's errors
 * (k8s.io/apimachinery/pkg/labels, pkg/fields): requirements joined by commas, all of which must
 * hold.
 *
 * Labels: key, !key, key=v, key==v, key!=v, key in (a,b), key notin (a,b), key>5, key<5.
 * Fields: path=v, path==v, path!=v; in v, \ stands before a comma, an equals sign, or itself.
 */
#ifndef SKJOB_SELECTOR_H
#define SKJOB_SELECTOR_H

#include <jansson.h>
#include <stdbool.h>

#include "error.h"

struct selector;

/* *out is owned by the caller, NULL on error. An empty text selects everything. */
int selector_parse_labels(const char *text, struct selector **out, struct error *err);
int selector_parse_fields(const char *text, struct selector **out, struct error *err);
void selector_free(struct selector *s);

static inline void selector_freep(struct selector **p)
{
    selector_free(*p);
}

#define cleanup_selector __attribute__((cleanup(selector_freep)))

/* labels: an object of texts, may be NULL. A NULL selector selects everything. */
bool selector_matches_labels(const struct selector *s, const json_t *labels);

/* Fields are looked up by their paths (metadata.name); one that is not there is "". */
bool selector_matches_fields(const struct selector *s, const json_t *object);

/* The first field of the selector that is none of the names (which end with NULL), or NULL. */
const char *selector_unknown_field(const struct selector *s, const char *const *names);

/* The value that the selector wants of this key or field, when it wants one exactly, else NULL. */
const char *selector_exact(const struct selector *s, const char *key);

#endif
