/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * podFailurePolicy: which rule a failed pod matches
 * (k8s.io/kubernetes/pkg/controller/job/pod_failure_policy.go). Pure.
 */
#ifndef SKJOB_MACHINE_POLICY_H
#define SKJOB_MACHINE_POLICY_H

#include "machine.h"

struct policy_match {
    enum job_action action; /* JOB_COUNT when no rule matches */
    size_t rule;
    const struct machine_container *container; /* the one that matched onExitCodes, or NULL */
    const char *condition;                     /* the type that matched onPodConditions, or NULL */
};

struct policy_match policy_match(const struct job_spec *spec,
                                 const struct machine_outcome *outcome);

/* The message of a FailJob match for the pod of this name. NULL when out of memory. */
char *policy_message(const struct policy_match *match, const char *namespace_, const char *pod);

#endif
