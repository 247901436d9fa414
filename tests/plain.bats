#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Plain arrays on a real cluster: sbatch's options give an ordinary script the semantics of a Job.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # the scripts expand their variables, not we; run sets output
bats_require_minimum_version 1.5.0

load lib/common
load lib/cluster
load lib/attempts

setup_file() { jobs_setup_plugin --nodes 2 --plugstack-arg backoff_base=1; }
setup() {
    plugin_required
    jobs_begin
    unset SKJOB_BACKOFF_BASE
}

# script NAME: makes the batch script NAME.sh of standard input, which finds INDEX and ATTEMPT.
script() {
    {
        echo '#!/bin/sh'
        echo 'INDEX=${SLURM_ARRAY_TASK_ID:-0}; ATTEMPT=${SLURM_RESTART_COUNT:-0}'
        cat
    } >"$WORK/$1.sh"
    chmod 755 "$WORK/$1.sh"
}

# array NAME [OPTION of sbatch...]: submits it; ID becomes its Slurm id, JOB the name of its Job.
array() {
    ID=$(as_user sbatch --parsable -J "$1" -o "$WORK/$1-%a.out" --open-mode=append "${@:2}" "$WORK/$1.sh") || return 1
    JOB=$1-$ID
}

job_exists() {
    [[ -e $SKJOB_STATE/jobs/default/$JOB/object.json ]]
}

# finish: waits until the Job has ended, and Slurm has nothing left of it.
finish() {
    poll_until 60 job_exists
    wait_ended "$JOB"
    poll_until 60 no_jobs
}

# field JQ: of the Job.
field() {
    as_user skjob get job "$JOB" -o json | jq -rc "$1"
}

# next_id: the id that Slurm gives next: unchanged as long as nothing is submitted.
next_id() {
    scontrol show config | sed -n 's/.*NEXT_JOB_ID *= *//p'
}

@test "--backoff-limit: a script that always fails has that many retries, with growing delays" {
    script fail <<<'echo "try $ATTEMPT"; exit 3'
    array fail --backoff-limit=2
    finish
    [[ $(outcome "$JOB") == "$LIMIT" ]]
    [[ $(counts "$JOB") == 0/0/0/3 ]]
    [[ $(events "$JOB" ended | grep -o 'attempt=[0-9]* .*containers=[^ ]*' | paste -sd' ') == *'attempt=0 phase=Failed containers=main:3:Error attempt=1'* ]]
    # Slurm's own output, and no log of ours.
    [[ $(paste -sd' ' fail-*.out) == 'try 0 try 1 try 2' ]]
    [[ ! -e $SKJOB_STATE/jobs/default/$JOB/pods ]]
    local ends starts n delay
    mapfile -t ends < <(events "$JOB" ended)
    mapfile -t starts < <(events "$JOB" started)
    for n in 0 1; do
        delay=$(bc <<<"$(seconds_of "${starts[n + 1]}") - $(seconds_of "${ends[n]}")")
        (($(bc <<<"$delay >= 2^$n")))
    done
}

@test "what skjob shows of it" {
    script show <<<'exit 0'
    array show --array=5-9:2 --backoff-limit=1
    finish
    [[ $(outcome "$JOB") == "$REACHED" ]]
    [[ $(field '[.spec.completions, .spec.parallelism, .spec.backoffLimit, .spec.completionMode] | join(" ")') == '3 3 1 Indexed' ]]
    [[ $(field '.metadata.annotations["array.skjob/tasks"]') == 5-9:2 ]]
    [[ $(field '.spec.template.spec.containers[0] | .name + " " + .image') == 'main slurm/batch-script' ]]
    [[ $(status "$JOB" .completedIndexes) == 5,7,9 ]]
    as_user skjob get job "$JOB" | grep -Eq "^$JOB +Complete +3/3 "
    run -1 as_user skjob logs "job/$JOB"
    [[ $output == "error: job $JOB is an array without a manifest: its output is where sbatch --output said" ]]
    # Kubernetes would take it.
    as_user skjob get job "$JOB" -o json | jq 'del(.status, .metadata.uid, .metadata.creationTimestamp)' >job.json
    as_user skjob create --dry-run=client -f job.json
}

@test "a failure is retried until it succeeds, also of tasks from a list" {
    script twice <<<'[ $ATTEMPT -ge $INDEX ]'
    array twice --array=0,2,1 --backoff-limit=6
    finish
    [[ $(outcome "$JOB") == "$REACHED" ]]
    [[ $(counts "$JOB") == 0/0/3/3 ]]
    [[ $(started "$JOB" 0)/$(started "$JOB" 1)/$(started "$JOB" 2) == 1/2/3 ]]
}

@test "tasks 1 to 5: complete when all five have succeeded" {
    script five <<<'[ $INDEX != 5 ] || sleep 2'
    array five --array=1-5 --backoff-limit=0
    finish
    [[ $(outcome "$JOB") == "$REACHED" ]]
    [[ $(status "$JOB" '"\(.succeeded) \(.completedIndexes)"') == '5 1-5' ]]
}

@test "no array: a single task" {
    script one <<<'[ $ATTEMPT = 1 ]'
    array one --backoff-limit=1
    finish
    [[ $(outcome "$JOB") == "$REACHED" ]]
    [[ $(counts "$JOB") == 0/0/1/1 ]]
    [[ $(field .metadata.annotations) == *'"array.skjob/tasks":"0"'* ]]
}

@test "--pod-failure-policy FailJob: exit code 42 ends the array, the other tasks are stopped" {
    script bug <<<'[ $INDEX = 1 ] || exec sleep 600; sleep 2; exit 42'
    array bug --array=1-9:2%2 --pod-failure-policy='FailJob:In(42); Ignore:Disruption; Count:NotIn(1,2)'
    finish
    [[ $(outcome "$JOB") == 'Failed PodFailurePolicy: Container main for pod default/'*' failed with exit code 42 matching FailJob rule at index 0' ]]
    (($(started "$JOB") <= 3))
}

@test "--pod-failure-policy Ignore:Disruption: a task that a person requeues does not count" {
    script keep <<<'[ $ATTEMPT -gt 0 ] || exec sleep 600'
    # Slurm's own delay would be two minutes. Who is requeued more slowly than a second has it nevertheless, but not three times.
    for _ in 1 2 3; do
        array keep --array=3 --backoff-limit=0 --pod-failure-policy='Ignore:Disruption'
        poll_until 60 has_begun 3
        as_user scontrol requeue "${ID}_3"
        if poll_until 60 succeeded_once; then break; fi
        as_user scancel "$ID"
    done
    succeeded_once
    finish
    [[ $(outcome "$JOB") == "$REACHED" ]]
    [[ $(counts "$JOB") == 0/0/1/0 ]]
    events "$JOB" ended ' attempt=0 ' | grep -q DisruptionTarget
}

# has_begun INDEX: for poll_until.
has_begun() {
    job_exists && (($(started "$JOB" "$1") > 0))
}

succeeded_once() {
    events "$JOB" ended | grep -q phase=Succeeded
}

@test "--backoff-limit-per-index: each index has its own retries, the others go on" {
    script each <<<'[ $INDEX != 4 ]'
    array each --array=2-5 --backoff-limit-per-index=1
    finish
    [[ $(outcome "$JOB") == 'Failed FailedIndexes: Job has failed indexes' ]]
    [[ $(status "$JOB" '"\(.failedIndexes) \(.completedIndexes) \(.failed)"') == '4 2,3,5 2' ]]
}

@test "--max-failed-indexes ends the array, FailIndex fails an index at once" {
    script max <<<'[ $INDEX -lt 9 ] || exec sleep 600; exit 7'
    array max --array=1-9 --backoff-limit-per-index=5 --max-failed-indexes=1 --pod-failure-policy='FailIndex:In(7)'
    finish
    [[ $(outcome "$JOB") == 'Failed MaxFailedIndexesExceeded: '* ]]
}

@test "--success-policy: enough has succeeded, the rest is stopped" {
    script some <<<'[ $INDEX -le 2 ] || exec sleep 600'
    array some --array=1-4 --success-policy='indexes=1-2'
    finish
    [[ $(outcome "$JOB") == 'Complete SuccessPolicy: Matched rules at index 0' ]]
    [[ $(status "$JOB" .completedIndexes) == 1,2 ]]
}

@test "--active-deadline: the whole array is ended at that time, also what waits" {
    script late <<<'exec sleep 600'
    array late --array=1-3%1 --active-deadline=3s --backoff-limit=0
    finish
    [[ $(outcome "$JOB") == 'Failed DeadlineExceeded: Job was active longer than specified deadline' ]]
    [[ $(started "$JOB") == 1 ]]
}

@test "--completion-index: the script and its srun steps have the array task id" {
    script index <<<'echo "$JOB_COMPLETION_INDEX $(srun --export=NONE /bin/sh -c "echo \$JOB_COMPLETION_INDEX")"'
    array index --array=7 --completion-index
    wait_for_job "$ID"
    [[ $(<index-7.out) == '7 7' ]]
    # By itself it records and retries nothing.
    [[ ! -e $SKJOB_STATE ]]
    array index --array=8 --completion-index --backoff-limit=1
    finish
    [[ $(<index-8.out) == '8 8' ]]
}

@test "the environment of the job: no trace of the options, also with --export=NONE" {
    script env <<<'env | grep -i "spank_option" && exit 1; exit 0'
    # With --export, Slurm 26.05 holds the job of a user who has no login shell.
    # shellcheck disable=SC2034 # as_user reads it
    JOB_USER=$(id -un)
    array env --backoff-limit=0 --export=NONE,SKJOB_STATE="$SKJOB_STATE",HOME="$WORK"
    finish
    [[ $(outcome "$JOB") == "$REACHED" ]]
}

@test "an sbatch inside of the job does not inherit its options" {
    script inner <<<'exit 1'
    script outer <<END
srun true || exit 1
sbatch --parsable -J inner -o $WORK/inner.out $WORK/inner.sh >$WORK/inner.id
END
    array outer --backoff-limit=5
    finish
    [[ $(outcome "$JOB") == "$REACHED" ]]
    local inner
    inner=$(<inner.id)
    wait_for_job "$inner"
    [[ $(job_field "$inner" Restarts) == 0 && $(job_field "$inner" JobState) == FAILED ]]
    [[ $(ls "$SKJOB_STATE/jobs/default") == "$JOB" ]]
}

@test "options in #SBATCH lines" {
    script lines <<<'#SBATCH --backoff-limit=0
exit 1'
    sed -i '2d' "$WORK/lines.sh"
    array lines
    finish
    [[ $(outcome "$JOB") == "$LIMIT" ]]
    [[ $(started "$JOB") == 1 ]]
}

@test "an option that does not fit the array: the script runs, the log says why nothing is retried" {
    script misfit <<<'exit 1'
    array misfit --array=1-3 --success-policy='count=4'
    wait_for_job "$ID"
    [[ $(cat misfit-*.out) == *'--success-policy: rule 1: the array has only 3 tasks'* ]]
    [[ ! -e $SKJOB_STATE ]]
}

@test "scancel of a task is the last word, the other tasks go on" {
    script stop <<<'[ $INDEX != 2 ] || exec sleep 600; [ $ATTEMPT = 1 ]'
    array stop --array=1-2 --backoff-limit=4
    poll_until 60 has_begun 2
    as_user scancel "${ID}_2"
    finish
    [[ $(outcome "$JOB") == 'Failed Cancelled: '* ]]
    [[ $(status "$JOB" '"\(.succeeded) \(.completedIndexes)"') == '1 1' ]]
    events "$JOB" ended ' index=2 ' | grep -q 'reason=Cancelled'
    [[ $(started "$JOB" 2) == 1 ]]
}

@test "a script that a signal kills is retried, and counts as 128 and the signal" {
    script kill <<<'[ $ATTEMPT = 1 ] || kill -KILL $$'
    array kill --array=6 --backoff-limit=1 --pod-failure-policy='Count:In(137);FailJob:NotIn(137)'
    finish
    [[ $(outcome "$JOB") == "$REACHED" ]]
    events "$JOB" ended ' attempt=0 ' | grep -q 'containers=main:137:Error'
}

@test "--no-requeue: what cannot be retried says so in its output" {
    script never <<<'exit 1'
    array never --no-requeue --backoff-limit=3
    poll_until 60 job_exists
    wait_for_job "$ID"
    [[ $(cat never-*.out) == *'the task may not be requeued, so it is not retried (sbatch --no-requeue, '* ]]
    [[ $(status "$JOB" .failed) == 1 ]]
}

# refused WANT COMMAND...: one line on standard error, and nothing is submitted.
refused() {
    local before
    before=$(next_id)
    run --separate-stderr as_user "${@:2}"
    [[ $status == 1 && -z $output ]] || return 1
    echo "$stderr" >&2
    [[ $stderr == "$1" && $(next_id) == "$before" ]]
}

@test "what is wrong is said in one line, before anything is submitted" {
    script any <<<'exit 0'
    local s='sbatch: error: skjob:'
    refused "$s --backoff-limit: at character 1: expected a number, found \"x\"" sbatch --backoff-limit=x any.sh
    refused "$s --pod-failure-policy: at character 12: In cannot have 0: it is no failure" \
        sbatch --pod-failure-policy='FailJob:In(0)' any.sh
    refused "$s --active-deadline: at character 1: must be at least one second" sbatch --active-deadline=0 any.sh
    refused "$s --max-failed-indexes needs --backoff-limit-per-index" sbatch --max-failed-indexes=1 any.sh
    refused "$s --pod-failure-policy: rule 1: FailIndex needs --backoff-limit-per-index" \
        sbatch --pod-failure-policy='FailIndex:In(1)' --backoff-limit=1 any.sh
    refused "srun: error: skjob: --backoff-limit is an option for sbatch: what is retried is a batch script" \
        srun --backoff-limit=1 true
    refused "salloc: error: skjob: --completion-index is an option for sbatch: what is retried is a batch script" \
        salloc --completion-index true
}

@test "with a manifest: the manifest says it" {
    manifest pi >pi.yaml
    refused 'sbatch: error: skjob: pi.yaml is a Job manifest, which says itself what "--backoff-limit=3" would say' \
        sbatch --backoff-limit=3 pi.yaml
    run -1 as_user skjob create -f pi.yaml -- --backoff-limit=3
    [[ $output == *'option --backoff-limit cannot be used here: the manifest says it'* ]]
}

@test "other jobs are not touched" {
    script other <<<'echo "${JOB_COMPLETION_INDEX-none}"; exit 1'
    array other --array=1-2
    wait_for_job "$ID"
    [[ $(paste -sd' ' other-1.out) == none ]]
    [[ $(job_field "$ID" Restarts | sort -u) == 0 ]]
    [[ ! -e $SKJOB_STATE ]]
}
