#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What is left undone when something dies, and who puts it right: `skjob reconcile`, and every verb that asks Slurm.
# shellcheck disable=SC2016,SC2154 # the containers expand their variables, not we; run sets output
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

setup_file() { jobs_setup --nodes 4; }
setup() {
    jobs_begin
    export SKJOB_RECONCILE_GRACE=0
}

# The container tells who its runner is, and stays, but only in its first attempt.
readonly STAY='[ $ATTEMPT -gt 0 ] || { echo $PPID >$WORK/$1.d/$INDEX.tmp; mv $WORK/$1.d/$INDEX.tmp $WORK/$1.d/runner.$INDEX; exec sleep 300; }'

reconcile() {
    as_user skjob reconcile "$@"
}

# kill_runners NAME N: ends N runners before they can write anything. Their containers end with them.
kill_runners() {
    poll_until 60 all_known "$1" "$2"
    cat "$1".d/runner.* | xargs kill -9
    poll_until 60 runs "$ID" 0
}

all_known() {
    (($(find "$1.d" -name 'runner.*' | wc -l) == $2))
}

has_end() {
    [[ -e $SKJOB_STATE/jobs/default/$1/end ]]
}

# nothing_left [ARGUMENT...]: another round finds nothing to do.
nothing_left() {
    run --separate-stderr reconcile "$@"
    [[ $status == 0 && -z $output && -z $stderr ]]
}

# With the plugin, whose hook closes an attempt when its runner was killed, nothing is left to be done.
need_no_plugin() {
    if [[ -n $(test_plugin) ]]; then skip "see plugin.bats"; fi
}

@test "a runner is killed: its attempt has failed, and is retried" {
    need_no_plugin
    job ghost '{}' <<<"$STAY"
    submit ghost
    kill_runners ghost 1
    run reconcile
    [[ $status == 0 ]]
    [[ ${lines[0]} == 'job.batch/ghost: attempt 0 of index 0 had ended without a record: Failed' ]]
    [[ ${lines[1]} == 'job.batch/ghost: index 0 is retried' ]]
    events ghost ended ' attempt=0 ' | grep -q 'phase=Failed .*inferred=1 .*containers=main:137:Error'
    nothing_left
    wait_ended ghost
    [[ $(outcome ghost) == "$REACHED" ]]
    [[ $(counts ghost) == 0/0/1/1 ]]
    nothing_left --all
}

@test "the same by looking: get does what reconcile does" {
    job look '{}' <<<"$STAY"
    submit look
    kill_runners look 1
    wait_ended look
    [[ $(outcome look) == "$REACHED" ]]
    [[ $(counts look) == 0/0/1/1 ]]
}

@test "the back-off of a retry that nobody asked for" {
    export SKJOB_BACKOFF_BASE=600 SKJOB_BACKOFF_MAX=600
    job slow '{}' <<<"$STAY"
    submit slow
    kill_runners slow 1
    reconcile
    local begin
    begin=$(date -d "$(job_field "${ID}_0" StartTime)" +%s)
    echo "begins in $((begin - $(date +%s))) s"
    ((begin > $(date +%s) + 500 && begin <= $(date +%s) + 602))
    nothing_left
}

@test "no retry that nobody asked for begins earlier than SKJOB_RETRY_MIN" {
    need_no_plugin
    export SKJOB_BACKOFF_BASE=0 SKJOB_RETRY_MIN=600
    job later '{}' <<<"$STAY"
    submit later
    kill_runners later 1
    reconcile
    local begin
    begin=$(date -d "$(job_field "${ID}_0" StartTime)" +%s)
    echo "begins in $((begin - $(date +%s))) s"
    ((begin > $(date +%s) + 500 && begin <= $(date +%s) + 602))
    as_user scancel "$ID"
}

@test "several runners are killed, two reconcile at once: each attempt counts once, each index runs once more" {
    export SKJOB_BACKOFF_MAX=1
    job twins '{"completions": 6, "parallelism": 6, "completionMode": "Indexed", "backoffLimit": 6}' <<<"$STAY"
    submit twins
    kill_runners twins 6
    reconcile twins >one.out 2>one.err &
    reconcile twins >two.out 2>two.err
    wait $!
    wait_ended twins
    [[ $(outcome twins) == "$REACHED" ]]
    [[ $(counts twins) == 0/0/6/6 ]]
    [[ $(started twins) == 12 ]]
}

@test "a runner is killed, and the Job fails of it: what is left is cancelled" {
    need_no_plugin
    job fatal '{"completions": 4, "parallelism": 2, "completionMode": "Indexed", "backoffLimit": 0}' <<<"$STAY"
    submit fatal
    poll_until 60 all_known fatal 2
    kill -9 "$(<fatal.d/runner.0)"
    poll_until 60 runs "${ID}_0" 0
    run reconcile fatal
    [[ $output == *'job.batch/fatal: failed (BackoffLimitExceeded)'* ]]
    has_end fatal
    poll_until 60 no_jobs
    [[ $(outcome fatal) == "$LIMIT" ]]
    [[ $(status fatal .active) == null ]]
    nothing_left
}

@test "the whole array is cancelled before anything starts: the Job has failed for good" {
    job gone '{"completions": 3, "parallelism": 3}' <<<'exit 0'
    submit gone --hold
    as_user scancel "$ID"
    poll_until 60 no_jobs
    run reconcile
    [[ $output == 'job.batch/gone: failed (Cancelled)' ]]
    has_end gone
    [[ $(outcome gone) == 'Failed Cancelled: '* ]]
    nothing_left
}

@test "scancel of a task that lost its runner is the user's last word: it is not brought back" {
    job word '{"completions": 2, "parallelism": 2, "completionMode": "Indexed"}' <<<'[ $INDEX = 0 ] || '"$STAY"'; until [ -e $WORK/go ]; do sleep 0.2; done'
    submit word
    poll_until 60 all_known word 1
    poll_until 60 has_started word 2
    # The runner cannot write what it has seen.
    local events=$SKJOB_STATE/jobs/default/word/events
    chmod 400 "$events"/*
    as_user scancel "${ID}_1"
    poll_until 60 runs "${ID}_1" 0
    chmod 600 "$events"/*
    reconcile
    events word ended ' index=1 ' | grep -q 'phase=Failed .*reason=Cancelled .*inferred=1\|phase=Failed .*inferred=1 .*reason=Cancelled'
    touch go
    poll_until 60 no_jobs
    [[ $(started word) == 2 ]]
    [[ $(outcome word) == 'Failed Cancelled: '* ]]
}

@test "the end is made and whoever made it died: the tasks that are left are cancelled" {
    job first '{"backoffLimit": 0}' <<<'exit 1'
    submit first
    wait_ended first
    poll_until 60 no_jobs
    job rest '{"completions": 3, "parallelism": 1}' <<<'sleep 300'
    submit rest
    poll_until 60 has_started rest 1
    as_user cp "$SKJOB_STATE/jobs/default/first/end" "$SKJOB_STATE/jobs/default/rest/end"
    run reconcile
    [[ $output == "job.batch/rest: what was left of its tasks is cancelled" ]]
    poll_until 60 no_jobs
    nothing_left
}

@test "the deadline passes while nothing runs" {
    export SKJOB_BACKOFF_BASE=600 SKJOB_BACKOFF_MAX=600
    job late '{"activeDeadlineSeconds": 3600}' <<<'exit 1'
    submit late
    poll_until 60 retry_waits "${ID}_0"
    as_user scontrol hold "${ID}_0"
    # The hour is over.
    local object=$SKJOB_STATE/jobs/default/late/object.json
    jq '.spec.activeDeadlineSeconds = 1' "$object" | as_user tee "$object.new" >/dev/null
    mv "$object.new" "$object"
    poll_until 60 says_failed late
    has_end late
    poll_until 60 no_jobs
    [[ $(outcome late) == 'Failed DeadlineExceeded: Job was active longer than specified deadline' ]]
}

retry_waits() {
    [[ $(job_field "$1" Restarts) -gt 0 && $(job_field "$1" JobState) == PENDING ]]
}

says_failed() {
    reconcile "$1" | grep -q 'failed (DeadlineExceeded)'
}

@test "a suspended Job that Slurm has let go is held again" {
    job pause '{"completions": 2, "parallelism": 2, "completionMode": "Indexed", "suspend": true, "backoffLimit": 0}' \
        <<<'[ $ATTEMPT -gt 0 ] || exec sleep 300'
    submit pause
    as_user scontrol release "$ID"
    poll_until 60 has_started pause 2
    run reconcile
    [[ $output == 'job.batch/pause: its tasks are held' ]]
    poll_until 60 runs "$ID" 0
    [[ $(counts pause) == 0/0/0/0 ]]
    nothing_left
    as_user skjob resume pause
    wait_ended pause
    [[ $(counts pause) == 0/0/2/0 ]]
}

@test "a Job that was resumed, but Slurm was not told: released, and its throttle set" {
    ((UID == 0)) || skip "only root can drain nodes"
    job more '{"completions": 4, "parallelism": 1, "completionMode": "Indexed", "suspend": true}' <<<'exit 0'
    submit more
    scontrol update NodeName=ALL State=DRAIN Reason=test
    as_user skjob resume more
    as_user skjob scale more --parallelism=2
    as_user scontrol hold "$ID"
    as_user scontrol update JobId="$ID" ArrayTaskThrottle=3
    scontrol update NodeName=ALL State=RESUME
    run reconcile
    [[ $output == *'job.batch/more: its tasks are released'* ]]
    [[ $output == *'job.batch/more: the throttle is set to its parallelism'* ]]
    wait_ended more
    [[ $(outcome more) == "$REACHED" ]]
}

@test "the node dies with the runner: the attempt is disrupted as soon as Slurm has it back" {
    ((UID == 0)) || skip "only root can kill a node"
    job dies "$IGNORE" <<<'[ $ATTEMPT -gt 0 ] || exec sleep 300'
    submit dies
    poll_until 60 has_started dies 1
    local node
    node=$(node_of dies)
    node_dies "$node"
    poll_until 60 retry_waits "${ID}_0"
    run reconcile
    [[ $output == 'job.batch/dies: attempt 0 of index 0 had ended without a record: Failed' ]]
    # The Job's own back-off, not Slurm's two minutes.
    wait_ended dies 90
    "$CLUSTER" start --dir "$CLUSTER_BASE/c" "$node"
    scontrol update NodeName="$node" State=RESUME || true
    [[ $(outcome dies) == "$REACHED" ]]
    [[ $(counts dies) == 0/0/1/0 ]]
}

@test "slurmctld has forgotten everything: the Job has failed, and says why" {
    need_owner
    job lost '{"completions": 2, "parallelism": 1, "completionMode": "Indexed"}' <<<"$STAY"
    submit lost
    poll_until 60 all_known lost 1
    "$CLUSTER" stop --dir "$CLUSTER_BASE/c" slurmctld
    find "$CLUSTER_BASE/c" -name 'job_state*' -delete
    kill -9 "$(<lost.d/runner.0)"
    "$CLUSTER" start --dir "$CLUSTER_BASE/c"
    poll_until 60 reconciled lost
    has_end lost
    [[ $(outcome lost) == 'Failed TasksGone: Slurm has no task of the Job any more' ]]
    [[ $(counts lost) == 0/0/0/1 ]]
    nothing_left
}

reconciled() {
    reconcile "$1" | grep -q "job.batch/$1: failed"
}

@test "Jobs that are not there" {
    run reconcile nothing
    [[ $status == 1 && $output == 'Error from server (NotFound): jobs.batch "nothing" not found' ]]
    nothing_left --all
    run reconcile --all nothing
    [[ $status == 1 && $output == 'error: --all and names exclude each other' ]]
}
