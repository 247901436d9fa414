/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * JSON Patch (RFC 6902) with JSON Pointers (RFC 6901): a list of operations, done in order, all or
 * none.
 */
#ifndef SKJOB_JSON_PATCH_H
#define SKJOB_JSON_PATCH_H

#include <jansson.h>

#include "error.h"

#define JSON_PATCH_OPERATIONS_MAX 10000             /* the API server's limits */
#define JSON_PATCH_COPY_MAX       ((size_t)3 << 20) /* bytes that all copies make together */

/* Returns a new document, or NULL with err, which names the operation. doc and patch are borrowed
 * and stay as they are. */
json_t *json_patch(const json_t *doc, const json_t *patch, struct error *err);

#endif
