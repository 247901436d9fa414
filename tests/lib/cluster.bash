# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Helpers for bats files that need a Slurm cluster.
#
#   setup_file() { cluster_setup --nodes 2; }
#   setup() { cluster_required; }
#   teardown_file() { cluster_teardown; }
#
# gives the whole file one cluster. CLUSTER_BASE is a folder that every user can pass through; each test works below it.

CLUSTER=$(readlink -f "${BASH_SOURCE[0]%/*}/../../contrib/cluster/cluster")

# cluster_available: whether Slurm's programs are here.
cluster_available() {
    local program
    for program in munged slurmctld slurmd sbatch; do
        PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null || return 1
    done
}

# cluster_required: for setup: skips the test where Slurm is not installed. (bats knows no skip in setup_file.)
cluster_required() {
    [[ -n ${CLUSTER_BASE-} ]] || skip "Slurm is not installed (contrib/cluster/deps cluster)"
}

# cluster_base: makes CLUSTER_BASE, for what must be there before the cluster. bats' own folders are closed to other users.
cluster_base() {
    CLUSTER_BASE=$(mktemp -d "${TMPDIR:-/tmp}/skjob-test-XXXXXX")
    export CLUSTER_BASE
    chmod 755 "$CLUSTER_BASE"
    cluster_base_made=yes
}

# cluster_setup [OPTION of `cluster up`...]: for setup_file. Does nothing where Slurm is not installed. Slurm forgets no job while
# a file runs, however long that takes: tests count jobs, and look at those that have ended.
cluster_setup() {
    cluster_available || return 0
    [[ -n ${cluster_base_made-} ]] || cluster_base || return 1
    "$CLUSTER" up --dir "$CLUSTER_BASE/c" --slurm-conf MinJobAge=86400 "$@" >&2 || return 1
    eval "$("$CLUSTER" env --dir "$CLUSTER_BASE/c")"
}

# cluster_teardown: for teardown_file; also right when cluster_setup did nothing or failed.
cluster_teardown() {
    [[ -n ${CLUSTER_BASE-} ]] || return 0
    "$CLUSTER" down --dir "$CLUSTER_BASE/c" >&2 && rm -rf --one-file-system "$CLUSTER_BASE"
}

# work_folder [USER]: makes a fresh folder that belongs to the user, and prints its name.
work_folder() {
    local folder
    folder=$(mktemp -d "$CLUSTER_BASE/work-XXXXXX") || return 1
    chmod 755 "$folder"
    [[ -z ${1-} ]] || chown "$1" "$folder"
    echo "$folder"
}

# run_as USER COMMAND...: as root, as that user; without root, only for oneself. The environment stays, but HOME is
# RUN_AS_HOME.
run_as() {
    local user=$1
    shift
    if ((UID == 0)); then
        runuser -u "$user" -- env HOME="${RUN_AS_HOME:-/nonexistent}" USER="$user" LOGNAME="$user" "$@"
    elif [[ $(id -un) == "$user" ]]; then
        env HOME="${RUN_AS_HOME:-/nonexistent}" "$@"
    else
        skip "only root can act as $user"
    fi
}

# poll_until SECONDS COMMAND...: until the command succeeds.
poll_until() {
    local limit=$1 end
    shift
    end=$((SECONDS + limit + 1))
    until "$@"; do
        if ((SECONDS >= end)); then
            echo "not within $limit s: $*" >&2
            return 1
        fi
        sleep 0.1
    done
}

# none_exists PATH...: not one of them is there. (`! ls PATH...` would be content when one is missing.)
none_exists() {
    local path
    for path in "$@"; do
        [[ ! -e $path && ! -L $path ]] || return 1
    done
}

# networks_available: whether nodes can have networks of their own here (cluster up --netns).
networks_available() {
    local space=skjob-test-$$
    ((UID == 0)) && ip netns add "$space" 2>/dev/null && ip netns delete "$space"
}

# network_gone NAME: nothing is left of the network of the cluster of that name.
network_gone() {
    none_exists "/run/netns/$1"* "/sys/class/net/$1" "/sys/class/net/v${1#skjob}"*
}

# job_ended ID: every task has ended and left its node. A job that Slurm does not know has not ended.
job_ended() {
    local active
    active=$(squeue -h -j "$1" -o %i) && [[ -z $active ]]
}

# wait_for_job ID [SECONDS]: a job or a whole array; prints what is left of it when it takes too long.
wait_for_job() {
    poll_until "${2:-60}" job_ended "$1" && return 0
    squeue -j "$1" >&2
    return 1
}

# job_field ID NAME: one field of `scontrol show job`; of an array, one line per record.
job_field() {
    scontrol show -o job "$1" | sed -n "s/.*\\<$2=\\([^ ]*\\).*/\\1/p"
}

# job_state_is ID STATE: for poll_until.
job_state_is() {
    [[ $(job_field "$1" JobState) == "$2" ]]
}
