/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a pod can be told about itself (the downward API), and where the objects that it refers to
 * are found. Pure: whoever makes it reads the clock, the machine and the state.
 */
#ifndef SKJOB_POD_FACTS_H
#define SKJOB_POD_FACTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "objects.h"
#include "strbuf.h"

/* Finds an object of the pod's namespace. Returns 0 and a new reference, 1 when there is none, -1
 * with err. */
typedef int pod_facts_find(void *arg, enum object_kind kind, const char *name, json_t **object,
                           struct error *err);

/* What one pod can have of a node: what Slurm allocated, else the whole machine. */
struct pod_allocation {
    int64_t cpus;              /* whole ones */
    int64_t memory;            /* bytes */
    int64_t ephemeral_storage; /* bytes */
};

/* All strings are never NULL; "" = not known. Everything is borrowed from whoever filled it in. */
struct pod_facts {
    const char *name; /* of the pod */
    const char *ns;
    const char *uid;
    const char *node;
    const char *service_account;
    const char *host_ip;       /* pods share the node's network: also the pod's */
    const char *host_ips;      /* the same with one of the other family: "10.0.0.1,fd00::1" */
    const json_t *labels;      /* of the pod, with what the Job controller adds */
    const json_t *annotations; /* likewise */
    const json_t *spec;        /* the decoded PodSpec */
    struct pod_allocation allocation;
    pod_facts_find *find;
    void *find_arg;
};

/* Appends the value of a fieldPath: metadata.name, metadata.labels['K'], … A key that is not there
 * reads as "". A whole map (volumes only) is lines of key="value", sorted, without the last line
 * end. */
int pod_facts_field(const struct pod_facts *facts, const char *field_path, struct strbuf *out,
                    struct error *err);

/* Appends the value of a resourceFieldRef: amount / divisor, rounded up. An unset limit is that of
 * the pod, else what was allocated; an unset request is the limit, else 0. container: the name that
 * is meant when the reference names none. */
int pod_facts_resource(const struct pod_facts *facts, const json_t *ref, const char *container,
                       struct strbuf *out, struct error *err);

/* Fails in the words of the kubelet when the object is not there: returns 1 with 'configmap "c" not
 * found' in err, and optional makes that 0 with *object NULL. */
int pod_facts_object(const struct pod_facts *facts, enum object_kind kind, const char *name,
                     bool optional, json_t **object, struct error *err);

#endif
