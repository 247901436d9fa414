#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Changing Jobs that run: suspend, resume, scale, delete pod.
# shellcheck disable=SC2016,SC2154 # the containers expand their variables, not we; run sets output
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

setup_file() { jobs_setup --nodes 4; }

# active NAME N: for poll_until.
active() {
    [[ $(status "$1" '.active // 0') == "$2" ]]
}

@test "suspend while pods run: they are ended and count as nothing; resume runs them again" {
    job nap '{"completions": 4, "parallelism": 2, "completionMode": "Indexed", "backoffLimit": 0, "activeDeadlineSeconds": 600}' \
        <<<'[ $INDEX -gt 1 ] || [ $ATTEMPT -gt 0 ] || exec sleep 300'
    submit nap
    poll_until 15 has_started nap 2
    [[ $(says suspend nap) == 'job.batch/nap suspended' ]]
    poll_until 20 runs "$ID" 0
    [[ $(says get job nap --no-headers | tr -s ' ' | cut -d' ' -f2,3) == 'Suspended 0/4' ]]
    # The two that ran have failed, and are not counted; the deadline's clock is not running.
    [[ $(counts nap) == 0/0/0/0 ]]
    [[ $(status nap .startTime) == null ]]
    [[ $(status nap '.conditions | map("\(.type) \(.status) \(.reason): \(.message)") | join(", ")') == \
        'Suspended True JobSuspended: Job suspended' ]]
    [[ $(events nap ended | grep -c phase=Failed) == 2 ]]
    [[ $(as_user skjob get job nap -o json | jq .spec.suspend) == true ]]
    # Twice is once.
    [[ $(says suspend job/nap) == 'job.batch/nap unchanged' ]]
    [[ $(started nap) == 2 ]]
    [[ $(says resume nap) == 'job.batch/nap resumed' ]]
    wait_ended nap 60
    [[ $(outcome nap) == "$REACHED" ]]
    [[ $(counts nap) == 0/0/4/0 ]]
    [[ $(status nap '.conditions[] | select(.type == "Suspended") | .status + " " + .reason') == 'False JobResumed' ]]
    poll_until 10 no_jobs
}

@test "a Job that was created suspended waits, and is resumed" {
    job later '{"suspend": true, "completions": 2, "parallelism": 2}' <<<'exit 0'
    submit later
    [[ $(job_field "$ID" Reason) == JobHeldUser ]]
    [[ $(says resume later) == 'job.batch/later resumed' ]]
    wait_ended later
    [[ $(outcome later) == "$REACHED" ]]
    [[ $(says resume later 2>&1; cat says.err) == *'error: job.batch/later has ended (Complete): it cannot be changed any more'* ]]
}

@test "resume of a Job that was never suspended changes nothing, also not what the user holds" {
    job held '{}' <<<'exit 0'
    submit held --hold
    [[ $(says resume held) == 'job.batch/held unchanged' ]]
    [[ $(job_field "$ID" Reason) == JobHeldUser ]]
}

@test "scale: more pods at once, then fewer, then none, then some" {
    job many '{"completions": 6, "parallelism": 1, "completionMode": "Indexed", "backoffLimit": 0}' \
        <<<'[ $ATTEMPT -gt 0 ] || until [ -e $WORK/go ]; do sleep 0.2; done'
    submit many
    poll_until 15 has_started many 1
    [[ $(says scale many --parallelism=3) == 'job.batch/many scaled' ]]
    poll_until 15 has_started many 3
    active many 3
    [[ $(says scale --replicas=3 job/many) == 'job.batch/many unchanged' ]]
    [[ $(says scale many --parallelism=2) == 'job.batch/many scaled' ]]
    [[ $(job_field "$ID" ArrayTaskThrottle | sort -u) == 2 ]]
    # None at all: those that run are ended, and have not failed.
    [[ $(says scale many --parallelism=0) == 'job.batch/many scaled' ]]
    poll_until 20 runs "$ID" 0
    [[ $(counts many) == 0/0/0/0 ]]
    [[ $(started many) == 3 ]]
    touch go
    [[ $(says scale many --parallelism=6) == 'job.batch/many scaled' ]]
    wait_ended many 60
    [[ $(outcome many) == "$REACHED" ]]
    [[ $(counts many) == 0/0/6/0 ]]
    [[ $(as_user skjob get job many -o json | jq .spec.parallelism) == 6 ]]
}

@test "scale: a work queue has at most the pods it was submitted with" {
    job queue '{"parallelism": 2}' <<<'until [ -e $WORK/go ]; do sleep 0.2; done'
    submit queue
    run as_user skjob scale queue --parallelism=3
    [[ $status == 1 && $output == *'is a work queue that was submitted with 2 pods'* ]]
    touch go
    wait_ended queue
}

@test "delete pod: it has failed and is replaced" {
    job replace '{"backoffLimit": 1}' <<<'[ $ATTEMPT -gt 0 ] || exec sleep 300'
    submit replace
    poll_until 15 has_started replace 1
    local pod
    pod=$(pod_of replace)
    [[ $(says delete pod "$pod") == "pod \"$pod\" deleted from default namespace" ]]
    wait_ended replace
    [[ $(outcome replace) == "$REACHED" ]]
    [[ $(counts replace) == 0/0/1/1 ]]
    # A pod that a person deletes is not disrupted.
    run -1 grep -q DisruptionTarget "$SKJOB_STATE/jobs/default/replace/events"/*
    # One that has ended goes, with its logs.
    [[ -d $SKJOB_STATE/jobs/default/replace/pods/$pod ]]
    [[ $(says delete "pod/$pod") == "pod \"$pod\" deleted from default namespace" ]]
    [[ ! -e $SKJOB_STATE/jobs/default/replace/pods/$pod ]]
    run as_user skjob delete pod "$pod"
    [[ $status == 1 && $output == "Error from server (NotFound): pods \"$pod\" not found" ]]
    # It is shown no more, what it counted for stays, and so does what happened to it.
    run -1 as_user skjob get pod "$pod"
    [[ $output == "Error from server (NotFound): pods \"$pod\" not found" ]]
    run -1 as_user skjob describe pod "$pod"
    run -1 as_user skjob logs "$pod"
    local last
    last=$(as_user skjob get pods -l job-name=replace -o name)
    [[ $last == pod/replace-* && $last != "pod/$pod" && $(counts replace) == 0/0/1/1 ]]
    as_user skjob events --for=job/replace | grep -q "Created pod: $pod"
    [[ $(as_user skjob __complete delete pods replace) == "${last#pod/}" ]]
    says delete "$last"
    [[ $(as_user skjob get pods -l job-name=replace 2>&1) == 'No resources found in default namespace.' ]]
    [[ $(counts replace) == 0/0/1/1 && $(outcome replace) == "$REACHED" ]]
    run -1 as_user skjob logs job/replace
    [[ $output == 'error: job replace has no log: its pods were deleted, or never ran' ]]
    # Of one that ended by itself nothing is told but its end.
    run -1 grep 'Killing.*pod/replace-.*Stopping' <<<"$(as_user skjob events | grep "${last#pod/}")"
}

@test "delete pod, backoffLimit 0: the Job fails of it" {
    job once '{"backoffLimit": 0}' <<<'exec sleep 300'
    submit once
    poll_until 15 has_started once 1
    says delete pod "$(pod_of once)"
    wait_ended once
    [[ $(outcome once) == 'Failed BackoffLimitExceeded: Job has reached the specified backoff limit' ]]
    [[ $(counts once) == 0/0/0/1 ]]
    poll_until 10 no_jobs
}

@test "delete pod, podReplacementPolicy Failed: a pod that ends well in its grace period has succeeded" {
    job well '{"podReplacementPolicy": "Failed", "backoffLimit": 0}' <<<'trap "exit 0" TERM; sleep 300 & wait'
    submit well
    poll_until 15 has_started well 1
    says delete pod "$(pod_of well)"
    wait_ended well
    [[ $(outcome well) == "$REACHED" ]]
    [[ $(counts well) == 0/0/1/0 ]]
    poll_until 10 no_jobs
}

@test "what is not there, and what makes no sense" {
    run as_user skjob suspend nothing
    [[ $status == 1 && $output == 'Error from server (NotFound): jobs.batch "nothing" not found' ]]
    run as_user skjob scale nothing
    [[ $status == 1 && $output == 'error: The --parallelism=COUNT flag is required, and COUNT must be greater than or equal to 0' ]]
    run as_user skjob delete pod nothing-0-abcde
    [[ $status == 1 && $output == 'Error from server (NotFound): pods "nothing-0-abcde" not found' ]]
    job minus '{"suspend": true}' <<<'exit 0'
    submit minus
    run as_user skjob scale minus --parallelism=-1
    [[ $status == 1 && $output == 'The Job "minus" is invalid: spec.parallelism: Invalid value: -1: must be greater than or equal to 0' ]]
}

@test "scale --completions: an elastic Indexed Job has fewer indexes; those beyond end and count no more" {
    job elastic '{"completions": 4, "parallelism": 4, "completionMode": "Indexed", "backoffLimit": 0}' \
        <<<'[ $INDEX = 3 ] && exit 0; until [ -e $WORK/go ]; do sleep 0.2; done'
    submit elastic
    poll_until 15 has_started elastic 4
    poll_until 15 runs "$ID" 3
    run as_user skjob scale elastic --completions=2 --parallelism=3
    [[ $status == 1 && $output == *'in tandem with spec.parallelism'* ]]
    run as_user skjob patch job elastic -p '{"spec": {"completions": 2}}'
    [[ $status == 1 && $output == *'spec.completions: Invalid value: 2: can only be modified in tandem with spec.parallelism'* ]]
    [[ $(says scale elastic --completions=3) == 'job.batch/elastic scaled' ]]
    [[ $(status elastic '.succeeded // 0') == 0 ]]
    [[ $(says patch job elastic -p '{"spec": {"completions": 2, "parallelism": 2}}') == 'job.batch/elastic patched' ]]
    poll_until 20 runs "$ID" 2
    active elastic 2
    [[ $(says scale elastic --completions=2) == 'job.batch/elastic unchanged' ]]
    touch go
    wait_ended elastic
    [[ $(outcome elastic) == "$REACHED" && $(counts elastic) == 0/0/2/0 && $(status elastic .completedIndexes) == 0,1 ]]
    job plain '{"completions": 2, "suspend": true}' <<<'exit 0'
    submit plain
    run as_user skjob scale plain --completions=1
    [[ $status == 1 && $output == *'field is immutable' ]]
}
