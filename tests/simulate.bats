#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# skjob simulate, as a user types it.
# shellcheck disable=SC2030,SC2031,SC2154 # run sets output and stderr
bats_require_minimum_version 1.5.0

load lib/common

setup() {
    own_home
    manifest pi 'completions: 3' 'parallelism: 2' 'completionMode: Indexed' 'backoffLimit: 2' >job.yaml
}

simulate() { skjob simulate "$@"; }

@test "without outcomes all pods succeed" {
    run --separate-stderr -0 simulate -f job.yaml
    [[ $output == *'=> Complete=True CompletionsReached: Reached expected number of succeeded pods'* ]]
    [[ $output == *'0-2  .'* ]]
    [[ $stderr == '' ]]
}

@test "time line with back-off delays, picture, status" {
    echo '{"*": [{"exit": 3}, {"exit": 0}]}' > outcomes.json
    run --separate-stderr -0 simulate -f job.yaml --outcomes outcomes.json --pod-seconds 60
    [[ $output == *'00:01:00  index 1 attempt 0 fails: main exit code 3'* ]]
    [[ $output == *'00:01:00  back-off: the next pod waits until 00:01:20'* ]]
    [[ $output == *'00:01:20  index 0 attempt 1 starts'* ]]
    [[ $output == *'=> Failed=True BackoffLimitExceeded'* ]]
    [[ $output == *'         0-1  x.'* && $output == *'           2  x'* ]]
    [[ $output == *'completedIndexes  "0,1"'* ]]
}

@test "JSON: the keys of a conformance case" {
    run --separate-stderr -0 simulate -f job.yaml -o json
    [[ $(jq -c 'keys' <<<"$output") == '["conditions","finished","podsCreated","podsPerIndex","status","trace"]' ]]
    [[ $(jq -c '.trace' <<<"$output") == '[["0","S"],["1","S"],["2","S"]]' ]]
}

@test "a case on standard input" {
    echo '{"job": {"spec": {"backoffLimit": 0, "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c"}]}}}, "metadata": {"name": "a"}},
           "outcomes": {"seq": [{"exit": 1}]}, "limit": 40}' > case.json
    run --separate-stderr -0 simulate -f - -o json < case.json
    [[ $(jq -r '.conditions[-1].reason' <<<"$output") == BackoffLimitExceeded ]]
}

@test "actions change the Job" {
    echo '{"outcomes": {}, "actions": [{"after": 1, "patch": {"spec": {"suspend": true}}}]}' > o.json
    run --separate-stderr -0 simulate -f job.yaml --outcomes o.json -o json
    [[ $(jq -c '[.finished, .conditions[].type]' <<<"$output") == '[1,"Suspended"]' ]]
}

@test "random outcomes: the same seed, the same run" {
    run --separate-stderr -0 simulate -f job.yaml --random 5 --failure-rate 0.5 -o json
    local first=$output
    run --separate-stderr -0 simulate -f job.yaml --random 5 --failure-rate 0.5 -o json
    [[ $output == "$first" ]]
    run --separate-stderr -0 simulate -f job.yaml --random 5 --failure-rate 1 -o json
    [[ $(jq -r '.conditions[-1].reason' <<<"$output") == BackoffLimitExceeded ]]
    run --separate-stderr -0 simulate -f job.yaml --random 5 --failure-rate 0 -o json
    [[ $(jq -r '.conditions[-1].type' <<<"$output") == Complete ]]
}

@test "errors" {
    refused 'error: must specify -f FILE' simulate
    refused "error: flag needs an argument: 'f' in -f" simulate -f
    refused 'error: Unexpected args: [extra]' simulate -f job.yaml extra
    refused 'error: the only output format of simulate is json' simulate -f job.yaml -o yaml
    refused 'error: --failure-rate needs --random' simulate -f job.yaml --failure-rate 0.1
    refused 'error: --failure-rate: "1.1" is not a number from 0 to 1' simulate -f job.yaml --random 1 --failure-rate 1.1
    refused 'error: --random: "-1" is not a number from 0 to 18446744073709551615' simulate -f job.yaml --random -1
    refused 'error: --pod-seconds: "0" is not a number from 1 to 1000000000' simulate -f job.yaml --pod-seconds 0
    echo '{"0": 5}' > o.json
    refused 'error: outcomes["0"]: must be a list' simulate -f job.yaml --outcomes o.json
    echo '{"0": [{"exit": "x"}]}' > o.json
    refused 'error: outcomes["0"][0]: bad exit' simulate -f job.yaml --outcomes o.json
    echo '{"outcomes": {}, "actions": [{"after": -1, "patch": {}}]}' > o.json
    refused 'error: actions[0].after: must be a number of ended pods' simulate -f job.yaml --outcomes o.json
}

@test "an invalid Job: the words of Kubernetes" {
    sed -i 's/restartPolicy: Never/restartPolicy: Always/' job.yaml
    run --separate-stderr -1 simulate -f job.yaml
    [[ $output == '' ]]
    [[ $stderr == *'The Job "pi" is invalid: spec.template.spec.restartPolicy: '* ]]
}

@test "what a Job refers to may stand in its file" {
    printf 'apiVersion: v1\nkind: %s\nmetadata: {name: x}\n---\n' ConfigMap Service >both.yaml
    cat job.yaml >>both.yaml
    printf '\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: x}\n' >>both.yaml
    [[ $(simulate -f both.yaml) == "$(simulate -f job.yaml)" ]]
    sed -i '/^---/,$d' both.yaml
    refused 'error: both.yaml: simulate takes a Job, not a ConfigMap' simulate -f both.yaml
}
