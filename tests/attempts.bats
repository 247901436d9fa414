#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Attempts on a real cluster: retries, policies, deadlines, and what Slurm does to pods.
# shellcheck disable=SC2016,SC2154 # the containers expand their variables, not we; run sets output
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

setup_file() {
    jobs_setup --nodes 4 --slurm-conf PreemptType=preempt/partition_prio --slurm-conf PreemptMode=REQUEUE \
        --slurm-conf 'PartitionName=urgent Nodes=ALL PriorityTier=10 MaxTime=10'
}

# delays_of NAME: of a Job with one index: the seconds from the end of each pod to the start of the next.
delays_of() {
    local n ends starts
    mapfile -t ends < <(events "$1" ended)
    mapfile -t starts < <(events "$1" started)
    for ((n = 1; n < ${#starts[@]}; n++)); do
        bc <<<"$(seconds_of "${starts[n]}") - $(seconds_of "${ends[n - 1]}")"
    done
}

@test "backoffLimit: a command that always fails has one attempt more, with growing delays" {
    job fail '{"backoffLimit": 3}' <<<'exit 3'
    submit fail
    wait_ended fail
    [[ $(outcome fail) == "$LIMIT" ]]
    [[ $(counts fail) == 0/0/0/4 ]]
    [[ $(started fail) == 4 ]]
    # Each attempt has its own log and its own number.
    [[ $(ls "$SKJOB_STATE/jobs/default/fail/pods" | wc -l) == 4 ]]
    [[ $(events fail started | grep -o 'attempt=[0-9]*' | paste -sd' ') == 'attempt=0 attempt=1 attempt=2 attempt=3' ]]
    # 1, 2 and 4 seconds at least. What is more is Slurm's: it starts tasks at whole seconds and within a scheduling cycle.
    local n delays
    mapfile -t delays < <(delays_of fail)
    ((${#delays[@]} == 3))
    for n in 0 1 2; do
        echo "retry $((n + 1)) after ${delays[n]} s"
        (($(bc <<<"${delays[n]} >= 2^$n")))
    done
    poll_until 60 no_jobs
}

@test "a failure is retried until it succeeds" {
    job twice '{"completions": 3, "parallelism": 3, "completionMode": "Indexed"}' <<<'[ $ATTEMPT -ge $INDEX ]'
    submit twice
    wait_ended twice
    [[ $(outcome twice) == "$REACHED" ]]
    [[ $(counts twice) == 0/0/3/3 ]]
    [[ $(status twice .completedIndexes) == 0-2 ]]
    [[ $(started twice 0)/$(started twice 1)/$(started twice 2) == 1/2/3 ]]
}

@test "podFailurePolicy FailJob: the first exit code 42 ends the Job, the other pod is killed" {
    job bug '{"completions": 8, "parallelism": 2, "completionMode": "Indexed", "podFailurePolicy": {"rules": [
        {"action": "FailJob", "onExitCodes": {"containerName": "main", "operator": "In", "values": [42]}}]}}' \
        <<<'[ $INDEX = 0 ] || { touch $WORK/runs; exec sleep 1000; }; until [ -e $WORK/runs ]; do sleep 0.1; done; exit 42'
    submit bug
    wait_ended bug
    [[ $(outcome bug) == "Failed PodFailurePolicy: Container main for pod default/$(pod_of bug 0) failed with exit code 42 matching FailJob rule at index 0" ]]
    poll_until 60 no_jobs
    [[ $(counts bug) == 0/0/0/2 ]]
    [[ $(started bug) == 2 ]]
    events bug ended ' index=1 ' | grep -q 'containers=main:143:'
}

@test "podFailurePolicy Ignore: a pod that a person requeues does not count" {
    job keep '{"completions": 2, "parallelism": 2, "backoffLimit": 0, "podFailurePolicy": {"rules": [
        {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget"}]}]}}' <<<'until [ -e $WORK/go ]; do sleep 0.1; done'
    submit keep
    poll_until 60 has_started keep 2
    as_user scontrol requeue "${ID}_1"
    poll_until 60 pod_ended keep ' index=1 '
    touch go
    wait_ended keep
    [[ $(outcome keep) == "$REACHED" ]]
    [[ $(counts keep) == 0/0/2/0 ]]
    [[ $(started keep 1) == 2 ]]
    events keep ended ' index=1 attempt=0 ' | grep -q 'phase=Failed .*conditions=DisruptionTarget:True:DeletionByTaintManager'
}

@test "without a policy a pod that is requeued counts as failed, and is retried after the back-off" {
    job count '{"backoffLimit": 1}' <<<'[ $ATTEMPT -gt 0 ] || exec sleep 1000'
    submit count
    poll_until 60 has_started count 1
    as_user scontrol requeue "${ID}_0"
    wait_ended count
    [[ $(outcome count) == "$REACHED" ]]
    [[ $(counts count) == 0/0/1/1 ]]
}

@test "requeued by a person, and the Job fails of it: nothing stays behind" {
    job once '{"backoffLimit": 0}' <<<'exec sleep 1000'
    submit once
    poll_until 60 has_started once 1
    as_user scontrol requeue "${ID}_0"
    wait_ended once
    [[ $(outcome once) == "$LIMIT" ]]
    [[ $(counts once) == 0/0/0/1 ]]
    poll_until 60 no_jobs
}

@test "preempted: disrupted, and retried after the back-off instead of Slurm's two minutes" {
    job pushed "$IGNORE" <<<'[ $ATTEMPT -gt 0 ] || exec sleep 1000'
    submit pushed
    poll_until 60 has_started pushed 1
    as_user sbatch -Q -p urgent -N 4 --exclusive -o /dev/null --wrap 'sleep 1'
    wait_ended pushed
    [[ $(outcome pushed) == "$REACHED" ]]
    [[ $(counts pushed) == 0/0/1/0 ]]
    events pushed ended ' attempt=0 ' | grep -q 'conditions=DisruptionTarget:True:PreemptionByScheduler'
}

@test "a node dies: its pod is closed as disrupted by the next attempt" {
    need_owner
    job dies "$IGNORE" <<<'[ $ATTEMPT -gt 0 ] || exec sleep 1000'
    submit dies
    poll_until 60 has_started dies 1
    local node
    node=$(node_of dies)
    node_dies "$node"
    # Slurm itself would wait for two minutes.
    poll_until 200 eval 'begin_now "${ID}_0"; ended dies'
    "$CLUSTER" start --dir "$CLUSTER_BASE/c" "$node"
    scontrol update NodeName="$node" State=RESUME || true
    [[ $(outcome dies) == "$REACHED" ]]
    [[ $(counts dies) == 0/0/1/0 ]]
    events dies ended ' attempt=0 ' | grep -q 'phase=Failed .*inferred=1 conditions=DisruptionTarget:True:DeletionByTaintManager'
}

@test "backoffLimitPerIndex: each index fails for itself" {
    job each '{"completions": 4, "parallelism": 4, "completionMode": "Indexed", "backoffLimitPerIndex": 1}' \
        <<<'exit $((INDEX % 2))'
    submit each
    wait_ended each
    [[ $(outcome each) == 'Failed FailedIndexes: Job has failed indexes' ]]
    [[ $(counts each) == 0/0/2/4 ]]
    [[ $(status each '.completedIndexes + " " + .failedIndexes') == '0,2 1,3' ]]
    [[ $(started each) == 6 ]]
}

@test "maxFailedIndexes: too many failed indexes end the Job" {
    job many '{"completions": 6, "parallelism": 2, "completionMode": "Indexed", "backoffLimitPerIndex": 0, "maxFailedIndexes": 1}' \
        <<<'exit 1'
    submit many
    wait_ended many
    [[ $(outcome many) == 'Failed MaxFailedIndexesExceeded: Job has exceeded the specified maximal number of failed indexes' ]]
    poll_until 60 no_jobs
    (($(started many) <= 3))
}

@test "FailIndex: no retry of that index" {
    job index '{"completions": 2, "parallelism": 2, "completionMode": "Indexed", "backoffLimitPerIndex": 3, "podFailurePolicy": {"rules": [
        {"action": "FailIndex", "onExitCodes": {"operator": "In", "values": [7]}}]}}' <<<'[ $INDEX = 0 ] || exit 7'
    submit index
    wait_ended index
    [[ $(outcome index) == 'Failed FailedIndexes: Job has failed indexes' ]]
    [[ $(counts index) == 0/0/1/1 && $(started index) == 2 ]]
}

@test "successPolicy: the leader's success ends the Job, the others are killed and count as nothing" {
    job leader '{"completions": 4, "parallelism": 4, "completionMode": "Indexed", "successPolicy": {"rules": [{"succeededIndexes": "0"}]}}' \
        <<<'[ $INDEX = 0 ] || exec sleep 1000; until [ -e $WORK/go ]; do sleep 0.1; done'
    submit leader
    poll_until 60 has_started leader 4
    touch go
    wait_ended leader
    [[ $(outcome leader) == 'Complete SuccessPolicy: Matched rules at index 0' ]]
    poll_until 60 no_jobs
    [[ $(counts leader) == 0/0/1/0 ]]
    [[ $(status leader .completedIndexes) == 0 ]]
}

@test "a work queue: complete when no pod is left, and no retry after the first success" {
    job queue '{"parallelism": 3}' <<<'until [ -e $WORK/go$INDEX ]; do sleep 0.1; done; [ $INDEX != 1 ]'
    submit queue
    poll_until 60 has_started queue 3
    touch go0
    poll_until 60 pod_ended queue ' index=0 .* phase=Succeeded '
    run ! ended queue
    touch go1
    poll_until 60 pod_ended queue ' index=1 .* phase=Failed '
    run ! ended queue
    touch go2
    wait_ended queue
    [[ $(outcome queue) == "$REACHED" ]]
    [[ $(counts queue) == 0/0/2/1 ]]
    [[ $(started queue) == 3 ]]
    poll_until 60 no_jobs
}

@test "a work queue with a task that still waits in Slurm is not complete" {
    job wait '{"parallelism": 2}' <<<'exit 0'
    submit wait --hold
    as_user scontrol release "${ID}_0"
    poll_until 60 pod_ended wait ' phase=Succeeded '
    run ! ended wait
    [[ $(counts wait) == */0/1/0 ]]
    as_user scontrol release "${ID}_1"
    wait_ended wait
    [[ $(counts wait) == 0/0/2/0 ]]
}

@test "activeDeadlineSeconds of the Job: running pods are ended to the second, waiting ones never start" {
    job late '{"completions": 3, "parallelism": 1, "activeDeadlineSeconds": 3}' <<<'exec sleep 1000'
    submit late
    wait_ended late
    [[ $(outcome late) == 'Failed DeadlineExceeded: Job was active longer than specified deadline' ]]
    poll_until 60 no_jobs
    [[ $(started late) == 1 ]]
    [[ $(counts late) == 0/0/0/1 ]]
    local life
    life=$(bc <<<"$(seconds_of "$(events late ended)") - $(seconds_of "$(events late started)")")
    echo "lived $life s"
    # Not a second less; and it was not Slurm's time limit, which has whole minutes.
    (($(bc <<<"$life >= 3 && $life < 60")))
}

@test "a deadline that the Job gets while it runs: for pods that run, and for those that start later" {
    job now '{"completions": 2, "parallelism": 2, "completionMode": "Indexed"}' <<<'touch $WORK/runs.$INDEX; exec sleep 1000'
    submit now
    poll_until 60 test -e runs.0
    poll_until 60 test -e runs.1
    as_user skjob patch job now -p '{"spec": {"activeDeadlineSeconds": 1}}'
    wait_ended now
    [[ $(outcome now) == 'Failed DeadlineExceeded: Job was active longer than specified deadline' ]]
    poll_until 60 no_jobs
    [[ $(counts now) == 0/0/0/2 ]]

    job next '{"completions": 2, "parallelism": 1, "completionMode": "Indexed", "activeDeadlineSeconds": 3000}' \
        <<<'[ $INDEX = 1 ] && exec sleep 1000; touch $WORK/waits; until [ -e $WORK/go ]; do sleep 0.1; done'
    submit next
    poll_until 60 test -e waits
    as_user skjob patch job next -p '{"spec": {"activeDeadlineSeconds": null}}'
    as_user skjob patch job next -p '{"spec": {"activeDeadlineSeconds": 600}}'
    touch go
    poll_until 60 has_started next 2
    as_user skjob patch job next -p '{"spec": {"activeDeadlineSeconds": 1}}'
    wait_ended next
    [[ $(outcome next) == 'Failed DeadlineExceeded: Job was active longer than specified deadline' ]]
    poll_until 60 no_jobs
    [[ $(counts next) == 0/0/1/1 ]]
}

@test "the Job's deadline passes while a retry waits" {
    export SKJOB_BACKOFF_BASE=60
    job gap '{"activeDeadlineSeconds": 4}' <<<'exit 1'
    submit gap
    wait_ended gap
    [[ $(outcome gap) == 'Failed DeadlineExceeded: Job was active longer than specified deadline' ]]
    poll_until 60 no_jobs
    [[ $(started gap) == 1 ]]
    [[ $(counts gap) == 0/0/0/1 ]]
}

@test "activeDeadlineSeconds of the pod: an ordinary failure" {
    # Both attempts: one that ends well would have to do so within the deadline.
    job short '{"backoffLimit": 1}' '{"activeDeadlineSeconds": 2}' <<<'exec sleep 1000'
    submit short
    wait_ended short
    [[ $(outcome short) == "$LIMIT" ]]
    [[ $(counts short) == 0/0/0/2 ]]
    [[ $(events short ended | grep -c ' reason=DeadlineExceeded') == 2 ]]
    local life
    life=$(bc <<<"$(seconds_of "$(events short ended ' attempt=0 ')") - $(seconds_of "$(events short started ' attempt=0 ')")")
    echo "lived $life s"
    (($(bc <<<"$life >= 2 && $life < 60")))
}

@test "scancel of a task is the user's last word: no retry, the others go on" {
    job task '{"completions": 3, "parallelism": 3, "completionMode": "Indexed"}' <<<'[ $INDEX != 1 ] || exec sleep 1000; until [ -e $WORK/go ]; do sleep 0.1; done'
    submit task
    poll_until 60 has_started task 3
    as_user scancel "${ID}_1"
    poll_until 60 pod_ended task ' index=1 '
    touch go
    poll_until 60 no_jobs
    [[ $(started task) == 3 ]]
    [[ $(status task .completedIndexes) == 0,2 ]]
    [[ $(counts task) == 0/0/2/1 ]]
    events task ended ' index=1 ' | grep -q 'phase=Failed .*reason=Cancelled'
    [[ $(outcome task) == 'Failed Cancelled: '* ]]
}

@test "scancel of the array ends the Job" {
    job array '{"completions": 4, "parallelism": 2}' <<<'exec sleep 1000'
    submit array
    poll_until 60 has_started array 2
    as_user scancel "$ID"
    poll_until 60 no_jobs
    [[ $(started array) == 2 ]]
    [[ $(counts array) == 0/0/0/2 ]]
    [[ $(outcome array) == 'Failed Cancelled: '* ]]
}

@test "slurmctld is away when a pod fails: it is retried when slurmctld is back" {
    need_owner
    job away '{"backoffLimit": 2}' <<<'until [ -e $WORK/go ]; do sleep 0.1; done; [ $ATTEMPT -gt 0 ]'
    submit away
    poll_until 60 has_started away 1
    "$CLUSTER" stop --dir "$CLUSTER_BASE/c" slurmctld
    touch go
    poll_until 60 pod_ended away
    # The journal's view, without waiting for ever.
    [[ $(as_user timeout 60 skjob get job away -o json | jq -r .status.failed) == 1 ]]
    "$CLUSTER" start --dir "$CLUSTER_BASE/c"
    wait_ended away
    [[ $(outcome away) == "$REACHED" ]]
    [[ $(counts away) == 0/0/1/1 ]]
}

@test "a task that ended well and is requeued by hand does not run again" {
    job again '{"completions": 2, "parallelism": 2, "completionMode": "Indexed"}' <<<'[ $INDEX = 0 ] || until [ -e $WORK/go ]; do sleep 0.1; done'
    submit again
    poll_until 60 has_started again 2
    poll_until 60 job_ended "${ID}_0"
    as_user scontrol requeue "${ID}_0"
    touch go
    wait_ended again
    poll_until 200 eval 'begin_now "${ID}_0"; no_jobs'
    [[ $(counts again) == 0/0/2/0 ]]
    [[ $(started again 0) == 1 ]]
}

# ends_soon TASK: for poll_until. Slurm refuses a time that has passed when it hears of it.
ends_soon() {
    as_user scontrol update JobId="$1" EndTime="$(date -d '+3 seconds' +%FT%T)"
}

@test "Slurm's time limit: a failure, retried although Slurm has ended the task" {
    job limit '{"backoffLimit": 1}' <<<'[ $ATTEMPT -gt 0 ] || exec sleep 1000'
    submit limit --time=1
    poll_until 60 has_started limit 1
    # The minute is soon over; Slurm looks for such tasks twice a minute.
    poll_until 60 ends_soon "${ID}_0"
    wait_ended limit
    [[ $(outcome limit) == "$REACHED" ]]
    [[ $(counts limit) == 0/0/1/1 ]]
    events limit ended ' attempt=0 ' | grep -q 'reason=SlurmTimeLimit'
}

@test "RPCs: none for a success, at most three for a failed attempt" {
    ((UID == 0)) || skip "only root can reset the counters"
    job plain '{"completions": 20, "parallelism": 8, "completionMode": "Indexed"}' <<<'exit 0'
    job one '{"completions": 1, "completionMode": "Indexed"}' <<<'exit 0'
    job retry '{"completions": 1, "completionMode": "Indexed"}' <<<'exit $((ATTEMPT == 0))'
    rpcs_of one
    local one=$RPCS
    rpcs_of plain
    echo "one success: $one, 20 successes: $RPCS"
    ((RPCS == one))
    rpcs_of retry
    echo "with a failed attempt: $RPCS"
    ((RPCS <= one + 3))
    job fatal '{"completions": 16, "parallelism": 16, "completionMode": "Indexed", "podFailurePolicy": {"rules": [
        {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [42]}}]}}' <<<'[ $INDEX = 0 ] || exec sleep 1000; sleep 3; exit 42'
    rpcs_of fatal
    echo "FailJob with 16 pods: $RPCS"
    ((RPCS <= one + 5))
}

@test "a retry without back-off begins at once, without Slurm's own delay of two minutes" {
    export SKJOB_BACKOFF_BASE=0
    job quick '{"backoffLimit": 10}' <<<'exit $((ATTEMPT < 10))'
    submit quick
    wait_ended quick 600
    [[ $(counts quick) == 0/0/1/10 ]]
    # Where a task leaves its node slowly Slurm adds its delay all the same; not to every one.
    local shortest
    shortest=$(delays_of quick | sort -g | head -n 1)
    (($(bc <<<"$shortest < 60")))
}
