/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The names of the pod that this process runs, and its /etc/hosts, which follows the Job's other
 * pods as they start, end and are replaced (hosts.h). One file for all of its containers, rewritten
 * in place, since it is mounted.
 *
 * The journal is looked at, not listened to: what other nodes write on a shared file system makes
 * no event here. Every second while something changes, less and less often down to every ten
 * seconds while nothing does, and never for more than 2 % of the time.
 */
#ifndef SKJOB_POD_POD_NET_H
#define SKJOB_POD_POD_NET_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "attempt.h"
#include "pod_names.h"
#include "pod_storage.h"

struct pod_net {
    struct pod_names names;
    const struct attempt *attempt;
    bool is_on;       /* the pod is to have a host name and a hosts file of its own */
    bool follows;     /* others are found in it */
    const char *path; /* the file, once it is made; borrowed from the storage */
    int fd;
    char *text;    /* as it was written last */
    char *aliases; /* hosts_aliases() */
    char *node;    /* the node's file */
    json_t *labels;
    char *events, *services; /* folders */
    uint64_t mark;           /* of both, when they were read */
    int64_t look_at_ms, changed_ms;
};

#define POD_NET_INIT                                                                               \
    {                                                                                              \
        .fd = -1                                                                                   \
    }

/* n starts as POD_NET_INIT. attempt must live as long. pod_net_close() either way. Returns 0, or -1
 * with err. */
int pod_net_open(struct pod_net *n, const struct attempt *attempt, const json_t *job,
                 struct error *err);

/* Before a container starts: makes and fills the file, the first time. Returns 0 or -1 with err. */
int pod_net_start(struct pod_net *n, struct pod_storage *storage, const struct pod_facts *facts,
                  struct error *err);

/* Brings the file up to date when it is time; lowers *due to the next time. */
void pod_net_look(struct pod_net *n, int64_t now_ms, int64_t *due);

void pod_net_close(struct pod_net *n);

#endif
