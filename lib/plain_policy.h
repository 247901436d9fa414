/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * EBNF (blanks may stand around ; : & , and the parentheses):
 *
 *   failure-policy = rule { ";" rule } ;
 *   rule           = action ":" ( exit-codes | condition ) ;
 *   action         = "FailJob" | "FailIndex" | "Ignore" | "Count" ;
 *   exit-codes     = ( "In" | "NotIn" ) "(" codes { "," codes } ")" ;
 *   codes          = number [ "-" number ] ;
 *   condition      = type [ "=" ( "True" | "False" | "Unknown" ) ] ;
 *
 *   success-policy = aim { ";" aim } ;
 *   aim            = part [ "&" part ] ;
 *   part           = "indexes=" index-list | "count=" number ;
 *   index-list     = codes { "," codes } ;
 *
 * podFailurePolicy and successPolicy of a Job in one line, for an array without a manifest. The
 * first rule that matches decides. In and NotIn are onExitCodes; a type is one of onPodConditions,
 * with status True if none is given, and "Disruption" is short for DisruptionTarget.
 *
 * The limits are those of Kubernetes (pkg/apis/batch/validation): at most 20 rules, at most 255
 * codes in a rule, none twice, no 0 for In, lists of indexes ascend. Codes are those that a process
 * can end with, 0 to 255, in any order. What depends on other options or on the array is not
 * checked here. Pure, without allocation: the plugin links it.
 */
#ifndef SKJOB_PLAIN_POLICY_H
#define SKJOB_PLAIN_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "plain_scan.h"

#define PLAIN_RULES_MAX 20
#define PLAIN_CODES     256 /* 0 to 255 */
#define PLAIN_CODES_MAX 255 /* in a rule */
#define PLAIN_INDEX_MAX INT64_C(2147483646)
#define PLAIN_UNSET     INT64_C(-1)

/* Operators and actions by their names in Kubernetes. */
struct plain_failure_rule {
    const char *action;
    const char *op; /* NULL: a condition */
    bool codes[PLAIN_CODES];
    struct plain_slice type; /* of the condition; borrowed from the text */
    const char *status;
};

struct plain_success_rule {
    struct plain_slice indexes; /* as Kubernetes wants it; borrowed from the text */
    int64_t n_indexes;
    int64_t last_index; /* PLAIN_UNSET: no indexes */
    int64_t count;      /* PLAIN_UNSET: not given */
};

struct plain_failure_policy {
    size_t n;
    struct plain_failure_rule rules[PLAIN_RULES_MAX];
};

struct plain_success_policy {
    size_t n;
    struct plain_success_rule rules[PLAIN_RULES_MAX];
};

/* *out points into text. On error *out is undefined. */
int plain_failure_policy_parse(const char *text, struct plain_failure_policy *out,
                               struct error *err);
int plain_success_policy_parse(const char *text, struct plain_success_policy *out,
                               struct error *err);

#endif
