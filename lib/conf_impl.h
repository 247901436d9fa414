/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Inside of conf.h: the schema.
 */
#ifndef SKJOB_CONF_IMPL_H
#define SKJOB_CONF_IMPL_H

#include "conf.h"

/* Checks a value and stores it at field (NULL: only checks). Returns 0, or -1 with err, which says
 * what is wanted. */
typedef int conf_type(void *field, const char *value, struct error *err);

/* A key that stands before any [map]. */
struct conf_key {
    const char *name;
    size_t offset; /* in struct conf */
    conf_type *type;
    const char *otherwise; /* the default, as it would be written */
};

struct conf_section {
    const char *name;
    /* Either may be NULL. The field is not used. */
    conf_type *entry;
    conf_type *value;
};

extern const struct conf_key conf_keys[];
extern const size_t conf_keys_len;
extern const struct conf_section conf_sections[CONF_MAPS];

#endif
