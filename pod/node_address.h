/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The address under which a node's pods are found: they share the node's network. A node has
 * several (for storage, for management, of container engines' bridges), so the first of these that
 * is there:
 *
 *   1. what Slurm's name of the node, then the node's own name, stands for
 *   2. what the node itself would send from to somewhere far (its default route)
 *   3. the first address of any interface
 *
 * Each only if it is an address of an interface of this machine that is up and no loopback, and not
 * of one link only. IPv4 goes before IPv6. Without any: 127.0.0.1.
 */
#ifndef SKJOB_POD_NODE_ADDRESS_H
#define SKJOB_POD_NODE_ADDRESS_H

struct node_address {
    char ip[64];
    char ips[128]; /* the same, and one of the other family: "10.0.0.1,fd00::1" */
};

/* name: Slurm's name of the node. It is looked up (files, DNS) only where there is a choice: a name
 * server that does not answer takes half a minute. */
void node_address_read(struct node_address *out, const char *name);

#endif
