/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The part of a Job that decides its semantics, typed, from the decoded manifest. Fields that the
 * manifest leaves out get the API server's defaults
 * (k8s.io/kubernetes/pkg/apis/batch/v1/defaults.go), so a manifest that was never defaulted works
 * as well. Values are expected to be valid; what is of the wrong type or out of the range of its Go
 * type is an error.
 */
#ifndef SKJOB_JOB_SPEC_H
#define SKJOB_JOB_SPEC_H

#include "error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOB_UNSET (-1) /* an optional number that is not there */

/* An annotation of an Indexed Job that was made for an array of somebody else's choice, whose task
 * ids need not be 0 to completions-1: every index is below its value, a number. */
#define JOB_INDEX_LIMIT "array.skjob/index-limit"

enum job_mode {
    JOB_NON_INDEXED,
    JOB_INDEXED,
    JOB_MODE_UNKNOWN, /* the controller leaves such a Job alone */
};

enum job_action {
    JOB_COUNT, /* also when no rule matches */
    JOB_IGNORE,
    JOB_FAIL_INDEX,
    JOB_FAIL_JOB,
    JOB_ACTION_UNKNOWN, /* such a rule is skipped */
};

enum job_operator {
    JOB_IN,
    JOB_NOT_IN,
    JOB_OPERATOR_UNKNOWN, /* never matches */
};

struct job_pattern { /* onPodConditions[] */
    char *type;
    char *status;
};

struct job_failure_rule {
    enum job_action action;
    bool on_exit_codes;
    char *container; /* onExitCodes.containerName, NULL = all */
    enum job_operator op;
    int32_t *values;
    size_t n_values;
    struct job_pattern *patterns;
    size_t n_patterns;
};

struct job_success_rule {
    char *indexes; /* succeededIndexes, NULL = not given */
    int32_t count; /* succeededCount or JOB_UNSET */
};

struct job_container {
    char *name;
    bool sidecar; /* an init container with restartPolicy: Always */
};

struct job_spec {
    char *name;
    char *namespace_; /* "default" when the manifest has none */

    enum job_mode mode;
    int32_t parallelism;
    int32_t completions; /* JOB_UNSET: a work queue */
    int32_t array_limit; /* JOB_INDEX_LIMIT; 0: not given */
    int32_t backoff_limit;
    int32_t backoff_limit_per_index; /* JOB_UNSET */
    int32_t max_failed_indexes;      /* JOB_UNSET */
    int64_t active_deadline_seconds; /* JOB_UNSET */
    int32_t ttl_seconds;             /* ttlSecondsAfterFinished or JOB_UNSET */
    bool suspend;
    bool replace_failed_only; /* podReplacementPolicy Failed, or a podFailurePolicy */
    bool managed_elsewhere;   /* managedBy names another controller */
    bool restart_on_failure;  /* restartPolicy OnFailure */

    bool has_failure_policy; /* an empty list of rules is a policy, too */
    struct job_failure_rule *failure_rules;
    size_t n_failure_rules;
    bool has_success_policy;
    struct job_success_rule *success_rules;
    size_t n_success_rules;

    struct job_container *containers; /* in the order of the manifest */
    size_t n_containers;
    struct job_container *init_containers;
    size_t n_init_containers;

    bool loaded; /* private: completions are fixed now, unless Indexed */
};

/* job is a Job object (borrowed). *out is owned by the caller; NULL on error. */
int job_spec_from_json(const json_t *job, struct job_spec **out, struct error *err);

/* Takes the mutable fields (parallelism, backoffLimit, activeDeadlineSeconds, maxFailedIndexes,
 * podReplacementPolicy, suspend, ttlSecondsAfterFinished, and completions of an Indexed Job) from a
 * changed Job object. Fields that the object leaves out get their defaults. On error the spec is as
 * it was. */
int job_spec_update(struct job_spec *spec, const json_t *job, struct error *err);

void job_spec_free(struct job_spec *spec);

static inline void job_spec_freep(struct job_spec **p)
{
    job_spec_free(*p);
}

#define cleanup_job_spec __attribute__((cleanup(job_spec_freep)))

static inline bool job_spec_indexed(const struct job_spec *spec)
{
    return spec->mode == JOB_INDEXED;
}

/* Indexed: every index is below it. */
static inline uint32_t job_spec_index_limit(const struct job_spec *spec)
{
    return (uint32_t)(spec->array_limit > spec->completions ? spec->array_limit
                                                            : spec->completions);
}

static inline bool job_spec_per_index(const struct job_spec *spec)
{
    return spec->mode == JOB_INDEXED && spec->backoff_limit_per_index != JOB_UNSET;
}

#endif
