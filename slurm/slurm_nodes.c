/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "slurm_nodes.h"

#include <errno.h>
#include <stddef.h>

#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>

#include "slurm_lib.h"
#include "trace.h"

struct calls {
    int (*load_node)(time_t, node_info_msg_t **, uint16_t);
    void (*free_node_info_msg)(node_info_msg_t *);
    char *(*strerror_)(int);
};

static const struct slurm_symbol symbols[] = {
    {"slurm_load_node", offsetof(struct calls, load_node)},
    {"slurm_free_node_info_msg", offsetof(struct calls, free_node_info_msg)},
    {"slurm_strerror", offsetof(struct calls, strerror_)},
};

static const char *text(const char *s)
{
    return s ? s : "";
}

static struct slurm_node node_of(const node_info_t *n)
{
    uint32_t base = n->node_state & NODE_STATE_BASE;
    bool known =
        base == NODE_STATE_IDLE || base == NODE_STATE_ALLOCATED || base == NODE_STATE_MIXED;
    return (struct slurm_node){
        .name = text(n->name),
        .hostname = text(n->node_hostname),
        .address = text(n->node_addr),
        .arch = text(n->arch),
        .os = text(n->os),
        .gres = text(n->gres),
        .features = text(n->features_act ? n->features_act : n->features),
        .reason = text(n->reason),
        .version = text(n->version),
        .cpus = n->cpus,
        .memory_mib = n->real_memory,
        .disk_mib = n->tmp_disk,
        .booted = n->boot_time,
        .up = known && !(n->node_state & NODE_STATE_NO_RESPOND),
        .drained = (n->node_state & NODE_STATE_DRAIN) != 0,
    };
}

int slurm_nodes_read(int (*visit)(void *arg, const struct slurm_node *node), void *arg,
                     struct error *err)
{
    struct calls c;
    node_info_msg_t *msg = NULL;
    if (slurm_lib_load(symbols, sizeof symbols / sizeof *symbols, &c, err) < 0)
        return -1;
    int64_t began = trace_begin();
    int rc = c.load_node(0, &msg, SHOW_ALL);
    trace_end(TRACE_QUESTIONS, began, "slurm_load_node");
    if (rc != SLURM_SUCCESS)
        return error_set(err, "slurmctld cannot be asked: %s", c.strerror_(errno));
    rc = 0;
    for (uint32_t i = 0; i < msg->record_count && rc == 0; i++) {
        const struct slurm_node node = node_of(&msg->node_array[i]);
        if (*node.name)
            rc = visit(arg, &node);
    }
    c.free_node_info_msg(msg);
    return rc;
}
