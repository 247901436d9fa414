/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From an untyped tree to a typed one, by a schema: types are checked, nulls and zero values that
 * Go's omitempty drops are gone, quantities are canonical, integers are integers. The counterpart
 * of the API server's strict decoder (sigs.k8s.io/json); its errors are HTTP 400 there.
 */
#ifndef SKJOB_DECODE_H
#define SKJOB_DECODE_H

#include <jansson.h>
#include <stddef.h>

#include "error.h"
#include "schema.h"

struct unknown_field {
    char *path;             /* "spec.template.spec.containers[0].comand" */
    const char *suggestion; /* the field that was perhaps meant, or NULL; static */
};

struct decode_report {
    struct unknown_field *unknown; /* as kubectl lists them; they are left out of the result */
    size_t unknown_len;
    char *bad_path; /* where a type error is, when decode() failed with one */
};

/* Returns a new tree, its fields in the order of Go's structs, or NULL with err ("json: cannot
 * unmarshal string into Go struct field JobSpec.spec.completions of type int32"). Depth is bounded
 * by the schema. */
json_t *decode(const struct schema *schema, const json_t *in, struct decode_report *report,
               struct error *err);

void decode_report_free(struct decode_report *report);

#define cleanup_decode_report __attribute__((cleanup(decode_report_free)))

#endif
