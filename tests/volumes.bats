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

# The folders of this test's volumes, in the places for pods: there may be those of other clusters' pods as well.
volume_folders() {
    local uid
    uid=$(id -u "$JOB_USER")
    find "/tmp/skjob-$uid" "/dev/shm/skjob-$uid" -name "volume-?-$$" 2>/dev/null
}

both_are_there() { [[ $(volume_folders | wc -l) == 2 ]]; }

@test "scancel: nothing is left on the node" {
    local folders
    cat >long.yaml <<EOF
apiVersion: batch/v1
kind: Job
metadata: {name: long}
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: main, image: busybox, command: [sleep, "600"], volumeMounts: [{name: d-$$, mountPath: /input}, {name: m-$$, mountPath: /m}]}
      volumes: [{name: d-$$, emptyDir: {}}, {name: m-$$, emptyDir: {medium: Memory}}]
EOF
    as_user skjob create -f long.yaml
    poll_until 60 both_are_there
    mapfile -t folders < <(volume_folders)
    [[ ${#folders[@]} == 2 ]]
    scancel -u "$JOB_USER"
    poll_until 60 no_jobs
    poll_until 60 none_exists "${folders[@]%/*}" # the pod's
}
