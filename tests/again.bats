#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# skjob retry: what failed of a Job that has failed runs again, as another array.
# again-plugin.bats is a link to this file: the same with the plugin.
# shellcheck disable=SC2016,SC2154 # the containers expand their variables, not we; run sets output
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

setup_file() { jobs_setup --nodes 4; }
teardown_file() { cluster_teardown; }
setup() { jobs_begin; }
teardown() {
    [[ ! -e ${WORK-}/shut ]] || scontrol update PartitionName=debug State=UP
    jobs_finish
}

readonly INDEXES='Failed FailedIndexes: Job has failed indexes'

# retry ARGUMENT...: skjob retry; ID becomes the new array, and its words but the id are printed.
retry() {
    as_user skjob retry "$@" >retry.out 2>retry.err || { cat retry.err >&2; return 1; }
    ID=$(sed -n 's/.*Slurm job \([0-9]*\)$/\1/p' retry.out)
    [[ -n $ID ]]
}

# refused ARGUMENT...: prints why skjob retry does nothing.
refused() {
    run as_user skjob retry "$@"
    [[ $status == 1 ]]
}

# completed NAME INDEXES: these have succeeded.
completed() {
    [[ $(status "$1" .completedIndexes) == "$2" ]]
}

succeeded() {
    [[ $(status "$1" .succeeded) == "$2" ]]
}

# pods NAME: "INDEX-ATTEMPT STATUS" of each pod, in order.
pods() {
    as_user skjob get pods -l "job-name=$1" -o json | jq -r '.items[] |
        .metadata.annotations["batch.kubernetes.io/job-completion-index"] + " " + .status.phase' | sort
}

@test "a Job that failed: the index without a success runs again, the others stay; numbers and logs go on" {
    job part '{"completions": 3, "parallelism": 3, "completionMode": "Indexed", "backoffLimit": 1}' \
        <<<'echo "index $INDEX"; [ $INDEX = 1 ] || exit 0; until [ -e $WORK/go ]; do sleep 0.1; done; [ -e $WORK/mended ] || exit 7'
    submit part
    # The Job fails of index 1, and that would end the others.
    poll_until 60 completed part 0,2
    touch go
    wait_ended part
    [[ $(outcome part) == "$LIMIT" ]]
    [[ $(status part .completedIndexes) == 0,2 ]]
    [[ $(started part 1) == 2 ]]
    local first=$ID
    touch mended
    retry part
    [[ $ID != "$first" && $(cat retry.out) == "job.batch/part retried: 1 of 3 pods, Slurm job $ID" ]]
    [[ $(as_user skjob get job part -o json | jq -r '.metadata.annotations["skjob/slurm-job-id"]') == "$ID" ]]
    wait_ended part
    [[ $(outcome part) == "$REACHED" ]]
    [[ $(counts part) == 0/0/3/0 && $(status part .completedIndexes) == 0-2 ]]
    # Only that index, and its number goes on behind the highest of before.
    [[ $(started part) == 5 ]]
    [[ $(events part started ' index=1 ' | grep -o 'attempt=[0-9]*' | paste -sd' ') == 'attempt=0 attempt=1 attempt=2' ]]
    [[ $(pods part | paste -sd,) == '0 Succeeded,1 Failed,1 Failed,1 Succeeded,2 Succeeded' ]]
    [[ $(as_user skjob logs job/part --index 1 --attempt 0) == 'index 1' ]]
    [[ $(as_user skjob logs job/part --index 1 --attempt 2) == 'index 1' ]]
    [[ $(as_user skjob report part -o - --format csv | grep -c '^1,') == 3 ]]
    as_user skjob wait --for=condition=complete job/part --timeout=60s
    poll_until 60 no_jobs
    refused part
    [[ $output == 'error: job.batch/part is complete: nothing of it is to be run again' ]]
}

@test "--index: these alone; the Job has failed again at the end, and the rest can follow" {
    job some '{"completions": 5, "parallelism": 2, "completionMode": "Indexed", "backoffLimitPerIndex": 0}' \
        <<<'[ $INDEX = 0 ] || [ -e $WORK/mended ]'
    submit some
    wait_ended some
    [[ $(outcome some) == "$INDEXES" && $(status some .failedIndexes) == 1-4 ]]
    poll_until 60 no_jobs
    refused some --index 7
    [[ $output == 'error: --index=7: job.batch/some has the indexes 0-4; name some of them as 3,7-9' ]]
    refused some --index 0-1
    [[ $output == 'error: index 0 of job.batch/some has succeeded: a completed index is not run again' ]]
    for odd in '' x 1- 2-1 '1,,2' '1,'; do
        refused some --index "$odd"
        [[ $output == *'name some of them as 3,7-9' ]]
    done
    refused some --index 1 --failed
    [[ $output == 'error: --failed and --index cannot be specified together' ]]
    [[ -z $(squeue -h) ]]
    touch mended
    retry some --index 1,3-4
    [[ $(cat retry.out) == *': 3 of 5 pods,'* ]]
    wait_ended some
    [[ $(outcome some) == "$INDEXES" ]]
    [[ $(status some .completedIndexes) == '0,1,3,4' && $(status some .failedIndexes) == 2 ]]
    [[ $(started some 2) == 1 ]]
    poll_until 60 no_jobs
    retry some --failed
    wait_ended some
    [[ $(outcome some) == "$REACHED" && $(status some .completedIndexes) == 0-4 ]]
    [[ $(started some) == 9 ]]
}

@test "what fails after a retry counts from there: back-off limit, and a second retry" {
    job again '{"completions": 2, "parallelism": 2, "completionMode": "Indexed", "backoffLimit": 1}' \
        <<<'[ $TRY -ge 6 ] || exit 5'
    submit again
    wait_ended again
    [[ $(outcome again) == "$LIMIT" ]]
    poll_until 60 no_jobs
    local before
    before=$(started again)
    retry job/again
    wait_ended again
    [[ $(outcome again) == "$LIMIT" ]]
    # One failure is forgiven anew: so at least two pods more.
    (($(started again) >= before + 2))
    poll_until 60 no_jobs
    touch again.d/{0,1,2,3,4,5}
    for _ in 1 2 3; do
        [[ $(outcome again) != "$REACHED" ]] || break
        retry job again
        wait_ended again
        poll_until 60 no_jobs
    done
    [[ $(outcome again) == "$REACHED" ]]
    # No number twice.
    [[ -z $(events again started | grep -o 'index=[0-9]* attempt=[0-9]*' | sort | uniq -d) ]]
}

@test "retries by Slurm go on in the new array, and a pod that is deleted there is replaced" {
    job deep '{"completions": 1, "parallelism": 1, "completionMode": "Indexed", "backoffLimit": 0}' \
        <<<'[ -e $WORK/mended ] && [ $ATTEMPT -gt 0 ] || exit 3'
    submit deep
    wait_ended deep
    poll_until 60 no_jobs
    as_user skjob patch job deep -p '{"metadata": {"labels": {"a": "b"}}}'
    touch mended
    job slow '{"completions": 1, "parallelism": 1, "completionMode": "Indexed", "backoffLimit": 2}' \
        <<<'[ -e $WORK/now ] || exit 3; [ ! -e $WORK/go ] || exit 0; touch $WORK/waits; exec sleep 1000'
    submit slow
    retry deep
    wait_ended deep
    # backoffLimit 0 holds again: the first failure after the retry is the last.
    [[ $(outcome deep) == "$LIMIT" ]]
    wait_ended slow
    poll_until 60 no_jobs
    touch now
    retry slow
    # A pod that has started may not yet have looked for go.
    poll_until 60 test -e waits
    touch go
    as_user skjob delete pod "$(events slow started | tail -n 1 | sed 's/.* pod=\([^ ]*\).*/\1/')"
    wait_ended slow
    [[ $(outcome slow) == "$REACHED" && $(counts slow) == 0/0/1/1 ]]
    [[ $(events slow started | tail -n 1 | grep -o 'ahead=[0-9]*') == ahead=3 ]]
}

@test "without completion indexes: the pods that have not succeeded; a work queue starts anew" {
    job plain '{"completions": 3, "parallelism": 3, "backoffLimit": 0}' \
        <<<'[ $INDEX = 1 ] || exit 0; until [ -e $WORK/go ]; do sleep 0.1; done; [ -e $WORK/mended ]'
    submit plain
    poll_until 60 succeeded plain 2
    touch go
    job queue '{"parallelism": 2, "backoffLimit": 0}' <<<'[ -e $WORK/mended ]'
    submit queue
    wait_ended plain
    wait_ended queue
    [[ $(counts plain) == 0/0/2/1 ]]
    refused plain --index 1
    [[ $output == 'error: job.batch/plain has no completion indexes: retry it without --index, and its pods that have not succeeded run again' ]]
    poll_until 60 no_jobs
    touch mended
    retry plain
    [[ $(cat retry.out) == *': 1 of 3 pods,'* ]]
    retry queue
    [[ $(cat retry.out) == *': 2 of 2 pods,'* ]]
    wait_ended plain
    wait_ended queue
    [[ $(outcome plain) == "$REACHED" && $(counts plain) == 0/0/3/0 ]]
    [[ $(outcome queue) == "$REACHED" && $(counts queue) == 0/0/2/0 ]]
}

@test "a Job that runs, is suspended or is not there is not retried" {
    job busy '{}' <<<'exec sleep 1000'
    submit busy
    poll_until 60 has_started busy 1
    refused busy
    [[ $output == 'error: job.batch/busy has not ended (Running): retry is for a Job that has failed; pods that fail before are run again as backoffLimit says' ]]
    as_user skjob suspend busy
    refused busy
    [[ $output == *'has not ended (Suspended)'* ]]
    refused nothing
    [[ $output == 'Error from server (NotFound): jobs.batch "nothing" not found' ]]
    [[ $(events busy retried | wc -l) == 0 ]]
}

@test "suspend, resume, scale, delete and wait mean the new array" {
    job all '{"completions": 4, "parallelism": 2, "completionMode": "Indexed", "backoffLimit": 0, "activeDeadlineSeconds": 300}' \
        <<<'[ -e $WORK/mended ] || exit 1; [ -e $WORK/go ] || exec sleep 1000'
    submit all
    wait_ended all
    poll_until 60 no_jobs
    touch mended
    local before
    before=$(started all)
    retry all
    poll_until 60 has_started all $((before + 2))
    [[ $(status all '[.active, .startTime != null] | join(" ")') == '2 true' ]]
    as_user skjob suspend all
    poll_until 60 held_all "$ID"
    [[ $(as_user skjob get job all --no-headers | tr -s ' ' | cut -d' ' -f2,3) == 'Suspended 0/4' ]]
    as_user skjob scale all --parallelism=4
    as_user skjob resume all
    poll_until 200 has_started all $((before + 6))
    run as_user skjob wait --for=condition=complete job/all --timeout=1s
    [[ $status == 1 ]]
    as_user skjob delete job all
    no_jobs
    [[ ! -e $SKJOB_STATE/jobs/default/all ]]
}

held_all() {
    [[ $(squeue -h -r -j "$1" -o %T | sort | uniq -c | tr -s ' ') == ' 4 PENDING' ]]
}

@test "sbatch refuses the retry: the Job stays as it was" {
    job stays '{"backoffLimit": 0}' <<<'exit 1'
    submit stays
    wait_ended stays
    poll_until 60 no_jobs
    mkdir bad
    printf '#!/bin/sh\ncat >/dev/null; echo "sbatch: error: no more jobs today" >&2; exit 1\n' >bad/sbatch
    chmod +x bad/sbatch
    run as_user env PATH="$PWD/bad:$PATH" skjob retry stays
    [[ $status == 1 && $output == 'error: job.batch/stays stays as it is: sbatch: no more jobs today' ]]
    [[ $(outcome stays) == "$LIMIT" && $(events stays retried | wc -l) == 0 ]]
    [[ ! -e $SKJOB_STATE/jobs/default/stays/.resubmit ]]
}

@test "sbatch's answer is lost, and slurmctld with it: the array is found by a later retry" {
    need_owner
    [[ -z $(test_plugin) ]] || skip "has nothing to do with the plugin"
    job gone '{"backoffLimit": 0}' <<<'[ -e $WORK/mended ]'
    submit gone
    wait_ended gone
    poll_until 60 no_jobs
    mkdir bad
    printf '#!/bin/sh\n%s "$@" >/dev/null\n>submitted\nuntil [ -e away ]; do sleep 0.1; done\necho "sbatch: error: Socket timed out on send/recv operation" >&2\nexit 1\n' \
        "$(command -v sbatch)" >bad/sbatch
    chmod +x bad/sbatch
    as_user env PATH="$PWD/bad:$PATH" skjob retry gone &
    poll_until 60 test -e submitted
    "$CLUSTER" stop --dir "$CLUSTER_BASE/c" slurmctld
    touch away
    if wait $!; then false; fi
    "$CLUSTER" start --dir "$CLUSTER_BASE/c" slurmctld
    held_one
    refused gone
    [[ $output == 'error: another skjob retry of job.batch/gone is at work' ]]
    touch mended
    as_user touch -d '-10 minutes' "$SKJOB_STATE/jobs/default/gone/.resubmit"
    retry gone
    poll_until 60 only_array "$ID"
    wait_ended gone
    [[ $(outcome gone) == "$REACHED" && ! -e $SKJOB_STATE/jobs/default/gone/.resubmit ]]
}

@test "a retry that died before its record: its array goes with the next retry, and with the Job" {
    job lost '{"backoffLimit": 0}' <<<'[ -e $WORK/mended ]'
    submit lost
    wait_ended lost
    poll_until 60 no_jobs
    mkdir bad
    printf '#!/bin/sh\n%s "$@" >/dev/null\nkill -KILL $PPID\n' "$(command -v sbatch)" >bad/sbatch
    chmod +x bad/sbatch
    run as_user env PATH="$PWD/bad:$PATH" skjob retry lost
    [[ $status != 0 && $(events lost retried | wc -l) == 0 ]]
    held_one
    refused lost
    [[ $output == 'error: another skjob retry of job.batch/lost is at work' ]]
    # Nobody waits for an answer of sbatch so long.
    touch -d '-10 minutes' "$SKJOB_STATE/jobs/default/lost/.resubmit"
    run as_user env PATH="$PWD/bad:$PATH" skjob retry lost
    held_one
    touch -d '-10 minutes' "$SKJOB_STATE/jobs/default/lost/.resubmit"
    retry lost
    poll_until 60 only_array "$ID"
    wait_ended lost
    [[ $(outcome lost) == "$LIMIT" && $(started lost) == 2 ]]
    poll_until 60 no_jobs
    run as_user env PATH="$PWD/bad:$PATH" skjob retry lost
    held_one
    as_user skjob delete job lost
    poll_until 60 no_jobs
}

held_one() { [[ $(squeue -h -r -o %T/%r) == PENDING/JobHeldUser ]]; }

# Of the Job, nothing else is left in Slurm.
only_array() { ! squeue -h -r -o %F | grep -qvx "$1"; }

@test "a retry and a deletion at once: nothing is left" {
    local pause retry
    job both '{"backoffLimit": 0}' <<<'[ ! -e $WORK/mended ] || exec sleep 1000; exit 1'
    for pause in 0 0.02 0.05 0.1 0.2; do
        rm -f mended
        submit both
        wait_ended both
        touch mended
        as_user skjob retry both >a.out 2>&1 &
        retry=$!
        sleep $pause # any order will do
        as_user skjob delete job both
        wait $retry || true
        [[ ! -e $SKJOB_STATE/jobs/default/both ]]
        poll_until 60 no_jobs
    done
}

@test "a pod of the array before whose end nobody saw is over: shown so, and it goes when it is deleted" {
    local pod
    job unseen '{"completions": 2, "parallelism": 2, "completionMode": "Indexed", "backoffLimit": 0}' \
        <<<'[ ! -e $WORK/mended ] || exec sleep 1000; touch $WORK/runs.$INDEX; until [ -e $WORK/runs.0 ] && [ -e $WORK/runs.1 ]; do sleep 0.1; done; exit 1'
    submit unseen
    wait_ended unseen
    poll_until 60 no_jobs
    as_user sed -i '/event=ended index=1 /d' "$SKJOB_STATE/jobs/default/unseen/events"/*
    pod=$(events unseen started ' index=1 ' | sed 's/.* pod=\([^ ]*\).*/\1/')
    touch mended
    retry unseen --index 0
    poll_until 60 eval '[[ $(started unseen 0) == 2 ]]'
    [[ $(status unseen .active) == 1 ]]
    [[ $(as_user skjob get pod "$pod" -o jsonpath='{.status.phase}') != Running ]]
    as_user skjob delete pod "$pod" --timeout=60s
    run -1 as_user skjob get pod "$pod"
    [[ $(status unseen .active) == 1 && $(squeue -h -t R | wc -l) == 1 ]]
    as_user skjob delete job unseen
}

@test "options for sbatch, lines at the head of the file and the folder are those of the first time" {
    job kept '{"backoffLimit": 0}' <<<'pwd; [ -e $WORK/mended ]'
    { echo '#SBATCH --comment=fromhead'; cat kept.yaml; } >kept2.yaml
    as_user skjob create -f kept2.yaml -- --time=17 --nice=3
    wait_ended kept
    poll_until 60 no_jobs
    touch mended
    [[ $(stat -c %a "$SKJOB_STATE/jobs/default/kept/sbatch.json") == 600 ]]
    retry kept
    [[ $(job_field "$ID" TimeLimit)/$(job_field "$ID" Nice)/$(job_field "$ID" Comment) == 00:17:00/3/fromhead ]]
    wait_ended kept
    [[ $(outcome kept) == "$REACHED" ]]
    job here '{"backoffLimit": 0}' <<<'pwd; [ -e $WORK/elsewhere/mended ]'
    submit here
    wait_ended here
    poll_until 60 no_jobs
    install -d -o "$JOB_USER" elsewhere
    touch elsewhere/mended
    (cd elsewhere && as_user skjob retry here)
    wait_ended here
    [[ $(outcome here) == "$REACHED" && $(as_user skjob logs job/here --attempt 1) == "$WORK" ]]
}

@test "two retries at once: one array; one that died on the way: its array is released by reconcile" {
    job twin '{"backoffLimit": 0}' <<<'[ -e $WORK/mended ]'
    submit twin
    wait_ended twin
    poll_until 60 no_jobs
    touch mended
    as_user skjob retry twin >a.out 2>a.err &
    as_user skjob retry twin >b.out 2>b.err &
    wait
    [[ $(cat a.out b.out | grep -c retried) == 1 ]]
    [[ $(cat a.err b.err) =~ ^error:\ (another\ skjob\ retry|job.batch/twin) ]]
    wait_ended twin
    [[ $(outcome twin) == "$REACHED" && $(events twin retried | wc -l) == 1 ]]
    # As if it had died between the record and the rest: the end is there, the array is held.
    rm mended
    job died '{"backoffLimit": 0}' <<<'[ -e $WORK/mended ]'
    submit died
    wait_ended died
    poll_until 60 no_jobs
    touch mended
    local end=$SKJOB_STATE/jobs/default/died/end
    [[ -e $end ]]
    cp -p "$end" end.old
    # Nothing starts before it is held.
    touch shut
    scontrol update PartitionName=debug State=DOWN
    retry died
    as_user scontrol hold "$ID"
    scontrol update PartitionName=debug State=UP
    [[ $(job_field "$ID" JobState) == PENDING && ! -e $end ]]
    install -o "$JOB_USER" -m 600 end.old "$end"
    as_user env SKJOB_RECONCILE_GRACE=0 skjob reconcile died
    [[ ! -e $end ]]
    wait_ended died
    [[ $(outcome died) == "$REACHED" ]]
}
