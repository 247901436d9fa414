/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The metadata that the Job controller gives a pod: all of it is computed, so that the pod itself
 * and whoever describes it agree.
 */
#ifndef SKJOB_POD_META_H
#define SKJOB_POD_META_H

#include <jansson.h>
#include <stdint.h>

#define POD_UID_LEN 36

/* A version 5 UUID from the Job's uid, the index and the attempt: all tools find the same one. */
void pod_meta_uid(char out[POD_UID_LEN + 1], const char *job_uid, uint32_t index, uint32_t attempt);

/* The labels that a pod of this Job has: its template's, the four that the API server generates,
 * and, if the Job is Indexed, its index. A new reference, NULL when out of memory. job_uid may
 * differ from the Job's own (a manifest that was submitted by sbatch has none). */
json_t *pod_meta_labels(const json_t *job, const char *job_uid, uint32_t index);

/* Likewise the annotations: the template's, the index, and with backoffLimitPerIndex how many
 * earlier pods of the index failed and counted, or were ignored by the pod failure policy. */
json_t *pod_meta_annotations(const json_t *job, uint32_t index, uint32_t failures,
                             uint32_t ignored);

#endif
