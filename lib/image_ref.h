/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * References to container images: [DOMAIN/]NAME[:TAG][@DIGEST], by the grammar of
 * github.com/distribution/reference with Docker's short names (ParseNormalizedNamed), as
 * Kubernetes reads them to choose a pull policy (pkg/util/parsers).
 */
#ifndef SKJOB_IMAGE_REF_H
#define SKJOB_IMAGE_REF_H

#include <stdbool.h>
#include <stddef.h>

/* Parts of the reference as it was written; they point into it. */
struct image_ref {
    size_t name_len; /* domain and name, from the start of the text */
    const char *tag; /* NULL = none */
    size_t tag_len;
    const char *digest; /* "sha256:…"; NULL = none */
};

/* False for a text that is no reference; out is then all zero. */
bool image_ref_parse(const char *s, struct image_ref *out);

/* The pull policy of Kubernetes for an image without one: "Always" for the tag latest and for a
 * reference with neither tag nor digest, otherwise (also for no reference at all) "IfNotPresent".
 */
const char *image_ref_pull_policy(const char *s);

#endif
