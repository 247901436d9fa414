# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2016,SC2154,SC2034 # shells of others expand; run sets output; the tests use leader
#
# For the tests of volumes and mounts: one container of a pod, run by run_spec (its source says how) as an ordinary
# user. RUN_SPEC and RUN_LIBEXEC name the program and the folder of skjob-enter;
# by hand, SKJOB_BUILD the build folder.

bats_require_minimum_version 1.5.0

load wait.bash

setup()
{
    command -v bwrap > /dev/null || skip "bubblewrap is not installed"
    dir=$(mktemp -d /tmp/skjob-test.XXXXXX)
    cp "${RUN_SPEC:-${SKJOB_BUILD:?}/pod/run_spec}" "${RUN_LIBEXEC:-$SKJOB_BUILD/pod}/skjob-enter" "$dir"
    mkdir -m 700 "$dir/run" "$dir/home"
    chmod 755 "$dir"
    user=()
    if ((UID == 0)); then
        chown daemon "$dir" "$dir/run" "$dir/home"
        user=(runuser -u daemon --)
    fi
    uid=$("${user[@]}" id -u)
    id=t$$.$BATS_TEST_NUMBER # of the pod: names its folder
    cd "$dir" || return 1
    as_user bwrap --dev-bind / / true || skip "no user namespaces here"
}

teardown()
{
    [ -z "${dir-}" ] || rm -rf "$dir"
}

# All that the tests run gets this environment.
as_user()
{
    "${user[@]}" env -i PATH=/usr/bin:/bin HOME="$dir/home" SKJOB_RUN_DIR="${RUN-$dir/run}" RUN_LIBEXEC="$dir" \
        ${SUB+SUB="$SUB"} "$@"
}

# pod VOLUMES MOUNTS SHELL: writes ./pod.json. In VOLUMES and MOUNTS, names need no quotes (jq). MORE is a jq filter.
pod()
{
    jq -n --arg c "$3" "{spec: {volumes: $1, containers: [{name: \"main\", volumeMounts: $2, command: [\"sh\", \"-c\", \$c]}]}} | ${MORE:-.}" > pod.json
}

# try CODE: runs ./pod.json; $output is what the container printed and what run_spec said.
try()
{
    run -"$1" as_user ./run_spec pod.json "$id"
    echo "$output"
}

# Nothing of the pod is left, in any place.
nothing_left()
{
    local left
    left=$(find "$dir/run" -mindepth 1 -not -name 'skjob-test*'; find "/dev/shm/skjob-$uid" -name "$id*" 2> /dev/null || true)
    echo "left: $left"
    [ -z "$left" ]
}

# begin: runs ./pod.json in the background, waits for the line "ready". $runner: run_spec; $leader: the container's group.
begin()
{
    as_user sh -c 'echo $$ > runner; exec ./run_spec pod.json "$0"' "$id" > out 2> err 3>&- &
    background=$!
    until_true 20 grep -qx ready out
    runner=$(cat runner)
    leader=$(cat leader)
}

# finish CODE
finish()
{
    local rc=0
    wait "$background" || rc=$?
    cat out err
    echo "exit code $rc"
    [ "$rc" = "$1" ]
}
