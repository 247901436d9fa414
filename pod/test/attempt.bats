#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# skjob-attempt without Slurm: what the plugin gets from it, and what it does to processes.
# shellcheck disable=SC2030,SC2031,SC2154 # set by run and by pod.bash

load pod

setup_attempt() {
    attempt=${SKJOB_ATTEMPT:-${pod%/*}/skjob-attempt}
    export SLURM_CONF=/nonexistent
    # The plugin says where slurmctld is; without a job id of its own nobody asks it.
    unset SLURM_JOB_ID
    script <<<'command: ["true"]'
}

records() {
    grep -c " event=$1 " "$job"/events/* || true
}

@test "open records the start, and prints the index" {
    setup_attempt
    run -0 --separate-stderr "$attempt" open --script=job
    [ "$output" = JOB_COMPLETION_INDEX=7 ]
    [ -z "$stderr" ]
    [ "$(records started)" = 1 ]
}

@test "open of a Job without indexes prints nothing" {
    setup_attempt
    MODE=NonIndexed script <<<'command: ["true"]'
    run -0 --separate-stderr "$attempt" open --script=job
    [ -z "$output$stderr" ]
}

@test "open of an index that has succeeded: exit status 3, nothing recorded" {
    setup_attempt
    "$attempt" open --script=job
    "$attempt" close --script=job --status=0
    grep -q ' phase=Succeeded containers=main:0:Completed ' "$job"/events/*
    SLURM_RESTART_COUNT=1 run -3 --separate-stderr "$attempt" open --script=job
    [ -z "$output$stderr" ]
    [ "$(records started)" = 1 ]
}

@test "close: the raw wait status of an exit and of a signal; the first record stays" {
    setup_attempt
    "$attempt" open --script=job
    "$attempt" close --script=job --status=768
    grep -q ' index=7 attempt=0 phase=Failed containers=main:3:Error crc' "$job"/events/*
    "$attempt" close --script=job --status=9
    [ "$(records ended)" = 1 ]
    SLURM_RESTART_COUNT=1 "$attempt" open --script=job
    SLURM_RESTART_COUNT=1 "$attempt" close --script=job --status=9
    grep -q ' index=7 attempt=1 phase=Failed containers=main:137:Error crc' "$job"/events/*
}

@test "close of an attempt that a later one has overtaken does nothing" {
    setup_attempt
    "$attempt" open --script=job
    SLURM_RESTART_COUNT=1 "$attempt" open --script=job
    [ "$(records ended)" = 1 ]
    "$attempt" close --script=job --status=9
    [ "$(records ended)" = 1 ]
}

@test "close after the runner's own record adds none" {
    setup_attempt
    sh_script 'exit 5'
    run -5 "$pod" job
    "$attempt" close --script=job --status=1280
    [ "$(records ended)" = 1 ]
}

@test "the runner leaves nothing out because of a mark that is another job's" {
    setup_attempt
    export SLURM_JOB_ID=107 SKJOB_SPANK=108
    sh_script 'exit 5'
    run -5 "$pod" job
    grep -q ' phase=Failed containers=main:5:Error crc' "$job"/events/*
}

# deadline_script SECONDS: a script that sleeps, whose pod may live that long.
deadline_script() {
    POD="terminationGracePeriodSeconds: 2
      activeDeadlineSeconds: $1
" sh_script 'echo ready; sleep 1000'
}

@test "guard: a runner that keeps its deadline is left alone" {
    setup_attempt
    deadline_script 1
    begin
    run -0 --separate-stderr "$attempt" guard --script=job --pid="$runner"
    [ -z "$output$stderr" ]
    finish 143
    grep -q ' containers=main:143:Error reason=DeadlineExceeded crc' "$job"/events/*
}

@test "guard: a stopped runner is woken, and does it itself" {
    setup_attempt
    deadline_script 2
    begin
    kill -STOP "$runner"
    "$attempt" guard --script=job --pid="$runner"
    finish 143
    grep -q ' reason=DeadlineExceeded crc' "$job"/events/*
}

@test "guard: a process that does not end is killed after the grace, and the attempt closed as too late" {
    setup_attempt
    deadline_script 1
    "$attempt" open --script=job
    # In the runner's place, one that hangs.
    sh -c 'trap "" TERM; while :; do sleep 0.2; done' 3>&- &
    runner=$!
    run -0 --separate-stderr "$attempt" guard --script=job --pid="$runner"
    [ -z "$output$stderr" ]
    finish 137
    "$attempt" close --script=job --status=9
    grep -q ' containers=main:137:Error reason=DeadlineExceeded crc' "$job"/events/*
}

watches() {
    find /proc/"$1"/fd -lname '*pidfd*' | grep -q .
}

@test "guard: ends with its process, and costs little" {
    setup_attempt
    no_sanitizer
    deadline_script 1000
    begin
    "$attempt" guard --script=job --pid="$runner" 3>&- &
    local guard=$!
    until_true 10 watches "$guard"
    [ "$(awk '/^RssAnon/ {print $2}' /proc/"$guard"/status)" -lt 1024 ]
    kill -TERM "$runner"
    wait "$guard"
    finish 143
}

@test "guard: nothing to watch without a deadline, or without the process" {
    setup_attempt
    "$attempt" guard --script=job --pid=$$
    deadline_script 1
    true &
    local over=$!
    wait $over
    "$attempt" guard --script=job --pid=$over
}

@test "bad arguments and a bad script: one line, exit status 1, nothing recorded" {
    setup_attempt
    local arguments
    for arguments in '' open 'shut --script=job' 'open --script=job --what=1' 'close --script=job' \
        'close --script=job --status=x' 'close --script=job --status=65536' 'close --script=job --status=' \
        'guard --script=job' 'guard --script=job --pid=0' 'guard --script=job --pid=1' 'guard --script=job --pid=-5' \
        'open --script=/nonexistent' 'open --script=/dev/null' 'open --script=.'; do
        # shellcheck disable=SC2086 # several words
        run -1 --separate-stderr "$attempt" $arguments
        echo "$arguments: $stderr"
        [[ $stderr == "skjob-attempt: "* && ${#stderr_lines[@]} == 1 && -z $output ]]
    done
    [ "$(records started)$(records ended)" = 00 ] || [ ! -e "$job"/events ]
}

@test "a state that cannot be written: one line, exit status 1" {
    setup_attempt
    export SKJOB_STATE=/proc/nowhere
    run -1 --separate-stderr "$attempt" open --script=job
    [[ $stderr == "skjob-attempt: "* && ${#stderr_lines[@]} == 1 ]]
}

# memory_cgroup BYTES: makes one of either version with that limit; CGROUP is its folder.
memory_cgroup() {
    local mount limit
    for mount in /sys/fs/cgroup/memory /sys/fs/cgroup; do
        CGROUP=$mount/skjob-test-$$
        [ -e "$mount/cgroup.procs" ] || continue
        mkdir "$CGROUP" 2>/dev/null || continue
        for limit in "$CGROUP"/memory.{limit_in_bytes,max}; do
            [ ! -e "$limit" ] || { echo "$1" >"$limit" && return; }
        done
        rmdir "$CGROUP"
    done
    skip "no memory cgroup can be made here"
}

@test "a container that the kernel kills for want of memory: OOMKilled" {
    setup_attempt
    no_sanitizer
    memory_cgroup 30000000
    script <<<'command: ["tail", "/dev/zero"]'
    # shellcheck disable=SC2016 # the inner shell expands them
    run bash -c 'echo $$ >"$1/cgroup.procs" && exec "$2" job' - "$CGROUP" "$pod"
    rmdir "$CGROUP"
    [ "$status" = 137 ]
    grep -q ' phase=Failed containers=main:137:OOMKilled crc' "$job"/events/*
}

pods_made() {
    find "$job/pods" -mindepth 1 -maxdepth 1 | wc -l
}

# As under slurmd. Nobody is asked about a success.
live() {
    export SLURM_JOB_ID=107 SLURMD_NODENAME=node1
}

@test "a second run with the same restart count is another attempt" {
    setup_attempt
    live
    # shellcheck disable=SC2016
    sh_script 'kill -9 $PPID; echo $JOB_COMPLETION_INDEX' # the runner: nothing is recorded
    run -137 "$pod" job
    sh_script 'true'
    run -0 "$pod" job
    [ "$(records started)" = 2 ]
    grep -q ' event=ended index=7 attempt=0 phase=Failed inferred=1 conditions=DisruptionTarget' "$job"/events/*
    grep -q ' event=started index=7 attempt=1 pod=[^ ]* node=node1 job=100_7 ahead=1 crc' "$job"/events/*
    grep -q ' event=ended index=7 attempt=1 ahead=1 phase=Succeeded ' "$job"/events/*
    [ "$(pods_made)" = 2 ]
}

@test "a second run with the same restart count does not run what has succeeded" {
    setup_attempt
    live
    sh_script 'echo once'
    run -0 "$pod" job
    [ "$output" = once ]
    run -0 "$pod" job
    [ -z "$output" ]
    [ "$(records started)" = 1 ]
    [ "$(pods_made)" = 1 ]
}

umount_state() {
    umount --lazy "$SKJOB_STATE" 2> /dev/null || true
}

sleeps() {
    grep -q nanosleep /proc/"$1"/wchan
}

@test "a state that is read-only is waited for: no container begins before its start is recorded" {
    setup_attempt
    mkdir "$SKJOB_STATE"
    mount -t tmpfs -o size=1m skjob-test "$SKJOB_STATE" 2> /dev/null || skip "may not mount"
    live
    sh_script "grep -q event=started $job/events/*"
    SLURM_ARRAY_TASK_ID=6 run -0 "$pod" job
    rm -r "${job:?}/pods" "$job/events" # whatever is made first
    mount -o remount,ro "$SKJOB_STATE"
    "$pod" job > out 2> err 3>&- &
    runner=$!
    until_true 10 sleeps "$runner"
    mount -o remount,rw "$SKJOB_STATE"
    finish 0
    [ ! -s err ]
    grep -q ' event=ended index=7 attempt=0 phase=Succeeded ' "$job"/events/*
}

teardown() {
    umount_state
}
