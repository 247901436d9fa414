#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# create on a real Slurm when things break in the middle: answers that are lost, programs that are killed. Nothing is
# submitted twice, nothing half-made stays.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # run sets output and stderr
bats_require_minimum_version 1.5.0

load lib/common
load lib/cluster

setup_file() { cluster_setup --nodes 1; }
teardown_file() { cluster_teardown; }

setup() { cluster_home; }

teardown() { cluster_home_teardown; }

# The real one, and something happens to its answer.
real_sbatch_then() {
    local real
    real=$(command -v sbatch)
    fake_sbatch <<END
#!/bin/bash
$real "\$@" >answer 2>&1
$1
END
}

@test "timed out after Slurm has accepted: the Job is there once, and known" {
    real_sbatch_then 'echo "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation" >&2; exit 1'
    manifest a 'suspend: true' >a.yaml
    local before
    before=$(jobs_of_mine)
    run --separate-stderr skjob create -f a.yaml
    expect 0 'job.batch/a created' ''
    [[ $(jobs_of_mine) == $((before + 1)) && $(slurm_job_of a) == "$(<answer)" ]]
}

@test "the same under another name of the user's" {
    real_sbatch_then 'exit 0'
    manifest a 'suspend: true' >a.yaml
    run --separate-stderr skjob create -f a.yaml -- --job-name=mine
    expect 0 'job.batch/a created' ''
    [[ $(slurm_job_of a) == "$(<answer)" && $(squeue -h -j "$(<answer)" -o %j) == mine ]]
}

@test "sbatch and skjob killed: the next create finds the job" {
    real_sbatch_then 'exec sleep 1000'
    manifest a 'suspend: true' >a.yaml
    local before pid
    before=$(jobs_of_mine)
    "$SKJOB" create -f a.yaml &
    pid=$!
    poll_until 60 test -s answer
    kill -KILL $pid $(pgrep -P $pid)
    wait $pid || :
    PATH=${PATH#*:}
    run --separate-stderr skjob create -f a.yaml
    expect 1 '' 'Error from server (AlreadyExists): error when creating "a.yaml": jobs.batch "a" already exists'
    [[ $(jobs_of_mine) == $((before + 1)) && $(slurm_job_of a) == "$(<answer)" ]]
}

@test "skjob killed before anything was submitted: the name is free again" {
    fake_sbatch <<<$'#!/bin/bash\necho ready >ready\nexec sleep 1000'
    manifest a 'suspend: true' >a.yaml
    local before pid
    before=$(jobs_of_mine)
    "$SKJOB" create -f a.yaml &
    pid=$!
    poll_until 60 test -s ready
    poll_until 60 test -e "$STATE/a/object.json"
    kill -KILL $pid $(pgrep -P $pid)
    wait $pid || :
    PATH=${PATH#*:}
    touch -d '-100 seconds' "$STATE/a/object.json"
    run --separate-stderr skjob create -f a.yaml
    [[ $status == 1 && $stderr =~ ^'Error from server (AlreadyExists): error when creating "a.yaml": jobs.batch "a" already exists (Slurm has not got it yet; if it never does, the name is free in '[0-9]+' s)'$ ]]
    touch -d '-301 seconds' "$STATE/a/object.json"
    run --separate-stderr skjob create -f a.yaml
    expect 0 'job.batch/a created' ''
    [[ $(jobs_of_mine) == $((before + 1)) && $(files_below "$STATE" | grep -v ^a) == '' ]]
}

@test "reconcile: what Slurm has is found, what it never got is removed once nobody can be submitting it" {
    manifest a 'suspend: true' >a.yaml
    manifest b 'suspend: true' >b.yaml
    fake_sbatch <<<$'#!/bin/bash\ncat >script\necho "sbatch: error: Socket timed out on send/recv operation" >&2\nexit 1'
    run skjob create -f a.yaml
    [[ $status == 1 ]]
    PATH=${PATH#*:} sbatch --parsable script >answer
    run skjob create -f b.yaml
    [[ $status == 1 ]]
    run --separate-stderr skjob reconcile
    expect 0 "job.batch/a: found in Slurm: job $(<answer)" ''
    touch -d '-301 seconds' "$STATE/b/object.json"
    run --separate-stderr skjob reconcile b
    expect 0 'job.batch/b: Slurm never got it: removed' ''
    [[ $(files_below "$STATE" | grep -v ^a) == '' ]]
    run --separate-stderr skjob reconcile
    expect 0 '' ''
}

@test "the same command again, when that is apply: found, or submitted" {
    local before
    before=$(jobs_of_mine)
    manifest a 'suspend: true' >a.yaml
    fake_sbatch <<<$'#!/bin/bash\ncat >script\necho "sbatch: error: Socket timed out on send/recv operation" >&2\nexit 1'
    run --separate-stderr skjob apply -f a.yaml
    [[ $status == 1 && $stderr == *"Slurm's answer was lost; the same command again finds out"* ]]
    touch -d '-100 seconds' "$STATE/a/object.json"
    run --separate-stderr skjob apply -f a.yaml
    [[ $status == 1 && $stderr == *'already exists (Slurm has not got it yet; '* && $(jobs_of_mine) == "$before" ]]
    PATH=${PATH#*:}
    sbatch --parsable script >answer
    run --separate-stderr skjob apply -f a.yaml
    expect 0 'job.batch/a unchanged' ''
    [[ $(slurm_job_of a) == "$(<answer)" ]]
    sed 's/name: a/name: b/' a.yaml >b.yaml
    mkdir "$STATE/b"
    touch -d '-301 seconds' "$STATE/b"
    run --separate-stderr skjob apply -f b.yaml
    expect 0 'job.batch/b created' ''
    [[ $(jobs_of_mine) == $((before + 2)) ]]
}

@test "interrupted while sbatch waits: nothing stays that Slurm does not have" {
    manifest a 'suspend: true' >a.yaml
    local before pid sig
    before=$(jobs_of_mine)
    fake_sbatch <<<$'#!/bin/bash\necho ready >ready\nexec sleep 1000'
    for sig in INT TERM HUP; do
        # bash lets background processes ignore SIGINT: env puts that right.
        env --default-signal=INT "$SKJOB" create -f a.yaml 2>err &
        pid=$!
        poll_until 60 test -s ready
        kill -$sig $pid
        status=0
        wait $pid || status=$?
        [[ $status == $((128 + $(kill -l $sig))) ]]
        skjob delete job a >/dev/null
        rm ready
    done
    [[ $(jobs_of_mine) == "$before" ]]
}

@test "interrupted after Slurm has accepted: the Job stays, and is known" {
    real_sbatch_then 'exec sleep 1000'
    manifest a 'suspend: true' >a.yaml
    "$SKJOB" create -f a.yaml >out &
    local pid=$!
    poll_until 60 test -s answer
    kill -TERM $pid
    status=0
    wait $pid || status=$?
    [[ $status == 143 && $(slurm_job_of a) == "$(<answer)" ]]
}

@test "interrupted twice while slurmctld is away: it ends at once" {
    real_sbatch_then 'exec sleep 1000'
    manifest a 'suspend: true' >a.yaml
    "$SKJOB" create -f a.yaml 2>err &
    local pid=$!
    poll_until 60 test -s answer
    "$CLUSTER" stop --dir "$CLUSTER_BASE/c" slurmctld
    kill -TERM $pid
    poll_until 60 grep -q 'interrupt again' err
    kill -TERM $pid
    poll_until 60 eval "! kill -0 $pid 2>/dev/null"
    run ! grep "Slurm's answer was lost" err
    "$CLUSTER" start --dir "$CLUSTER_BASE/c" slurmctld
    # Nothing is lost: the Job is Slurm's, and the next one to look finds it.
    PATH=${PATH#*:}
    run --separate-stderr skjob create -f a.yaml
    [[ $status == 1 && $stderr == *'already exists' && $(slurm_job_of a) == "$(<answer)" ]]
}

@test "delete of a Job whose answer was lost" {
    real_sbatch_then 'exec sleep 1000'
    manifest a 'suspend: true' >a.yaml
    "$SKJOB" create -f a.yaml &
    local pid=$!
    poll_until 60 test -s answer
    kill -KILL $pid $(pgrep -P $pid)
    wait $pid || :
    skjob delete job a
    job_ended "$(<answer)" && [[ ! -e $STATE/a ]]
}

@test "hundreds of Jobs in one file leave no processes" {
    local i
    for ((i = 0; i < 200; i++)); do manifest "a$i" 'suspend: true'; echo ---; done >many.yaml
    "$SKJOB" create -f many.yaml >out &
    local pid=$! most=0 n end=$((SECONDS + 300))
    while kill -0 $pid 2>/dev/null; do
        ((SECONDS < end)) || kill $pid
        n=$(pgrep -c -P $pid || :)
        ((n > most)) && most=$n
        sleep 0.05
    done
    wait $pid
    [[ $(wc -l <out) == 200 && $most -le 3 ]]
}

@test "while slurmctld is away, the journal's view is shown and marked as such" {
    local warning='Warning: slurmctld does not answer: shown is what the journal tells, which may be out of date'
    manifest a | sed 's/\["true"\]/["sleep", "600"]/' >a.yaml
    manifest b 'suspend: true' >b.yaml
    skjob create -f a.yaml -f b.yaml
    poll_until 60 eval '[[ $(skjob status a) == *"1 running"* ]]'
    "$CLUSTER" stop --dir "$CLUSTER_BASE/c" slurmctld
    run --separate-stderr skjob get jobs --no-headers
    [[ $status == 0 && $output == 'a '*' Running '* && $stderr == "$warning" ]]
    run --separate-stderr skjob status a
    [[ $status == 0 && $output == *'1 running'* && $stderr == "$warning" ]]
    # What shows no Job says nothing of it.
    run --separate-stderr skjob label job a team=math
    [[ $status == 0 && $output == 'job.batch/a labeled' && $stderr == '' ]]
    run --separate-stderr skjob gc
    [[ $status == 0 && $stderr == '' ]]
    "$CLUSTER" start --dir "$CLUSTER_BASE/c" slurmctld
    run --separate-stderr skjob get jobs --no-headers
    [[ $status == 0 && $stderr == '' ]]
}
