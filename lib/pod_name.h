/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The name of a pod: <job>-<index>-xxxxx for Indexed Jobs, else <job>-xxxxx, at most 63 characters,
 * cut as the Job controller does it (k8s.io/kubernetes/pkg/controller/job,
 * podGenerateNameWithIndex; k8s.io/apiserver/pkg/storage/names).
 *
 * The five characters come from Kubernetes' alphabet, but are computed, not random: every tool
 * finds the name of (job uid, index, attempt) by itself. Two pods of one Job never share a name: an
 * Indexed Job's before 14 million attempts of one index, another Job's while indexes x attempts
 * stays under 6 million. (Random or hashed characters would repeat after some thousand pods, and no
 * API server is there to notice.)
 */
#ifndef SKJOB_POD_NAME_H
#define SKJOB_POD_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

#define POD_NAME_MAX    63
#define POD_NAME_SUFFIX 5

/* Writes the name. job is the Job's metadata.name, uid its metadata.uid, index the array task id
 * (0 if there is no array), attempt the restart count. Fails only for an empty job name. */
int pod_name_make(char out[POD_NAME_MAX + 1], const char *job, const char *uid, bool indexed,
                  uint32_t index, uint32_t attempt, struct error *err);

/* The five characters alone. */
void pod_name_suffix(char out[POD_NAME_SUFFIX + 1], const char *uid, uint32_t index,
                     uint32_t attempt);

#endif
