#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# get and describe, of a state folder that stands still: everything is 25 hours old, and no Slurm is asked.
# What they print is in golden/see; SKJOB_GOLDEN=1 writes it anew.
# shellcheck disable=SC2154 # run sets output and stderr
bats_require_minimum_version 1.5.0

load lib/common
load lib/golden

setup() {
    own_home
    export TZ=UTC SLURM_CONF=/nonexistent SKJOB_STATE=$BATS_TEST_TMPDIR/state
    "$BATS_TEST_DIRNAME/lib/make-state" "$SKJOB_STATE" $(($(date +%s) - 25 * 3600 - 600))
}

# fill_in JOB: gives a Job of the state folder the defaults that make-state leaves out.
fill_in() {
    local object=$SKJOB_STATE/jobs/default/$1/object.json
    skjob create --dry-run=client -o json -f "$object" >filled.json
    mv filled.json "$object"
}

@test "tables" {
    golden jobs get jobs
    golden jobs-wide get jobs -A -o wide
    golden pods get pods
    golden pods-wide get po -A -o wide
    golden events get events
    golden events-wide get events -o wide
    golden all get all
    golden labels get pods --show-labels -L job-name
    golden no-headers get jobs,pods --no-headers
}

@test "events are get events, of an object or a type" {
    local all
    all=$(skjob get events)
    rows() { tail -n +2 | tr -s ' '; }
    [[ $(skjob events) == "$all" ]]
    [[ $(skjob events --for=job/indexed | rows) == "$(grep ' job/indexed ' <<<"$all" | tr -s ' ')" ]]
    [[ $(skjob events --types=warning | rows) == "$(grep ' Warning ' <<<"$all" | tr -s ' ')" ]]
    [[ $(grep -c ' job/indexed ' <<<"$all") -gt 2 && $(grep -c ' Warning ' <<<"$all") -gt 0 ]]
    [[ $(skjob events --types=Normal,Warning) == "$all" ]]
    run --separate-stderr skjob events -n nowhere
    expect 0 '' 'No events found in nowhere namespace.'
    run --separate-stderr skjob events -A --for=job/none
    expect 0 '' 'No events found.'
    run --separate-stderr skjob get events -n nowhere
    expect 0 '' 'No resources found in nowhere namespace.'
    refused 'error: valid --types are Normal or Warning' events --types=Bad
    refused 'error: --for must be in resource/name form' events --for=pi
    refused 'error: --for is for Jobs, pods and CronJobs: job/NAME, pod/NAME, cronjob/NAME' events --for=node/a
    refused 'error: unexpected argument "pi"; of one object: --for=job/NAME' events pi
}

@test "objects" {
    local pod
    pod=$(skjob get pods -o name | grep -m 1 indexed-2)
    golden job.yaml get job pi -o yaml
    golden job.json get job indexed -o json
    golden pod.yaml get "$pod" -o yaml
    golden pod.json get "$pod" -o json
    golden pods.yaml get pods -l job-name=indexed -o yaml
    golden pods.json get pods -n other -o json
    golden events.yaml get events --field-selector involvedObject.name=pi -o yaml
    golden events.json get events --field-selector reason=BackoffLimitExceeded -o json
    golden empty.json get pods -n nowhere -o json
    golden empty.yaml get pods -n nowhere -o yaml
}

# What a list makes of its items one by one is what jq and a YAML reader make of it.
@test "lists of objects are valid" {
    python3 -c 'import yaml' || skip "no PyYAML"
    skjob get pods -A -o json | jq -S . >a
    skjob get pods -A -o yaml | python3 -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout, default=str)' |
        jq -S . >b
    diff a b
    [[ $(jq -r '.kind, (.items | length)' a) == $'List\n6' ]]
}

# identical TYPE/NAME: what was got is taken as it is, and is valid.
identical() {
    skjob get "$1" -o yaml >got.yaml
    skjob create --dry-run=client --validate=strict -f - -o yaml <got.yaml >again.yaml
    diff -u got.yaml again.yaml
    skjob get "$1" -o json >got.json
    skjob create --dry-run=client --validate=strict -f got.json -o json >again.json
    diff -u got.json again.json
}

@test "what was got goes through create --dry-run=client as it is" {
    printf 'data: {a: "1", b: "text\\nof two lines\\n"}\nbinaryData: {c: AAEC}\n' |
        cat - <(printf 'apiVersion: v1\nkind: ConfigMap\nimmutable: true\nmetadata: {name: settings, labels: {l: "yes"}}\n') |
        skjob create -f -
    skjob create secret generic token --from-literal=t=secret --type=example.org/token
    printf 'apiVersion: v1\nkind: Service\nmetadata: {name: head}\nspec: {clusterIP: None, selector: {job-name: pi}}\n' |
        skjob create -f -
    # With all that the API server fills in, as skjob create keeps it.
    fill_in pi
    fill_in indexed
    for object in job/pi job/indexed configmap/settings secret/token service/head; do
        identical "$object"
    done
}

@test "one object is itself, several are a List" {
    [[ $(skjob get job/pi -o json | jq -r .kind) == Job ]]
    [[ $(skjob get job/pi job/indexed -o json | jq -r '.kind, .items[].kind') == $'List\nJob\nJob' ]]
    [[ $(skjob get pods -o json | jq '.items | length') == 5 ]]
}

@test "a Job that was got can be created again" {
    skjob get job indexed -o yaml >job.yaml
    skjob create --dry-run=client -o json -f job.yaml | jq -S .spec.template.spec.containers >again
    skjob get job indexed -o json | jq -S .spec.template.spec.containers >before
    [[ $(jq -r '.[0].command[2]' again) == $(jq -r '.[0].command[2]' before) ]]
}

@test "jsonpath and custom columns" {
    golden name-by-path get pods -l job-name=pi --output='jsonpath={.items..metadata.name}'
    golden range get pods -o 'jsonpath={range .items[*]}{.metadata.name}{"\t"}{.status.phase}{"\n"}{end}'
    golden columns get jobs -o 'custom-columns=NAME:.metadata.name,DONE:.status.succeeded,NO:.none'
    printf 'A B\n.metadata.name spec.backoffLimit\n' >columns
    golden columns-file get jobs -o custom-columns-file=columns
    printf '{.status.succeeded}' >path
    [[ $(skjob get job pi -o jsonpath-file=path) == 1 ]]
    [[ $(skjob get job pi -o jsonpath-as-json='{.metadata.name}') == $'[\n    "pi"\n]' ]]
    refused 'error: error parsing jsonpath {.a, unclosed action' get jobs -o 'jsonpath={.a'
    refused 'error: error executing jsonpath "{.items[9]}": Error executing template: array index out of bounds: index 9, length 2' \
        get jobs -o 'jsonpath={.items[9]}'
    refused 'error: error executing jsonpath "{.x}": Error executing template: x is not found' \
        get job pi -o 'jsonpath={.x}' --allow-missing-template-keys=false
    refused "error: Go's templates are not supported: use jsonpath, custom-columns, or json with jq" \
        get jobs -o 'go-template={{.kind}}'
}

@test "selectors and order" {
    golden failed get pods --field-selector status.phase=Failed --sort-by .status.startTime
    golden by-index get pods -l 'batch.kubernetes.io/job-completion-index in (0,2)'
    golden by-name get jobs -l app -o name
    run --separate-stderr skjob get jobs -l app=none
    expect 0 '' 'No resources found in default namespace.'
    refused 'Error from server (BadRequest): Unable to find "batch/v1, Resource=jobs" that match label selector "a b", field selector "": unable to parse requirement: found '\''b'\'', expected: in, notin, =, ==, !=, gt, lt' \
        get jobs -l 'a b'
    refused 'Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label selector "", field selector "spec.x=1": field label "spec.x" not supported for Pod' \
        get pods --field-selector spec.x=1
    refused 'error: name cannot be provided when a selector is specified' get job pi -l app
    refused "error: couldn't find any field with path \".none\" in the list of objects" get jobs --sort-by .none
}

@test "what is not there" {
    refused 'Error from server (NotFound): jobs.batch "no" not found' get job no
    refused 'Error from server (NotFound): pods "pi-00000" not found' get pod/pi-00000
    run --separate-stderr skjob get job no --ignore-not-found
    expect 0 '' ''
    run --separate-stderr skjob get pods -n nowhere
    expect 0 '' 'No resources found in nowhere namespace.'
    run --separate-stderr skjob get cronjobs -A
    expect 0 '' 'No resources found'
    refused 'error: the server doesn'\''t have a resource type "deployments"' get deployments
    refused 'error: a resource cannot be retrieved by name across all namespaces' get job pi -A
    run --separate-stderr skjob get job no pi -o name
    expect 1 'job.batch/pi' 'Error from server (NotFound): jobs.batch "no" not found'
}

@test "describe" {
    golden describe-job describe job indexed
    golden describe-pods describe pods -l job-name=pi
    golden describe-init describe pods -n other
    skjob create configmap settings --from-literal=a=b
    skjob create secret generic token --from-literal=t=secret
    skjob describe configmap settings | grep -A2 '^a:$' | grep -x b
    skjob describe secret token | grep -Ex 't: +6 bytes'
    run -1 grep -q secret <(skjob describe secret token)
    refused 'Error from server (NotFound): jobs.batch "no" not found' describe job no
}

# cronjob_state: a suspended CronJob, which needs no clock and so no Slurm, with what its ticks left.
cronjob_state() {
    local past
    past=$(date -u -d "@$(($(date +%s) - 25 * 3600))" +%FT%TZ)
    mkdir -p "$SKJOB_STATE"/{cronjobs,clocks/nights/report}/ "$SKJOB_STATE/cronjobs/nights"
    cat >"$SKJOB_STATE/cronjobs/nights/report.json" <<END
{"apiVersion": "batch/v1", "kind": "CronJob",
 "metadata": {"name": "report", "namespace": "nights", "uid": "u", "creationTimestamp": "$past", "labels": {"team": "math"}},
 "spec": {"schedule": "30 2 * * 1-5", "timeZone": "Europe/Berlin", "suspend": true, "concurrencyPolicy": "Forbid",
  "successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1, "startingDeadlineSeconds": 60,
  "jobTemplate": {"spec": {"completions": 2, "template": {"spec": {"restartPolicy": "Never",
   "containers": [{"name": "main", "image": "busybox", "command": ["true"]}]}}}}}}
END
    cat >"$SKJOB_STATE/clocks/nights/report/state.json" <<END
{"uid": "u", "status": {"lastScheduleTime": "$past", "active": [{"name": "gone", "namespace": "nights", "uid": "x"}]},
 "events": [{"type": "Normal", "reason": "SuccessfulCreate", "message": "Created job report-1", "first": "$past", "last": "$past", "count": 1},
  {"type": "Warning", "reason": "FailedCreate", "message": "Error creating job: no", "first": "$past", "last": "$past", "count": 3}]}
END
}

@test "CronJobs" {
    cronjob_state
    golden cronjobs get cronjobs -n nights
    golden cronjobs-wide get cj -A -o wide
    golden cronjob.yaml get cronjob report -n nights -o yaml
    golden describe-cronjob describe cronjob report -n nights
    golden cronjob-events events --for=cronjob/report -n nights
    [[ $(skjob get events -A --no-headers | grep -c '^nights ') == 2 ]]
    refused 'Error from server (NotFound): cronjobs.batch "no" not found' get cronjob no
}

@test "a pod that has ended is gone when it is deleted, also one whose runner left no folder" {
    [[ $(skjob delete pod pi-t6rjx) == 'pod "pi-t6rjx" deleted from default namespace' ]]
    refused 'Error from server (NotFound): pods "pi-t6rjx" not found' get pod pi-t6rjx
    refused 'Error from server (NotFound): pods "pi-t6rjx" not found' delete pod pi-t6rjx
    refused 'error: job pi has no log: its pods were deleted, or never ran' logs job/pi
    [[ $(skjob get job pi -o jsonpath='{.status.succeeded}') == 1 ]]
    [[ $(skjob get events | grep -c pi-t6rjx) == "$(grep -c pi-t6rjx "$BATS_TEST_DIRNAME/golden/see/events")" ]]
    refused 'Error from server (BadRequest): container "main" in pod "indexed-1-xmld6" was never started' logs indexed-1-xmld6
}
