#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Pods with volumes on a real cluster, as an ordinary user: what is left on the nodes. (What is in them: podtable.bats,
# examples.bats.)
# shellcheck disable=SC2154 # run sets output
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

setup_file() { jobs_setup --nodes 2; }
teardown_file() { cluster_teardown; }
setup() {
    jobs_begin
    command -v bwrap >/dev/null || skip "bubblewrap is not installed"
}
teardown() { jobs_finish; }

# Nothing of this user's pods is in the places for pods.
nothing_left() {
    local uid
    uid=$(id -u "$JOB_USER")
    ! ls -d "/tmp/skjob-$uid" "/dev/shm/skjob-$uid" 2>/dev/null
}

@test "scancel: nothing is left on the node" {
    cat >long.yaml <<'EOF'
apiVersion: batch/v1
kind: Job
metadata: {name: long}
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: main, image: busybox, command: [sleep, "600"], volumeMounts: [{name: v, mountPath: /input}, {name: m, mountPath: /m}]}
      volumes: [{name: v, emptyDir: {}}, {name: m, emptyDir: {medium: Memory}}]
EOF
    as_user skjob create -f long.yaml
    poll_until 30 ls -d "/tmp/skjob-$(id -u "$JOB_USER")"
    scancel -u "$JOB_USER"
    poll_until 30 no_jobs
    poll_until 20 nothing_left
}
