# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For the tests of skjob-pod: hand-written batch scripts, run without Slurm. SKJOB_POD names the program.

bats_require_minimum_version 1.5.0

load wait.bash

setup()
{
    pod=${SKJOB_POD:-$BATS_TEST_DIRNAME/../skjob-pod}
    cd "$BATS_TEST_TMPDIR" || return 1
    export SKJOB_STATE=$BATS_TEST_TMPDIR/state
    export SLURM_ARRAY_JOB_ID=100 SLURM_ARRAY_TASK_ID=7 SLURM_JOB_ID=107 SLURM_CLUSTER_NAME=test
    unset SLURM_RESTART_COUNT JOB_COMPLETION_INDEX
    job=$SKJOB_STATE/jobs/default/pi
}

# script < the fields of the container: writes the batch script ./job. MODE and POD (lines of the
# pod's spec) change the rest.
script()
{
    {
        echo "#!$pod"
        echo "#SBATCH --array=0-9"
        echo "${PRAGMA-#SKJOB v1 completionMode=${MODE:-Indexed}}"
        cat <<EOF
apiVersion: batch/v1
kind: Job
metadata: {name: ${NAME:-pi}}
spec:
  completionMode: ${MODE:-Indexed}
  completions: 10
  template:
    spec:
      restartPolicy: Never
$(printf '%s' "${POD:+      $POD}")
      containers:
      - name: main
        image: busybox
EOF
        sed 's/^/        /'
    } > job
}

# sh_script 'SHELL COMMANDS': a container that runs them. $$ is Kubernetes' way to write a $.
sh_script()
{
    jq -nr --arg c "$1" '"command: " + (["sh", "-c", ($c | gsub("\\$"; "$$"))] | tojson)' | script
}

the_log()
{
    cat "$job"/pods/*/main.log
}

gone()
{
    ! kill -0 "$1" 2> /dev/null
}

has_line()
{
    grep -qx -- "$1" "$2" 2> /dev/null
}

# A sanitizer's shadow memory is not the runner's.
no_sanitizer()
{
    if grep -qa __asan_init "$pod"; then skip "built with a sanitizer"; fi
}

start_error()
{
    run -128 --separate-stderr "$pod" job
    echo "stderr: $stderr"
    [[ $stderr == *"$1"* ]]
    [ "${#stderr_lines[@]}" = 1 ]
    [[ $(the_log) == *"$1"* ]]
    grep -q ' phase=Failed containers=main:128:StartError ' "$job"/events/*
}

bad_script()
{
    run -128 --separate-stderr "$pod" job
    echo "stderr: $stderr"
    [[ $stderr == "skjob-pod: "*"$1"* ]]
    [ "${#stderr_lines[@]}" = 1 ]
    [ -z "$output" ]
}

# begin: runs the script in the background, waits for the line "ready" in ./out
begin()
{
    "$pod" job > out 2> err 3>&- &
    runner=$!
    until_true 10 has_line ready out
}

# finish CODE
finish()
{
    local rc=0
    wait "$runner" || rc=$?
    echo "exit code $rc"
    [ "$rc" = "$1" ]
}

# rests_below KB: the runner's memory while ./job runs, which is then told to end
rests_below()
{
    local rss
    begin
    rss=$(awk '/^VmRSS/ {print $2}' "/proc/$runner/status")
    kill -TERM "$runner"
    finish 143
    echo "resident: $rss kB"
    ((rss < $1))
}

# spec < the fields of the pod's spec: writes the batch script ./job. SPEC is a line of the Job's spec. A $ in front of
# another one or of a ( is the shell's, not Kubernetes'.
spec()
{
    {
        echo "#!$pod"
        echo "#SBATCH --array=0-9"
        echo "#SKJOB v1 completionMode=Indexed"
        cat <<EOF2
apiVersion: batch/v1
kind: Job
metadata: {name: pi}
spec:
  completionMode: Indexed
  completions: 10
$(printf '%s' "${SPEC:+  $SPEC}")
  template:
    spec:
EOF2
        sed 's/\$\$/$$$$/g; s/\$(/$$(/g; s/^/      /'
    } > job
}

# ended PATTERN: the record of the end
ended()
{
    cat "$job"/events/* | grep event=ended
    grep -qE -- " event=ended .*$1" "$job"/events/*
}

# the_status CONTAINER FILTER
the_status()
{
    jq -r "select(.name == \"$1\") | $2" "$job"/pods/*/status
}

# in_status TEXT: some container's line has it
in_status()
{
    cat "$job"/pods/*/status 2> /dev/null | grep -q -- "$1"
}

# lines FILE...: as one line
lines()
{
    cat "$@" | xargs
}
