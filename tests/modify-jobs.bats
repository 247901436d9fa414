#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# patch, apply, delete and retention of Jobs on a cluster.
# shellcheck disable=SC2016,SC2154 # the containers expand their variables, not we; run sets output
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

setup_file() { jobs_setup --nodes 2; }

# fails ARGUMENT...: what skjob says on standard error; another text when it does not fail.
fails() {
    { as_user skjob "$@" >/dev/null; } 2>&1 || return 0
    echo "has not failed: skjob $*"
}

spec() {
    as_user skjob get job "$1" -o json | jq -c "$2"
}

@test "patch suspends, resumes and limits a Job that runs; what is immutable is refused in the API's words" {
    job p '{"completions": 4, "parallelism": 1, "completionMode": "Indexed", "backoffLimit": 6}' <<<'exec sleep 300'
    submit p
    poll_until 60 has_started p 1
    [[ $(says patch job/p --type=strategic --patch '{"spec":{"suspend":true,"backoffLimit":2}}') == 'job.batch/p patched' ]]
    poll_until 60 runs "$ID" 0
    [[ $(spec p '[.spec.suspend, .spec.backoffLimit]') == '[true,2]' ]]
    [[ $(says patch job p -p '{"spec":{"suspend":true}}') == 'job.batch/p patched (no change)' ]]
    [[ $(says patch job p --type=json -p '[{"op":"replace","path":"/spec/suspend","value":false},{"op":"replace","path":"/spec/parallelism","value":2}]') == \
        'job.batch/p patched' ]]
    poll_until 60 runs "$ID" 2
    [[ $(fails patch job p -p '{"spec":{"completions":3}}') == \
        'The Job "p" is invalid: spec.completions: Invalid value: 3: can only be modified in tandem with spec.parallelism' ]]
    [[ $(fails patch job p -p '{"spec":{"completionMode":"NonIndexed"}}') == \
        'The Job "p" is invalid: spec.completionMode: Invalid value: "NonIndexed": field is immutable' ]]
    [[ $(fails patch job p -p '{"spec":{"template":{"spec":{"nodeSelector":{"a":"b"}}}}}') == \
        'The Job "p" is invalid: spec.template: Invalid value: '*': field is immutable' ]]
    [[ $(fails patch job p -p '{"spec":{"parallelism":-1}}') == \
        'The Job "p" is invalid: spec.parallelism: Invalid value: -1: must be greater than or equal to 0' ]]
    [[ $(says label job p team=x) == 'job.batch/p labeled' ]]
    [[ $(spec p .metadata.labels.team) == '"x"' ]]
}

@test "apply: created, unchanged, configured; a Job that has ended keeps its spec" {
    job a '{"completions": 2}' <<<'exit 0'
    [[ $(says apply -f a.yaml) == 'job.batch/a created' ]]
    [[ $(says apply -f a.yaml) == 'job.batch/a unchanged' ]]
    wait_ended a
    jq '.metadata.labels = {"b": "c"}' a.yaml >b.yaml
    [[ $(says apply -f b.yaml) == 'job.batch/a configured' ]]
    [[ $(spec a .metadata.labels.b) == '"c"' ]]
    jq '.spec.backoffLimit = 1' b.yaml >c.yaml
    [[ $(fails apply -f c.yaml) == *'job.batch/a has ended (Complete): it cannot be changed any more' ]]
    [[ $(says get job a -o yaml | as_user skjob replace -f -) == 'job.batch/a replaced' ]]
}

@test "a condition that the user gives a running pod makes the failure policy end the Job, once the pod is deleted" {
    job ci '{"completions": 2, "parallelism": 2, "podFailurePolicy": {"rules": [{"action": "FailJob", "onPodConditions": [{"type": "ConfigIssue"}]}]}}' \
        <<<'exec sleep 300'
    submit ci
    poll_until 60 has_started ci 2
    local pod
    pod=$(pod_of ci)
    printf 'status:\n  conditions:\n  - {type: ConfigIssue, status: "True", reason: NonExistingImage}\n' >patch.yaml
    [[ $(fails patch pod "$pod" -p '{"metadata":{"labels":{"a":"b"}}}') == *'can be patched, with --subresource=status' ]]
    [[ $(says patch pod "$pod" --subresource=status --patch-file=patch.yaml) == "pod/$pod patched" ]]
    [[ $(says delete "pods/$pod") == "pod \"$pod\" deleted from default namespace" ]]
    wait_ended ci
    [[ $(outcome ci) == *"Failed PodFailurePolicy: Pod default/$pod has condition ConfigIssue matching FailJob rule at index 0" ]]
}

is_free() { as_user skjob create -f "$1.yaml"; }

@test "delete by label and without waiting; the name is free once the pods have ended" {
    job d '{"parallelism": 2}' <<<'exec sleep 300'
    submit d
    poll_until 60 has_started d 2
    [[ $(says delete pods -l batch.kubernetes.io/job-name=d --dry-run=client | wc -l) == 2 ]]
    [[ $(says delete jobs --all --wait=false) == 'job.batch "d" deleted from default namespace' ]]
    poll_until 60 is_free d
    poll_until 60 has_started d 2
    [[ $(says delete job d) == 'job.batch "d" deleted from default namespace' ]]
    [[ -z $(ls -A "$SKJOB_STATE/jobs/default") ]]
}

@test "ttlSecondsAfterFinished: gone with its logs when somebody looks, or by gc" {
    job t '{"ttlSecondsAfterFinished": 3600}' <<<'exit 0'
    submit t
    wait_ended t
    poll_until 60 no_jobs
    [[ -z $(says gc --all) ]]
    [[ $(says patch job t -p '{"spec":{"ttlSecondsAfterFinished":0}}') == 'job.batch/t patched' ]]
    [[ $(says gc --all) == 'job.batch "t" deleted from default namespace' ]]
    job u '{"ttlSecondsAfterFinished": 0}' <<<'exit 0'
    submit u
    poll_until 60 is_gone u
    [[ -z $(ls -A "$SKJOB_STATE/jobs/default") ]]
}

is_gone() { [[ $(as_user skjob get job "$1" 2>&1) == *NotFound* ]]; }

@test "run -i shows the output and ends as the Job does; --rm removes it; create job makes one" {
    [[ $(says run r --image=busybox -i --rm --env=A=b -- sh -c 'echo $A; sleep 1; echo end') == \
        $'job.batch/r created\nb\nend\njob.batch "r" deleted from default namespace' ]]
    run -1 --separate-stderr as_user skjob run s --image=busybox -i -- sh -c 'exit 3'
    [[ $stderr == 'error: job.batch/s failed' ]]
    [[ $(says create job c --image=busybox -- true) == 'job.batch/c created' ]]
    wait_ended c
    [[ $(outcome c) == Complete* ]]
}
