#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# skjob-pod: signals, and processes that stay.

load pod.bash

# --- signals
@test "TERM reaches the container, whose answer counts" {
    sh_script 'trap "echo got TERM; exit 9" TERM; echo ready; while :; do sleep 0.1; done'
    begin
    kill -TERM "$runner"
    finish 9
    has_line 'got TERM' out
    grep -q ' containers=main:9:Error ' "$job"/events/*
}

@test "TERM arrives once, also when every process got it" {
    sh_script 'n=0; trap "n=\$((n + 1))" TERM; echo ready
               i=0; while [ $i -lt 15 ]; do sleep 0.1; i=$((i + 1)); done; echo "n=$n"'
    begin
    kill -TERM "$runner"
    finish 0
    has_line n=1 out
    rm -r out "$SKJOB_STATE"
    begin
    # Like scancel: all processes below the runner, itself first. (Slurm finds them in its own way.)
    kill -TERM "$runner" $(cat "/proc/$runner/task/$runner/children")
    finish 0
    has_line n=1 out
    rm -r out "$SKJOB_STATE"
    begin
    kill -TERM $(cat "/proc/$runner/task/$runner/children") "$runner"
    finish 0
    has_line n=1 out
}

# stop_early: a runner that still reads the journal, and has started its canary alone, is stopped. It may be too late for that.
stop_early()
{
    rm -f out
    "$pod" job > out 2> err 3>&- &
    runner=$!
    until [ -n "$(cat "/proc/$runner/task/$runner/children")" ]; do :; done
    kill -STOP "$runner"
    until_true 10 grep -q '^State:.T' "/proc/$runner/status"
    [ "$(cat "/proc/$runner/task/$runner/children" | wc -w)" = 1 ] && [ ! -s out ] && return
    kill -CONT "$runner"
    kill -KILL "$runner"
    wait "$runner" || true
    return 1
}

@test "TERM to every process before the container runs: it gets it from the runner" {
    POD='terminationGracePeriodSeconds: 600' sh_script 'echo ready; exec sleep 1000'
    # A journal that takes its time, which a second attempt reads.
    mkdir -p "$job/events"
    python3 -c 'import zlib
line = "skj1 t=2026-01-02T03:04:05.123456Z event=odd"
print((line + " crc=%08x\n") % zlib.crc32(line.encode()) * 200000, end="")' > "$job/events/other"
    local tries=0
    until SLURM_RESTART_COUNT=$((++tries)) stop_early; do ((tries < 20)); done
    kill -TERM $(cat "/proc/$runner/task/$runner/children") "$runner"
    kill -CONT "$runner"
    until_true 60 gone "$runner"
    # 137: killed when it was too late.
    finish 143
}

@test "no answer to TERM: KILL after the grace period" {
    POD='terminationGracePeriodSeconds: 2' \
        sh_script 'trap "" TERM; echo ready; while :; do sleep 0.1; done'
    begin
    start=$EPOCHREALTIME
    kill -TERM "$runner"
    finish 137
    elapsed=$(jq -n "$EPOCHREALTIME - $start")
    jq -ne "$elapsed >= 1.9 and $elapsed < 5"
    grep -q ' containers=main:137:Error ' "$job"/events/*
}

# Slurm's SIGKILL comes after KillWait, 30 s in a stock slurm.conf: by then the end must be recorded.
@test "a long grace is cut when somebody else tells the runner to stop" {
    POD='terminationGracePeriodSeconds: 3600' \
        sh_script 'trap "" TERM; echo ready; while :; do sleep 0.1; done'
    begin
    kill -TERM "$runner"
    until_true 40 gone "$runner"
    finish 137
    grep -q ' containers=main:137:Error ' "$job"/events/*
}

@test "grace of 0 or less is the kubelet's minimum of 2 seconds" {
    for grace in 0 -1; do
        POD="terminationGracePeriodSeconds: $grace" \
            sh_script 'trap "sleep 0.5; echo had time; exit 0" TERM; echo ready; while :; do sleep 0.1; done'
        rm -rf out "$SKJOB_STATE"
        begin
        kill -TERM "$runner"
        finish 0
        has_line 'had time' out
    done
}

@test "a program without a handler dies of TERM: 143" {
    sh_script 'echo ready; exec sleep 100'
    begin
    kill -TERM "$runner"
    finish 143
}

@test "INT ends the container as TERM does" {
    sh_script 'trap "echo got TERM; exit 9" TERM; echo ready; while :; do sleep 0.1; done'
    begin
    kill -INT "$runner"
    finish 9
}

@test "other signals are passed on as they are" {
    sh_script 'for s in HUP QUIT USR1 USR2; do trap "echo got $s" $s; done; trap "exit 3" TERM
               echo ready; while :; do sleep 0.05; done'
    begin
    for sig in HUP QUIT USR1 USR2; do
        kill -"$sig" "$runner"
        until_true 10 has_line "got $sig" out
    done
    kill -TERM "$runner"
    finish 3
}

@test "CONT wakes a stopped container" {
    sh_script 'echo ready; kill -STOP $$; echo awake'
    begin
    sleep 0.2
    kill -CONT "$runner"
    finish 0
    has_line awake out
}

@test "TERM to a container that writes without end" {
    sh_script 'echo ready; exec yes'
    begin
    kill -TERM "$runner"
    finish 143
}


# --- processes that stay
@test "background processes end with the container, in other sessions too" {
    sh_script 'sleep 1000 & echo $! >> pids
               setsid sleep 1000 & echo $! >> pids
               (setsid sh -c "sleep 1000 & echo \$! >> pids; exec sleep 1000" & echo $! >> pids)
               sleep 0.3; echo done'
    start=$SECONDS
    run -0 "$pod" job
    [ "$output" = "done" ]
    ((SECONDS - start < 5))
    [ "$(wc -l < pids)" = 4 ]
    while read -r pid; do gone "$pid"; done < pids
}

@test "what was written before the end is not lost, though a grandchild holds the pipe" {
    sh_script 'sleep 1000 & seq 1 100000'
    "$pod" job > out
    cmp out <(seq 1 100000)
    cmp "$job"/pods/*/main.log out
}

@test "a grandchild that writes for ever" {
    sh_script '(trap "" TERM; yes) & sleep 0.2; exit 4'
    run -4 timeout -k 1 20 bash -c '"$0" job > /dev/null' "$pod"
}

@test "processes that end before the container are reaped" {
    sh_script 'for i in 1 2 3 4 5; do (setsid true &) ; done; sleep 0.5
               ps -o stat= --ppid $PPID | grep -c Z'
    run "$pod" job
    [ "$output" = 0 ]
}

@test "a killed runner takes the container along" {
    sh_script 'echo $$ > pid; echo ready; exec sleep 1000'
    begin
    kill -KILL "$runner"
    until_true 10 gone "$(cat pid)"
}
