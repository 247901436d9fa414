#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# skjob delete: grace periods, waiting, selectors.
# shellcheck disable=SC2016,SC2154 # the containers expand their variables, not we; run sets output
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

# Slurm would give pods a minute.
setup_file() { jobs_setup --nodes 4 --slurm-conf KillWait=60; }
teardown_file() { cluster_teardown; }
setup() { jobs_begin; }
teardown() {
    # Slurm alone would wait a minute for what does not end by itself.
    as_user skjob delete jobs --all --force >/dev/null 2>&1 || true
    jobs_finish
}

# A pod that does not end when it is told to, and one that ends some seconds later.
readonly STUBBORN='trap "" TERM; touch $me/up; while :; do sleep 1; done'
readonly SLOW='trap "sleep 3; touch $WORK/done; exit 0" TERM; touch $me/up; while :; do sleep 1; done'

is_up() { [[ -e $WORK/$1.d/up ]]; }

pod_of() { events "$1" started | tail -n 1 | sed 's/.* pod=\([^ ]*\).*/\1/'; }

@test "--grace-period and --now: killed long before terminationGracePeriodSeconds" {
    local how
    for how in --grace-period=1 --grace-period=0 --now; do
        job stay '{}' '{"terminationGracePeriodSeconds": 600}' <<<"$STUBBORN"
        rm -rf stay.d
        submit stay
        poll_until 60 is_up stay
        # Neither Slurm's minute nor the runner's 25 s would be over.
        run as_user skjob delete job stay "$how" --timeout=24s
        [[ $status == 0 && $output == 'job.batch "stay" deleted from default namespace' ]]
        [[ ! -e $SKJOB_STATE/jobs/default/stay ]]
    done
}

@test "--grace-period longer than terminationGracePeriodSeconds: the pod has the time it needs" {
    job slow '{}' '{"terminationGracePeriodSeconds": 1}' <<<"$SLOW"
    submit slow
    poll_until 60 is_up slow
    as_user skjob delete job slow --grace-period=24
    [[ -e ./done ]]
}

@test "--force does not wait; the Job is Terminating, and gone with its pods" {
    job forced '{}' '{"terminationGracePeriodSeconds": 600}' <<<"$STUBBORN"
    submit forced
    poll_until 60 is_up forced
    run as_user skjob delete job forced --force
    [[ $status == 0 && $output == 'Warning: Immediate deletion does not wait'*$'\n''job.batch "forced" force deleted from default namespace' ]]
    # Slurm's minute would not be over.
    poll_until 50 no_jobs
    run as_user skjob get job forced
    [[ $status == 1 && $output == *NotFound* ]]
}

@test "a wait that is too short: an error, and the Job is Terminating until its pods have ended" {
    job stay '{}' '{"terminationGracePeriodSeconds": 600}' <<<"$STUBBORN"
    submit stay
    poll_until 60 is_up stay
    run as_user skjob delete job stay --timeout=1s
    [[ $status == 1 && $output == "error: timed out waiting for the pods of Slurm job $ID to end" ]]
    [[ $(as_user skjob get job stay --no-headers | tr -s ' ' | cut -d' ' -f2) == Terminating ]]
    # A shorter grace period still counts when it comes later: the second word is another signal.
    as_user skjob delete job stay --grace-period=1 --timeout=60s
    [[ ! -e $SKJOB_STATE/jobs/default/stay ]]
}

@test "delete pod --grace-period; the pod that replaces it has the Job's own again" {
    job one '{"backoffLimit": 3}' '{"terminationGracePeriodSeconds": 600}' <<<"$STUBBORN"
    submit one
    poll_until 60 is_up one
    local pod
    pod=$(pod_of one)
    as_user skjob delete pod "$pod" --grace-period=1 --timeout=24s
    poll_until 200 has_started one 2
    [[ $(cat "$SKJOB_STATE/jobs/default/one/pods/$pod/grace") == 1 ]]
    [[ ! -e $SKJOB_STATE/jobs/default/one/pods/$(pod_of one)/grace && ! -e $SKJOB_STATE/jobs/default/one/grace ]]
    as_user skjob delete job one --now
}

@test "selectors: pods by label and by phase, Jobs by name" {
    job some '{"completions": 3, "parallelism": 3, "completionMode": "Indexed", "backoffLimitPerIndex": 0}' \
        <<<'[ $INDEX = 0 ] && exit 0; [ $INDEX != 1 ]  || exit 3; exec sleep 1000'
    submit some
    poll_until 60 phases some 'Failed Running Succeeded'
    poll_until 60 left 1 # a runner that is about to go may still write into its pod's folder
    run as_user skjob delete pods --field-selector status.phase=Failed
    [[ $status == 0 && $output =~ ^'pod "some-1-'[a-z0-9]{5}'" deleted from default namespace'$ ]]
        # shellcheck disable=SC2012 # names of pods
    [[ $(ls "$SKJOB_STATE/jobs/default/some/pods" | cut -d- -f2 | paste -sd' ') == '0 2' ]]
    run as_user skjob delete pods -l job-name=some,batch.kubernetes.io/job-completion-index=0
    [[ $status == 0 && $output =~ ^'pod "some-0-'[a-z0-9]{5}'" deleted from default namespace'$ ]]
    run as_user skjob delete pods --field-selector status.colour=red
    [[ $status == 1 && $output == *'field label "status.colour" not supported for Pod'* ]]
    run as_user skjob delete jobs --field-selector metadata.name=other
    [[ $status == 0 && $output == 'No resources found' ]]
    run as_user skjob delete jobs some --field-selector metadata.name=some
    [[ $status == 1 && $output == 'error: name cannot be provided when a selector is specified' ]]
    run as_user skjob delete jobs --field-selector metadata.name=some
    [[ $status == 0 && $output == 'job.batch "some" deleted from default namespace' ]]
}

left() { [[ $(squeue -h -r -t R,CG | wc -l) == "$1" ]]; }

# phases NAME "PHASE...": for poll_until.
phases() {
    [[ $(as_user skjob get pods -l "job-name=$1" -o jsonpath='{.items[*].status.phase}' | tr ' ' '\n' | sort | paste -sd' ') == "$2" ]]
}

@test "two deletes at once: both say so, nothing is left" {
    job twice '{}' <<<'exec sleep 1000'
    submit twice
    poll_until 60 has_started twice 1
    as_user skjob delete job twice >a.out 2>&1 &
    as_user skjob delete job twice >b.out 2>&1 &
    wait
    local f
    for f in a.out b.out; do
        [[ $(cat $f) == 'job.batch "twice" deleted from default namespace' ||
            $(cat $f) == 'Error from server (NotFound): jobs.batch "twice" not found' ]]
    done
    grep -q deleted a.out b.out
    no_jobs
    [[ -z $(ls -A "$SKJOB_STATE/jobs/default" 2>/dev/null) ]]
}
