#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# skjob-pod: volumes in the life of a pod. What each kind of volume is, and where it can be mounted: volumes.bats and
# mounts.bats.
# shellcheck disable=SC2016,SC2154,SC2034,SC1007,SC2046,SC2013,SC2030,SC2031 # the containers expand their variables; setup and run set ours

load pod.bash

# spec < the pod's spec below restartPolicy: writes the batch script ./job. RESTART is the restartPolicy.
spec()
{
    command -v bwrap > /dev/null || skip "bubblewrap is not installed"
    export SKJOB_RUN_DIR=$BATS_TEST_TMPDIR/run
    mkdir -pm 700 run
    {
        echo "#!$pod"
        echo "#SKJOB v1 completionMode=Indexed"
        cat << EOF
apiVersion: batch/v1
kind: Job
metadata: {name: pi}
spec:
  completionMode: Indexed
  completions: 10
  template:
    spec:
      restartPolicy: ${RESTART:-Never}
EOF
        sed 's/^/      /'
    } > job
}

# config_map DATA: the ConfigMap c, as the state keeps it.
config_map()
{
    mkdir -p "$SKJOB_STATE/configmaps/default"
    jq -n "{apiVersion: \"v1\", kind: \"ConfigMap\", metadata: {name: \"c\", namespace: \"default\"}, data: $1}" \
        > "$SKJOB_STATE/configmaps/default/.c"
    mv "$SKJOB_STATE/configmaps/default/.c" "$SKJOB_STATE/configmaps/default/c.json"
}

# All processes below one, which is how Slurm finds them.
below()
{
    local child
    for child in $(cat "/proc/$1/task/$1/children"); do
        echo "$child"
        below "$child"
    done
}

nothing_left()
{
    find run
    [ -z "$(ls -A run)" ]
    [ -z "$(find "/dev/shm/skjob-$UID" -name '107.*' 2> /dev/null || true)" ]
}

@test "an init container hands its work on in an emptyDir" {
    spec << 'EOF'
initContainers:
- {name: input, image: i, command: [sh, -c, 'echo $(JOB_COMPLETION_INDEX) > /input/data.txt'], volumeMounts: [{name: input, mountPath: /input}]}
containers:
- {name: worker, image: i, command: [cat, /input/data.txt], volumeMounts: [{name: input, mountPath: /input, readOnly: true}]}
volumes: [{name: input, emptyDir: {}}]
EOF
    run -0 --separate-stderr "$pod" job
    [ "$output" = 7 ]
    [ -z "$stderr" ]
    [ ! -e /input ]
    nothing_left
}

@test "the index as a file, by the downward API" {
    spec << 'EOF'
containers:
- {name: worker, image: i, command: [cat, /input/data.txt], volumeMounts: [{name: input, mountPath: /input}]}
volumes:
- name: input
  downwardAPI: {items: [{path: data.txt, fieldRef: {fieldPath: "metadata.annotations['batch.kubernetes.io/job-completion-index']"}}]}
EOF
    run -0 --separate-stderr "$pod" job
    [ "$output" = 7 ]
    nothing_left
}

@test "a ConfigMap that comes late: the pod waits, and says so once" {
    spec << 'EOF'
containers:
- {name: worker, image: i, command: [cat, /etc/app/k], volumeMounts: [{name: v, mountPath: /etc/app}]}
volumes: [{name: v, configMap: {name: c}}]
EOF
    "$pod" job > out 2> err 3>&- &
    runner=$!
    until_true 20 grep -q . err
    config_map '{k: "late"}'
    finish 0
    [ "$(cat out)" = late ]
    [ "$(cat err)" = 'skjob-pod: MountVolume.SetUp failed for volume "v" : configmap "c" not found' ]
    nothing_left
}

@test "TERM ends a pod that waits for its volumes" {
    spec << 'EOF'
containers:
- {name: worker, image: i, command: ["true"], volumeMounts: [{name: v, mountPath: /v}]}
volumes: [{name: e, emptyDir: {}}, {name: v, hostPath: {path: /nowhere/at/all, type: Directory}}]
EOF
    "$pod" job > out 2> err 3>&- &
    runner=$!
    until_true 20 grep -q 'hostPath type check failed: /nowhere/at/all is not a directory' err
    kill -TERM "$runner"
    wait "$runner" || true
    nothing_left
}

@test "an emptyDir lives as long as the pod: over restarts in place" {
    RESTART=OnFailure spec << 'EOF'
containers:
- {name: worker, image: i, command: [sh, -c, 'echo x >> /v/f; wc -l < /v/f; test $(wc -l < /v/f) = 2'], volumeMounts: [{name: v, mountPath: /v}]}
volumes: [{name: v, emptyDir: {}}]
EOF
    SKJOB_CRASHLOOP_BASE=0.1 run -0 --separate-stderr "$pod" job
    [ "$output" = $'1\n2' ]
    nothing_left
}

@test "an emptyDir above its limit: the pod is evicted, as by the kubelet" {
    spec << 'EOF'
containers:
- {name: worker, image: i, command: [sh, -c, 'trap "" TERM; head -c 3000000 /dev/zero > /v/f; echo ready; while :; do sleep 1; done'], volumeMounts: [{name: v, mountPath: /v}]}
volumes: [{name: v, emptyDir: {sizeLimit: 1Mi}}]
EOF
    begin
    finish 137
    grep -qx 'skjob-pod: Usage of EmptyDir volume "v" exceeds the limit "1Mi".' err
    grep -q ' phase=Failed .* conditions=DisruptionTarget:True:TerminationByKubelet reason=Evicted message=Usage' "$job"/events/*
    nothing_left
}

@test "a termination message at the default path, of a container that names it" {
    spec << 'EOF'
containers:
- {name: worker, image: i, command: [sh, -c, 'echo why > /dev/termination-log; exit 4']}
EOF
    run -4 --separate-stderr "$pod" job
    echo "$stderr"
    [ "$(cat "$job"/pods/*/worker.message)" = why ]
    [ ! -e /dev/termination-log ]
    nothing_left
}

@test "a termination message at a path of its own" {
    spec << 'EOF'
containers:
- {name: worker, image: i, terminationMessagePath: /var/run/own/message, command: [sh, -c, 'echo why > /var/run/own/message']}
EOF
    run -0 --separate-stderr "$pod" job
    [ "$(cat "$job"/pods/*/worker.message)" = why ]
    nothing_left
}

@test "hostname, and a read-only root" {
    spec << 'EOF'
hostname: pod-0
containers:
- {name: worker, image: i, securityContext: {readOnlyRootFilesystem: true}, command: [sh, -c, 'hostname; touch /var/tmp/x 2>/dev/null || echo sealed']}
EOF
    run -0 --separate-stderr "$pod" job
    [ "$output" = $'pi-7\nsealed' ] # the index goes before hostname, as in Kubernetes
}

@test "subPathExpr with a variable of the manifest" {
    mkdir data
    spec << EOF
containers:
- {name: worker, image: i, env: [{name: W, value: "w\$(JOB_COMPLETION_INDEX)"}], command: [touch, /v/f], volumeMounts: [{name: v, mountPath: /v, subPathExpr: out-\$(W)}]}
volumes: [{name: v, hostPath: {path: $PWD/data}}]
EOF
    sed -i 's/w$(JOB_COMPLETION_INDEX)/w/' job
    run -0 --separate-stderr "$pod" job
    [ -f data/out-w/f ]
}

@test "a mount that cannot be is a container that cannot be started" {
    spec << 'EOF'
containers:
- {name: worker, image: i, command: ["true"], volumeMounts: [{name: v, mountPath: /proc/x}]}
volumes: [{name: v, emptyDir: {}}]
EOF
    run -128 --separate-stderr "$pod" job
    [[ $stderr == *'mountPath /proc/x: cannot be mounted because it is inside /proc' ]]
    grep -q ' containers=worker:128:StartError ' "$job"/events/*
    nothing_left
}

@test "TERM reaches a container with mounts, whose answer counts" {
    spec << 'EOF'
containers:
- {name: worker, image: i, command: [sh, -c, 'trap "echo got TERM; exit 9" TERM; echo ready; while :; do sleep 0.1; done'], volumeMounts: [{name: v, mountPath: /v}]}
volumes: [{name: v, emptyDir: {}}]
EOF
    begin
    kill -TERM "$runner"
    finish 9
    has_line 'got TERM' out
    nothing_left
}

@test "TERM arrives once, also when every process got it" {
    spec << 'EOF'
containers:
- name: worker
  image: i
  command: [sh, -c, 'n=0; trap "n=\$((n + 1))" TERM; echo ready; i=0; while [ $i -lt 15 ]; do sleep 0.1; i=$((i + 1)); done; echo "n=$n"']
  volumeMounts: [{name: v, mountPath: /v}]
volumes: [{name: v, emptyDir: {}}]
EOF
    begin
    kill -TERM $(below "$runner") "$runner"
    finish 0
    has_line n=1 out
}

@test "a runner that was killed: the container dies, and the next pod sweeps up" {
    spec << 'EOF'
containers:
- {name: worker, image: i, command: [sh, -c, 'echo $$$$ > /v/pid; echo ready; sleep 600'], volumeMounts: [{name: v, mountPath: /v}]}
volumes: [{name: v, emptyDir: {}}, {name: m, emptyDir: {medium: Memory}}]
EOF
    begin
    container=$(cat run/skjob-*/107.0@*/volume-v/pid)
    kill -9 "$runner"
    wait "$runner" || true
    until_true 10 gone "$container"
    [ -d "run/skjob-$UID/107.0@$(uname -n)" ]
    spec << 'EOF'
containers: [{name: worker, image: i, command: ["true"]}]
EOF
    SLURM_JOB_ID=108 run -0 "$pod" job
    nothing_left
}
