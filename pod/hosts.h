/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The text of a pod's /etc/hosts: what the kubelet writes (managedHostsFileContent), the names that
 * a cluster's DNS would have for the Job's pods and Services, and at last the node's own file, as
 * pods share the node's network. Pure.
 */
#ifndef SKJOB_POD_HOSTS_H
#define SKJOB_POD_HOSTS_H

#include <jansson.h>

#include "peers.h"
#include "pod_names.h"
#include "services.h"
#include "strbuf.h"

struct hosts {
    const struct pod_names *names;
    uint32_t index;
    const char *ips;     /* of the pod: one, or one of each family with a comma between */
    const char *aliases; /* hosts_aliases() */
    struct peers peers;  /* may hold the pod itself */
    struct services services;
    const char *node; /* the node's file; "" = none: localhost is added */
};

/* Appends the entries of spec.hostAliases, with their title; nothing when there are none. */
void hosts_aliases(struct strbuf *out, const json_t *aliases);

void hosts_render(struct strbuf *out, const struct hosts *h);

#endif
