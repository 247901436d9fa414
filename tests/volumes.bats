#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Pods with volumes on a real cluster, as an ordinary user: what is left on the nodes. (What is in them: podtable.bats,
# examples.bats.)
# shellcheck disable=SC2154 # run sets output
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

setup_file() { jobs_setup --nodes 2; }
setup() {
    jobs_begin
    command -v bwrap >/dev/null || skip "bubblewrap is not installed"
}

# marks N: so many files of this test's name are in the user's places for pods, which other tests' pods use as well.
marks() {
    local uid
    uid=$(id -u "$JOB_USER")
    [[ $(find "/tmp/skjob-$uid" "/dev/shm/skjob-$uid" -name "mark-${WORK##*/}" 2>/dev/null | wc -l) == "$1" ]]
}

@test "scancel: nothing is left on the node" {
    local mark=mark-${WORK##*/}
    cat >long.yaml <<EOF
apiVersion: batch/v1
kind: Job
metadata: {name: long}
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: main, image: busybox, command: [sh, -c, "touch /input/$mark /m/$mark; exec sleep 600"],
         volumeMounts: [{name: v, mountPath: /input}, {name: m, mountPath: /m}]}
      volumes: [{name: v, emptyDir: {}}, {name: m, emptyDir: {medium: Memory}}]
EOF
    as_user skjob create -f long.yaml
    poll_until 30 marks 2
    scancel -u "$JOB_USER"
    poll_until 30 no_jobs
    poll_until 20 marks 0
}
