/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a pod is called on the network (GeneratePodHostNameAndDomain of the kubelet, and the Job
 * controller, which calls the pods of an Indexed Job <job>-<index>). Pure.
 */
#ifndef SKJOB_POD_POD_NAMES_H
#define SKJOB_POD_POD_NAMES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "strbuf.h"

#define POD_NAMES_HOST_MAX 64 /* the kernel's */
#define POD_NAMES_CLUSTER  "cluster.local"

struct pod_names {
    char hostname[POD_NAMES_HOST_MAX + 1]; /* what hostname(1) says; "" = the node's name
                                              (hostNetwork) */
    char label[64];                        /* the pod's name in its subdomain */
    char subdomain[64];
    char ns[64];
    char job[64];   /* of an Indexed Job: the label of pod i is <job>-<i>; "" = of another one */
    bool has_peers; /* others can be found by name: the Job is Indexed, or hostname is given */
    bool is_overridden; /* hostname is none of the names in the subdomain */
    bool is_own;        /* the template asks for it, see pod_names_wanted() */
};

/* From the decoded Job. pod is the pod's name. Returns 0, or -1 with err when setHostnameAsFQDN
 * makes a name that the kernel does not take. */
int pod_names_make(struct pod_names *out, const json_t *job, const char *ns, const char *pod,
                   uint32_t index, struct error *err);

/* The template asks for names of the pod's own, by subdomain, hostname, hostnameOverride,
 * setHostnameAsFQDN or hostAliases. */
bool pod_names_wanted(const json_t *job);

/* The pod's address is needed: for its names, or as the template reads status.podIP or one of its
 * like. */
bool pod_names_need_address(const json_t *job);

/* The variable HOSTNAME of the pod's containers, NULL = as the task has it: without a host name of
 * its own only the pods of an Indexed Job have one. */
const char *pod_names_variable(const struct pod_names *names);

/* Appends the names by which pod index of the Job is found, each after a tab, the full one first.
 */
void pod_names_add(const struct pod_names *names, uint32_t index, struct strbuf *out);

#endif
