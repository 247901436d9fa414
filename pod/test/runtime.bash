# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For the tests of container runtimes: a small image, an ordinary user, and skjob-pod run by it.

# as_user COMMAND...: root becomes daemon. A clean environment: what a test does not set is not there.
as_user()
{
    local become=()
    [[ $(id -u) == 0 ]] && become=(runuser -u daemon --)
    "${become[@]}" env -i PATH="$PATH" HOME="$BATS_FILE_TMPDIR/home" USER=daemon \
        XDG_RUNTIME_DIR="$BATS_FILE_TMPDIR/run" SKJOB_STATE="${SKJOB_STATE-}" SKJOB_CONF="${SKJOB_CONF-}" \
        SLURM_ARRAY_JOB_ID=100 SLURM_ARRAY_TASK_ID=7 SLURM_JOB_ID=107 SLURM_CLUSTER_NAME=test \
        FROM_NODE=secret "$@"
}

# The image: busybox with the few files that runtimes want to see.
make_rootfs()
{
    local dir=$1 name
    mkdir -p "$dir"/{bin,dev,etc,proc,sys,tmp,root,usr,var/tmp,data}
    cp "$(command -v busybox)" "$dir/bin/busybox"
    for name in sh true env cat echo id ls pwd hostname sleep touch; do
        ln -s busybox "$dir/bin/$name"
    done
    echo root:x:0:0:root:/root:/bin/sh > "$dir/etc/passwd"
    echo root:x:0: > "$dir/etc/group"
    : > "$dir/etc/resolv.conf"
    : > "$dir/etc/hosts"
    echo image > "$dir/etc/where"
}

runtime_setup_file()
{
    chmod 755 "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR"
    mkdir "$BATS_FILE_TMPDIR"/{home,run}
    [[ $(id -u) != 0 ]] || chown daemon "$BATS_FILE_TMPDIR"/{home,run}
    # The build folder may be closed to others.
    install -m 755 "${SKJOB_POD:-$BATS_TEST_DIRNAME/../skjob-pod}" "$BATS_FILE_TMPDIR/skjob-pod"
}

# conf < the site's file
conf()
{
    export SKJOB_CONF=$BATS_TEST_TMPDIR/skjob.conf
    cat > "$SKJOB_CONF"
}

# run_pod: as the script ./job, by the user; run/pid tells its process
run_pod()
{
    chmod 755 "$BATS_TEST_TMPDIR" job
    mkdir -p "$SKJOB_STATE"
    [[ $(id -u) != 0 ]] || chown daemon "$SKJOB_STATE"
    # shellcheck disable=SC2016 # the inner shell expands them
    as_user sh -c 'echo $$ > "$0"; exec "$@"' "$BATS_FILE_TMPDIR/run/pid" "$BATS_FILE_TMPDIR/skjob-pod" job
}

# nothing_left: no process of the runtime or of a container; podman's pause process may stay.
nothing_left()
{
    local text
    # shellcheck disable=SC2009 # several patterns, and no pid is wanted
    text=$(ps -eo args= | grep -F -e conmon -e 'sleep 98765' -e "$BATS_FILE_TMPDIR/skjob-pod job") || true
    text=$(grep -v -e grep -e '<defunct>' <<< "$text") || true
    [[ -z $text ]]
}
