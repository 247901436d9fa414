/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One object of a manifest, from the raw tree to the decoded, defaulted and validated object, as
 * the API server handles a POST: decode (400), default, validate (422).
 */
#ifndef SKJOB_MANIFEST_H
#define SKJOB_MANIFEST_H

#include <jansson.h>
#include <stdbool.h>

#include "decode.h"
#include "error.h"
#include "field_error.h"
#include "objects.h"

enum manifest_kind {
    MANIFEST_JOB,
    MANIFEST_CRON_JOB,
    MANIFEST_CONFIG_MAP,
    MANIFEST_SECRET,
    MANIFEST_SERVICE,
};

enum unknown_fields { UNKNOWN_STRICT, UNKNOWN_WARN, UNKNOWN_IGNORE };

enum manifest_verdict {
    MANIFEST_OK,
    MANIFEST_NO_KIND,      /* apiVersion or kind is missing: err says which */
    MANIFEST_UNKNOWN_KIND, /* not a kind that skjob knows */
    MANIFEST_BAD_REQUEST,  /* not decodable: err, and report.unknown for unknown fields */
    MANIFEST_INVALID,      /* errs */
    MANIFEST_FAILED,       /* out of memory: err */
};

struct manifest {
    enum manifest_verdict verdict;
    enum manifest_kind kind;
    json_t *object; /* decoded and defaulted, without generated labels; NULL unless decodable */
    struct error err;
    struct decode_report report;
    struct field_errors errs; /* errors and warnings */
};

struct manifest_options {
    enum unknown_fields unknown;
    const char *zoneinfo; /* folder of the time zone files */
    const char *uid;      /* of an object that exists; NULL or "" = it is new */
};

/* Fills *m for a raw object; raw is not changed. The verdict is in m->verdict and is returned. */
enum manifest_verdict manifest_load(struct manifest *m, const json_t *raw,
                                    const struct manifest_options *options);

void manifest_free(struct manifest *m);

#define cleanup_manifest __attribute__((cleanup(manifest_free)))

const char *manifest_name(const struct manifest *m);     /* metadata.name, or "" */
const char *manifest_kind_name(enum manifest_kind kind); /* "Job" */
const char *manifest_resource(enum manifest_kind kind);  /* "job.batch" */

/* For the kinds that are files of the state (lib/objects.h); false for the others. */
bool manifest_stored_as(enum manifest_kind kind, enum object_kind *as);

/* Appends what kubectl prints on standard error for a verdict that is not MANIFEST_OK, with its
 * newline. verb: "creating". source: the file's name as kubectl shows it. */
void manifest_explain(const struct manifest *m, const json_t *raw, const char *verb,
                      const char *source, struct strbuf *out);

#endif
