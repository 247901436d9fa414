#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Retries that ask Slurm for something else: another node, more memory.
# shellcheck disable=SC2016,SC2154 # the containers expand their variables, not we; run sets output
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

setup_file() { jobs_setup --nodes 4; }

# annotate NAME KEY VALUE: in its manifest.
annotate() {
    jq --arg key "$2" --arg value "$3" '.metadata.annotations[$key] = $value' "$1.yaml" >"$1.new"
    mv "$1.new" "$1.yaml"
}

@test "retry-exclude-node: a pod that cannot be started is tried on each node once" {
    export SKJOB_BACKOFF_MAX=1
    job start '{"backoffLimit": 3}' <<<'exit 0'
    jq '.spec.template.spec.containers[0].command = ["/nonexistent/program"]' start.yaml >start.new
    mv start.new start.yaml
    annotate start skjob/retry-exclude-node true
    submit start
    wait_ended start
    [[ $(outcome start) == 'Failed BackoffLimitExceeded: '* ]]
    [[ $(events start started | sed 's/.* node=\([^ ]*\).*/\1/' | sort | paste -sd' ') == 'node1 node2 node3 node4' ]]
}

@test "without the annotation nothing is excluded" {
    job plain '{"backoffLimit": 1}' <<<'[ $ATTEMPT -gt 0 ] || exit 128'
    submit plain
    wait_ended plain
    [[ $(job_field "$ID" ExcNodeList) == '(null)' ]]
}

@test "retry-memory-factor: after OOMKilled there is more memory, up to the limit" {
    export SKJOB_BACKOFF_BASE=600 SKJOB_BACKOFF_MAX=600
    job big '{}' '{"containers": [{"name": "main", "image": "busybox", "resources": {"limits": {"memory": "100Mi"}}}]}' <<<''
    jq --arg script "$WORK/big.sh" '.spec.template.spec.containers[0].command = ["sh", $script, "big"]' big.yaml >big.new
    mv big.new big.yaml
    printf '%s\n' 'until [ -e $WORK/go ]; do sleep 0.1; done; exit 137' >big.sh
    annotate big skjob/retry-memory-factor 1.5
    annotate big skjob/retry-memory-max 140Mi
    submit big
    poll_until 60 has_started big 1
    [[ $(job_field "${ID}_0" MinMemoryNode) == 100M ]]
    # This cluster has no cgroups: we say ourselves that the kernel has killed.
    local record
    record="skj1 t=$(date -u +%FT%T.%6NZ) event=ended index=0 attempt=0 phase=Failed containers=main:137:OOMKilled"
    record+=" crc=$(printf %s "$record" | python3 -c 'import sys, zlib; print("%08x" % zlib.crc32(sys.stdin.buffer.read()))')"
    as_user sh -c 'echo "$1" >>"$2"' - "$record" "$SKJOB_STATE/jobs/default/big/events/other"
    touch go
    poll_until 60 memory_is "${ID}_0" 140M
    poll_until 60 job_state_is "${ID}_0" PENDING
}

memory_is() {
    [[ $(job_field "$1" MinMemoryNode) == "$2" ]]
}

@test "values that make no sense are refused" {
    job bad '{}' <<<''
    annotate bad skjob/retry-memory-factor much
    run as_user skjob create -f bad.yaml
    [[ $status == 1 && $output == *'metadata.annotations[skjob/retry-memory-factor]'*'"much" is not a number from 1 to 100'* ]]
}
