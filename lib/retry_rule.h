/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a retry asks for differently from the attempt that failed: annotations of the Job or
 * of its template, else what skjob.conf says (retry_exclude_node and so on), else nothing.
 *
 *   skjob/retry-exclude-node: "true"   a node that failed, or could not start the pod, is not used
 *                                      again by that index
 *   skjob/retry-memory-factor: "1.5"   after OOMKilled, so many times the memory of before
 *   skjob/retry-memory-max: 8Gi        but no more than this
 */
#ifndef SKJOB_RETRY_RULE_H
#define SKJOB_RETRY_RULE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "conf.h"
#include "error.h"
#include "strbuf.h"

#define RETRY_EXCLUDE_MAX 16 /* nodes: a Job that fails everywhere is not to wait for ever */

struct retry_rule {
    bool exclude_node;
    uint32_t memory_milli; /* thousandths of the factor; 0 = as before */
    uint64_t memory_max;   /* MiB, 0 = no limit */
};

/* Takes one annotation. Returns 1 when the key is not one of these, 0, or -1 with err. */
int retry_rule_set(struct retry_rule *r, const char *key, const char *value, struct error *err);

/* Those of a Job, which prevail, of its template, and of the site (conf may be NULL). Values that
 * are wrong (they are refused when a Job is created) are passed over.
 */
struct retry_rule retry_rule_of(const json_t *job, const struct conf *conf);

/* The memory of the next attempt in MiB, after one that had before: never less than that. 0 =
 * nothing is known, or there is no rule. */
uint64_t retry_rule_memory(const struct retry_rule *r, uint64_t before);

/* Appends the nodes not to be used: those of the list before (Slurm's, may be NULL), and node.
 * Returns whether there is a change. */
bool retry_rule_exclude(const char *before, const char *node, struct strbuf *out);

#endif
