# SPDX-License-Identifier: GPL-2.0-or-later
# skjob where there is no Slurm, whatever is installed. After lib/common.
# shellcheck shell=bash disable=SC2154 # run sets output and stderr

alone_setup() {
    local program
    own_home
    mkdir "$BATS_TEST_TMPDIR/bin"
    for program in bash cat sleep env; do
        ln -s "$(command -v "$program")" "$BATS_TEST_TMPDIR/bin/$program"
    done
}

# alone ARGUMENT...: skjob with no other program on PATH.
alone() { PATH=$BATS_TEST_TMPDIR/bin "$SKJOB" "$@"; }

# refused TEXT ARGUMENT...: one line, exit code 1, nothing left behind.
refused() {
    run --separate-stderr alone "${@:2}" </dev/null
    expect 1 '' "$1" && [[ -z $(files_below "$HOME") ]]
}
