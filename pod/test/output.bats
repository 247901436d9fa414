#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# skjob-pod: output, state and cost.

load pod.bash

# --- output
@test "200 MB through, nothing lost, little memory" {
    no_sanitizer
    sh_script 'head -c 200000000 /dev/zero | tr "\0" "x"; echo end'
    /usr/bin/env bash -c '
        "$0" job > out 3>&- & runner=$!
        max=0
        while kill -0 $runner 2> /dev/null; do
            rss=$(awk "/^VmHWM/ {print \$2}" /proc/$runner/status 2> /dev/null)
            ((${rss:-0} > max)) && max=$rss
            sleep 0.1
        done
        wait $runner; echo "rc=$? hwm=$max kB"; echo "$max" > hwm' "$pod"
    [ "$(stat -c %s out)" = 200000004 ]
    cmp out "$job"/pods/*/main.log
    (($(cat hwm) < 8192))
    rm out
}

@test "half a line is not held back" {
    sh_script 'printf "no newline"; sleep 1000'
    "$pod" job > out 3>&- &
    runner=$!
    until_true 10 grep -q 'no newline' out
    grep -q 'no newline' "$job"/pods/*/main.log
    kill "$runner"
    finish 143
}

@test "order of stdout and stderr is kept" {
    sh_script 'i=0; while [ $i -lt 1000 ]; do echo $i; i=$((i + 1)); echo $i >&2; i=$((i + 1)); done'
    "$pod" job > out
    cmp out <(seq 0 999)
}

@test "closed stdout: the container and the log go on" {
    sh_script 'seq 1 100000; echo end'
    "$pod" job >&-
    [ "$(the_log | tail -n 1)" = end ]
    [ "$(the_log | wc -l)" = 100001 ]
}

@test "a reader that goes away: the container and the log go on" {
    sh_script 'seq 1 100000; echo end'
    { "$pod" job 2> err || echo $? > rc; } | head -n 1
    [ ! -e rc ]
    [ "$(the_log | wc -l)" = 100001 ]
    grep -q 'standard output: Broken pipe' err
    grep -qE 'standard output: [0-9]+ bytes of output were lost' err
}

@test "full disk: said once, the container goes on" {
    sh_script 'seq 1 100000; exit 6'
    run -6 --separate-stderr bash -c '"$0" job > /dev/full' "$pod"
    [ "$(grep -c 'No space left on device' <<< "$stderr")" = 1 ]
    [ "$(the_log | wc -l)" = 100000 ]
}

@test "a slow reader gets everything" {
    sh_script 'seq 1 50000; echo end'
    "$pod" job | { sleep 1; cat; } > out
    [ "$(wc -l < out)" = 50001 ]
}

@test "TERM while the reader is stuck" {
    sh_script 'trap "exit 5" TERM; seq 1 100000 & echo ready > flag; wait; while :; do sleep 0.1; done'
    mkfifo fifo
    sleep 100 < fifo 3>&- &
    reader=$!
    "$pod" job > fifo 2> err 3>&- &
    runner=$!
    until_true 10 test -s flag
    sleep 0.3
    kill -TERM "$runner"
    sleep 1
    kill "$reader"
    finish 5
}


# --- the state
@test "read-only state: the container runs, one word on stderr" {
    printf x > state # a file in the way stops root as well
    sh_script 'echo runs; exit 3'
    run -3 --separate-stderr "$pod" job
    [ "$output" = runs ]
    [ "${#stderr_lines[@]}" = 1 ]
    [[ $stderr == "skjob-pod: no state is kept: "*"Not a directory" ]]
}

@test "state root: from the #SKJOB line, then SKJOB_STATE, XDG_STATE_HOME, HOME" {
    PRAGMA='#SKJOB v1 completionMode=Indexed state='$PWD/a%20b sh_script true
    "$pod" job
    [ -f "a b/jobs/default/pi/object.json" ]
    sh_script true
    "$pod" job
    [ -f "$job/object.json" ]
    env -u SKJOB_STATE XDG_STATE_HOME="$PWD/xdg" "$pod" job
    [ -f xdg/skjob/test/jobs/default/pi/object.json ]
    env -u SKJOB_STATE -u XDG_STATE_HOME HOME="$PWD/home" "$pod" job
    [ -f home/.local/state/skjob/test/jobs/default/pi/object.json ]
}

@test "first use makes object.json: the Job, uid and time; other tasks find the same" {
    sh_script 'true'
    for i in {0..19}; do
        SLURM_ARRAY_TASK_ID=$i "$pod" job 3>&- &
    done
    wait
    jq -e '.kind == "Job" and .metadata.name == "pi" and .metadata.namespace == "default" and
           .spec.completions == 10 and
           (.metadata.creationTimestamp | test("^[0-9]{4}-[0-9-]+T[0-9:]+Z$")) and
           (.metadata.uid | test("^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"))' \
        "$job/object.json"
    [ "$(ls -A "$SKJOB_STATE/jobs/default")" = pi ]
    [ "$(ls -A "$job" | sort | xargs)" = "events object.json pods" ]
    [ "$(cat "$job"/events/* | grep -c event=submitted)" = 1 ]
    [ "$(cat "$job"/events/* | grep -c event=ended)" = 20 ]
    [ "$(ls "$job/pods" | wc -l)" = 20 ]
}

@test "the name is another Job's: the folder beside it" {
    sh_script true
    "$pod" job
    before=$(cat "$job/object.json" "$job"/events/*)
    SLURM_ARRAY_JOB_ID=200 "$pod" job
    SLURM_ARRAY_JOB_ID=200 SLURM_ARRAY_TASK_ID=8 "$pod" job
    [ "$before" = "$(cat "$job/object.json" "$job"/events/*)" ]
    [ "$(cat "$job".200/events/* | grep -c event=ended)" = 2 ]
}

@test "a Job made by skjob create: its folder, its uid, its namespace" {
    uid=0f8fad5b-d9cb-469f-a165-70867728950e
    dir=$PWD/s/jobs/team/pi
    PRAGMA="#SKJOB v1 completionMode=Indexed uid=$uid namespace=team state=$PWD/s" sh_script 'echo x'
    # Deleted meanwhile: not made again.
    run -0 --separate-stderr "$pod" job
    [ "$output" = x ]
    [[ $stderr == "skjob-pod: no state is kept: "* ]]
    [ ! -e s ]
    mkdir -p "$dir"
    echo "{\"kind\":\"Job\",\"metadata\":{\"uid\":\"$uid\"}}" > "$dir/object.json"
    run -0 --separate-stderr "$pod" job
    [ -z "$stderr" ]
    grep -q event=ended "$dir"/events/*
    run ! grep -q event=submitted "$dir"/events/*
}

@test "a damaged object.json is left alone" {
    sh_script 'echo x'
    mkdir -p "$job"
    echo '{"kind":' > "$job/object.json"
    run -0 --separate-stderr "$pod" job
    [ "$output" = x ]
    [[ $stderr == *"object.json: not a Job" ]]
    [ "$(cat "$job/object.json")" = '{"kind":' ]
}

@test "a symlink in place of the log is not followed" {
    sh_script 'echo x'
    "$pod" job
    rm "$job"/pods/*/main.log
    echo keep > victim
    ln -s "$PWD/victim" "$(echo "$job"/pods/*)/main.log"
    run -0 "$pod" job
    [ "$(cat victim)" = keep ]
}


# --- cost
@test "resident memory while the container runs is under 4 MB" {
    no_sanitizer
    { echo 'command: [sh, -c, "echo ready; exec sleep 1000"]'
      echo 'env:'
      for i in {1..3000}; do echo "- {name: V$i, value: 'some text that is not short $i'}"; done
    } | script
    rests_below 4096
}
