/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The patch of --patch or --patch-file, in JSON or YAML, of one of kubectl's three types.
 */
#ifndef SKJOB_PATCH_TEXT_H
#define SKJOB_PATCH_TEXT_H

#include <jansson.h>

#include "error.h"
#include "options.h"

enum patch_type { PATCH_STRATEGIC, PATCH_MERGE, PATCH_JSON };

struct patch_text {
    enum patch_type type;
    json_t *patch; /* owned */
};

/* Returns 0, or -1 with err. */
int patch_text_read(struct patch_text *p, const struct options *o, struct error *err);
void patch_text_free(struct patch_text *p);

#define cleanup_patch_text __attribute__((cleanup(patch_text_free)))

/* A new object, or NULL with err. What the patch itself is wrong about is printed in the server's
 * words: then err is empty. */
json_t *patch_text_apply(const struct patch_text *p, const json_t *object, struct error *err);

/* Reads one document, JSON or YAML; what names it in messages. A new reference, or NULL with err.
 */
json_t *patch_text_parse(const char *what, const char *text, size_t len,
                         const struct reader_limits *limits, struct error *err);

#endif
