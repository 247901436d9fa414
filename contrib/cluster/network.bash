# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A network of the cluster's own (up --netns): every node in a network namespace with an address of its own, on a bridge where
# slurmctld listens. Bridge, namespaces and links have the cluster's name in theirs: that is how `down` finds them.

# node_address N: the address of node N; without a network of its own all nodes are on loopback.
node_address() {
    if [[ $netns == yes ]]; then echo "$subnet.$(($1 + 10))"; else echo 127.0.0.1; fi
}

controller_address() {
    if [[ $netns == yes ]]; then echo "$subnet.1"; else echo 127.0.0.1; fi
}

# namespace_of NODE
namespace_of() {
    echo "$cluster_name-$1"
}

# pick_subnet: a network 10.a.b.0/24 that no route of this machine leads to.
pick_subnet() {
    local tries
    for ((tries = 0; tries < 100; tries++)); do
        subnet=10.$((RANDOM % 256)).$((RANDOM % 256))
        [[ -n $(ip -4 route show root "$subnet.0/24"; ip -4 route show match "$subnet.0/24" | grep -v '^default') ]] || return 0
    done
    complain "no free network below 10.0.0.0/8"
}

# add_node N: a namespace, and a pair of links from it to the bridge. No route leads further: a name that is in no file is
# unknown at once, where a name server that does not answer would take half a minute. Ordinary users may use ping there: a pod's ping has no
# file capabilities.
add_node() {
    local space link=v${cluster_name#skjob}-$1
    space=$(namespace_of "node$1")
    ip netns add "$space" &&
        ip link add "$link" type veth peer name eth0 netns "$space" &&
        ip link set "$link" master "$cluster_name" up &&
        ip -n "$space" address add "$subnet.$(($1 + 10))/24" dev eth0 &&
        ip -n "$space" link set lo up &&
        ip -n "$space" link set eth0 up &&
        nsenter --net="/run/netns/$space" sh -c 'echo "0 2147483647" >/proc/sys/net/ipv4/ping_group_range'
}

begin_network() {
    local i
    [[ $netns == yes ]] || return 0
    lock_ports
    pick_subnet && ip link add "$cluster_name" type bridge &&
        ip address add "$subnet.1/24" dev "$cluster_name" &&
        ip link set "$cluster_name" up || return 1
    unlock_ports
    for ((i = 1; i <= nodes; i++)); do add_node "$i" || return 1; done
}

# end_network: when nothing of the cluster runs any more; also what an interrupted begin_network has left. The links go with their
# namespaces, but the kernel takes its time with those.
end_network() {
    local file link
    [[ $netns == yes && $cluster_name == skjob* ]] || return 0
    for file in "/run/netns/$cluster_name-"*; do
        [[ ! -e $file ]] || ip netns delete "${file##*/}"
    done
    for link in "/sys/class/net/v${cluster_name#skjob}-"*; do
        [[ ! -e $link ]] || ip link delete "${link##*/}" 2>/dev/null
    done
    [[ ! -e /sys/class/net/$cluster_name ]] || ip link delete "$cluster_name"
}
