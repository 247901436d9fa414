#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The plugin's hooks on the nodes of a real Slurm: attempts are closed when all their processes are gone, whatever became
# of the runner. (attempts-plugin.bats has what must be the same with and without the plugin.)
# shellcheck disable=SC2016,SC2154 # the containers expand their variables, not we; run sets output
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

setup_file() {
    jobs_setup --nodes 2 --slurm-conf 'PartitionName=other Nodes=node2 MaxTime=10' \
        --plugstack-arg backoff_base=2 --plugstack-arg backoff_max=3 --plugstack-arg partitions=debug
}
teardown() {
    local rc=0
    jobs_finish || rc=1
    nothing_left || rc=1
    return $rc
}

node_log() {
    cat "$CLUSTER_BASE"/c/log/node*.log
}

ours() {
    pgrep -a -u "$JOB_USER" -f "^$CLUSTER_BASE/bin/skjob-"
}

none_of_ours() {
    ! ours
}

# Neither a process nor a drained node.
nothing_left() {
    cluster_available && [[ -n ${CLUSTER_BASE-} ]] || return 0
    poll_until 60 none_of_ours && poll_until 60 nodes_idle
}

nodes_idle() {
    [[ $(sinfo -h -N -o %T | sort -u) == idle ]]
}

@test "a failed attempt is retried by the hook: its output tells of no requeue, and the site's delays hold" {
    job fail '{"backoffLimit": 2}' <<<'echo try $TRY; exit 3'
    submit fail --output="$WORK/out" --open-mode=append
    wait_ended fail
    [[ $(outcome fail) == 'Failed BackoffLimitExceeded: '* ]]
    [[ $(counts fail) == 0/0/0/3 ]]
    run cat out
    [[ $output != *REQUEUE* && $output != *CANCELLED* && $output != *error* ]]
    # SKJOB_BACKOFF_BASE of the user is 1: 2 s and 3 s are the site's.
    local ends starts
    mapfile -t ends < <(events fail ended)
    mapfile -t starts < <(events fail started)
    (($(bc <<<"$(seconds_of "${starts[1]}") - $(seconds_of "${ends[0]}") >= 2")))
    (($(bc <<<"$(seconds_of "${starts[2]}") - $(seconds_of "${ends[1]}") >= 3")))
    poll_until 60 no_jobs
}

@test "a killed runner: its attempt is closed at once, and retried" {
    job ghost '{}' <<<'echo $PPID >$WORK/ghost.d/$TRY/runner; [ $TRY -gt 0 ] || exec sleep 600'
    submit ghost
    poll_until 60 test -s ghost.d/0/runner
    kill -9 "$(<ghost.d/0/runner)"
    wait_ended ghost
    [[ $(outcome ghost) == 'Complete CompletionsReached: '* ]]
    [[ $(counts ghost) == 0/0/1/1 ]]
    events ghost ended ' attempt=0 ' | grep -q 'phase=Failed containers=main:137:'
}

@test "a stopped runner: the guard ends it at the pod's deadline" {
    job stuck '{"backoffLimit": 0}' '{"activeDeadlineSeconds": 4, "terminationGracePeriodSeconds": 1}' \
        <<<'kill -STOP $PPID && touch $WORK/stuck.d/stopped; exec sleep 600'
    submit stuck
    wait_ended stuck
    [[ -e stuck.d/stopped ]]
    [[ $(counts stuck) == 0/0/0/1 ]]
    events stuck ended ' attempt=0 ' | grep -q 'reason=DeadlineExceeded'
    poll_until 60 no_jobs
}

@test "success: nothing is run in the exit hook; no guard without a deadline" {
    job good '{}' <<<'pgrep -f "^$CLUSTER_BASE/bin/skjob-attempt" >$WORK/guards; env >$WORK/env; true'
    submit good
    wait_ended good
    [[ $(outcome good) == 'Complete CompletionsReached: '* ]]
    [[ ! -s guards ]]
    run grep -c "job $ID: .*closing" <(node_log)
    [[ $output == 0 ]]
    grep -qx "SKJOB_SPANK=$ID" env
    grep -qx SKJOB_BACKOFF_MAX=3 env
}

@test "a restart count that came along from another pod counts for nothing" {
    job nested '{"backoffLimit": 1}' <<<'[ $ATTEMPT = 1 ]'
    SLURM_RESTART_COUNT=7 submit nested
    wait_ended nested
    [[ $(events nested started | grep -o 'attempt=[0-9]*' | paste -sd' ') == 'attempt=0 attempt=1' ]]
    [[ $(counts nested) == 0/0/1/1 ]]
}

@test "another partition: the runner does it all; a partition's name cannot be forged" {
    job other '{"backoffLimit": 1}' <<<'env >$WORK/env.$TRY; [ $ATTEMPT = 1 ]'
    SLURM_JOB_PARTITION=debug submit other --partition=other
    wait_ended other
    [[ $(counts other) == 0/0/1/1 ]]
    run -1 grep -q SKJOB_SPANK env.0
}

@test "options for plain arrays in another partition: nothing is retried, and the output says so" {
    run as_user sbatch --wait -o "$WORK/out" --partition=other --backoff-limit=1 --wrap 'exit 5'
    ((status == 5))
    grep -q -- '--backoff-limit=1 is ignored: the site has skjob switched off for this job' out
}

@test "jobs that are not ours run as ever" {
    run as_user sbatch --wait -o "$WORK/out" --wrap 'env; exit 5'
    ((status == 5))
    run -1 grep -q SKJOB_SPANK out
}
