#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # programs that stand in expand their own; run sets output
#
# Containers by real runtimes, as an ordinary user: Charliecloud on a folder, rootless podman.

load pod
load runtime

setup_file()
{
    command -v busybox > /dev/null || skip "no busybox"
    runtime_setup_file
    make_rootfs "$BATS_FILE_TMPDIR/rootfs"
    chmod -R a+rX "$BATS_FILE_TMPDIR/rootfs"
    export PODMAN_WHY='' PODMAN_OPTIONS=''
    prepare_podman
}

# crun needs a cgroup hierarchy of one version, runc cannot do without cgroups: takes what works here.
prepare_podman()
{
    local options text
    if ! command -v podman > /dev/null; then
        PODMAN_WHY='no podman'
        return
    fi
    tar cf "$BATS_FILE_TMPDIR/rootfs.tar" -C "$BATS_FILE_TMPDIR/rootfs" .
    (cd / && as_user podman import --change 'ENTRYPOINT ["/bin/echo", "entrypoint"]' --change 'CMD ["cmd"]' \
        "$BATS_FILE_TMPDIR/rootfs.tar" localhost/busybox:test) &> "$BATS_FILE_TMPDIR/import.log"
    for options in --cgroups=disabled '--runtime=runc --cgroups=enabled'; do
        # shellcheck disable=SC2086
        if text=$(cd / && as_user podman run --rm --network=host $options localhost/busybox:test 2>&1); then
            PODMAN_OPTIONS=$options
            return
        fi
    done
    PODMAN_WHY="podman does not run here: ${text: -100}"
}

teardown_file()
{
    # podman's pause process is the user's, and is ours here: its home is.
    local pid=$BATS_FILE_TMPDIR/run/libpod/tmp/pause.pid
    [[ ! -s $pid ]] || kill "$(< "$pid")" || true
}

need_charliecloud()
{
    command -v ch-run > /dev/null || skip "no ch-run"
    as_user ch-run "$BATS_FILE_TMPDIR/rootfs" -- true &> /dev/null || skip "ch-run does not run here"
    conf < <(
        echo "runtime = charliecloud"
        cat
        printf '[images]\nbusybox:* = %s\n' "$BATS_FILE_TMPDIR/rootfs"
    )
}

need_podman()
{
    [[ -z $PODMAN_WHY ]] || skip "$PODMAN_WHY"
    conf < <(
        printf 'runtime = podman\nimage_pull = never\n[images]\nbusybox:* = localhost/busybox:test\n'
        printf '[runtimeOptions]\npodman = %s\n' "$PODMAN_OPTIONS"
    )
}

# ---- what both do ----

see_the_image()
{
    script <<'EOT'
command: ["/bin/sh", "-c", "cat /etc/where; pwd; echo $$A; echo [$$FROM_NODE] $$SLURM_JOB_ID; env | cat", "--"]
args: ["x"]
workingDir: /root
env:
- {name: A, value: "a, 'b' = \"c\"\nd $$HOME"}
- {name: HOME, value: /data}
- {name: PATH, value: /bin}
EOT
    run -0 run_pod
    [[ ${lines[0]} == image ]]
    [[ ${lines[1]} == /root ]]
    [[ ${lines[2]} == "a, 'b' = \"c\" d \$HOME" ]]
    [[ ${lines[3]} == '[] 107' ]]
    [[ $output == *$'\nHOME=/data\n'* ]]
    [[ $output == *$'\nPATH=/bin'* ]]
    [[ $output == *$'\nJOB_COMPLETION_INDEX=7'* ]]
    [[ $output != *FROM_NODE* ]]
}

ends_with_its_code()
{
    sh_script 'cat /etc/where; echo out; echo err >&2; exit 42'
    run -42 run_pod
    [[ $output == image*out* && $output == *err* ]]
}

# The container ignores SIGTERM: only SIGKILL ends it, after the grace period.
is_killed()
{
    POD='terminationGracePeriodSeconds: 2' sh_script 'trap "echo heard" TERM; echo up; while :; do sleep 98765 & wait; done'
    run_pod > out 2>&1 &
    local pid=$!
    until_true 60 grep -q up out
    kill -TERM "$(< "$BATS_FILE_TMPDIR/run/pid")"
    wait "$pid" && return 1
    until_true 30 grep -q heard out
    until_true 30 nothing_left
}

hears_sigterm()
{
    POD='terminationGracePeriodSeconds: 120' sh_script 'trap "echo bye; exit 5" TERM; cat /etc/where; echo up; while :; do sleep 0.1; done'
    run_pod > out 2>&1 &
    local pid=$! code=0
    until_true 60 grep -q up out
    kill -TERM "$(< "$BATS_FILE_TMPDIR/run/pid")"
    wait "$pid" || code=$?
    [[ $code == 5 ]]
    grep -q bye out
    grep -q image out
    until_true 30 nothing_left
}

@test "charliecloud: the image's files, the container's variables and folder" {
    need_charliecloud < /dev/null
    see_the_image
}

@test "charliecloud: output and exit code" {
    need_charliecloud < /dev/null
    ends_with_its_code
}

@test "charliecloud: SIGTERM is heard" {
    need_charliecloud < /dev/null
    hears_sigterm
}

@test "charliecloud: what ignores SIGTERM is killed, and nothing is left" {
    need_charliecloud < /dev/null
    is_killed
}

@test "charliecloud: an entrypoint is not known" {
    need_charliecloud < /dev/null
    script <<< 'args: [x]'
    run -128 run_pod
    [[ $output == *'container "main" has no command: charliecloud does not know the entrypoint of an image'* ]]
}

@test "charliecloud: a folder of the site's is in every container" {
    mkdir -p "$BATS_TEST_TMPDIR/software"
    echo tool > "$BATS_TEST_TMPDIR/software/a"
    need_charliecloud <<< "bind = $BATS_TEST_TMPDIR/software:/data"
    sh_script 'cat /data/a'
    run -0 run_pod
    [[ $output == tool ]]
}

@test "podman: the image's files, the container's variables and folder" {
    need_podman
    see_the_image
}

@test "podman: output and exit code" {
    need_podman
    ends_with_its_code
}

@test "podman: SIGTERM is heard" {
    need_podman
    hears_sigterm
}

@test "podman: what ignores SIGTERM is killed, and nothing is left" {
    need_podman
    is_killed
    run -0 --separate-stderr as_user podman ps --all --quiet
    [[ -z $output ]]
}

@test "podman: entrypoint and arguments of the image, one replaced, both replaced" {
    need_podman
    script < /dev/null
    run -0 run_pod
    [[ $output == 'entrypoint cmd' ]]
    rm -rf state
    script <<< 'args: [x]'
    run -0 run_pod
    [[ $output == 'entrypoint x' ]]
    rm -rf state
    script <<< 'command: [/bin/echo]'
    run -0 run_pod
    [[ $output == '' ]]
}

@test "podman: a probe runs in the container" {
    need_podman
    script <<'EOT'
command: [sh, -c, "cat /etc/where; while [ ! -e /tmp/seen ]; do sleep 0.1; done; echo seen"]
livenessProbe: {exec: {command: [touch, /tmp/seen]}, periodSeconds: 1, timeoutSeconds: 60}
EOT
    run -0 run_pod
    [[ $output == *image*seen* ]]
}

@test "podman: a hook runs in the container, however long it takes to start" {
    need_podman
    mkdir bin
    printf '#!/bin/sh\n[ "$1" != run ] || sleep 2\nexec %s "$@"\n' "$(command -v podman)" > bin/podman
    chmod 755 bin bin/podman
    script <<'EOT'
command: [sh, -c, "cat /etc/where; while [ ! -e /tmp/seen ]; do sleep 0.1; done; echo seen"]
lifecycle: {postStart: {exec: {command: [touch, /tmp/seen]}}}
EOT
    PATH=$PWD/bin:$PATH run -0 run_pod
    [[ $output == *image*seen* ]]
}

@test "podman: a container with a probe that ends at once" {
    need_podman
    script <<'EOT'
command: [sh, -c, "exit 7"]
livenessProbe: {exec: {command: ["true"]}}
EOT
    run -7 timeout 60 bash -c "$(declare -f run_pod as_user); run_pod"
}

@test "an image that is not to be had is waited for, in the kubelet's words" {
    need_podman
    sed -i 's,localhost/busybox:test,localhost/none:1,' "$SKJOB_CONF"
    script <<'EOT'
command: [sh]
EOT
    run_pod > out 2>&1 &
    local pid=$!
    until_true 60 grep -q 'Container image "busybox" is not present with pull policy of' out
    kill -TERM "$(< "$BATS_FILE_TMPDIR/run/pid")"
    wait "$pid" || true
    until_true 30 nothing_left
}

@test "a runtime that the site does not allow" {
    need_podman
    sh_script 'echo never'
    sed -i 's,^metadata: .*,metadata: {name: pi\, annotations: {skjob/runtime: host}},' job
    run -128 run_pod
    [[ $output == *'annotation skjob/runtime: the site does not allow host (runtimes_allowed in skjob.conf)'* ]]
}

@test "a configuration that cannot be used holds the pod up, until it is mended" {
    conf <<< 'runtme = podman'
    sh_script 'echo done'
    chmod 755 "$BATS_TEST_TMPDIR"
    run_pod > out 2>&1 &
    local pid=$!
    until_true 60 grep -q 'unknown key "runtme" (did you mean "runtime"?)' out
    conf <<< 'runtime = host'
    wait "$pid"
    grep -qx 'done' out
}

# emptyDir between containers, and a claim that the site maps; in an image, and on the host.
shares_volumes()
{
    mkdir -p "$BATS_TEST_TMPDIR/claim"
    chmod 755 "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/claim"
    echo claimed > "$BATS_TEST_TMPDIR/claim/a"
    printf '[storage]\npvc:set = %s\n' "$BATS_TEST_TMPDIR/claim" >> "$SKJOB_CONF"
    POD='volumes: [{name: e, emptyDir: {}}, {name: c, persistentVolumeClaim: {claimName: set}}]
      initContainers:
      - {name: first, image: busybox, command: [sh, -c, "echo made > /data/x"], volumeMounts: [{name: e, mountPath: /data}]}' \
        script <<'EOT'
command: [sh, -c, "cat /etc/where /data/x /usr/a"]
volumeMounts: [{name: e, mountPath: /data}, {name: c, mountPath: /usr, readOnly: true}]
EOT
    run -0 run_pod
    [[ $output == *$'image\nmade\nclaimed' ]]
}

@test "charliecloud: volumes" {
    need_charliecloud < /dev/null
    shares_volumes
}

@test "podman: volumes" {
    need_podman
    shares_volumes
}

@test "a pull that hangs ends when the pod's time is over" {
    mkdir bin
    printf '#!/bin/sh\n[ "$1" != pull ] || exec sleep 98765\nexit 1\n' > bin/podman
    chmod 755 bin bin/podman
    conf <<< 'runtime = podman'
    POD='activeDeadlineSeconds: 2' script <<< 'command: [never]'
    PATH=$PWD/bin:$PATH run -143 timeout 60 bash -c "$(declare -f run_pod as_user); run_pod"
    [[ $output == *'the pull of image "busybox" was ended'* ]]
    grep -q ' phase=Failed .*reason=DeadlineExceeded ' "$job"/events/*
    nothing_left
}
