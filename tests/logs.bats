#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Logs of pods on a real cluster: each attempt's own, followed across retries; wait, and what it costs slurmctld.
# shellcheck disable=SC2001,SC2016,SC2154 # sed works line by line; the containers expand their variables, not we; run sets output
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

setup_file() { jobs_setup --nodes 2; }

logs() { as_user skjob logs "$@"; }

@test "each attempt has its log: the last one, --previous, --attempt, the pod's name" {
    job twice '{"completions": 2, "parallelism": 2, "completionMode": "Indexed"}' <<<'echo "index $INDEX attempt $ATTEMPT"; [ $INDEX = 0 ] || [ $ATTEMPT = 2 ]'
    submit twice
    wait_ended twice
    run -0 --separate-stderr logs job/twice --index 1
    [[ $output == 'index 1 attempt 2' && -z $stderr ]]
    [[ $(logs job/twice --index 1 -p) == 'index 1 attempt 1' ]]
    [[ $(logs job/twice --index 1 --attempt 0) == 'index 1 attempt 0' ]]
    [[ $(logs "$(pod_of twice 1 1)") == 'index 1 attempt 1' ]]
    [[ $(logs "pod/$(pod_of twice 1 1)" -p) == 'index 1 attempt 0' ]]
    [[ $(logs "$(pod_of twice 1 1)" main) == 'index 1 attempt 1' ]]
    # kubectl's choice of several: the oldest; which one is told.
    run -0 --separate-stderr logs job/twice
    [[ $output == 'index 0 attempt 0' && $stderr == "Found 4 pods, using pod/$(pod_of twice 0 0)" ]]
    [[ $(logs job/twice --all-pods | sort) == "$(for who in '0 0' '1 0' '1 1' '1 2'; do
        read -r index attempt <<<"$who"
        echo "[pod/$(pod_of twice "$index" "$attempt")/main] index $index attempt $attempt"
    done | sort)" ]]
    [[ $(logs -l job-name=twice | wc -l)/$(logs -l batch.kubernetes.io/job-completion-index=1 | wc -l) == 4/3 ]]
    run -1 --separate-stderr logs job/twice --index 0 -p
    [[ $stderr == "Error from server (BadRequest): previous terminated container \"main\" in pod \"$(pod_of twice 0 0)\" not found" ]]
    run -1 --separate-stderr logs job/twice --index 0 --attempt 7
    [[ $stderr == 'error: job twice has no attempt 7 of index 0' ]]
    run -1 --separate-stderr logs job/twice -c nope --index 0
    [[ $stderr == "error: container nope is not valid for pod $(pod_of twice 0 0) out of: main" ]]
}

@test "-f follows across a retry and ends with the Job; a pod's ends with the pod" {
    job again '{"completions": 1}' <<<'echo "begin $ATTEMPT"; sleep 1; echo "end $ATTEMPT"; [ $ATTEMPT = 1 ]'
    submit again
    run -0 --separate-stderr as_user timeout 300 skjob logs -f job/again
    [[ $output == $'begin 0\nend 0\nbegin 1\nend 1' ]]
    [[ $stderr == *"Now following pod/$(pod_of again 0 1)"* ]]
    ended again
    job once '{"completions": 1}' <<<'echo "begin $ATTEMPT"; sleep 1; echo "end $ATTEMPT"; [ $ATTEMPT = 1 ]'
    submit once
    poll_until 60 has_started once 1
    run -0 --separate-stderr as_user timeout 300 skjob logs -f "$(pod_of once 0 0)"
    [[ $output == $'begin 0\nend 0' ]]
}

@test "-f follows new pods, one after the other; --all-pods all at once, by whole lines" {
    job queue '{"completions": 3, "parallelism": 1}' <<<'echo "one $INDEX"; sleep 1; echo "two $INDEX"'
    submit queue
    run -0 --separate-stderr as_user timeout 300 skjob logs -f job/queue
    [[ $(sort <<<"$output" | xargs) == 'one 0 one 1 one 2 two 0 two 1 two 2' ]]
    job both '{"completions": 2, "parallelism": 2, "completionMode": "Indexed"}' <<<'printf "half "; sleep 1; echo "line $INDEX"'
    submit both
    run -0 --separate-stderr as_user timeout 300 skjob logs -f job/both --all-pods
    [[ $(sed 's/.*\] //' <<<"$output" | sort) == $'half line 0\nhalf line 1' ]]
    [[ $(grep -c '^\[pod/both-' <<<"$output") == 2 ]]
}

@test "-f --all-pods follows no more logs at once than --max-log-requests" {
    job many '{"completions": 3, "parallelism": 3, "completionMode": "Indexed"}' <<<'exec sleep 600'
    submit many
    poll_until 60 has_started many 3
    run -1 --separate-stderr as_user timeout 300 skjob logs -f job/many --all-pods --max-log-requests 2
    [[ $stderr == 'error: you are attempting to follow 3 log streams, but maximum allowed concurrency is 2, use --max-log-requests to increase the limit' ]]
    as_user skjob delete job many
}

@test "containers: the default is told, all of them in their order" {
    jq -n '{apiVersion: "batch/v1", kind: "Job", metadata: {name: "duo"}, spec: {template: {spec: {restartPolicy: "Never",
        initContainers: [{name: "prepare", image: "busybox", command: ["sh", "-c", "echo init"]}],
        containers: [{name: "a", image: "busybox", command: ["sh", "-c", "echo from a; echo more; echo last"]},
                     {name: "b", image: "busybox", command: ["sh", "-c", "echo from b"]}]}}}}' >duo.yaml
    submit duo
    wait_ended duo
    run -0 --separate-stderr logs job/duo
    [[ $output == $'from a\nmore\nlast' && $stderr == 'Defaulted container "a" out of: a, b, prepare (init)' ]]
    [[ $(logs job/duo --all-containers) == $'init\nfrom a\nmore\nlast\nfrom b' ]]
    [[ $(logs job/duo -c a --tail 2) == $'more\nlast' ]]
    [[ $(logs job/duo -c a --limit-bytes 4) == from ]]
    [[ $(logs job/duo -c b --prefix) == "[pod/$(pod_of duo 0 0)/b] from b" ]]
    [[ -z $(logs job/duo -c a --since-time 2100-01-01T00:00:00Z 2>/dev/null) ]]
    run -1 --separate-stderr logs job/duo --all-containers -c a
    [[ $stderr == 'error: --all-containers=true should not be specified with container name a' ]]
}

@test "--timestamps and --since: a time for each line, which is no part of the log" {
    local begun seen=()
    job slow '{"completions": 1}' <<<'until_there() { until [ -e $WORK/$1 ]; do sleep 0.1; done; }
        echo first; until_there go1; printf sec; printf "ond\nthird\n"; until_there go2; echo last'
    begun=$(date +%s%6N)
    submit slow
    as_user timeout 300 skjob logs -f job/slow --timestamps >lines 3>&- &
    for step in 1 2; do
        poll_until 60 grep -q "$([[ $step == 1 ]] && echo first || echo third)" lines
        seen+=("$(date +%s%6N)")
        sleep 2 # A line's time may be a second before it was written.
        touch "go$step"
    done
    wait $!
    wait_ended slow
    [[ $(logs job/slow) == $'first\nsecond\nthird\nlast' ]]
    diff lines <(logs job/slow --timestamps)
    grep -Eqx '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z first' lines
    mapfile -t times < <(cut -d' ' -f1 lines | xargs -n1 date +%s%6N -d)
    ((${#times[@]} == 4))
    ((begun - 1000000 <= times[0] && times[0] <= seen[0] && seen[0] + 1000000 <= times[1]))
    ((times[1] <= times[2] && times[2] <= seen[1] && seen[1] + 1000000 <= times[3]))
    [[ $(logs job/slow --timestamps --prefix --tail 1) == "[pod/$(pod_of slow 0 0)/main] $(tail -n 1 lines)" ]]
    [[ $(logs job/slow --since-time "$(sed -n '2s/[.].*/Z/p' lines)") == $'second\nthird\nlast' ]]
    [[ $(logs job/slow --since 1h) == $'first\nsecond\nthird\nlast' ]]
    [[ -z $(logs job/slow --since-time 2100-01-01T00:00:00Z) ]]
}

@test "wait for pods and other objects, by name and by label" {
    local pod
    wait_for() { as_user skjob wait "$@"; }
    job held '{"completions": 2, "parallelism": 2, "completionMode": "Indexed"}' <<<'until [ -e go ]; do sleep 0.2; done'
    submit held
    poll_until 60 has_started held 2
    run -0 --separate-stderr wait_for --for=condition=Ready pod -l job-name=held --timeout=120s
    [[ $(wc -l <<<"$output") == 2 && $output == 'pod/held-0-'*' condition met'* ]]
    pod=$(pod_of held 0 0)
    [[ $(wait_for --for=jsonpath='{.status.phase}'=Running "pod/$pod") == "pod/$pod condition met" ]]
    run -1 --separate-stderr wait_for --for=jsonpath='{.status.phase}'=Succeeded pod "$pod" --timeout=1s
    [[ $stderr == "error: timed out waiting for the condition on pods/$pod" && -z $output ]]
    run -1 --separate-stderr wait_for --for=condition=Ready pod/nope
    [[ $stderr == 'Error from server (NotFound): pods "nope" not found' ]]
    run -1 --separate-stderr wait_for --for=finished "pod/$pod"
    [[ $stderr == 'error: --for=finished is for Jobs' ]]
    run -1 --separate-stderr wait_for --for=delete pods -l job-name=none
    [[ $stderr == *'no matching resources found' ]]
    as_user touch go
    [[ $(wait_for --for=jsonpath='{.status.phase}'=Succeeded "pod/$pod" --timeout=120s) == "pod/$pod condition met" ]]
    as_user skjob delete job held
    run -0 --separate-stderr wait_for --for=delete "pod/$pod"
    [[ -z $output && -z $stderr ]]
    as_user skjob create configmap made --from-literal=a=b
    [[ $(wait_for --for=create configmap/made) == 'configmap/made condition met' ]]
}

@test "wait: one question to slurmctld in each interval; create and delete" {
    ((UID == 0)) || skip "only root can reset the counters"
    job slow '{}' <<<'sleep 600'
    submit slow
    poll_until 60 has_started slow 1
    local rpcs begin=$EPOCHSECONDS
    sdiag --reset >/dev/null
    run -1 --separate-stderr as_user skjob wait --for=condition=complete job/slow --timeout=6s
    [[ $stderr == 'error: timed out waiting for the condition on jobs/slow' ]]
    rpcs=$(rpcs_since_reset "$JOB_USER")
    echo "$rpcs RPCs in $((EPOCHSECONDS - begin)) s"
    ((rpcs >= 1 && rpcs <= EPOCHSECONDS - begin + 1))
    as_user skjob wait --for=delete job/slow --timeout=120s --v=6 >deleted 2>asked &
    # It has seen the Job.
    poll_until 60 grep -q slurm_load asked
    as_user skjob delete job slow
    wait $!
    [[ $(cat deleted) == 'job.batch/slow condition met' ]]
    run -0 as_user skjob wait --for=delete job/slow
    [[ -z $output ]]
    job soon '{}' <<<'exit 0'
    as_user skjob wait --for=create --for=condition=complete job/soon --timeout=120s >created &
    submit soon
    wait $!
    [[ $(cat created) == 'job.batch/soon condition met' ]]
}

@test "get -o wide: the partition, and why a pod waits; no request more than get" {
    job runs '{}' <<<'until [ -e $WORK/go ]; do sleep 0.2; done'
    submit runs
    poll_until 60 has_started runs 1
    job waits '{}' <<<'exit 0'
    submit waits "--dependency=afterany:$ID"
    local partition
    partition=$(job_field "$ID" Partition)
    waits_for_the_other() {
        as_user skjob get pods -o wide -l job-name=waits | grep -q "<none>  *${ID}_0  *$partition  *for another job (--dependency)\$"
    }
    poll_until 60 waits_for_the_other
    [[ $(as_user skjob get pods -o wide -l job-name=runs | tail -n 1) =~ _0\ +"$partition"\ +'<none>'$ ]]
    [[ $(as_user skjob get job waits -o wide | tail -n 1) =~ \ "$ID"\ +"$partition"$ ]]
    run -0 --separate-stderr as_user skjob get pods -o wide -l job-name=waits --v=6
    [[ $(grep -c 'slurm_load' <<<"$stderr") == 1 && $stderr == *" slurm_load_job $ID: 1 tasks in "* ]]
    touch go
    wait_ended waits
    [[ $(as_user skjob get job waits -o wide | tail -n 1) =~ \ "$ID"\ +'<none>'$ ]]
}

@test "--timestamps: a container that starts after the pod has its own time, as has one that is started again" {
    jq -n '{apiVersion: "batch/v1", kind: "Job", metadata: {name: "late"}, spec: {template: {spec: {restartPolicy: "Never",
        initContainers: [{name: "prepare", image: "busybox", command: ["sh", "-c", "sleep 3"]}],
        containers: [{name: "a", image: "busybox", command: ["sh", "-c", "date +%s"]}]}}}}' >late.yaml
    jq -n '{apiVersion: "batch/v1", kind: "Job", metadata: {name: "again"}, spec: {template: {spec: {restartPolicy: "OnFailure",
        containers: [{name: "a", image: "busybox", command: ["sh", "-c",
            "[ -e \($ENV.PWD)/ran ] || { touch \($ENV.PWD)/ran; sleep 3; exit 1; }; date +%s"]}]}}}}' >again.yaml
    submit late
    submit again
    wait_ended late
    wait_ended again
    for name in late again; do
        read -r stamp said < <(logs "job/$name" -c a --timestamps)
        echo "$name: $stamp, said at $said"
        (($(date +%s -d "$stamp") >= said - 1))
    done
}
