#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The table of small pods (pods/*.yaml, lib/podtable.bash), as an ordinary user. podtable-plugin.bats is a link to this file:
# the same with the plugin.
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts
load lib/podtable

setup_file() {
    jobs_setup --nodes 4 --cpus 64 --memory 65536
    [[ -n ${CLUSTER_BASE-} ]] || return 0
    jobs_begin
    export SKJOB_CRASHLOOP_BASE=0.2
    printf 'runtimes_allowed = charliecloud\n' >skjob.conf
    export SKJOB_CONF=$WORK/skjob.conf
    podtable_submit
}
teardown() { :; } # the pods of all tests run together
teardown_file() {
    [[ -z ${CLUSTER_BASE-} ]] || scancel --quiet -u "$JOB_USER" 2>/dev/null || true
    cluster_teardown
}
setup() {
    cluster_required
    command -v bwrap >/dev/null || skip "bubblewrap is not installed"
    cd "$WORK" || return 1
}

@test "init containers and sidecars" { podtable_check init; podtable_check sidecar; }
@test "several containers" { podtable_check containers; }
@test "restarts" { podtable_check restart; }
@test "how pods are ended" { podtable_check end; }
@test "hooks" { podtable_check hook; }
@test "probes" { podtable_check probe; }
@test "termination messages" { podtable_check message; }
@test "variables" { podtable_check env; }
@test "volumes" { podtable_check volume; }
@test "the pod itself" { podtable_check pod; }
@test "exit codes" { podtable_check exit; }
@test "what cannot work" { podtable_check bad; }
@test "every row is looked at by one of these" {
    diff <(grep -o 'podtable_check [a-z]\+' "$BATS_TEST_FILENAME" | cut -d' ' -f2 | sort) \
        <(find "$PODS" -maxdepth 1 -name '*.yaml' -printf '%f\n' | sed 's/[-.].*//' | sort -u)
}
