#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# create and translate on a real Slurm: what is submitted, what is not, and what stays.
# shellcheck disable=SC1003,SC2016,SC2030,SC2031,SC2154 # run sets output and stderr
bats_require_minimum_version 1.5.0

load lib/common
load lib/cluster

setup_file() {
    cluster_setup --nodes 2 --cpus 8 --gres gpu:2 --max-array-size 101 --slurm-conf 'PartitionName=short Nodes=ALL MaxTime=10'
}

teardown_file() { cluster_teardown; }

setup() { cluster_home; }

teardown() { cluster_home_teardown; }

# is_done NAME: for poll_until.
is_done() { [[ $(skjob get job "$1" --no-headers) =~ ' Complete ' ]]; }

# next_id: the id that Slurm gives next: unchanged as long as nothing is submitted.
next_id() { sed -n 's/.*NEXT_JOB_ID *= *//p' <<<"$(scontrol show config)"; }

@test "the documents' pi, up to its log" {
    manifest pi | sed 's/\["true"\]/["echo", "3.14"]/' >pi.yaml
    run --separate-stderr skjob create -f pi.yaml
    expect 0 'job.batch/pi created' ''
    poll_until 60 is_done pi
    [[ $(skjob logs job/pi) == 3.14 ]]
    run ! compgen -G 'slurm-*'
}

@test "Indexed: JOB_COMPLETION_INDEX in each pod" {
    skjob create -f "$BATS_TEST_DIRNAME/../contrib/examples/indexed-job-direct.yaml"
    poll_until 60 is_done indexed-job
    [[ $(skjob logs job/indexed-job --all-pods | sed 's/.*\] //' | sort | xargs) == 'oof rab xuq zab zyx' ]]
}

# What Slurm keeps of the Job is shown to everybody: its script and comment hold no value.
@test "a ConfigMap, a Secret and the Job that reads them, out of one file" {
    {
        printf 'apiVersion: v1\nkind: %s\nmetadata: {name: both}\n%s: {KEY_%s: %s}\n---\n' \
            ConfigMap data A blue Secret stringData B topsecret
        manifest a | sed 's/\["true"\]/[sh, -c, "echo $$KEY_A $$KEY_B"]\n        envFrom: '`
            `'[{configMapRef: {name: both}}, {secretRef: {name: both}}]/'
    } >a.yaml
    run --separate-stderr skjob create -f a.yaml
    expect 0 $'configmap/both created\nsecret/both created\njob.batch/a created' ''
    poll_until 60 is_done a
    [[ $(skjob logs job/a) == 'blue topsecret' ]]
    local id
    id=$(slurm_job_of a)
    scontrol write batch_script "$id" script
    grep -q secretRef script
    run -1 grep -q 'topsecret\|dG9wc2VjcmV0\|blue' script
    run -1 grep -q topsecret <<<"$(scontrol show job "$id")"
}

@test "a Job whose ConfigMap is missing is created, waits, and runs when it is there" {
    manifest a | sed 's/\["true"\]/[sh, -c, "echo $$KEY"]\n        envFrom: [{configMapRef: {name: late}}]/' >a.yaml
    run --separate-stderr skjob create -f a.yaml
    expect 0 'job.batch/a created' ''
    poll_until 60 eval '[[ $(skjob logs job/a 2>&1) == *'\''configmap "late" not found'\''* ]]'
    skjob create configmap late --from-literal=KEY=value
    poll_until 60 is_done a
    [[ $(skjob logs job/a | tail -n 1) == value ]]
}

@test "completions and parallelism: the array and its throttle" {
    manifest a 'completions: 10' 'parallelism: 2' 'suspend: true' >a.yaml
    skjob create -f a.yaml
    local id
    id=$(slurm_job_of a)
    [[ $(squeue -h -j "$id" -o %i) == "${id}_[0-9%2]" ]]
    [[ $(job_field "$id" JobName) == a && $(job_field "$id" Requeue) == 1 ]]
}

@test "no more than parallelism at once" {
    manifest a 'completions: 6' 'parallelism: 2' | sed 's/\["true"\]/["sleep", "600"]/' >a.yaml
    skjob create -f a.yaml
    local id
    id=$(slurm_job_of a)
    poll_until 60 eval '[[ $(squeue -h -j '"$id"' -t R -o %i | wc -l) == 2 ]]'
    poll_until 60 eval '[[ $(squeue -h -j '"$id"' -t PD -o %r) == JobArrayTaskLimit ]]'
    [[ $(squeue -h -j "$id" -t R -o %i | wc -l) == 2 ]]
}

@test "suspend and parallelism 0: held" {
    manifest a 'suspend: true' >a.yaml
    manifest b 'parallelism: 0' >b.yaml
    skjob create -f a.yaml -f b.yaml
    local name
    for name in a b; do
        [[ $(squeue -h -j "$(slurm_job_of $name)" -o '%T %r') == 'PENDING JobHeldUser' ]]
    done
    [[ $(skjob get job a --no-headers) == *' Suspended '* ]]
}

@test "options: from #SBATCH lines, behind --, from annotations, from variables; the later prevails" {
    { printf '#SBATCH --partition=short --comment="from the head"\n#SBATCH -t 3\n'; manifest a 'suspend: true'; } |
        sed 's/  name: a/&\n  annotations:\n    sbatch.skjob\/comment: from an annotation\n    sbatch.skjob\/nice: "7"\n/' >a.yaml
    SBATCH_TIMELIMIT=5 skjob create -f a.yaml -- --mem 30 -c2
    local id
    id=$(slurm_job_of a)
    [[ $(job_field "$id" Partition) == short && $(job_field "$id" TimeLimit) == 00:05:00 ]]
    [[ $(job_field "$id" NumCPUs) == 2 && $(job_field "$id" MinMemoryNode) == 30M && $(job_field "$id" Nice) == 7 ]]
    scontrol show -o job "$id" | grep -q 'Comment=from the head '
}

@test "variables that would change the Job itself are left out" {
    manifest a 'completions: 3' 'suspend: true' >a.yaml
    SBATCH_ARRAY_INX=0-7 SBATCH_JOB_NAME=other SBATCH_NO_REQUEUE=1 SBATCH_WAIT=1 SLURM_CLUSTERS=nowhere skjob create -f a.yaml
    local id
    id=$(slurm_job_of a)
    [[ $(squeue -h -j "$id" -o '%i %j') == "${id}_[0-2%1] a" && $(job_field "$id" Requeue) == 1 ]]
}

@test "resources" {
    manifest a 'suspend: true' >a.yaml
    sed -i '$a\        resources:\n          requests: {cpu: 1500m, memory: 65Mi}\n          limits: {nvidia.com/gpu: 1}' a.yaml
    skjob create -f a.yaml
    local id
    id=$(slurm_job_of a)
    [[ $(job_field "$id" NumCPUs) == 2 && $(job_field "$id" MinMemoryNode) == 65M ]]
    scontrol show -o job "$id" | grep -q 'TresPerNode=gres:gpu:1\|TresPerNode=gres/gpu:1'
}

@test "a name that is taken" {
    manifest a 'suspend: true' >a.yaml
    skjob create -f a.yaml
    local before
    before=$(next_id)
    run --separate-stderr skjob create -f a.yaml
    expect 1 '' 'Error from server (AlreadyExists): error when creating "a.yaml": jobs.batch "a" already exists'
    run --separate-stderr skjob create --dry-run=server -f a.yaml
    expect 1 '' 'Error from server (AlreadyExists): error when creating "a.yaml": jobs.batch "a" already exists'
    [[ $(next_id) == "$before" ]]
    skjob create -n other -f a.yaml # names are those of a namespace
}

@test "of many creates of one name one succeeds" {
    manifest a 'suspend: true' >a.yaml
    local before i
    before=$(jobs_of_mine)
    for ((i = 0; i < 8; i++)); do
        skjob create -f a.yaml >out.$i 2>err.$i &
    done
    wait
    [[ $(cat out.*) == 'job.batch/a created' && $(cat err.* | grep -c AlreadyExists) == 7 ]]
    [[ $(jobs_of_mine) == $((before + 1)) ]]
}

@test "refused by Slurm: one line, nothing behind" {
    manifest a >a.yaml
    local before
    before=$(next_id)
    run --separate-stderr skjob create -f a.yaml -- --partition=nowhere
    expect 1 '' 'error: error when creating "a.yaml": invalid partition specified: nowhere; Batch job submission failed: Invalid partition name specified'
    [[ -z $(files_below "$SKJOB_STATE" 2>/dev/null) ]]
    run --separate-stderr skjob create -f a.yaml -- --no-such-option
    [[ $status == 1 && $output == '' && $stderr == 'error: error when creating "a.yaml": '*no-such-option* && $stderr != *$'\n'* ]]
    [[ -z $(files_below "$SKJOB_STATE" 2>/dev/null) && $(next_id) == "$before" ]]
    skjob create -f a.yaml # the name is still free
}

@test "more than MaxArraySize: the limit is the cluster's" {
    manifest a 'completions: 102' >a.yaml
    run --separate-stderr skjob create -f a.yaml
    expect 1 '' 'error: error when creating "a.yaml": the Job needs 102 array tasks, and this cluster allows 101 in one array (MaxArraySize); split the Job, or ask the admin to raise it'
    [[ -z $(files_below "$SKJOB_STATE" 2>/dev/null) ]]
    sed -i 's/102/101/; s/completions:.*/&\n  suspend: true/' a.yaml
    skjob create -f a.yaml
}

@test "a server dry run asks Slurm and leaves nothing" {
    manifest a 'completions: 3' >a.yaml
    local before
    before=$(jobs_of_mine)
    run --separate-stderr -0 skjob create --dry-run=server -f a.yaml
    [[ $output == 'job.batch/a created (server dry run)' ]]
    run --separate-stderr skjob create --dry-run=server -f a.yaml -- -p nowhere
    [[ $status == 1 && $output == '' && $stderr == *'Invalid partition name specified'* ]]
    [[ -z $(files_below "$SKJOB_STATE" 2>/dev/null) && $(jobs_of_mine) == "$before" ]]
}

@test "folders, standard input, several documents, Lists, JSON" {
    mkdir jobs
    manifest a 'suspend: true' >jobs/1.yaml
    { manifest b 'suspend: true'; echo ---; manifest c 'suspend: true'; } >jobs/2.yaml
    printf '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"d"},"spec":{"suspend":true,
        "template":{"spec":{"restartPolicy":"Never","containers":[{"name":"m","image":"x","command":["true"]}]}}}}]}' >jobs/3.json
    run --separate-stderr skjob create -f jobs
    expect 0 $'job.batch/a created\njob.batch/b created\njob.batch/c created\njob.batch/d created' ''
    manifest e 'suspend: true' | skjob create -f -
    run --separate-stderr -0 skjob get jobs -o name
    [[ $output == $'job.batch/a\njob.batch/b\njob.batch/c\njob.batch/d\njob.batch/e' ]]
}

@test "generateName" {
    manifest | sed 's/  name: pi/  generateName: run-/; s/^spec:/&\n  suspend: true/' >a.yaml
    run --separate-stderr -0 skjob create -o name -f a.yaml
    [[ $output =~ ^job.batch/run-[bcdfghjklmnpqrstvwxz2456789]{5}$ ]]
    [[ $(squeue -h -j "$(slurm_job_of "${output#*/}")" -o %j) == "${output#*/}" ]]
}

@test "completions 0: complete at once, nothing is submitted" {
    manifest a 'completions: 0' >a.yaml
    local before
    before=$(next_id)
    run --separate-stderr skjob create -f a.yaml
    expect 0 'job.batch/a created' ''
    is_done a && [[ $(next_id) == "$before" ]]
}

@test "delete: cancelled, and gone" {
    manifest a 'completions: 5' | sed 's/\["true"\]/["sleep", "100"]/' >a.yaml
    skjob create -f a.yaml
    local id
    id=$(slurm_job_of a)
    run --separate-stderr skjob delete job a
    expect 0 'job.batch "a" deleted from default namespace' ''
    job_ended "$id" && [[ ! -e $STATE/a ]]
    run --separate-stderr skjob delete job a
    expect 1 '' 'Error from server (NotFound): jobs.batch "a" not found'
}

@test "slurmctld is down: one line, nothing behind" {
    manifest a >a.yaml
    "$CLUSTER" stop --dir "$CLUSTER_BASE/c" slurmctld
    # sbatch tries for as long as a message may take.
    sed 's/^MessageTimeout=.*/MessageTimeout=5/' "$SLURM_CONF" >impatient.conf
    SLURM_CONF=$PWD/impatient.conf run --separate-stderr skjob create -f a.yaml
    "$CLUSTER" start --dir "$CLUSTER_BASE/c" slurmctld
    expect 1 '' 'error: error when creating "a.yaml": Batch job submission failed: Unable to contact slurm controller (connect failure)'
    [[ -z $(files_below "$SKJOB_STATE" 2>/dev/null) ]]
}

@test "sbatch --test-only takes each golden script" {
    local file
    for file in "$BATS_TEST_DIRNAME"/golden/*.sh; do
        [[ $file != */placement.sh ]] || continue # another site's partitions and features
        run sbatch --test-only "$file"
        [[ $status == 0 ]] || { echo "$file: $output" >&2; return 1; }
    done
}

@test "translate | sbatch, with options" {
    manifest a 'completions: 2' 'completionMode: Indexed' | sed 's/\["true"\]/["sh", "-c", "echo i=$JOB_COMPLETION_INDEX"]/' >a.yaml
    local id
    id=$(skjob translate -f a.yaml | sbatch --parsable --partition=short --time=2)
    wait_for_job "$id"
    [[ $(job_field "$id" Partition) == short* ]]
    cat slurm-"$id"_*.out
    [[ $(sort slurm-"$id"_*.out | grep -c '^i=[01]$') == 2 || $(skjob logs job/a --all-pods | grep -c 'i=[01]$') == 2 ]]
}

@test "Slurm stores the script that translate prints" {
    { echo '#SBATCH --hold'; cat "$BATS_TEST_DIRNAME/golden/hostile.yaml"; } >a.yaml
    local id
    skjob translate -f a.yaml >a.sh
    id=$(sbatch --parsable a.sh)
    scontrol write batch_script "$id" stored
    cmp a.sh stored
}

# ---- hostile manifests ----

# No option of a hostile text got to Slurm, and nothing of it was run on the way there.
check_harmless() {
    local id=$1 name=$2 tasks=$3
    [[ $(squeue -h -j "$id" -o '%i|%j') == "${id}_[$tasks]|$name" ]]
    [[ $(job_field "$id" TimeLimit) == UNLIMITED && $(job_field "$id" NumCPUs) == 1 ]]
    [[ $(job_field "$id" Partition) == debug && $(job_field "$id" Comment) == '' ]]
    scontrol write batch_script "$id" script
    [[ $(grep -c '^#SBATCH' script) == 6 && $(grep -c '^#!' script) == 1 ]]
    [[ -z $(find "$WORK" "$HOME" -name 'canary*') ]]
}

@test "hostile values everywhere" {
    local texts=('\n#SBATCH --time=1 --comment=x\n' '$(touch canary1)' '`touch canary2`' '\"; touch canary3; \"' "'; touch canary4; '"
        '#SBATCH --array=0-99' '#PBS -l walltime=1' '\r\n#SBATCH --wrap=id' '\u2028#SBATCH --time=1' '\\' '%j' '\n---\nkind: Pod\n'
        '\n#!/bin/sh\ntouch canary5\n' '\x1b[2J')
    local i=0 text id
    for text in "${texts[@]}"; do
        i=$((i + 1))
        cat >a.yaml <<END
apiVersion: batch/v1
kind: Job
metadata:
  name: hostile-$i
  annotations:
    text: "$text"
spec:
  completions: 2
  suspend: true
  template:
    metadata:
      annotations:
        text: "$text"
    spec:
      restartPolicy: Never
      containers:
      - name: main
        image: "x$text"
        command: ["true", "$text"]
        workingDir: "/$text"
        env:
        - name: A
          value: "$text"
END
        skjob create -f a.yaml || { echo "$text" >&2; return 1; }
        check_harmless "$(slurm_job_of hostile-$i)" hostile-$i '0-1%1' || { echo "$text" >&2; return 1; }
    done
}

@test "hostile names and keys are refused, and nothing stays" {
    local before text
    before=$(next_id)
    for text in '../x' 'a/b' 'a b' 'a\n#SBATCH --time=1' '$(touch canary)' '-rf' '.x' '%j' 'A'; do
        manifest "\"$text\"" >a.yaml
        run --separate-stderr skjob create -f a.yaml
        [[ $status == 1 && $output == '' && $stderr == *"is invalid"* ]] || { echo "$text: $stderr" >&2; return 1; }
        manifest a | sed "s|  name: a|&\n  namespace: \"${text//\\/\\\\}\"|" >a.yaml
        run --separate-stderr skjob create -f a.yaml
        [[ $status == 1 && $output == '' ]] || { echo "$text: $stderr" >&2; return 1; }
        run --separate-stderr skjob create -n "$text" -f a.yaml
        [[ $status == 1 && $output == '' ]]
    done
    [[ -z $(files_below "$SKJOB_STATE" 2>/dev/null) && $(next_id) == "$before" && -z $(find "$WORK" -name 'canary*') ]]
}

@test "hostile values in annotations for sbatch: kept as one value, or refused" {
    local text id i=0
    for text in '$(touch canary)' '`touch canary`' 'a b  c' '--array=0-99' '\"x\" y' "it's" '#x' 'a # b' '\\' ': x' 'hetjob' '${HOME}' '\u2028'; do
        i=$((i + 1))
        manifest a$i 'suspend: true' 'completions: 2' >a.yaml
        sed -i "/  name: a$i/r /dev/stdin" a.yaml <<<"  annotations: {sbatch.skjob/comment: \"$text\"}"
        skjob create -f a.yaml
        id=$(slurm_job_of a$i)
        [[ $(squeue -h -j "$id" -o '%i|%j') == "${id}_[0-1%1]|a$i" ]]
        python3 - "$(squeue -h -j "$id" -o %k)" "\"$text\"" <<'END'
import json, sys
assert sys.argv[1] == json.loads(sys.argv[2]), sys.argv
END
    done
    for text in '\n#SBATCH --time=1' '\r' '\x01' 'a\x7f'; do
        manifest b >a.yaml
        sed -i '/  name: b/r /dev/stdin' a.yaml <<<"  annotations: {sbatch.skjob/comment: \"$text\"}"
        run --separate-stderr skjob create -f a.yaml
        expect 1 '' 'error: a.yaml:5:17: metadata.annotations[sbatch.skjob/comment]: a control character in the value for sbatch --comment'
    done
    [[ ! -e $STATE/b && -z $(find "$WORK" -name 'canary*') ]]
}

# ---- the state ----

@test "a state folder with blanks and other characters" {
    export SKJOB_STATE="$WORK/a state %20 äß €/#x"
    manifest a >a.yaml
    skjob create -f a.yaml
    poll_until 60 is_done a
    [[ -e $SKJOB_STATE/jobs/default/a/object.json ]]
}

@test "a state folder that cannot be written: one line, nothing is submitted" {
    local before
    before=$(next_id)
    manifest a >a.yaml
    : >file
    export SKJOB_STATE=$WORK/file
    run --separate-stderr skjob create -f a.yaml
    expect 1 '' "error: error when creating \"a.yaml\": cannot make $WORK/file/jobs/default/a: Not a directory"
    export SKJOB_STATE=relative
    run --separate-stderr skjob create -f a.yaml
    expect 1 '' 'error: error when creating "a.yaml": SKJOB_STATE is not an absolute path: relative'
    [[ $(next_id) == "$before" ]]
}

@test "a full state folder: one line, nothing is submitted, nothing stays" {
    ((UID == 0)) || skip 'only root can mount a small file system'
    mkdir small
    mount -t tmpfs -o size=16k,mode=700 none small || skip 'no mounts here'
    local before
    before=$(next_id)
    export SKJOB_STATE=$WORK/small
    manifest a >a.yaml
    head -c 16384 /dev/zero >small/filler || :
    run --separate-stderr skjob create -f a.yaml
    local left
    left=$(files_below small)
    umount small
    [[ $status == 1 && $output == '' && $stderr == 'error: error when creating "a.yaml": cannot '*': No space left on device' ]]
    [[ $left == filler && $(next_id) == "$before" ]]
}

@test "without HOME the password database knows; the cluster's name is part of the path" {
    unset SKJOB_STATE
    manifest a 'suspend: true' >a.yaml
    HOME=$WORK/home skjob create -f a.yaml
    [[ -e $WORK/home/.local/state/skjob/$SKJOB_CLUSTER_NAME/jobs/default/a/object.json ]]
    XDG_STATE_HOME=$WORK/xdg skjob create -f a.yaml
    [[ -e $WORK/xdg/skjob/$SKJOB_CLUSTER_NAME/jobs/default/a/object.json ]]
    run --separate-stderr env -u HOME "$SKJOB" get jobs --no-headers
    [[ $status == 0 && $stderr != error* ]]
}

@test "what is lost is told in one line; --strict refuses it" {
    manifest a 'suspend: true' 'selector: {}' >a.yaml
    run --separate-stderr skjob create --strict -f a.yaml
    expect 1 '' "error: a.yaml:7:3: spec.selector cannot be run on Slurm: a Job's pods are its array tasks"
    run --separate-stderr skjob create -f a.yaml
    expect 0 'job.batch/a created' 'Warning: a.yaml: 1 field is ignored on Slurm (selector); see skjob translate --report'
}

@test "an ordinary user" {
    ((UID == 0)) || skip 'the other tests are an ordinary user here'
    local folder id
    folder=$(work_folder nobody)
    manifest a >"$folder/a.yaml"
    export RUN_AS_HOME=$folder SKJOB_STATE=$folder/state
    cd "$folder"
    run_as nobody "$SKJOB" create -f a.yaml
    [[ $(stat -c '%U %a' "$folder/state/jobs/default/a") == 'nobody 700' ]]
    poll_until 60 is_done a
    [[ $(stat -c '%U %a' "$folder/state/jobs/default/a/object.json") == 'nobody 600' ]]
}

@test "-v tells what is asked of others, and nothing without it" {
    local line='^I[0-9]{4} [0-9:]{8}\.[0-9]{6} '
    manifest a 'suspend: true' >a.yaml
    run --separate-stderr skjob create -f a.yaml -v=1 -- --partition=short
    [[ $stderr =~ ${line}"sbatch --parsable --partition=short: a script of "[0-9]+" bytes, "[0-9]+" in "[0-9]+" milliseconds"$ ]]
    run --separate-stderr skjob create -f <(manifest b 'suspend: true') -v 8
    grep -qE "$line#SBATCH --job-name=b$" <<<"$stderr"
    run --separate-stderr skjob get nodes --v=6
    [[ $stderr =~ ${line}"slurm_load_node in "[0-9]+" milliseconds"$ ]]
    run --separate-stderr skjob delete job a b -v5
    [[ $(grep -cE "${line}slurm_kill_job [0-9]+ signal 9 in " <<<"$stderr") == 2 ]]
    run --separate-stderr skjob get nodes -v=5
    [[ $stderr == '' ]]
}
