#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What large Jobs ask of slurmctld, counted by sdiag.
# shellcheck disable=SC2154 # run sets output and stderr
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

setup_file() { jobs_setup --nodes 4 --cpus 64; }
setup() {
    jobs_begin
    ((UID == 0)) || skip "only root can reset the counters"
}


# manifest NAME SPEC COMMAND...: one container; SPEC is a JSON object.
manifest() {
    jq -n --arg name "$1" --argjson spec "$2" '{apiVersion: "batch/v1", kind: "Job", metadata: {name: $name},
        spec: ($spec + {completionMode: "Indexed", template: {spec: {restartPolicy: "Never",
            containers: [{name: "main", image: "busybox", command: $ARGS.positional}]}}})}' --args "${@:3}" >"$1.yaml"
}

begin_count() {
    sdiag --reset >/dev/null
}

end_count() {
    poll_until 300 no_jobs
    OF_USER=$(rpcs_since_reset "$JOB_USER")
    OF_TASKS=$(rpcs_of_tasks)
}

# rpcs_of_tasks: everybody's, but for squeue and sdiag of this test, and for what daemons ask now and then.
rpcs_of_tasks() {
    sdiag | sed -n '/by message type/,/by user/s/^[[:space:]]*\([A-Z_]*\) .*count:\([0-9]*\).*/\1 \2/p' |
        awk '$1 !~ /^REQUEST_JOB_INFO$|_STATS_|_PING|_REGISTRATION_/ { n += $2 } END { print n + 0 }'
}

@test "1,000 successes ask nothing that 1,000 tasks of a plain array do not ask" {
    local plain_user plain_tasks
    printf '#!/bin/sh\nexit 0\n' >plain.sh
    manifest large '{"completions": 1000, "parallelism": 32}' true
    begin_count
    as_user sbatch -o /dev/null --array=0-999%32 plain.sh
    end_count
    plain_user=$OF_USER plain_tasks=$OF_TASKS
    begin_count
    submit large
    end_count
    echo "plain: user $plain_user, all $plain_tasks; Job: user $OF_USER, all $OF_TASKS"
    [[ $OF_USER == "$plain_user" ]]
    ((plain_tasks > 1000 && OF_TASKS < plain_tasks + plain_tasks / 20))
    [[ $(counts large) == 0/0/1000/0 ]]
}

@test "FailJob with 200 running pods: five RPCs at most" {
    cat >fatal.sh <<'SH'
[ "$JOB_COMPLETION_INDEX" = 0 ] || exec sleep 600
until [ -e "$1" ]; do sleep 0.2; done
exit 42
SH
    manifest fatal '{"completions": 200, "parallelism": 200, "podFailurePolicy": {"rules": [
        {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [42]}}]}}' sh "$WORK/fatal.sh" "$WORK/now"
    begin_count
    submit fatal
    poll_until 300 has_started fatal 200
    touch now
    end_count
    echo "user $OF_USER, of which one for the submission"
    ((OF_USER <= 1 + 5))
    wait_ended fatal
    [[ $(counts fatal) == 0/0/0/200 ]]
    [[ $(outcome fatal) == "Failed PodFailurePolicy: "* ]]
}

# during SECONDS COMMAND...: runs it for so long, and prints how many RPCs of the user there were (none: no line of sdiag's), and
# after how many seconds.
during() {
    local begin=$EPOCHSECONDS rpcs
    begin_count
    as_user timeout "$1" "${@:2}" >during.out 2>&1 || true
    rpcs=$(rpcs_since_reset "$JOB_USER") || rpcs=0
    echo "$rpcs $((EPOCHSECONDS - begin))"
}

# until_asked N COMMAND...: runs it until the user has sent N RPCs, and prints the same.
until_asked() {
    local begin=$EPOCHSECONDS rpcs
    begin_count
    as_user sh -c 'echo $$ >watcher.pid; exec "$@"' sh "${@:2}" >during.out 2>&1 3>&- &
    poll_until 120 has_asked "$1"
    rpcs=$(rpcs_since_reset "$JOB_USER")
    echo "$rpcs $((EPOCHSECONDS - begin))"
    kill "$(<watcher.pid)"
    wait $! || true
}

has_asked() {
    local rpcs
    rpcs=$(rpcs_since_reset "$JOB_USER") && ((rpcs >= $1))
}

@test "watching and waiting: an RPC per second at most, whatever the number of pods; none once the Job has ended" {
    local rpcs seconds verb
    cat >gate.sh <<'SH'
until [ -e "$1" ]; do sleep 2; done
SH
    manifest watched '{"completions": 200, "parallelism": 100}' sh "$WORK/gate.sh" "$WORK/now"
    submit watched
    poll_until 300 has_started watched 100
    for verb in "get pods -w" "get jobs -w -o json" "wait --for=condition=complete job/watched --timeout=120s" \
        "wait --for=jsonpath={.status.phase}=Succeeded pods --all --timeout=120s" "logs -f job/watched"; do
        # shellcheck disable=SC2086 # words
        read -r rpcs seconds <<<"$(until_asked 4 skjob $verb)"
        echo "$verb: $rpcs in $seconds s"
        ((rpcs >= 4 && rpcs <= seconds + 1))
    done
    touch now
    wait_ended watched
    for verb in "get pods -w" "get jobs" "status watched" "describe job watched"; do
        # shellcheck disable=SC2086
        read -r rpcs seconds <<<"$(during 3 skjob $verb)"
        echo "$verb: $rpcs in $seconds s"
        ((rpcs == 0))
    done
}

@test "get cronjobs: one question about their clocks, and one about their Jobs" {
    local name
    for name in a b c; do
        manifest "$name" '{}' sleep 600
        jq '.kind = "CronJob" | .metadata = {name: $name} | .spec = {schedule: "@every 1000h", jobTemplate: {spec: (.spec | del(.completionMode))}}' \
            --arg name "$name" "$name.yaml" >cron.yaml
        as_user skjob create -f cron.yaml
        as_user skjob __tick default "$name" $((EPOCHSECONDS + 3600001))
    done
    run -0 --separate-stderr as_user skjob get cronjobs -o json --v=6
    echo "$stderr"
    [[ $(jq -c '[.items[].status.active | length]' <<<"$output") == '[1,1,1]' ]]
    [[ $(grep -c 'slurm_load_' <<<"$stderr") == 2 && $stderr == *' slurm_load_job_user: '* ]]
}

@test "get jobs and get pods of 12 Jobs that run: one RPC" {
    local rpcs seconds i verb
    for i in {1..12}; do
        manifest "many$i" '{"completions": 4, "parallelism": 2}' sleep 600
        submit "many$i"
    done
    for verb in "get jobs" "get pods" "get all" "describe jobs"; do
        # shellcheck disable=SC2086
        read -r rpcs seconds <<<"$(during 60 skjob $verb)"
        echo "$verb: $rpcs in $seconds s"
        # What takes longer than an answer serves may ask again.
        ((rpcs == 1 || (seconds > 2 && rpcs <= seconds)))
    done
    [[ $(as_user skjob get jobs --no-headers | grep -c Running) == 12 ]]
}
