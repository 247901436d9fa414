#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What the Job controller of Kubernetes made of given outcomes, against what skjob makes of them on a real cluster.
# shellcheck disable=SC2154 # run sets output
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

setup_file() { jobs_setup --nodes 4 --cpus 8; }
setup() {
    command -v python3 >/dev/null || skip "needs python3"
    jobs_begin
}

@test "conformance/scenarios.jsonl, replayed by real containers" {
    SKJOB_BACKOFF_BASE=0 run as_user "$BATS_TEST_DIRNAME/replay" "$BATS_TEST_DIRNAME/conformance/scenarios.jsonl" "$WORK/replay"
    grep -v '^ok' <<<"$output"
    ((status == 0))
    # The choice of scenarios has not silently become a small one.
    (($(grep -c '^ok' <<<"$output") >= 40))
}

@test "a scenario with another expectation does not agree" {
    grep '"r20261-0090-single"' "$BATS_TEST_DIRNAME/conformance/scenarios.jsonl" |
        jq -c '.expect.status.failed += 1' >other.jsonl
    SKJOB_BACKOFF_BASE=0 run -1 as_user "$BATS_TEST_DIRNAME/replay" other.jsonl "$WORK/replay"
    [[ $output == *'not ok 1 r20261-0090-single'* ]]
}
