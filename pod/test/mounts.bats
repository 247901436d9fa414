#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Mounts on the node's own root file system: at any path, without root, and without the container noticing the rest.
# shellcheck disable=SC2016,SC2154,SC2034,SC1007,SC2046,SC2013,SC2030,SC2031 # the containers expand their variables; setup and run set ours

load volumes.bash

one='[{name: "v", emptyDir: {}}]'

# at MOUNTPATH: a mount of the volume there; run with SHELL.
at()
{
    pod "$one" "[{name: \"v\", mountPath: \"$1\"}]" "$2"
}

# --- where
@test "paths that the node does not have" {
    for path in /input /deep/er/than/that /etc/skjob-test/x /usr/share/skjob-test /var/run/skjob-test /opt/a/b relative/path //twice/./x; do
        at "$path" "cd / && echo x > $path/f && cat $path/f && test -s /etc/passwd && test -x /usr/bin/env && test -e /dev/null && ls /usr/share | wc -l"
        try 0
        [ "${lines[0]}" = x ]
        [ "${lines[1]}" -gt 10 ]
    done
    [ ! -e /input ]
    [ ! -e /usr/share/skjob-test ]
    nothing_left
}

@test "over a folder that is there, full, or behind a link" {
    for path in /mnt /usr/share /usr/bin/../games /var/run; do
        at "$path" "ls -A $path | wc -l; echo x > $path/f; cat $path/f"
        try 0
        [ "$output" = $'0\nx' ]
    done
    [ -n "$(ls -A /usr/share)" ]
}

@test "a folder that the user cannot look into" {
    ((UID == 0)) || skip "needs root to make one"
    mkdir -m 700 closed
    at "$dir/closed/.ssh" "echo x > $dir/closed/.ssh/f; ls -A $dir/closed"
    try 0
    [ "$output" = .ssh ]
    [ -z "$(ls -A closed)" ]
}

@test "not over the root, inside of /proc, a folder over a file, or below a file" {
    at / true
    try 125
    [ "$output" = 'mountPath /: a volume cannot be mounted over the root' ]
    at /.. true
    try 125
    at /proc/self/x true
    try 125
    [ "$output" = 'mountPath /proc/self/x: cannot be mounted because it is inside /proc' ]
    at /etc/passwd true
    try 125
    [ "$output" = 'mountPath /etc/passwd: not a directory: are you trying to mount a directory onto a file (or vice-versa)?' ]
    at /etc/passwd/x true
    try 125
    [ "$output" = 'mountPath /etc/passwd/x: /etc/passwd is not a directory on the node' ]
    nothing_left
}

@test "files: over a file, at a new path, and among devices" {
    as_user sh -c 'echo mine > file'
    pod "[{name: \"v\", hostPath: {path: \"$dir/file\", type: \"File\"}}]" \
        '[{name: "v", mountPath: "/etc/hostname", readOnly: true}, {name: "v", mountPath: "/etc/app/x.conf"}, {name: "v", mountPath: "/dev/termination-log"}]' \
        'cat /etc/hostname /etc/app/x.conf /dev/termination-log; echo more >> /dev/termination-log; echo > /dev/null; head -c 1 /dev/zero | wc -c; echo x > /etc/hostname || echo no'
    try 0
    [[ $output == $'mine\nmine\nmine\n1\n'*no ]]
    [ "$(cat file)" = $'mine\nmore' ]
}

@test "a mount inside of another one, in any order" {
    pod '[{name: "v", emptyDir: {}}, {name: "w", emptyDir: {}}]' \
        '[{name: "w", mountPath: "/data/in/side"}, {name: "v", mountPath: "/data"}]' \
        'echo v > /data/f; echo w > /data/in/side/f; ls /data /data/in; cat /data/f /data/in/side/f'
    try 0
    [ "$output" = $'/data:\nf\nin\n\n/data/in:\nside\nv\nw' ]
}

@test "many mounts" {
    pod "$one" '[range(200) | {name: "v", mountPath: "/m/\(.)", subPath: "d\(.)"}]' \
        'for i in 0 7 199; do echo $i > /m/$i/f; done; ls /m | wc -l; cat /m/0/f /m/199/f'
    try 0
    [ "$output" = $'200\n0\n199' ]
    nothing_left
}

@test "a folder of too many entries cannot be rebuilt: said so" {
    as_user mkdir -m 755 big
    as_user sh -c 'cd big; seq 1300 | xargs touch; chmod 555 .'
    at "$dir/big/new" true
    try 125
    [ "$output" = "the node's folder $dir/big has more than 1200 entries: too many to mount a volume at a path in it that the node lacks; choose another mountPath" ]
}

# --- what the container can write
@test "readOnly" {
    pod "$one" '[{name: "v", mountPath: "/rw"}, {name: "v", mountPath: "/ro", readOnly: true}]' \
        'echo x > /rw/f; cat /ro/f; echo y > /ro/f || echo no'
    try 0
    [[ $output == $'x\n'*'Read-only file system'*no ]]
}

@test "a rebuilt folder takes nothing new, so that nothing is lost silently; what is in it is writable as ever" {
    as_user mkdir -m 755 w w/sub
    as_user sh -c 'echo old > w/file'
    at "$dir/w/input" "cd $dir/w; echo new > file; echo new > sub/f; echo new > result || echo refused; ls"
    try 0
    [[ $output == *$'refused\nfile\ninput\nsub' ]]
    [ "$(cat w/file w/sub/f)" = $'new\nnew' ]
    [ "$(ls w)" = $'file\nsub' ]
}

@test "a rebuilt /tmp is writable, and the container's own" {
    at /tmp/skjob-input "echo x > /tmp/skjob-mine-$id; cat /tmp/skjob-mine-$id; ls -d $dir; echo y > $dir/home/f"
    try 0
    [ "$output" = $'x\n'"$dir" ]
    [ ! -e "/tmp/skjob-mine-$id" ]
    [ "$(cat home/f)" = y ]
}

@test "readOnlyRootFilesystem: nothing but the volumes, devices and processes" {
    MORE='.spec.containers[0].securityContext.readOnlyRootFilesystem = true'
    for path in /mnt /input; do
        MORE=$MORE at "$path" "echo x > $path/f && cat $path/f; echo x > /dev/null && echo dev; echo 0 > /proc/self/oom_score_adj && echo proc; touch /tmp/x $dir/home/x /var/tmp/x 2> /dev/null || echo sealed"
        try 0
        [ "$output" = $'x\ndev\nproc\nsealed' ]
    done
}

# --- the container itself
@test "hostname" {
    MORE='.hostname = "pod-0"' at /input 'hostname; uname -n'
    try 0
    [ "$output" = $'pod-0\npod-0' ]
    [ "$(hostname)" != pod-0 ]
}

@test "without mounts, hostname and read-only root there is no sandbox" {
    pod '[]' '[]' 'readlink /proc/self/ns/mnt; grep NoNewPrivs /proc/self/status'
    try 0
    [ "$output" = "$(readlink /proc/self/ns/mnt)"$'\nNoNewPrivs:\t0' ]
}

@test "identity, environment and working folder are as without mounts" {
    show='id -u; id -g; umask; pwd; env | sort | grep -v -e ^_= -e ^SHLVL; ls /proc/self/fd; grep -e SigBlk -e SigIgn /proc/self/status'
    pod '[]' '[]' "$show"
    try 0
    without=$output
    at /input "$show"
    try 0
    [ "$output" = "$without" ]
}

@test "workingDir in a volume, and one that is not there" {
    MORE='.spec.containers[0].workingDir = "/input"' at /input 'pwd; touch f'
    try 0
    [ "$output" = /input ]
    MORE='.spec.containers[0].workingDir = "/input/x"' at /input true
    try 125
    [ "$output" = 'chdir to workingDir "/input/x": No such file or directory' ]
}

@test "a program that cannot be started, in the same words as without mounts" {
    for volume in '[]' "$one"; do
        MORE='.spec.containers[0].command = ["nowhere", "x"]' pod "$volume" "$volume | map({name, mountPath: \"/input\"})" ''
        try 125
        [ "$output" = 'exec: "nowhere": executable file not found in $PATH' ]
        MORE='.spec.containers[0].command = ["/etc/passwd"]' pod "$volume" "$volume | map({name, mountPath: \"/input\"})" ''
        try 125
        [ "$output" = 'exec: "/etc/passwd": Permission denied' ]
    done
}

@test "a program in a volume" {
    MORE='.spec.containers[0].command = ["/tools/ls", "-d", "/tools"]' pod '[{name: "v", hostPath: {path: "/bin"}}]' \
        '[{name: "v", mountPath: "/tools"}]' ''
    try 0
    [ "$output" = /tools ]
}

@test "exit codes, and deaths by a signal" {
    for code in 0 1 42 255; do
        at /input "exit $code"
        try "$code"
    done
    for sig in 1 2 6 9 15; do
        at /input "ulimit -c 0; kill -$sig \$\$"
        try $((128 + sig))
    done
}

@test "a signal to the group: the container decides, once" {
    at /input "n=0; trap 'n=\$((n + 1)); echo term' TERM; trap 'echo n=\$n; exit 7' USR1; echo \$\$ > $dir/leader; echo ready; while :; do sleep 0.1; done"
    as_user touch leader
    begin
    group=$(ps -o pgid= -p "$leader" | tr -d ' ')
    [ "$(pgrep -g "$group" -c)" -ge 2 ] # bwrap and the container
    kill -TERM -- "-$group"
    until_true 20 grep -qx term out
    sleep 0.3 # a second one would have come by now
    kill -0 "$leader"
    kill -USR1 -- "-$group"
    finish 7
    grep -qx n=1 out
    nothing_left
}

@test "bwrap killed alone: the container does not survive it" {
    at /input "echo \$\$ > $dir/leader; echo ready; sleep 600"
    as_user touch leader
    begin
    kill -9 "$(ps -o ppid= -p "$leader" | tr -d ' ')"
    finish 137
    until_true 10 bash -c "! kill -0 $leader 2> /dev/null || grep -q 'State:.Z' /proc/$leader/status"
    nothing_left
}

@test "where user namespaces are forbidden: said so, and what still runs" {
    unshare=(unshare -U --map-current-user --keep-caps)
    as_user "${unshare[@]}" true || skip "unshare is too old"
    forbid='echo 0 > /proc/sys/user/max_user_namespaces; exec setpriv --bounding-set=-all --inh-caps=-all --ambient-caps=-all ./run_spec pod.json'
    at /input 'echo runs'
    run -125 as_user "${unshare[@]}" sh -c "$forbid"
    echo "$output"
    [[ $output == "volumes, names of a pod's own and a read-only root need user namespaces, which this node forbids: user.max_user_namespaces is 0; "*'a pod that asks for none of them runs here (bwrap: '* ]]
    pod '[]' '[]' 'echo runs'
    run -0 as_user "${unshare[@]}" sh -c "$forbid"
    [ "$output" = runs ]
}

@test "as root" {
    ((UID == 0)) || skip "needs root"
    user=()
    chown root run
    at /input 'echo x > /input/f; id -u; cat /input/f; touch /root-was-here || echo refused'
    try 0
    [[ $output == $'0\nx\n'*refused ]]
    [ ! -e /input ]
    [ -z "$(ls -A run)" ]
}
