# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Helpers for bats files that run whole Jobs on a cluster, as an ordinary user. A file that loads this (and lib/cluster)
# needs a setup_file, which calls jobs_setup; setup, teardown and teardown_file are these, unless it has its own.
# shellcheck disable=SC2034 # variables for the tests

setup() { jobs_begin; }
teardown() { jobs_finish; }
teardown_file() { cluster_teardown; }

# What outcome says.
readonly LIMIT='Failed BackoffLimitExceeded: Job has reached the specified backoff limit'
readonly REACHED='Complete CompletionsReached: Reached expected number of succeeded pods'

# The spec of a Job that no failure may happen to, but of which disruptions do not count.
readonly IGNORE='{"backoffLimit": 0, "podFailurePolicy": {"rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget"}]}]}}'

# built_plugin: where the build has the plugin.
built_plugin() {
    echo "${SKJOB_PLUGIN:-${BASH_SOURCE[0]%/*}/../../plugin/.libs/spank_skjob.so}"
}

# test_plugin: the plugin's file when the tests are to run with it: SKJOB_TEST_PLUGIN, or the one of the build in a file
# that is called *plugin.bats (attempts-plugin.bats is a link to attempts.bats).
test_plugin() {
    [[ $BATS_TEST_FILENAME != *plugin.bats ]] || : "${SKJOB_TEST_PLUGIN:=$(built_plugin)}"
    echo "${SKJOB_TEST_PLUGIN-}"
}

# jobs_setup [OPTION of `cluster up`...]: for setup_file: a cluster, and skjob in $CLUSTER_BASE/bin for everyone: the build's
# folder may be closed to other users.
jobs_setup() {
    local here=${BASH_SOURCE[0]%/*} plugin bin pod
    cluster_available || return 0
    plugin=$(test_plugin)
    pod=${SKJOB_LIBEXECDIR:-$here/../../pod}
    cluster_base
    bin=$CLUSTER_BASE/bin
    mkdir "$bin"
    cp "${SKJOB:-$here/../../translator/skjob}" "$pod/skjob-pod" "$pod/skjob-attempt" "$pod/skjob-enter" "$bin/" || return 1
    if [[ -n $plugin ]]; then
        cp "$plugin" "$bin/" || return 1
        set -- "$@" --plugin="$bin/${plugin##*/}" --plugstack-arg "libexec=$bin" --plugstack-arg "skjob=$bin/skjob" \
            --plugstack-arg log=debug
    fi
    cluster_setup "$@" || return 1
    export SKJOB_LIBEXECDIR=$bin PATH=$bin:$PATH
    JOB_USER=$(id -un)
    # Not nobody: scancel -u knows no such user since Slurm 26.05.
    ((UID != 0)) || JOB_USER=daemon
    export JOB_USER
}

# jobs_setup_plugin [OPTION of `cluster up`...]: the same, always with the plugin; for files that are about its options.
jobs_setup_plugin() {
    SKJOB_TEST_PLUGIN=$(built_plugin)
    [[ ! -e $SKJOB_TEST_PLUGIN ]] || jobs_setup "$@"
}

# plugin_required: for setup, before jobs_begin, of such a file.
plugin_required() {
    [[ -e $(built_plugin) ]] || skip "the plugin is not built"
}

# need_owner: for what only the cluster's owner may do: stop daemons, change nodes.
need_owner() {
    [[ -O $CLUSTER_BASE/c ]] || skip "needs the cluster's owner"
}

# jobs_begin: for setup: a folder, a state and a home of the test's own; short delays.
jobs_begin() {
    cluster_required
    WORK=$(work_folder "$JOB_USER")
    cd "$WORK" || return 1
    export WORK RUN_AS_HOME=$WORK SKJOB_STATE=$WORK/state SKJOB_BACKOFF_BASE=1
}

# jobs_finish: for teardown: nothing of the test runs on; what it left is shown when it failed.
jobs_finish() {
    [[ -n ${WORK-} ]] || return 0
    if [[ -z ${BATS_TEST_COMPLETED-} ]]; then
        squeue -r >&2
        tail -n 50 "$SKJOB_STATE"/jobs/default/*/{events/*,end} >&2
        tail -n 20 "$WORK"/slurm-*.out "$WORK"/*.err >&2
    fi
    # A test that stopped a daemon and failed has not started it again.
    "$CLUSTER" start --dir "$CLUSTER_BASE/c" >/dev/null
    scancel --quiet -u "$JOB_USER" 2>/dev/null
    poll_until 60 no_jobs
}

# no_jobs: Slurm answers, and has none left.
no_jobs() {
    local jobs
    jobs=$(squeue -h) && [[ -z $jobs ]]
}

# runs ID N: so many tasks of the array are on nodes, or one of it is. It is for jobs that Slurm still knows.
runs() {
    local tasks
    tasks=$(squeue -h -r -t R,CG -j "$1" -o %i) && (($(grep -c . <<<"$tasks") == $2))
}

# node_dies NODE: kills it, and tells Slurm. It is drained before: slurmctld may still have an answer of the node to read, and
# an answer takes a node that is down back into service, where the next attempt would wait for it for ever.
node_dies() {
    scontrol update NodeName="$1" State=DRAIN Reason=test
    "$CLUSTER" stop --dir "$CLUSTER_BASE/c" --kill "$1"
    scontrol update NodeName="$1" State=DOWN Reason=test
}

# as_user COMMAND...: what the user types.
as_user() {
    run_as "$JOB_USER" "$@"
}

# says ARGUMENT...: what skjob prints, without what it says on standard error (says.err).
says() {
    as_user skjob "$@" 2>says.err
}

# job NAME SPEC [POD]: a manifest NAME.yaml whose one container runs the shell script on standard input. SPEC and POD are
# JSON objects: of the Job's spec and of the pod's. The script finds INDEX, ATTEMPT (how often this index has begun, from
# 0), and TRY (how many pods have begun, from 0).
job() {
    {
        cat <<'SH'
me=${WORK}/$1.d; mkdir -p "$me"
INDEX=$SLURM_ARRAY_TASK_ID; ATTEMPT=${SLURM_RESTART_COUNT:-0}; TRY=0
until mkdir "$me/$TRY" 2>/dev/null; do TRY=$((TRY+1)); done
SH
        cat
    } >"$WORK/$1.sh"
    jq -n --arg name "$1" --arg script "$WORK/$1.sh" --argjson spec "$2" --argjson pod "${3:-{\}}" '
        {apiVersion: "batch/v1", kind: "Job", metadata: {name: $name},
         spec: ($spec + {template: {spec: ({restartPolicy: "Never",
           containers: [{name: "main", image: "busybox", command: ["sh", $script, $name]}]} + $pod)}})}' >"$WORK/$1.yaml"
}

# submit NAME [OPTION of sbatch...]: creates the Job of NAME.yaml; ID becomes its Slurm id.
submit() {
    local options=()
    (($# == 1)) || options=(-- "${@:2}")
    as_user skjob create -f "$1.yaml" "${options[@]}" >create.out 2>create.err || { cat create.err >&2; return 1; }
    ID=$(sed -n 's/.*event=submitted.* job=\([0-9]*\).*/\1/p' "$SKJOB_STATE/jobs/default/$1/events"/* | head -n 1)
    [[ -n $ID ]]
}

# status NAME [FILTER]: the status as skjob prints it, or what jq makes of it.
status() {
    as_user skjob get job "$1" -o json | jq -rc ".status | ${2:-.}"
}

# ended NAME: whether it is Complete or Failed.
ended() {
    [[ -n $(status "$1" '.conditions // [] | .[] | select((.type == "Complete" or .type == "Failed") and .status == "True") | .type') ]]
}

# wait_ended NAME [SECONDS]. The limit has room for Slurm's own delay of two minutes: a task gets it whose requeue takes longer
# than its back-off, as on a machine that stands still.
wait_ended() {
    poll_until "${2:-200}" ended "$1"
}

# outcome NAME: "Failed BackoffLimitExceeded: message", after checking that the interim condition says the same.
outcome() {
    status "$1" '.conditions | map(select(.status == "True" and .type != "Suspended")) |
        if length == 2 and .[0].reason == .[1].reason and .[0].message == .[1].message and
           {Failed: "FailureTarget", Complete: "SuccessCriteriaMet"}[.[1].type] == .[0].type
        then .[1] | "\(.type) \(.reason): \(.message)" else "not as in Kubernetes: \(.)" end'
}

# counts NAME: "active/terminating/succeeded/failed".
counts() {
    status "$1" '[.active, .terminating, .succeeded, .failed] | map(. // 0 | tostring) | join("/")'
}

# events NAME EVENT [PATTERN]: the journal's records of this kind, in the order of time.
events() {
    sort "$SKJOB_STATE/jobs/default/$1/events"/* | grep -- " event=$2 " | grep -- "${3-}" || true
}

# started NAME [INDEX]: how many pods have begun.
started() {
    events "$1" started "${2+ index=$2 }" | wc -l
}

# node_of NAME: where its first pod ran.
node_of() {
    events "$1" started | sed 's/.* node=\([^ ]*\).*/\1/' | head -n 1
}

# pod_of NAME [INDEX [ATTEMPT]]: the first of these pods.
pod_of() {
    events "$1" started "${2+ index=$2 }${3+attempt=$3 }" | sed 's/.* pod=\([^ ]*\).*/\1/' | head -n 1
}

# seconds_of RECORD: its time, with a fraction.
seconds_of() {
    local t=${1#*t=}
    date -d "${t%% *}" +%s.%N
}

has_started() {
    (($(started "$1") >= $2))
}

# rpcs_since_reset USER: the user's RPCs since `sdiag --reset`. No line of the user's is an error: there should be a number.
rpcs_since_reset() {
    sdiag | sed -n "/by user/,\$s/^[[:space:]]*$1 .*count:\([0-9]*\).*/\1/p" | grep .
}

# rpcs_of NAME: RPCS becomes how often the user's processes ask slurmctld while the Job runs.
rpcs_of() {
    sdiag --reset >/dev/null
    submit "$1"
    poll_until 200 no_jobs
    RPCS=$(rpcs_since_reset "$JOB_USER")
    wait_ended "$1"
}
