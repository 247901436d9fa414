#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # setup() of pod.bash sets pod and job
#
# skjob-pod: environment out of ConfigMaps, Secrets and the downward API. Each rule: container_env.c.

load pod.bash

# object KIND FOLDER NAME MEMBERS: as the state keeps it, at once.
object()
{
    mkdir -p "$SKJOB_STATE/$2/default"
    jq -n "{apiVersion: \"v1\", kind: \"$1\", metadata: {name: \"$3\", namespace: \"default\"}} + $4" \
        > "$SKJOB_STATE/$2/default/.$3"
    mv "$SKJOB_STATE/$2/default/.$3" "$SKJOB_STATE/$2/default/$3.json"
}

@test "envFrom and valueFrom, in the container and in its arguments" {
    object ConfigMap configmaps c '{data: {A: "1", B: "two"}}'
    object Secret secrets s '{data: {KEY: "dG9wc2VjcmV0"}}'
    script << 'EOF'
command: [sh, -c, 'echo $$A $$P_B $$X $$Z $$KEY "$(A)" "$(X)"']
envFrom:
- configMapRef: {name: c}
- {prefix: P_, configMapRef: {name: c}}
- secretRef: {name: s}
- configMapRef: {name: none, optional: true}
env:
- name: X
  valueFrom: {configMapKeyRef: {name: c, key: B}}
- {name: Z, value: '$(X)-$(A)'}
EOF
    run -0 "$pod" job
    [ "$output" = '1 two two two-1 topsecret 1 two' ]
}

@test "the downward API" {
    export SLURM_CPUS_ON_NODE=3 SLURM_MEM_PER_NODE=100
    script << 'EOF'
command: [sh, -c, 'echo "$$NAME|$$NS|$$INDEX|$$JOB|$$ACCOUNT|$$CPUS|$$MEM"; echo "$$ID|$$IP|$$NODE"']
env:
- {name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
- {name: NS, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
- {name: INDEX, valueFrom: {fieldRef: {fieldPath: "metadata.annotations['batch.kubernetes.io/job-completion-index']"}}}
- {name: JOB, valueFrom: {fieldRef: {fieldPath: "metadata.labels['batch.kubernetes.io/job-name']"}}}
- {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
- {name: ACCOUNT, valueFrom: {fieldRef: {fieldPath: spec.serviceAccountName}}}
- {name: ID, valueFrom: {fieldRef: {fieldPath: metadata.uid}}}
- {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
- {name: CPUS, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
- {name: MEM, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}
EOF
    run -0 "$pod" job
    [[ ${lines[0]} =~ ^pi-7-[a-z0-9]{5}'|default|7|pi|default|3|100'$ ]]
    [[ ${lines[1]} =~ ^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f-]{17}'|'[0-9a-f.:]+'|'.+$ ]]
}

@test "a pod waits for a ConfigMap that is missing, says so once, and starts when it is there" {
    script << 'EOF'
command: [sh, -c, 'echo got $$A; until [ -e go ]; do sleep 0.05; done']
envFrom: [{configMapRef: {name: late}}]
EOF
    "$pod" job > out 2>&1 3>&- &
    local runner=$!
    until_true 30 grep -q 'configmap "late" not found' out
    kill -0 "$runner"
    until_true 30 in_status '"waiting","reason":"CreateContainerConfigError"'
    object ConfigMap configmaps late '{data: {A: "it"}}'
    until_true 30 in_status '"state":"running"'
    touch go
    wait "$runner"
    [ "$(the_status main .state)" = terminated ]
    [ "$(grep -c 'got it' out)" = 1 ]
    [ "$(grep -c 'not found' "$job"/pods/*/main.log)" -le 1 ]
}

@test "a key that is missing" {
    object ConfigMap configmaps c '{data: {}}'
    script << 'EOF'
command: ["true"]
env:
- {name: A, valueFrom: {configMapKeyRef: {name: c, key: k}}}
EOF
    "$pod" job > out 2>&1 3>&- &
    local runner=$!
    until_true 30 grep -q "couldn't find key k in ConfigMap default/c" out
    object ConfigMap configmaps c '{data: {k: "v"}}'
    wait "$runner"
}

@test "TERM ends a pod that waits" {
    script << 'EOF'
command: ["true"]
envFrom: [{secretRef: {name: none}}]
EOF
    "$pod" job > out 2>&1 3>&- &
    local runner=$! status=0
    until_true 30 grep -q 'secret "none" not found' out
    kill -TERM "$runner"
    wait "$runner" || status=$?
    [ "$status" != 0 ]
}

# The log, the journal and what the process list shows; the container's environment is its own.
@test "no value of a Secret is left behind" {
    object Secret secrets s '{data: {KEY: "dG9wc2VjcmV0"}}'
    script << 'EOF'
command: [sh, -c, 'touch started; while [ ! -e go ]; do sleep 0.1; done']
envFrom: [{secretRef: {name: s}}]
EOF
    "$pod" job > out 2>&1 3>&- &
    local runner=$! found=0 f
    until_true 30 test -e started
    for f in /proc/[0-9]*/cmdline; do
        if tr '\0' ' ' < "$f" 2> /dev/null | grep -q '[t]opsecret'; then found=1; fi
    done
    touch go
    wait "$runner"
    [ "$found" = 0 ]
    run ! grep -rq '[t]opsecret' "$job" out
}
