#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# get --watch, of a state folder to which this file adds records; no Slurm is asked.
# shellcheck disable=SC2154 # run sets output and stderr
bats_require_minimum_version 1.5.0

load lib/common

setup() {
    own_home
    export TZ=UTC SLURM_CONF=/nonexistent SKJOB_STATE=$BATS_TEST_TMPDIR/state
    BASE=$(($(date +%s) - 25 * 3600 - 600))
    "$BATS_TEST_DIRNAME/lib/make-state" "$SKJOB_STATE" "$BASE"
    JOB=$SKJOB_STATE/jobs/other/starts # a pod that runs, with two init containers
}

teardown() {
    [[ -z ${WATCHER-} ]] || enough
}

# watch ARGUMENT...: goes on in the background, into the file out.
watch() {
    "$SKJOB" get --watch "$@" >out 2>err 3>&- &
    WATCHER=$!
}

# enough: the watcher has ended, and the file out is free for the next one.
enough() {
    kill "$WATCHER" || true
    wait "$WATCHER" || true
    WATCHER=
}

# soon LINES: out has so many lines within a minute.
soon() {
    for _ in {1..300}; do
        (($(wc -l <out) < $1)) || return 0
        kill -0 "$WATCHER" || break
        sleep 0.2
    done
    cat out err
    return 1
}

end_pod() {
    "$BATS_TEST_DIRNAME/lib/add-record" "$JOB" $((BASE + 40)) \
        "event=ended index=0 attempt=0 phase=${1:-Succeeded} containers=main:${2:-0}:Completed init=a:0:Completed,b:0:Completed"
}

# job_goes: at once, not file by file.
job_goes() { mv "$JOB" "$BATS_TEST_TMPDIR/gone"; }

pod_name() { skjob get pods -n other -o name; }

# plain: blanks are no matter.
plain() { sed -E 's/ +/ /g; s/ $//' out; }

@test "a row for each change, the last state again when it is gone" {
    watch pods -n other
    soon 2
    end_pod
    soon 3
    job_goes
    soon 4
    plain
    [[ $(plain | cut -d' ' -f2-3) == $'READY STATUS\n0/1 Init:0/2\n0/1 Completed\n0/1 Completed' ]]
}

@test "--output-watch-events says what happened; one Job of several" {
    watch jobs -n other --output-watch-events -o wide
    soon 2
    end_pod
    soon 3
    job_goes
    soon 4
    plain
    [[ $(plain | cut -d' ' -f1-3) == $'EVENT NAME STATUS\nADDED starts Running\nMODIFIED starts Complete\nDELETED starts Complete' ]]
}

@test "--watch-only leaves out what is there already" {
    local index=10
    watch pods -A --watch-only --no-headers
    # Other pods come until one of them is shown: from then on it watches.
    until [[ -s out ]] || ((index > 200)); do
        "$BATS_TEST_DIRNAME/lib/add-record" "$SKJOB_STATE/jobs/default/indexed" $((BASE + 40)) \
            "event=started index=$((index++)) attempt=0 node=n2"
        sleep 0.3
    done
    soon 1
    run ! grep -v '^default  *indexed-[1-9][0-9]' out
    end_pod
    for _ in {1..300}; do
        ! grep -q '^other' out || break
        sleep 0.2
    done
    [[ $(plain | grep '^other' | cut -d' ' -f3-4) == '0/1 Completed' ]]
}

@test "an object for each change: JSON, YAML, names, JSONPath, columns" {
    local name
    name=$(pod_name)
    watch pods -n other -o json
    soon 10
    end_pod
    for _ in {1..300}; do
        [[ $(jq -r .status.phase out) != $'Pending\nSucceeded' ]] || break
        sleep 0.2
    done
    [[ $(jq -r '.kind + " " + .status.phase' out) == $'Pod Pending\nPod Succeeded' ]]
    enough

    watch pods -n other -o 'jsonpath={.metadata.name} {.status.phase}{"\n"}'
    soon 1
    rm "$JOB/events/other"
    soon 2
    [[ $(<out) == "${name#pod/} Succeeded"$'\n'"${name#pod/} Pending" ]]
    enough

    watch pods -n other -o name
    soon 1
    end_pod
    soon 2
    [[ $(<out) == "$name"$'\n'"$name" ]]
    enough

    watch pods -n other -o yaml
    soon 10
    rm "$JOB/events/other"
    for _ in {1..300}; do
        [[ $(grep -c '^kind: Pod' out) != 2 ]] || break
        sleep 0.2
    done
    [[ $(grep -E '^(---|  phase:)' out) == $'  phase: Succeeded\n---\n  phase: Pending' ]]
    enough

    watch pods -n other -o custom-columns=PHASE:.status.phase,KIND:.kind
    soon 2
    end_pod Failed 3
    soon 3
    [[ $(plain) == $'PHASE KIND\nPending Pod\nFailed Pod' ]]
}

@test "events of the watch as JSON: a line each" {
    watch pods -n other --output-watch-events -o json
    soon 1
    end_pod
    soon 2
    job_goes
    soon 3
    [[ $(jq -r '.type + " " + .object.kind + " " + .object.status.phase' out) == \
        $'ADDED Pod Pending\nMODIFIED Pod Succeeded\nDELETED Pod Succeeded' ]]
}

@test "events: those that are shown stay what they are" {
    watch events -n other --output-watch-events --no-headers
    soon 3
    local before
    before=$(wc -l <out)
    end_pod Failed 3
    "$BATS_TEST_DIRNAME/lib/add-record" "$JOB" $((BASE + 50)) 'event=started index=0 attempt=1 node=n2'
    soon $((before + 3))
    run ! grep -E '^(DELETED|MODIFIED)' out
}

@test "events of a CronJob are shown while no Job changes" {
    local past clock=$SKJOB_STATE/clocks/default/tick
    past=$(date -u -d "@$BASE" +%FT%TZ)
    mkdir -p "$SKJOB_STATE/cronjobs/default" "$clock"
    printf '{"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "tick", "namespace": "default", "uid": "u",
        "creationTimestamp": "%s"}, "spec": {"schedule": "@hourly", "suspend": true}}' "$past" >"$SKJOB_STATE/cronjobs/default/tick.json"
    # tell REASON...
    tell() {
        jq -n --arg t "$past" '{uid: "u", events: [$ARGS.positional[] | {type: "Warning", reason: ., message: ., first: $t, last: $t, count: 1}]}' \
            --args "$@" >state.json
        mv state.json "$clock/state.json"
    }
    rm -r "$SKJOB_STATE/jobs/default/pi" # may have more pods, as far as its journal tells; the other has failed
    tell MissSchedule
    watch events --no-headers
    soon 3
    local before
    before=$(wc -l <out)
    tell MissSchedule JobAlreadyActive
    soon $((before + 1))
    [[ $(tail -n 1 out) == *' JobAlreadyActive '*' cronjob/tick '* ]]
    (($(grep -c ' cronjob/tick ' out) == 2))
}

@test "a Job that comes, and labels that no longer fit" {
    watch jobs -l app --output-watch-events --no-headers
    soon 1
    skjob create job more --image=busybox --dry-run=client -o json -- true | jq '.metadata.labels = {app: "x"} | .spec.suspend = true |
        .metadata.uid = "00000000-0000-4000-8000-000000000001"' >object.json
    mkdir "$SKJOB_STATE/jobs/default/more"
    mv object.json "$SKJOB_STATE/jobs/default/more/object.json"
    soon 2
    jq 'del(.metadata.labels)' "$SKJOB_STATE/jobs/default/more/object.json" >object.json
    mv object.json "$SKJOB_STATE/jobs/default/more/object.json"
    soon 3
    [[ $(plain | cut -d' ' -f1-2) == $'ADDED pi\nADDED more\nDELETED more' ]]
}

@test "what makes no sense" {
    run --separate-stderr skjob get pods --output-watch-events
    expect 1 '' 'error: --output-watch-events option can only be used with --watch or --watch-only'
    run --separate-stderr skjob get jobs,pods -w
    expect 1 '' 'error: watch is only supported on individual resources and resource collections - 2 resources were found'
    run --separate-stderr skjob get job no -w
    expect 1 '' 'Error from server (NotFound): jobs.batch "no" not found'
}
