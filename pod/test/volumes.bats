#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Volumes: what each kind is in the container, its messages, and that nothing is left behind.
# shellcheck disable=SC2016,SC2154,SC2034,SC1007,SC2046,SC2013,SC2030,SC2031 # the containers expand their variables; setup and run set ours

load volumes.bash

one='[{name: "v", emptyDir: {}}]'
at_input='[{name: "v", mountPath: "/input"}]'

# --- emptyDir
@test "emptyDir: an empty folder for everybody, gone with the pod" {
    pod "$one" "$at_input" 'stat -c %a /input; ls -A /input | wc -l; echo x > /input/f; cat /input/f'
    try 0
    [ "$output" = $'777\n0\nx' ]
    nothing_left
}

@test "emptyDir of medium Memory: in memory, gone with the pod" {
    pod '[{name: "v", emptyDir: {medium: "Memory"}}]' "$at_input" 'stat -f -c %T /input; echo x > /input/f'
    try 0
    [ "$output" = tmpfs ]
    nothing_left
}

@test "emptyDir above its sizeLimit: evicted, in the kubelet's words" {
    for medium in '' Memory; do
        pod "[{name: \"v\", emptyDir: {medium: \"$medium\", sizeLimit: \"1Mi\"}}]" "$at_input" \
            'mkdir -p /input/a/b; head -c 3000000 /dev/zero > /input/a/b/big; sleep 60'
        try 3
        [[ $output == *'Usage of EmptyDir volume "v" exceeds the limit "1Mi".' ]]
        nothing_left
    done
}

@test "emptyDir within its sizeLimit, and a limit of 0, evict nobody" {
    pod '[{name: "v", emptyDir: {sizeLimit: "1Mi"}}, {name: "w", emptyDir: {sizeLimit: "0"}}]' \
        '[{name: "v", mountPath: "/v"}, {name: "w", mountPath: "/w"}]' \
        'head -c 500000 /dev/zero > /v/f; for i in 1 2 3 4 5; do ln /v/f /v/$i; done; head -c 9000000 /dev/zero > /w/f; sleep 0.3'
    try 0
}

@test "a volume without a source is an emptyDir; huge pages are not to be had" {
    pod '[{name: "v"}]' "$at_input" 'echo x > /input/f'
    try 0
    pod '[{name: "v", emptyDir: {medium: "HugePages"}}]' "$at_input" true
    try 125
    [[ $output == *'volume "v" : emptyDir.medium HugePages is not supported'* ]]
    nothing_left
}

# --- files from objects
objects='.objects = {"ConfigMap/c": {data: {k: "v1", "a.txt": "text"}, binaryData: {b: "AAE="}}, "Secret/s": {data: {pw: "c2VjcmV0"}}}'

@test "configMap: a file per key, read-only, modes as asked whatever the umask" {
    MORE=$objects pod '[{name: "v", configMap: {name: "c", defaultMode: 416}}]' "$at_input" \
        'cd /input; ls; stat -c %a k b; cat k; od -An -tx1 b; echo x > k; echo x > new; true'
    umask 077
    try 0
    [[ $output == $'a.txt\nb\nk\n640\n640\nv1 00 01\n'*'k: Read-only file system'*'new: Read-only file system' ]]
    nothing_left
}

@test "configMap with items: paths with folders, own modes" {
    MORE=$objects pod '[{name: "v", configMap: {name: "c", defaultMode: 420, items: [{key: "k", path: "x/y/k", mode: 256}]}}]' \
        "$at_input" 'cd /input; find . -printf "%P %m\n" | sort; cat x/y/k'
    try 0
    [ "$output" = $' 755\nx 755\nx/y 755\nx/y/k 400\nv1' ]
}

@test "secret: in memory only" {
    MORE=$objects pod '[{name: "v", secret: {secretName: "s", defaultMode: 256}}]' "$at_input" \
        "stat -f -c %T /input; cat /input/pw; echo; grep -rl secret $dir/run; true"
    try 0
    [ "$output" = $'tmpfs\nsecret' ]
    nothing_left
}

@test "one key of a configMap as a file, by subPath" {
    MORE=$objects pod '[{name: "v", configMap: {name: "c", defaultMode: 420}}]' \
        '[{name: "v", mountPath: "/etc/app/app.conf", subPath: "k"}]' 'cat /etc/app/app.conf; ls /etc/app; test -s /etc/passwd'
    try 0
    [ "$output" = v1app.conf ]
}

@test "downwardAPI and projected" {
    MORE="$objects | .annotations = {color: \"red\"}" pod '[
        {name: "v", downwardAPI: {defaultMode: 420, items: [{path: "c", fieldRef: {fieldPath: "metadata.annotations['"'color'"']"}}]}},
        {name: "w", projected: {defaultMode: 420, sources: [{configMap: {name: "c", items: [{key: "k", path: "k"}]}}, {secret: {name: "s"}}]}}]' \
        '[{name: "v", mountPath: "/v"}, {name: "w", mountPath: "/w"}]' 'cat /v/c; echo; ls /w; stat -f -c %T /w'
    try 0
    [ "$output" = $'red\nk\npw\ntmpfs' ]
}

@test "what is missing makes the pod wait, in the kubelet's words; optional does not" {
    pod '[{name: "v", configMap: {name: "c", defaultMode: 420}}]' "$at_input" true
    try 75
    [ "$output" = 'MountVolume.SetUp failed for volume "v" : configmap "c" not found' ]
    pod '[{name: "v", secret: {secretName: "s", defaultMode: 420}}]' "$at_input" true
    try 75
    [ "$output" = 'MountVolume.SetUp failed for volume "v" : secret "s" not found' ]
    pod '[{name: "v", configMap: {name: "c", defaultMode: 420, optional: true}}]' "$at_input" 'ls -A /input | wc -l'
    try 0
    [ "$output" = 0 ]
    nothing_left
}

# --- folders of the node
@test "hostPath: the node's own, with the rights of the user" {
    as_user mkdir -m 755 data
    pod "[{name: \"v\", hostPath: {path: \"$dir/data\", type: \"Directory\"}}]" "$at_input" 'echo kept > /input/f'
    try 0
    [ "$(cat data/f)" = kept ]
    nothing_left
}

@test "hostPath of the wrong type, and one that cannot be made, make the pod wait" {
    pod '[{name: "v", hostPath: {path: "/etc/passwd", type: "Directory"}}]' "$at_input" true
    try 75
    [ "$output" = 'MountVolume.SetUp failed for volume "v" : hostPath type check failed: /etc/passwd is not a directory' ]
    pod '[{name: "v", hostPath: {path: "/usr/nowhere/x"}}]' "$at_input" true
    try 75
    [ "$output" = 'MountVolume.SetUp failed for volume "v" : mkdir /usr/nowhere/x: Permission denied' ]
}

@test "hostPath of a device and of a socket" {
    pod '[{name: "v", hostPath: {path: "/dev/zero", type: "CharDevice"}}]' '[{name: "v", mountPath: "/my/zero"}]' \
        'head -c 3 /my/zero | od -An -tx1'
    try 0
    [ "$output" = ' 00 00 00' ]
}

@test "nfs and persistentVolumeClaim: the site's folders" {
    as_user mkdir -m 755 export claim
    MORE=".map = {\"nfs srv /exp\": \"$dir/export\", \"persistentVolumeClaim pvc default\": \"$dir/claim\"}" pod \
        '[{name: "v", nfs: {server: "srv", path: "/exp"}}, {name: "w", persistentVolumeClaim: {claimName: "pvc", readOnly: true}}]' \
        '[{name: "v", mountPath: "/v"}, {name: "w", mountPath: "/w"}]' 'echo x > /v/f; touch /w/f || echo read-only'
    try 0
    [[ $output == *read-only ]]
    [ -f export/f ]
}

@test "nfs: a folder below an export of the site's, and not beside it" {
    as_user mkdir -p export/a/b
    MORE=".map = {\"nfs srv /exp\": \"$dir/export\", \"nfs srv /exp/a\": \"$dir/export/a\", \"nfs all /\": \"$dir\"}"
    pod '[{name: "v", nfs: {server: "srv", path: "/exp/a/b"}}, {name: "w", nfs: {server: "all", path: "/export"}}]' \
        '[{name: "v", mountPath: "/v"}, {name: "w", mountPath: "/w"}]' 'echo x > /v/f; echo y > /w/g'
    try 0
    [[ -f export/a/b/f && -f export/g ]]
    pod '[{name: "v", nfs: {server: "srv", path: "/exp/../etc"}}]' "$at_input" true
    try 125
    [[ $output == *"nfs srv:/exp/../etc: the site's skjob.conf maps it to no folder"* ]]
    pod '[{name: "v", nfs: {server: "srv", path: "/expo"}}]' "$at_input" true
    try 125
}

@test "nfs and persistentVolumeClaim that the site does not have are errors" {
    pod '[{name: "v", nfs: {server: "srv", path: "/exp"}}]' "$at_input" true
    try 125
    [[ $output == *"nfs srv:/exp: the site's skjob.conf maps it to no folder"* ]]
    pod '[{name: "v", persistentVolumeClaim: {claimName: "pvc"}}]' "$at_input" true
    try 125
    [[ $output == *'persistentvolumeclaim "pvc" not found: '* ]]
    MORE='.map = {"nfs srv /exp": "/nowhere"}' pod '[{name: "v", nfs: {server: "srv", path: "/exp"}}]' "$at_input" true
    try 75
    [[ $output == *'/nowhere: No such file or directory' ]]
}

@test "another kind of volume is an error" {
    pod '[{name: "v", csi: {driver: "d"}}]' "$at_input" true
    try 125
    [[ $output == *'volume "v" : volumes of the kind csi are not supported' ]]
}

# --- subPath
@test "subPath: made when missing, with the volume's mode; two containers' folders in one volume" {
    pod "$one" '[{name: "v", mountPath: "/a", subPath: "x/y"}, {name: "v", mountPath: "/b"}]' \
        'stat -c %a /a /b/x/y; echo 1 > /a/f; cat /b/x/y/f'
    try 0
    [ "$output" = $'777\n777\n1' ]
}

@test "subPathExpr: expanded; a missing or empty variable makes the pod wait" {
    as_user mkdir -m 755 data
    volume="[{name: \"v\", hostPath: {path: \"$dir/data\"}}]"
    pod "$volume" '[{name: "v", mountPath: "/a", subPathExpr: "run-$(SUB)"}]' 'echo 1 > /a/f'
    SUB=7 try 0
    [ -f data/run-7/f ]
    try 75
    [ "$output" = 'missing value for SUB' ]
    SUB= try 75
    [ "$output" = 'missing value for SUB' ]
    SUB=../../etc try 75
    [ "$output" = "unable to provision SubPath \`run-../../etc\`: must not contain '..'" ]
}

@test "subPath: no link leads out of the volume" {
    as_user mkdir -m 755 data data/in
    as_user ln -s /etc data/abs
    as_user ln -s ../../../../etc data/up
    as_user ln -s in data/inside
    as_user ln -s /proc/self/root/etc data/magic
    as_user ln -s nowhere data/dangling
    volume="[{name: \"v\", hostPath: {path: \"$dir/data\"}}]"
    for sub in abs abs/ssl up up/ssl magic dangling dangling/x; do
        pod "$volume" "[{name: \"v\", mountPath: \"/a\", subPath: \"$sub\"}]" 'ls /a'
        try 75
        [ "$output" = 'failed to prepare subPath for volumeMount "v" of container "main"' ]
    done
    for sub in /etc .. in/../../x; do
        pod "$volume" "[{name: \"v\", mountPath: \"/a\", subPath: \"$sub\"}]" 'ls /a'
        try 75
        [[ $output == *'must not '* ]]
    done
    pod "$volume" '[{name: "v", mountPath: "/a", subPath: "inside/new"}]' 'echo 1 > /a/f'
    try 0
    [ -f data/in/new/f ]
}

# --- what is left
@test "nothing is left: closed and read-only folders, odd names, links to elsewhere" {
    as_user mkdir -m 755 data
    as_user touch data/precious
    pod "$one" "$at_input" "cd /input; mkdir -p a/b c; touch a/b/f 'new
line' '-rf' ' '; ln -s $dir/data out; ln -s / root; mkfifo p; chmod 0 a/b; chmod 500 a c; chmod 500 ."
    try 0
    nothing_left
    [ -f data/precious ]
}

@test "nothing is left: a tree deeper than there are descriptors, and a wide one" {
    pod "$one" "$at_input" 'cd /input; mkdir wide; (cd wide; seq 3000 | xargs touch)
        python3 -c "
import os
for i in range(1500):
    os.mkdir(\"a-folder-of-a-pod\"); os.chdir(\"a-folder-of-a-pod\")
open(\"f\", \"w\")"'
    try 0
    nothing_left
}

@test "a runner that was killed: the next one sweeps its folders, not those of the living" {
    pod '[{name: "v", emptyDir: {}}, {name: "m", emptyDir: {medium: "Memory"}}]' \
        '[{name: "v", mountPath: "/input"}, {name: "m", mountPath: "/m"}]' \
        "echo \$\$ > /m/pid; echo x > /input/f; echo \$\$ > $dir/leader; echo ready; sleep 600"
    as_user touch leader
    begin
    [ -d "run/skjob-$uid/$id@$(uname -n)" ]
    other=$id
    pod "$one" "$at_input" true
    id=$other-second
    try 0
    [ -f "run/skjob-$uid/$other@$(uname -n)/volume-v/f" ]
    [ -f "/dev/shm/skjob-$uid/$other@$(uname -n)/volume-m/pid" ]
    kill -9 "$runner"
    wait "$background" || true
    # The container dies with the runner.
    until_true 10 bash -c "! kill -0 $leader 2> /dev/null || grep -q 'State:.Z' /proc/$leader/status"
    [ -d "run/skjob-$uid/$other@$(uname -n)" ]
    id=$other-third
    try 0
    id=$other
    nothing_left
}

@test "a folder of the same name of a living runner is left alone" {
    pod "$one" "$at_input" "echo x > /input/f; echo \$\$ > $dir/leader; echo ready; while [ ! -e $dir/go ]; do sleep 0.05; done; cat /input/f"
    as_user touch leader
    begin
    pod "$one" "$at_input" 'ls -A /input | wc -l'
    try 0
    [ "$output" = 0 ]
    touch go
    finish 0
    grep -qx x out
    nothing_left
}

# --- the pod's folder in a place where everybody may write
@test "a folder that another user, or a link, has put in our way is passed over" {
    ((UID == 0)) || skip "needs root to play another user"
    mkdir -m 1777 tmp
    RUN=$dir/tmp
    base=skjob-$uid
    mkdir -m 777 "tmp/$base"                     # another user's
    ln -s "$dir/run" "tmp/$base.1"               # a link, to a folder of ours even
    as_user mkdir -m 755 "$dir/tmp/$base.2"      # ours, but open to others
    touch "tmp/$base.3"                          # no folder
    pod "$one" "$at_input" "ls $dir/tmp; stat -c %a $dir/tmp/$base.4"
    try 0
    [[ $output == *"$base.4"$'\n'700 ]]
    [ -z "$(find run "tmp/$base" -mindepth 1)" ]
    [ ! -e "tmp/$base.4" ]
}

@test "no fit folder is an error that says what to do" {
    ((UID == 0)) || skip "needs root to play another user"
    mkdir -m 1777 tmp
    for i in '' .{1..15}; do ln -s /etc "tmp/skjob-$uid$i"; done
    pod "$one" "$at_input" true
    RUN=$dir/tmp try 125
    [[ $output == *"tmp/skjob-$uid is a symbolic link, another user's, or open to others, "*'set SKJOB_RUN_DIR'* ]]
    mkdir -m 777 open
    RUN=$dir/open try 125
    [[ $output == *'can be written by others, and has no sticky bit' ]]
    RUN=relative try 125
    [[ $output == *'relative: not an absolute path' ]]
}
