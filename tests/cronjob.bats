#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# CronJobs on a cluster. Real minutes pass in the first test only: the others make a run due by setting back when the
# CronJob was created, or tell a tick what time it is (skjob __tick).
# shellcheck disable=SC2016,SC2154 # jq and the containers expand their variables, not we; run sets output
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

setup_file() { jobs_setup --nodes 2; }
teardown_file() { cluster_teardown; }
setup() { jobs_begin; }
teardown() { jobs_finish; }

PERIOD=3600000 # seconds of @every 1000h

# cron NAME SPEC: a CronJob NAME.yaml whose Jobs run the shell script on standard input ($1 is the Job's name). SPEC is a
# JSON object, put over the CronJob's spec.
cron() {
    job "$1" '{}'
    jq --argjson over "$2" '{apiVersion, kind: "CronJob", metadata: {name: .metadata.name},
        spec: ({schedule: "@every 1000h", jobTemplate: {metadata: {labels: {of: .metadata.name}}, spec: .spec}} * $over)}' \
        "$1.yaml" >cron.tmp
    mv cron.tmp "$1.yaml"
}

# made NAME: the CronJob of NAME.yaml is created.
made() { [[ $(says create -f "$1.yaml") == "cronjob.batch/$1 created" ]]; }

# cron_file NAME: the file of the object.
cron_file() { echo "$SKJOB_STATE/cronjobs/default/$1.json"; }

# created_before NAME SECONDS: as if it had been created so long ago. BORN is that time.
created_before() {
    BORN=$(($(date +%s) - $2))
    as_user jq --arg t "$(date -u -d "@$BORN" +%FT%TZ)" '.metadata.creationTimestamp = $t' "$(cron_file "$1")" >file.tmp
    as_user cp file.tmp "$(cron_file "$1")"
}

# tick NAME SECONDS: one tick at that time.
tick() { as_user skjob __tick default "$1" "$2"; }

# jobs_of NAME: the names of its Jobs.
jobs_of() { says get jobs -l "of=$1" -o name; }

has_jobs() { (($(jobs_of "$1" | wc -l) == $2)); }

# told NAME REASON: the messages of these events.
told() { says get events --field-selector "involvedObject.name=$1,reason=$2" -o jsonpath='{.items[*].message}'; }

# clock NAME: Slurm's id of its clock, pending or running.
clock() { squeue -h -n "cronjob/$1" -o %i; }
one_clock() { (($(clock "$1" | wc -l) == 1)); }
no_clock() { [[ -z $(clock "$1") ]]; }
clock_waits() { [[ $(squeue -h -n "cronjob/$1" -o %T) == PENDING ]]; }
other_clock() { one_clock "$1" && [[ $(clock "$1") != "$2" ]]; }

cronjob() { says get cronjob "$1" -o json | jq -c "$2"; }
job_ended_well() { [[ $(says get job "$1" -o jsonpath='{.status.succeeded}') == 1 ]]; }
all_ended() { ! says get jobs -l "of=$1" --no-headers | grep -qv ' \(Complete\|Failed\) '; }

@test "the tutorial, as printed: a Job each minute" {
    as_user cp "${CLUSTER%/cluster/cluster}/examples/cronjob.yaml" cronjob.yaml
    [[ $(says create -f cronjob.yaml) == 'cronjob.batch/hello created' ]]
    run -0 says get cronjob hello
    [[ ${lines[0]} =~ ^NAME\ +SCHEDULE\ +TIMEZONE\ +SUSPEND\ +ACTIVE\ +LAST\ SCHEDULE\ +AGE$ ]]
    [[ ${lines[1]} =~ ^hello\ +\*\ \*\ \*\ \*\ \*\ +\<none\>\ +False\ +0\ +(\<none\>|[0-9]s)\ +[0-9]+s$ ]]
    local id name pods first
    id=$(clock hello)
    poll_until 90 eval '[[ -n $(says get jobs -o name) ]]'
    first=$(says get jobs -o name | head -n 1)
    name=${first#*/}
    [[ $name =~ ^hello-[0-9]+$ ]]
    poll_until 30 job_ended_well "$name"
    [[ $(says get cronjob hello --no-headers) =~ ^hello\ .*\ False\ +0\ +[0-9]+s\ +([0-9]+s|[0-9]m[0-9]*s?)$ ]]
    pods=$(as_user skjob get pods --selector=job-name="$name" --output=jsonpath='{.items[*].metadata.name}')
    [[ $(says logs "$pods") == *$'\nHello from the Kubernetes cluster' ]]
    [[ $(says describe job "$name") == *'Controlled By:'*'CronJob/hello'* ]]
    # The next minute's, by the same Slurm job.
    poll_until 90 eval '(($(says get jobs -o name | wc -l) == 2))'
    [[ $(clock hello) == "$id" ]]
    [[ $(says get jobs -o name | tail -n 1) == "job.batch/hello-$((${name#hello-} + 1))" ]]
    [[ $(says describe cronjob hello) == *'Last Schedule Time:'*'SuccessfulCreate'*"Created job $name"* ]]
    [[ $(says delete cronjob hello) == 'cronjob.batch "hello" deleted from default namespace' ]]
    [[ -z $(says get jobs,pods,cronjobs -o name) ]]
    poll_until 20 no_jobs
    [[ -z $(find "$SKJOB_STATE/clocks/default" -mindepth 1) ]]
}

@test "the Job: its name, owner, labels, annotation; nothing of the clock in its environment; manual ones" {
    cron a '{"timeZone": "Asia/Kolkata", "jobTemplate": {"metadata": {"annotations": {"x": "y"}}}}' \
        <<<'env | grep -E "^SLURM_(MEM|NTASKS|NNODES|JOB_NAME|COMMENT)|^SKJOB_STATE" | sort >>"$WORK/a.env"'
    made a
    created_before a $PERIOD
    tick a $((BORN + PERIOD))
    local name=a-$(((BORN + PERIOD) / 60))
    [[ $(jobs_of a) == "job.batch/$name" ]]
    poll_until 30 job_ended_well "$name"
    [[ $(says get job "$name" -o json | jq -c '.metadata | [.annotations.x, .labels.of, .ownerReferences[0].name, .ownerReferences[0].controller]') == \
        '["y","a","a",true]' ]]
    [[ $(says get job "$name" -o json | jq -r '.metadata.annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"]') == \
        "$(TZ=Asia/Kolkata date -d "@$((BORN + PERIOD))" +%FT%T+05:30)" ]]
    [[ $(cronjob a '.status | [.active, .lastScheduleTime]') == "[null,\"$(date -u -d "@$((BORN + PERIOD))" +%FT%TZ)\"]" ]]
    tick a $((BORN + PERIOD + 1))
    [[ $(cronjob a .status.lastSuccessfulTime) == '"20'* ]]
    [[ $(told a SawCompletedJob) == "Saw completed job: $name, condition: Complete" ]]
    # By the clock itself: as by hand.
    [[ $(says create job now --from=cronjob/a) == 'job.batch/now created' ]]
    [[ $(says get job now -o json | jq -c '.metadata | [.annotations["cronjob.kubernetes.io/instantiate"], .labels.of]') == '["manual","a"]' ]]
    poll_until 30 job_ended_well now
    created_before a $((2 * PERIOD + 3600))
    as_user jq '.status = {}' "$SKJOB_STATE/clocks/default/a/state.json" >state.tmp
    as_user cp state.tmp "$SKJOB_STATE/clocks/default/a/state.json"
    says patch cronjob a -p '{"metadata":{"labels":{"any":"change"}}}'
    poll_until 30 has_jobs a 3
    poll_until 30 all_ended a
    # Three runs: by a tick by hand, a person, the clock. The environments are the same but for the Job's name.
    [[ $(grep -vc JOB_NAME a.env) == $((3 * $(grep -v JOB_NAME a.env | sort -u | wc -l))) ]]
    [[ $(grep -c 'SLURM_JOB_NAME=a-' a.env) == 2 ]]
}

@test "Forbid: a run that is due waits for the Job before to end, and starts then" {
    cron f '{"concurrencyPolicy": "Forbid"}' <<<'until [ -e "$WORK/go" ]; do sleep 0.1; done'
    made f
    created_before f $((2 * PERIOD + 60))
    tick f $((BORN + PERIOD))
    has_jobs f 1
    # Its clock is set to the second time, which has passed.
    poll_until 30 eval '[[ -n $(told f JobAlreadyActive) ]]'
    has_jobs f 1
    [[ $(cronjob f '.status | [(.active | length), .lastScheduleTime]') == "[1,\"$(date -u -d "@$((BORN + PERIOD))" +%FT%TZ)\"]" ]]
    poll_until 20 eval '[[ $(squeue -h -n cronjob/f -o %E) == *afterany* ]]'
    as_user touch go
    poll_until 60 has_jobs f 2
    poll_until 30 all_ended f
    [[ $(told f SuccessfulCreate) == *"Created job f-$(((BORN + 2 * PERIOD) / 60))" ]]
    poll_until 20 one_clock f
}

@test "Replace: the Job before is deleted" {
    cron r '{"concurrencyPolicy": "Replace"}' <<<'sleep 300'
    made r
    created_before r $((2 * PERIOD + 60))
    tick r $((BORN + PERIOD))
    poll_until 30 eval '[[ -n $(told r SuccessfulDelete) ]]'
    [[ $(told r SuccessfulDelete) == "Deleted job r-$(((BORN + PERIOD) / 60))" ]]
    poll_until 30 eval "[[ \$(jobs_of r) == job.batch/r-$(((BORN + 2 * PERIOD) / 60)) ]]"
    [[ $(cronjob r '.status.active | map(.name)') == "[\"r-$(((BORN + 2 * PERIOD) / 60))\"]" ]]
}

@test "suspend: no clock; resume starts the run that was missed, unless the deadline has passed" {
    cron s '{}' <<<'exit 0'
    made s
    one_clock s
    [[ $(says patch cronjob/s -p '{"spec":{"suspend":true}}') == 'cronjob.batch/s patched' ]]
    poll_until 20 no_clock s
    [[ $(says get cj s --no-headers) =~ \ True\ +0\ +\<none\> ]]
    [[ $(says suspend cronjob s) == 'cronjob.batch/s unchanged' ]]
    created_before s $((PERIOD + 100))
    [[ $(says patch cronjob s -p '{"spec":{"startingDeadlineSeconds":50}}') == 'cronjob.batch/s patched' ]]
    [[ $(says resume cronjob/s) == 'cronjob.batch/s resumed' ]]
    one_clock s && clock_waits s
    [[ -z $(jobs_of s) ]]
    says suspend cronjob/s
    says patch cronjob s --type=json -p '[{"op":"remove","path":"/spec/startingDeadlineSeconds"}]'
    says resume cronjob/s
    poll_until 30 has_jobs s 1
    [[ $(jobs_of s) == "job.batch/s-$(((BORN + PERIOD) / 60))" ]]
    poll_until 20 clock_waits s
}

@test "history: so many Jobs are kept of each kind, the newest" {
    cron h '{"successfulJobsHistoryLimit": 1, "failedJobsHistoryLimit": 1, "jobTemplate": {"spec": {"backoffLimit": 0}}}' \
        <<<'[ $((TRY % 2)) = 0 ]'
    made h
    created_before h 60
    local k
    for k in 1 2 3 4; do
        tick h $((BORN + k * PERIOD))
        poll_until 40 all_ended h
    done
    has_jobs h 3
    tick h $((BORN + 4 * PERIOD + 1))
    [[ $(jobs_of h | sort) == "job.batch/h-$(((BORN + 3 * PERIOD) / 60))"$'\n'"job.batch/h-$(((BORN + 4 * PERIOD) / 60))" ]]
    [[ $(says get job "h-$(((BORN + 3 * PERIOD) / 60))" -o jsonpath='{.status.succeeded}') == 1 ]]
}

@test "a clock that is lost comes back with the next look; of two one stays" {
    cron l '{}' <<<'exit 0'
    made l
    local id
    id=$(clock l)
    scancel "$id"
    poll_until 20 no_clock l
    if [[ $JOB_USER != "$(id -un)" ]]; then # another user's look, be it root's, changes nothing
        [[ $(skjob get cronjobs -o name) == cronjob.batch/l ]]
        no_clock l
    fi
    [[ $(says get cronjobs -o name) == cronjob.batch/l ]]
    one_clock l
    id=$(clock l)
    scontrol write batch_script "$id" second.sh >/dev/null
    chmod 644 second.sh
    local second
    second=$(as_user sbatch --parsable --job-name=cronjob/l --output=second.out second.sh)
    wait_for_job "$second"
    [[ $(job_field "$second" JobState) == COMPLETED && $(job_field "$second" Restarts) == 0 ]]
    [[ $(clock l) == "$id" ]]
    # The one that is known is gone: another one takes its place.
    second=$(as_user sbatch --parsable --hold --job-name=cronjob/l --output=second.out second.sh)
    scancel "$id"
    poll_until 20 eval "[[ \$(clock l) == $second ]]"
    scontrol release "$second"
    poll_until 20 eval "((\$(job_field $second Restarts) == 1))"
    [[ $(says get cronjobs -o name) == cronjob.batch/l && $(clock l) == "$second" ]]
}

@test "a clock that is held, as by a Prolog that fails, goes on with the next look" {
    cron i '{}' <<<'exit 0'
    made i
    created_before i $((PERIOD + 60))
    local id
    id=$(clock i)
    as_user scontrol hold "$id"
    [[ $(job_field "$id" Priority) == 0 ]]
    [[ $(says get cronjobs -o name) == cronjob.batch/i ]]
    poll_until 30 has_jobs i 1
    poll_until 30 clock_waits i
    [[ $(clock i) == "$id" && $(job_field "$id" Priority) != 0 ]]
}

@test "reconcile does what is due without any clock, once" {
    cron c '{}' <<<'exit 0'
    made c
    scancel "$(clock c)"
    poll_until 20 no_clock c
    created_before c $((PERIOD + 60))
    run -0 says reconcile --all
    [[ $output == *"cronjob.batch/c: SuccessfulCreate: Created job c-$(((BORN + PERIOD) / 60))"*'cronjob.batch/c: its clock is Slurm job '* ]]
    poll_until 30 all_ended c
    says reconcile cronjob/c
    run -0 says reconcile --all
    [[ -z $output ]]
    has_jobs c 1 && one_clock c
    [[ $(as_user skjob reconcile cronjob/none 2>&1 || true) == 'Error from server (NotFound): cronjobs.batch "none" not found' ]]
}

@test "apply, edit by label, schedule: the clock follows; delete leaves the Jobs where they are orphans" {
    cron p '{}' <<<'sleep 300'
    [[ $(says apply -f p.yaml) == 'cronjob.batch/p created' ]]
    [[ $(says apply -f p.yaml) == 'cronjob.batch/p unchanged' ]]
    local id
    id=$(clock p)
    jq '.spec.schedule = "@every 10h"' p.yaml >q.yaml
    [[ $(says apply -f q.yaml) == 'cronjob.batch/p configured' ]]
    [[ $(clock p) == "$id" ]]
    local begin
    begin=$(date -d "$(squeue -h -j "$id" -o %S)" +%s)
    ((begin - $(date +%s) > 35000 && begin - $(date +%s) <= 36000))
    [[ $(says label cj/p a=b) == 'cronjob.batch/p labeled' ]]
    [[ $(as_user skjob create -f p.yaml 2>&1) == *'cronjobs.batch "p" already exists' ]]
    [[ $(as_user skjob patch cronjob p -p '{"spec":{"schedule":"* * *"}}' 2>&1) == \
        'The CronJob "p" is invalid: spec.schedule: Invalid value: "* * *": expected exactly 5 fields, found 3: [* * *]' ]]
    tick p $(($(date +%s) + 36100))
    has_jobs p 1
    [[ $(says wait --for=jsonpath='{.status.lastScheduleTime}' cronjob/p) == 'cronjob.batch/p condition met' ]]
    [[ $(says delete cronjob p --cascade=orphan) == 'cronjob.batch "p" deleted from default namespace' ]]
    run -0 says wait --for=delete cronjob/p
    [[ -z $output ]]
    poll_until 20 no_clock p
    has_jobs p 1
    [[ $(says get "$(jobs_of p)" -o jsonpath='{.metadata.ownerReferences}') == '' ]]
    says delete "$(jobs_of p)"
}

@test "create: sbatch options go to the Jobs, and their partition to the clock, too; what Slurm refuses is not kept" {
    cron o '{}' <<<'exit 0'
    { echo '#SBATCH --nice=7'; cat o.yaml; } >p.yaml
    run as_user skjob create -f o.yaml -- --partition=nosuch
    [[ $status == 1 && $output == *'error when creating "o.yaml": the clock of cronjob.batch/o cannot be submitted: '*'nvalid partition'* ]]
    [[ -z $(says get cronjobs -o name) ]]
    local partition
    partition=$(sinfo -h -o %R | head -n 1)
    [[ $(says create -f p.yaml -- -p "$partition" --time=7) == 'cronjob.batch/o created' ]]
    [[ $(job_field "$(clock o)" TimeLimit) == 00:10:00 && $(job_field "$(clock o)" Partition) == "$partition" ]]
    created_before o $((PERIOD + 60))
    says reconcile cronjob/o
    local id
    id=$(says get jobs -l of=o -o json | jq -r '.items[0].metadata.annotations["skjob/slurm-job-id"]')
    [[ $(job_field "$id" TimeLimit) == 00:07:00 && $(job_field "$id" Nice) == 7 ]]
}

@test "ten ticks at once: one Job, one clock" {
    cron m '{}' <<<'exit 0'
    made m
    created_before m 60
    local i
    for i in 1 2 3 4 5 6 7 8 9 10; do
        tick m $((BORN + PERIOD)) >"tick.$i" 2>&1 3>&- &
    done
    wait
    has_jobs m 1
    poll_until 30 all_ended m
    [[ $(cat tick.* | grep -c "SuccessfulCreate: Created job m-$(((BORN + PERIOD) / 60))") == 1 ]]
    poll_until 20 one_clock m
    tick m $((BORN + PERIOD + 1))
    [[ $(cronjob m '.status | [.active, .lastSuccessfulTime != null]') == '[null,true]' ]]
}

@test "a Job that cannot be created: the event says why, and the clock tries again after a while" {
    cron e '{}' <<<'exit 0'
    made e
    created_before e $((PERIOD + 60))
    says patch cronjob e -p '{"spec":{"jobTemplate":{"spec":{"managedBy":"example.com/x"}}}}'
    poll_until 30 eval '[[ -n $(told e FailedCreate) ]]'
    [[ $(told e FailedCreate) == 'Error creating job: spec.managedBy cannot be run on Slurm: skjob manages every Job itself' ]]
    poll_until 20 clock_waits e
    local begin
    begin=$(date -d "$(squeue -h -n cronjob/e -o %S)" +%s)
    ((begin - $(date +%s) <= 60))
    [[ -z $(jobs_of e) ]]
    says patch cronjob e --type=json -p '[{"op":"remove","path":"/spec/jobTemplate/spec/managedBy"}]'
    poll_until 90 has_jobs e 1 || { tail -n 50 "$SKJOB_STATE"/clocks/default/e/*; as_user skjob events --for=cronjob/e; return 1; }
}

# hold_sbatch: from now on sbatch waits while the file "hold" is there, also in the clock's job.
hold_sbatch() {
    as_user mkdir -p bin
    printf '#!/bin/sh\nwhile [ -e "%s/hold" ]; do touch "%s/held"; sleep 0.1; done\nexec %s "$@"\n' "$WORK" "$WORK" "$(command -v sbatch)" >sbatch.tmp
    as_user cp sbatch.tmp bin/sbatch
    as_user chmod 755 bin/sbatch
    PATH=$WORK/bin:$PATH
}

@test "the node dies while the Job is created: one Job, and the clock goes on" {
    hold_sbatch
    cron n '{}' <<<'exit 0'
    made n
    created_before n $((PERIOD + 60))
    local id node
    id=$(clock n)
    as_user touch hold
    says label cronjob n a=b
    poll_until 30 test -e held
    node=$(squeue -h -j "$id" -o %N)
    node_dies "$node"
    poll_until 60 clock_waits n
    # The name that was taken is free again only after a while in which the Job could still be submitted.
    as_user touch -d '400 seconds ago' "$SKJOB_STATE"/jobs/default/n-*/object.json
    as_user rm hold
    "$CLUSTER" start --dir "$CLUSTER_BASE/c" "$node"
    scontrol update NodeName="$node" State=RESUME
    scontrol update JobId="$id" StartTime=now
    poll_until 120 has_jobs n 1
    poll_until 30 all_ended n
    poll_until 30 clock_waits n
    [[ $(clock n) == "$id" ]]
    has_jobs n 1
}

@test "Forbid: the node dies while the run that had to wait is created: one Job" {
    hold_sbatch
    cron w '{"concurrencyPolicy": "Forbid"}' <<<'until [ -e "$WORK/go" ]; do sleep 0.1; done'
    made w
    created_before w $((2 * PERIOD + 60))
    tick w $((BORN + PERIOD))
    poll_until 30 eval '[[ $(squeue -h -n cronjob/w -o %E) == *afterany* ]]'
    local id node
    id=$(squeue -h -n cronjob/w -o '%i %E' | sed -n 's/ afterany.*//p')
    as_user touch hold go
    poll_until 60 test -e held
    node=$(squeue -h -j "$id" -o %N)
    node_dies "$node"
    poll_until 60 eval "[[ \$(job_field $id JobState) == PENDING ]]"
    as_user touch -d '400 seconds ago' "$SKJOB_STATE/jobs/default/w-$(((BORN + 2 * PERIOD) / 60))/object.json"
    as_user rm hold
    "$CLUSTER" start --dir "$CLUSTER_BASE/c" "$node"
    scontrol update NodeName="$node" State=RESUME
    scontrol update JobId="$id" StartTime=now
    poll_until 120 has_jobs w 2
    poll_until 30 all_ended w
    poll_until 30 one_clock w
    has_jobs w 2
}

@test "slurmctld is away when a run is due: it is tried again, and the clock goes on" {
    hold_sbatch
    cron d '{}' <<<'exit 0'
    made d
    created_before d $((PERIOD + 60))
    local id
    id=$(clock d)
    as_user touch hold
    says label cronjob d a=b
    poll_until 30 test -e held
    "$CLUSTER" stop --dir "$CLUSTER_BASE/c" slurmctld
    as_user rm hold
    poll_until 60 grep -q FailedCreate "$SKJOB_STATE/clocks/default/d/state.json"
    "$CLUSTER" start --dir "$CLUSTER_BASE/c" slurmctld
    poll_until 120 has_jobs d 1
    poll_until 30 all_ended d
    poll_until 60 clock_waits d
    [[ $(clock d) == "$id" ]]
}
