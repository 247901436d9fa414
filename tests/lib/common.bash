# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What bats files that call skjob share: which programs are meant, and an environment that is the same everywhere.
#
# `make check` says where the build is (SKJOB_BUILD, SKJOB, SKJOB_LIBEXECDIR); by hand, a build in the source tree is
# meant.

TOP=$(readlink -f "${BASH_SOURCE[0]%/*}/../..")
export SKJOB_BUILD=${SKJOB_BUILD:-$TOP}
export SKJOB=${SKJOB:-$SKJOB_BUILD/translator/skjob}
export SKJOB_LIBEXECDIR=${SKJOB_LIBEXECDIR:-$SKJOB_BUILD/pod}

# skjob ARGUMENT...: the program under test.
skjob() { "$SKJOB" "$@"; }

# own_home: for setup: an empty home folder, the current folder for files, nothing of the user's environment.
own_home() {
    local name
    for name in $(compgen -e | grep -E '^(SBATCH_|SLURM_|SKJOB_STATE|XDG_STATE_HOME)'); do
        unset "$name"
    done
    export HOME=$BATS_TEST_TMPDIR/home
    mkdir "$HOME" "$BATS_TEST_TMPDIR/work"
    cd "$BATS_TEST_TMPDIR/work" || return 1
}

# fake_sbatch: a program of that name, first on PATH; its script is read from standard input.
fake_sbatch() {
    mkdir -p "$BATS_TEST_TMPDIR/bin"
    cat >"$BATS_TEST_TMPDIR/bin/sbatch"
    chmod 755 "$BATS_TEST_TMPDIR/bin/sbatch"
    PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

# manifest [NAME [SPEC LINES...]]: a Job that can run; lines of spec are given without indentation.
manifest() {
    local line
    printf 'apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: %s\nspec:\n' "${1:-pi}"
    for line in "${@:2}"; do
        printf '  %s\n' "$line"
    done
    cat <<'END'
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: main
        image: busybox
        command: ["true"]
END
}

# expect STATUS STDOUT STDERR: what `run --separate-stderr` saw, exactly.
expect() {
    # shellcheck disable=SC2154 # run sets these
    if [[ $status != "$1" || $output != "$2" || $stderr != "$3" ]]; then
        printf 'expected: %s\n%s\n-- %s\ngot: %s\n%s\n-- %s\n' "$1" "$2" "$3" "$status" "$output" "$stderr" >&2
        return 1
    fi
}

# told STDOUT ARGUMENT...: success with this output, and silence on standard error.
told() {
    run --separate-stderr skjob "${@:2}"
    expect 0 "$1" ''
}

# refused STDERR ARGUMENT...: exit code 1, this one line, nothing else.
refused() {
    run --separate-stderr skjob "${@:2}"
    expect 1 '' "$1"
}

# files_below DIR: names, one a line; empty when there is nothing.
files_below() {
    find "$1" -mindepth 1 -printf '%P\n' | sort
}

# ---- with a cluster (lib/cluster.bash, too) ----

# cluster_home: for setup: a work folder WORK and a state folder on the cluster of the file; STATE is where its Jobs are.
cluster_home() {
    cluster_required
    local conf=$SLURM_CONF
    own_home
    export SLURM_CONF=$conf
    WORK=$(work_folder)
    export SKJOB_STATE=$WORK/state
    # shellcheck disable=SC2034 # for the tests
    STATE=$SKJOB_STATE/jobs/default
    cd "$WORK" || return 1
}

# cluster_home_teardown: nothing of the test runs on, or gets another number from Slurm.
cluster_home_teardown() {
    [[ -n ${SLURM_CONF-} ]] || return 0
    scancel -u "$(id -un)"
    poll_until 60 none_of_mine
}

none_of_mine() {
    local jobs
    jobs=$(squeue -h -u "$(id -un)") && [[ -z $jobs ]]
}

# slurm_job_of NAME: the id of a Job's array.
slurm_job_of() {
    skjob get job "$1" -o json |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["metadata"]["annotations"]["skjob/slurm-job-id"])'
}

# jobs_of_mine: how many jobs Slurm knows, an array being one.
jobs_of_mine() { squeue -h -t all -u "$(id -un)" -o %A | sort -u | wc -l; }
