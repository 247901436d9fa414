#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Pods of several containers, and restarts in place, on a real cluster.
# shellcheck disable=SC2016,SC2154 # the containers expand their variables, not we; run sets output
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

setup_file() { jobs_setup --nodes 2; }
setup() {
    jobs_begin
    export SKJOB_CRASHLOOP_BASE=0.2
}

# pod NAME SPEC POD: a manifest NAME.yaml of the Job's spec and the pod's, as JSON.
pod() {
    jq -n --arg name "$1" --argjson spec "$2" --argjson pod "$3" '
        {apiVersion: "batch/v1", kind: "Job", metadata: {name: $name},
         spec: ($spec + {template: {spec: ({restartPolicy: "Never"} + $pod)}})}' >"$WORK/$1.yaml"
}

# sh NAME COMMANDS [FIELDS]: a container, as JSON.
sh() {
    jq -nc --arg name "$1" --arg commands "$2" --argjson more "${3:-{\}}" \
        '{name: $name, image: "x", command: ["sh", "-c", ($commands | gsub("\\$"; "$$"))]} + $more'
}

@test "init container, sidecar and two containers: a log each" {
    pod many '{"completions": 2, "parallelism": 2, "completionMode": "Indexed"}' "{
        \"initContainers\": [$(sh fetch 'echo fetched'), $(sh proxy "echo up; touch $WORK/up.\$JOB_COMPLETION_INDEX; exec sleep 1000" '{"restartPolicy": "Always"}')],
        \"containers\": [$(sh main "until [ -e $WORK/up.\$JOB_COMPLETION_INDEX ]; do sleep 0.1; done; echo main \$JOB_COMPLETION_INDEX"), $(sh second 'echo second')]}"
    submit many
    wait_ended many
    [[ $(outcome many) == Complete\ * ]]
    [[ $(as_user skjob logs job/many -c fetch --all-pods | wc -l) == 2 ]]
    [[ $(as_user skjob logs job/many --all-pods | sed 's/.* main/main/' | sort | xargs) == 'main 0 main 1' ]]
    [[ $(as_user skjob logs job/many -c proxy 2>/dev/null) == up ]]
    [[ $(events many ended | grep -c 'containers=main:0:Completed,second:0:Completed init=fetch:0:Completed,proxy:143:Error') == 2 ]]
    poll_until 60 no_jobs
}

@test "OnFailure: restarted in its task until it succeeds, which is one attempt" {
    pod again '{"completions": 2, "parallelism": 2, "completionMode": "Indexed"}' "{\"restartPolicy\": \"OnFailure\",
        \"containers\": [$(sh main "echo x >> $WORK/runs.\$JOB_COMPLETION_INDEX; [ \$(wc -l < $WORK/runs.\$JOB_COMPLETION_INDEX) = 3 ]")]}"
    submit again
    wait_ended again
    [[ $(outcome again) == Complete\ * ]]
    [[ $(counts again) == 0/0/2/0 ]]
    [[ $(started again) == 2 ]]
    [[ $(events again restarted | wc -l) == 4 ]]
}

@test "OnFailure: the restarts reach backoffLimit; the Job fails, and its other tasks are stopped" {
    # It fails when the other index runs.
    pod loop '{"completions": 3, "parallelism": 2, "completionMode": "Indexed", "backoffLimit": 2}' "{\"restartPolicy\": \"OnFailure\",
        \"containers\": [$(sh main "[ \$JOB_COMPLETION_INDEX != 0 ] || { touch $WORK/zero; exec sleep 1000; }; until [ -e $WORK/zero ]; do sleep 0.1; done; exit 7")]}"
    submit loop
    wait_ended loop
    [[ $(outcome loop) == "$LIMIT" ]]
    poll_until 60 no_jobs
    [[ $(started loop) == 2 ]]
    [[ $(started loop 1) == 1 ]]
    [[ $(events loop restarted | wc -l) == 2 ]]
    [[ $(status loop .failed) == 2 ]]
}

@test "Never: a failed container of several makes a new attempt; the policy sees which one it was" {
    pod policy '{"backoffLimit": 5, "podFailurePolicy": {"rules": [
        {"action": "FailJob", "onExitCodes": {"containerName": "second", "operator": "In", "values": [42]}}]}}' "{
        \"containers\": [$(sh main 'exit 42'), $(sh second 'exit ${SLURM_RESTART_COUNT:+42}')]}"
    submit policy
    wait_ended policy
    [[ $(outcome policy) == Failed\ PodFailurePolicy:\ Container\ second\ * ]]
    [[ $(started policy) == 2 ]]
}

@test "scancel while an init container runs: nothing else starts, nothing is left" {
    pod stop '{}' "{\"initContainers\": [$(sh fetch "echo \$\$ > $WORK/pid; exec sleep 1000")],
        \"containers\": [$(sh main "touch $WORK/never")]}"
    submit stop
    poll_until 60 test -s "$WORK/pid"
    as_user scancel "$ID"
    poll_until 60 no_jobs
    [[ ! -e $WORK/never ]]
    run ! kill -0 "$(cat "$WORK/pid")"
    events stop ended | grep -q 'phase=Failed init=fetch:143:Error reason=Cancelled'
}
