#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What ends a pod on a real cluster, and what does not: the rows of doc/attempts.md that attempts.bats has not. The second
# half runs where the plugin is enabled, which is one partition.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # the containers expand their variables, not we; run sets output
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

setup_file() {
    SITE=$(mktemp -d "${TMPDIR:-/tmp}/skjob-site-XXXXXX")
    export SITE
    chmod 755 "$SITE"
    make_site
    local plugin=()
    [[ ! -e ${SKJOB_PLUGIN-} ]] || plugin=(--plugin="$SKJOB_PLUGIN" --plugstack-arg partitions=hooked
        --plugstack-arg "libexec=$SITE" --plugstack-arg backoff_base=1)
    # Some pods here are ended by Slurm's SIGKILL.
    jobs_setup --nodes 3 --slurm-conf KillWait=10 --slurm-conf PreemptType=preempt/partition_prio --slurm-conf PreemptMode=REQUEUE \
        --slurm-conf 'PartitionName=urgent Nodes=ALL PriorityTier=10 MaxTime=10' \
        --slurm-conf 'PartitionName=cheap Nodes=ALL PriorityTier=1 PreemptMode=CANCEL MaxTime=10' \
        --slurm-conf 'PartitionName=hooked Nodes=ALL' --slurm-conf "Prolog=$SITE/prolog" \
        --slurm-conf "Epilog=$SITE/epilog" "${plugin[@]}"
}
teardown_file() {
    cluster_teardown
    rm -rf "$SITE"
}
teardown() {
    rm -f "$SITE/broken" "$SITE/slow"
    jobs_finish
}

# What root has put on the nodes: skjob-attempt, a prolog that fails and an epilog that is slow while there is a file.
make_site() {
    cp "${SKJOB_LIBEXECDIR:-$BATS_TEST_DIRNAME/../pod}/skjob-attempt" "$SITE/"
    cat >"$SITE/prolog" <<SH
#!/bin/sh
! test -e "$SITE/broken"
SH
    cat >"$SITE/epilog" <<SH
#!/bin/sh
! test -e "$SITE/slow" || sleep 3
SH
    chmod 755 "$SITE/prolog" "$SITE/epilog"
}

# hooked: for the Jobs of this test: submitted to where the plugin is.
hooked() {
    [[ -e ${SKJOB_PLUGIN-} ]] || skip "the plugin was not built"
    export SBATCH_PARTITION=hooked
}

@test "a signal: exit code 128+n, an ordinary failure" {
    job signal '{"backoffLimit": 1}' <<<'[ $ATTEMPT -gt 0 ] || kill -SEGV $$'
    submit signal
    wait_ended signal
    [[ $(outcome signal) == "$REACHED" && $(counts signal) == 0/0/1/1 ]]
    events signal ended ' attempt=0 ' | grep -q 'phase=Failed containers=main:139:Error crc'
}

@test "SIGKILL of the container alone: likewise, and no OOM kill without a sign of one" {
    job killed '{"backoffLimit": 1}' <<<'[ $ATTEMPT -gt 0 ] || kill -KILL $$'
    submit killed
    wait_ended killed
    [[ $(outcome killed) == "$REACHED" && $(counts killed) == 0/0/1/1 ]]
    events killed ended ' attempt=0 ' | grep -q 'phase=Failed containers=main:137:Error crc'
}

@test "preempted for good, as the partition cancels: disrupted, and brought back" {
    job cheap "$IGNORE" <<<'[ $ATTEMPT -gt 0 ] || exec sleep 1000'
    submit cheap --partition=cheap
    poll_until 60 has_started cheap 1
    as_user sbatch -Q -p urgent -N 3 --exclusive -o /dev/null --wrap 'sleep 1'
    wait_ended cheap
    [[ $(outcome cheap) == "$REACHED" && $(counts cheap) == 0/0/1/0 ]]
    events cheap ended ' attempt=0 ' | grep -q 'conditions=DisruptionTarget:True:PreemptionByScheduler'
}

@test "a node is drained and resumed: its pod runs on" {
    need_owner
    job drain '{"backoffLimit": 0}' <<<'until [ -e $WORK/go ]; do sleep 0.1; done'
    submit drain
    poll_until 60 has_started drain 1
    scontrol update NodeName="$(node_of drain)" State=DRAIN Reason=test
    [[ $(sinfo -h -n "$(node_of drain)" -o %T) == drain* ]]
    scontrol update NodeName="$(node_of drain)" State=RESUME
    touch go
    wait_ended drain
    [[ $(outcome drain) == "$REACHED" && $(started drain) == 1 ]]
}

@test "slurmctld and slurmd are restarted: the pod runs on, and its failure is retried" {
    need_owner
    job restart '{"backoffLimit": 1}' <<<'until [ -e $WORK/go ]; do sleep 0.1; done; [ $ATTEMPT -gt 0 ]'
    submit restart
    poll_until 60 has_started restart 1
    "$CLUSTER" stop --dir "$CLUSTER_BASE/c" slurmctld "$(node_of restart)"
    "$CLUSTER" start --dir "$CLUSTER_BASE/c" >/dev/null
    touch go
    wait_ended restart
    [[ $(outcome restart) == "$REACHED" && $(counts restart) == 0/0/1/1 && $(started restart) == 2 ]]
}

@test "slurmstepd is killed: the runner ends its container, and closes its attempt by itself although it was told of a hook" {
    need_owner
    hooked
    job step '{"backoffLimit": 0}' <<<'echo $$ >$WORK/container; echo $PPID >$WORK/runner; while :; do sleep 0.1; done'
    submit step
    poll_until 60 test -s runner
    local step
    step=$(ps -o ppid= -p "$(<runner)" | tr -d ' ')
    [[ $(ps -o args= -p "$step") == slurmstepd:* ]]
    kill -KILL "$step"
    wait_ended step
    [[ $(outcome step) == "$LIMIT" ]]
    events step ended | grep -q 'phase=Failed containers=main:143:Error conditions=DisruptionTarget:True:TerminationByKubelet'
    [[ ! -e /proc/$(<container) ]]
    poll_until 60 test ! -e "/proc/$(<runner)"
}

@test "the runner cannot be started on the node: no attempt, and the Job does not run for ever" {
    job launch '{"backoffLimit": 0}' <<<'exit 0'
    SKJOB_LIBEXECDIR=/nonexistent submit launch
    # Whoever looks some seconds later closes it.
    wait_ended launch
    [[ $(started launch) == 0 ]]
    [[ $(outcome launch) == 'Failed '* ]]
}

@test "the prolog fails: held by Slurm, no attempt lost; released, it runs" {
    need_owner
    touch "$SITE/broken"
    job prolog '{"backoffLimit": 0}' <<<'exit 0'
    submit prolog
    poll_until 60 is_held "${ID}_0"
    rm "$SITE/broken"
    [[ $(started prolog) == 0 && -z $(status prolog '.failed // empty') ]]
    scontrol update NodeName=ALL State=RESUME || true
    scontrol release "${ID}_0"
    poll_until 200 eval 'begin_now "${ID}_0"; ended prolog'
    [[ $(outcome prolog) == "$REACHED" && $(started prolog) == 1 ]]
}

is_held() {
    [[ $(job_field "$1" Priority) == 0 ]]
}

@test "a slow epilog and a short back-off: with SKJOB_RETRY_MIN the retry does not wait for Slurm's own two minutes" {
    export SKJOB_RETRY_MIN=10
    touch "$SITE/slow"
    job slow '{"backoffLimit": 1}' <<<'[ $ATTEMPT -gt 0 ]'
    submit slow
    wait_ended slow 115
    [[ $(outcome slow) == "$REACHED" && $(counts slow) == 0/0/1/1 ]]
}

@test "hold and release by an admin: a running pod runs on, a waiting one waits" {
    need_owner
    job hold '{"completions": 2, "parallelism": 1, "completionMode": "Indexed", "backoffLimit": 0}' \
        <<<'[ $INDEX = 1 ] || until [ -e $WORK/go ]; do sleep 0.1; done'
    submit hold
    poll_until 60 has_started hold 1
    scontrol hold "$ID"
    touch go
    poll_until 60 pod_ended hold ' phase=Succeeded '
    sleep 1
    [[ $(started hold) == 1 ]]
    release "$ID"
    wait_ended hold
    [[ $(outcome hold) == "$REACHED" && $(started hold) == 2 ]]
}

# release ID: Slurm complains of the tasks of the array that have ended, and releases the others.
release() {
    scontrol release "$1" || true
}

@test "the Job's deadline passes while nothing of it runs: what starts afterwards is refused, and ends the Job" {
    need_owner
    job idle '{"completions": 4, "parallelism": 1, "completionMode": "Indexed", "activeDeadlineSeconds": 600}' \
        <<<'[ $INDEX != 0 ] || until [ -e $WORK/go ]; do sleep 0.1; done'
    submit idle
    poll_until 60 has_started idle 1
    scontrol hold "$ID"
    touch go
    poll_until 60 pod_ended idle ' phase=Succeeded '
    sleep 1
    as_user skjob patch job idle -p '{"spec": {"activeDeadlineSeconds": 1}}'
    [[ ! -e $SKJOB_STATE/jobs/default/idle/end ]]
    release "$ID"
    poll_until 60 no_jobs
    [[ $(outcome idle) == 'Failed DeadlineExceeded: Job was active longer than specified deadline' ]]
    [[ $(started idle) == 1 && $(counts idle) == 0/0/1/0 ]]
    [[ -s $SKJOB_STATE/jobs/default/idle/end ]]
}

@test "hook: failures are retried, and the last one ends the Job" {
    hooked
    job hook '{"completions": 2, "parallelism": 2, "completionMode": "Indexed", "backoffLimit": 2}' \
        <<<'[ $INDEX != 0 ] || { touch $WORK/runs; exec sleep 1000; }; until [ -e $WORK/runs ]; do sleep 0.1; done; exit 3'
    submit hook --output="$WORK/slurm-%a.out"
    wait_ended hook
    [[ $(outcome hook) == "$LIMIT" ]]
    [[ $(started hook 0)/$(started hook 1) == 1/3 ]]
    poll_until 60 no_jobs
    events hook ended ' index=0 ' | grep -q 'containers=main:143:'
    # No task was told that it is cancelled because of its own requeue.
    run -1 grep REQUEUE slurm-0.out slurm-1.out
}

@test "hook: the runner is killed before it can record anything: its attempt is closed, and retried" {
    hooked
    job gone '{"backoffLimit": 1}' <<<'[ $ATTEMPT -gt 0 ] || { echo $PPID >$WORK/runner; exec sleep 1000; }'
    submit gone
    poll_until 60 test -s runner
    kill -KILL "$(<runner)"
    wait_ended gone
    [[ $(outcome gone) == "$REACHED" && $(counts gone) == 0/0/1/1 ]]
    events gone ended ' attempt=0 ' | grep -q 'phase=Failed containers=main:137:Error crc'
}

@test "hook: scancel, and the grace is longer than KillWait: closed as cancelled all the same" {
    hooked
    job stubborn '{"backoffLimit": 3}' '{"terminationGracePeriodSeconds": 600}' <<<'trap "" TERM; touch $WORK/ready; while :; do sleep 1; done'
    submit stubborn
    poll_until 60 test -e ready
    as_user scancel "${ID}_0"
    poll_until 60 no_jobs
    poll_until 60 pod_ended stubborn ' phase=Failed '
    events stubborn ended | grep -q 'phase=Failed containers=main:137:Error reason=Cancelled'
    [[ $(started stubborn) == 1 ]]
}

@test "hook: the runner cannot be started on the node: the attempt is closed with the code that Slurm saw" {
    hooked
    job absent '{"backoffLimit": 1}' <<<'exit 0'
    SKJOB_LIBEXECDIR=/nonexistent submit absent
    wait_ended absent
    [[ $(outcome absent) == "$LIMIT" && $(counts absent) == 0/0/0/2 && $(started absent) == 0 ]]
    poll_until 60 no_jobs
}

@test "hook: a runner that is stopped keeps its deadline all the same" {
    hooked
    job stopped '{"backoffLimit": 0}' '{"activeDeadlineSeconds": 4}' <<<'kill -STOP $PPID; touch $WORK/stopped; exec sleep 1000'
    submit stopped
    wait_ended stopped
    [[ -e stopped ]]
    [[ $(outcome stopped) == "$LIMIT" ]]
    events stopped ended | grep -q 'containers=main:143:Error reason=DeadlineExceeded'
}

@test "hook: requeued by a person: disrupted, and retried after the back-off" {
    hooked
    job person "$IGNORE" <<<'[ $ATTEMPT -gt 0 ] || exec sleep 1000'
    submit person
    poll_until 60 has_started person 1
    as_user scontrol requeue "${ID}_0"
    wait_ended person
    [[ $(outcome person) == "$REACHED" && $(counts person) == 0/0/1/0 ]]
    events person ended ' attempt=0 ' | grep -q 'conditions=DisruptionTarget:True:DeletionByTaintManager'
}

@test "hook: the Job's deadline: whoever closes ends the Job, and the others go" {
    hooked
    job late '{"completions": 3, "parallelism": 2, "completionMode": "Indexed", "activeDeadlineSeconds": 600}' <<<'exec sleep 1000'
    submit late
    poll_until 60 has_started late 2
    as_user skjob patch job late -p '{"spec": {"activeDeadlineSeconds": 1}}'
    wait_ended late
    [[ $(outcome late) == 'Failed DeadlineExceeded: Job was active longer than specified deadline' ]]
    poll_until 60 no_jobs
    [[ $(started late) == 2 && $(counts late) == 0/0/0/2 ]]
}

@test "hook: the pod's deadline, and exit code 0 at SIGTERM: the runner acts itself, as no hook will" {
    hooked
    # Both attempts: one that ends well by itself would have to do so within the deadline.
    job polite '{"backoffLimit": 1}' '{"activeDeadlineSeconds": 3}' <<<'trap "exit 0" TERM; sleep 1000 & wait'
    submit polite
    wait_ended polite
    [[ $(outcome polite) == "$LIMIT" && $(counts polite) == 0/0/0/2 ]]
    events polite ended | grep -q 'phase=Failed containers=main:0:Completed reason=DeadlineExceeded'
}

@test "hook: RPCs: at most three for a failed attempt, five for FailJob" {
    ((UID == 0)) || skip "only root can reset the counters"
    hooked
    job one '{"completions": 1, "completionMode": "Indexed"}' <<<'exit 0'
    job retry '{"completions": 1, "completionMode": "Indexed"}' <<<'exit $((ATTEMPT == 0))'
    job fatal '{"completions": 6, "parallelism": 6, "completionMode": "Indexed", "podFailurePolicy": {"rules": [
        {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [42]}}]}}' <<<'[ $INDEX = 0 ] || exec sleep 1000; sleep 2; exit 42'
    rpcs_of one
    local one=$RPCS
    rpcs_of retry
    echo "one success: $one, with a failed attempt: $RPCS"
    ((RPCS <= one + 3))
    rpcs_of fatal
    echo "FailJob with 6 pods: $RPCS"
    ((RPCS <= one + 5))
}
