#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Commands under adversity: several at once, Jobs that go while they are watched, a state that is full or read-only, a clock
# that jumps. One clear line each, and nothing is lost.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # the containers expand their variables, not we; run sets output
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

setup_file() { jobs_setup --nodes 4; }
teardown_file() { cluster_teardown; }
setup() { jobs_begin; }
teardown() {
    [[ ! -s $WORK/watches.pid ]] || kill "$(<"$WORK/watches.pid")" 2>/dev/null || true
    if mountpoint -q "$WORK/small"; then
        mount -o remount,rw "$WORK/small"
        rm -f "$WORK/small/filler"
    fi
    jobs_finish
    ! mountpoint -q "$WORK/small" || umount -l "$WORK/small"
}

# small_state SIZE: the state is a file system of its own.
small_state() {
    ((UID == 0)) || skip 'only root can mount a small file system'
    mkdir small
    mount -t tmpfs -o "size=$1,mode=700" none small || skip 'no mounts here'
    chown "$JOB_USER" small
    export SKJOB_STATE=$WORK/small
}

# in_background FILE ARGUMENT...: skjob, with its output in FILE, its process in FILE.pid, and its exit status in FILE.rc.
in_background() {
    {
        local rc=0
        as_user sh -c 'echo $$ >"$0.pid"; exec skjob "$@"' "$@" >"$1" 2>&1 3>&- || rc=$?
        echo $rc >"$1.rc"
    } &
}

# looks_again FILE: skjob has seen what there is, and pauses.
looks_again() {
    [[ -s $1.pid && $(cat "/proc/$(<"$1.pid")/wchan") == *nanosleep* ]]
}

over() { [[ -s $1.rc ]]; }

# record HOST TEXT: appends a record to the journal of the Job j.
record() {
    as_user python3 -c 'import sys, zlib
line = "skj1 " + sys.argv[2]
with open(sys.argv[1], "a") as f: f.write("%s crc=%08x\n" % (line, zlib.crc32(line.encode())))' \
        "$SKJOB_STATE/jobs/default/j/events/$1" "$2"
}

@test "apply twice at once: one Job, one array" {
    job j '{}' <<<'exec sleep 1000'
    in_background a apply -f j.yaml
    in_background b apply -f j.yaml
    wait

    [[ $(sort a b | grep -c '^job.batch/j created$') == 1 ]]
    [[ $(sort a b | grep -vc '^job.batch/j created$') == 1 ]]
    grep -qE '^job.batch/j (unchanged|configured)$|AlreadyExists|already exists' a b
    [[ $(squeue -h | wc -l) == 1 ]]
    # The second one may find the array in Slurm before the first has written it down: the same one.
    [[ $(events j submitted | grep -o ' job=[0-9]*' | sort -u | wc -l) == 1 ]]
}

@test "suspend, a patch and a label at once: all of them hold" {
    job j '{"completions": 4, "parallelism": 1, "completionMode": "Indexed"}' <<<'exec sleep 1000'
    submit j
    poll_until 60 has_started j 1
    in_background a suspend j
    in_background b patch job j -p '{"spec": {"parallelism": 3}}'
    in_background c label job j team=blue
    wait
    [[ $(cat a.rc b.rc c.rc | paste -sd' ') == '0 0 0' ]]
    [[ $(as_user skjob get job j -o json | jq -c '[.spec.suspend, .spec.parallelism, .metadata.labels.team]') == '[true,3,"blue"]' ]]
    poll_until 60 nothing_runs
    as_user skjob resume j
    poll_until 200 has_started j 4
}

nothing_runs() { [[ -z $(squeue -h -t R,CG) ]]; }

@test "a Job that is deleted while get -w, logs -f and wait watch it" {
    job j '{}' <<<'echo begun; exec sleep 1000'
    submit j
    poll_until 60 has_started j 1
    in_background waits wait --for=condition=complete job/j --timeout=120s
    in_background gone wait --for=delete job/j --timeout=120s
    in_background follows logs -f job/j
    in_background watches get jobs -w
    poll_until 60 grep -q begun follows
    poll_until 60 grep -q '^j ' watches
    poll_until 60 looks_again waits
    poll_until 60 looks_again gone
    as_user skjob delete job j
    poll_until 60 over waits
    poll_until 60 over gone
    poll_until 60 over follows
    [[ $(cat waits.rc) == 1 && $(cat waits) == 'Error from server (NotFound): jobs.batch "j" not found' ]]
    [[ $(cat gone.rc) == 0 && $(cat gone) == 'job.batch/j condition met' ]]
    [[ $(cat follows.rc) == [01] && $(head -n 1 follows) == begun && $(wc -l <follows) -le 2 ]]
    # It goes on: a Job of that name may come again.
    job j '{}' <<<'exit 0'
    submit j
    wait_ended j
    poll_until 60 grep -q '1/1' watches
    run ! grep -i error watches
    kill "$(<watches.pid)"
    rm watches.pid
    wait
}

@test "a full disk: what cannot be written is told, nothing changes, and delete makes room" {
    small_state 1m
    job j '{"completions": 2}' <<<'touch $WORK/waits; exec sleep 1000'
    submit j
    # Until then the pod, too, writes to the state.
    poll_until 60 test -e waits
    as_user sh -c 'cat /dev/zero >small/filler' 2>/dev/null || true
    run as_user skjob label job j team=blue
    [[ $status == 1 && ${#lines[@]} == 1 && $output == 'error: cannot write '*': No space left on device' ]]
    [[ $(as_user skjob get job j -o json | jq .metadata.labels.team) == null ]]
    run as_user skjob create configmap big --from-file=j.yaml
    [[ $status == 1 && ${#lines[@]} == 1 && $output == *'No space left on device' ]]
    [[ $(as_user skjob get jobs --no-headers | cut -d' ' -f1) == j ]]
    as_user skjob describe job j >/dev/null
    # The grace period cannot be written, and that keeps nobody from deleting.
    run as_user skjob delete job j --grace-period=1
    [[ $status == 0 && $output == *'job.batch "j" deleted from default namespace' ]]
    [[ ! -e small/jobs/default/j ]]
    no_jobs
}

@test "a state that is read-only: everything is seen, nothing changes, nothing is cancelled" {
    small_state 1m
    # Suspended: a pod that runs would keep the file system busy.
    job j '{"completions": 2, "parallelism": 1, "suspend": true}' <<<'exit 0'
    job k '{}' <<<'exit 0'
    submit j
    mount -o remount,ro small
    unchanged resume j
    unchanged scale j --parallelism=2
    unchanged label job j a=b
    unchanged patch job j -p '{"spec":{"backoffLimit":9}}'
    unchanged delete job j
    unchanged create -f k.yaml
    [[ $(as_user skjob get jobs --no-headers | tr -s ' ' | cut -d' ' -f1-3) == 'j Suspended 0/2' ]]
    as_user skjob describe job j >/dev/null
    as_user skjob get pods >/dev/null
    as_user skjob status j >/dev/null
    [[ $(squeue -h | wc -l) == 1 ]]
    mount -o remount,rw small
    as_user skjob resume j
    wait_ended j
    [[ $(counts j) == 0/0/2/0 ]]
}

# unchanged ARGUMENT...: one line says why skjob does not do it.
unchanged() {
    run as_user skjob "$@"
    [[ $status == 1 && ${#lines[@]} == 1 && $output == error:*'Read-only file system' ]] || { echo "$*: $output"; return 1; }
}

@test "a folder that is somebody else's to write: delete says so and cancels nothing" {
    ((UID == 0)) || skip 'only root can take the folder away'
    job j '{}' <<<'touch $WORK/waits; exec sleep 1000'
    submit j
    # Until then the pod, too, writes to the folder.
    poll_until 60 test -e waits
    chown root "$SKJOB_STATE/jobs/default/j"
    chmod 755 "$SKJOB_STATE/jobs/default/j"
    run as_user skjob delete job j
    [[ $status == 1 && $output == "error: cannot remove $SKJOB_STATE/jobs/default/j: Permission denied" ]]
    [[ $(squeue -h -t R | wc -l) == 1 ]]
    chown "$JOB_USER" "$SKJOB_STATE/jobs/default/j"
    as_user skjob delete job j
}

@test "a clock that was set back: the later word counts, ages and durations are not negative" {
    job j '{"completions": 1, "activeDeadlineSeconds": 86400}' <<<'until [ -e $WORK/go ]; do sleep 0.2; done'
    submit j
    poll_until 60 has_started j 1
    # An hour ahead, somebody has suspended the Job.
    record other "t=$(date -u -d '+1 hour' +%FT%T.000000Z) event=suspended"
    [[ $(as_user skjob get job j -o json 2>/dev/null | jq .spec.suspend) == true ]]
    [[ $(as_user skjob resume j 2>/dev/null) == 'job.batch/j resumed' ]]
    [[ $(as_user skjob get job j -o json 2>/dev/null | jq .spec.suspend) == false ]]
    [[ $(as_user skjob suspend j 2>/dev/null) == 'job.batch/j suspended' ]]
    [[ $(as_user skjob get job j -o json 2>/dev/null | jq .spec.suspend) == true ]]
    [[ $(as_user skjob resume j 2>/dev/null) == 'job.batch/j resumed' ]]
    touch go
    wait_ended j 60
    [[ $(status j .succeeded) == 1 ]]
    run ! grep -E -- '[^a-z0-9]-[0-9]+(s|m|h|d)' <(as_user skjob get jobs; as_user skjob get pods; as_user skjob describe job j; as_user skjob status j)
}
