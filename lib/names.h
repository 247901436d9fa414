/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names and keys of Kubernetes, with its messages
 * (k8s.io/apimachinery/pkg/util/validation and pkg/api/validate/content, v1.36).
 *
 * Every check has the same shape: it returns true for a valid name, and otherwise calls report once
 * for each message, in the order and number of Kubernetes. bad is what the message is about: the
 * whole name, or (names_domain_prefixed_path) the part of it that is wrong. bad and message live
 * only during the call. report may be NULL: then it is a plain yes or no.
 *
 * An empty name is checked like any other. Where Kubernetes says "Required value" for an empty one,
 * the caller does so first.
 */
#ifndef SKJOB_NAMES_H
#define SKJOB_NAMES_H

#include "field_error.h"

#include <stdbool.h>
#include <stddef.h>

typedef void names_report(void *arg, const char *bad, const char *message);
typedef bool names_check(const char *s, names_report *report, void *arg);

bool names_dns_label(const char *s, names_report *report, void *arg);     /* IsDNS1123Label */
bool names_dns_subdomain(const char *s, names_report *report, void *arg); /* IsDNS1123Subdomain */
/* IsDNS1123SubdomainWithUnderscore: dnsConfig.searches */
bool names_dns_subdomain_underscore(const char *s, names_report *report, void *arg);
bool names_dns1035_label(const char *s, names_report *report, void *arg); /* IsDNS1035Label */
bool names_label_value(const char *s, names_report *report, void *arg);   /* IsValidLabelValue */
/* IsQualifiedName: keys of labels and node selectors, pod condition types. For the keys of
 * annotations use names_annotation_key(), which ignores case as Kubernetes does. */
bool names_qualified_name(const char *s, names_report *report, void *arg);
bool names_annotation_key(const char *s, names_report *report, void *arg);
bool names_env_name(const char *s, names_report *report, void *arg);    /* IsRelaxedEnvVarName */
bool names_config_key(const char *s, names_report *report, void *arg);  /* IsConfigMapKey */
bool names_port_name(const char *s, names_report *report, void *arg);   /* IsValidPortName */
bool names_http_header(const char *s, names_report *report, void *arg); /* IsHTTPHeaderName */
bool names_sysctl(const char *s, names_report *report, void *arg); /* IsValidSysctlName + message */
bool names_ip(const char *s, names_report *report, void *arg);     /* IsValidIP, v4 and v6 */
/* IsDomainPrefixedPath (managedBy). Reports the host or the path part as bad. */
bool names_domain_prefixed_path(const char *s, names_report *report, void *arg);

/* Runs a check and adds each message to errs as "<path>: Invalid value: "bad": message". */
bool names_validate(names_check *check, const char *s, struct field_errors *errs,
                    const struct path *path);

/* A generateName prefix is checked as if one more letter followed its trailing '-'
 * (apimachinery/pkg/api/validation.maskTrailingDash). check is names_dns_subdomain or a label
 * check; messages show the name as it was written. */
bool names_validate_prefix(names_check *check, const char *s, struct field_errors *errs,
                           const struct path *path);

/* Limit for the sum of the lengths of all keys and values of metadata.annotations; above it the
 * error is "Too long: may not be more than 262144 bytes". */
#define NAMES_ANNOTATIONS_MAX ((size_t)256 * 1024)

#endif
