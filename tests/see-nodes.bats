#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What only Slurm knows: nodes, and why pods wait.
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/common
load lib/golden

setup_file() {
    cluster_available || return 0
    cluster_setup --nodes 2
}

teardown_file() {
    cluster_teardown
}

setup() {
    cluster_home
    export TZ=UTC
}

# What is the machine's, and Slurm's version.
undated() {
    dates_away | sed -E "s/$(uname -r | sed 's/[.+]/\\&/g')/KERNEL/g; s/[0-9]{2}\.[0-9]{2}\.[0-9]+[^ ]*/VERSION/g
        s/amd64|arm64/ARCH/; s/(Ready +<none> +)[0-9dhms]+ */\1AGE /; s/ {2,}/  /g"
}

@test "nodes: tables, describe, YAML, JSON" {
    golden nodes get nodes
    golden nodes-wide get nodes -o wide
    golden describe-node describe node node1
    golden node.yaml get node node1 -o yaml
    golden node.json get node/node1 -o json
}

@test "a node that is not there, and the label of one" {
    run --separate-stderr skjob get node none
    expect 1 '' 'Error from server (NotFound): nodes "none" not found'
    [[ $(skjob get nodes -l kubernetes.io/hostname=node2 -o name) == node/node2 ]]
}

@test "why a pod waits: in the wide table, and in its condition PodScheduled" {
    manifest full 'parallelism: 12' 'completions: 12' | sed 's/command: .*/command: [sleep, "600"]/
        s/        image: .*/&\n        resources: {requests: {cpu: 1}}/' >full.yaml
    skjob create -f full.yaml
    waiting() { skjob get pods -o wide | grep -E 'Pending .* for free CPUs, memory or nodes$'; }
    poll_until 60 waiting
    [[ $(skjob get pods -o json | jq -r '[.items[].status | select(.phase == "Pending").conditions[].message] | unique | .[]') == \
        *'for free CPUs, memory or nodes'* ]]
}
