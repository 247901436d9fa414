# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # run sets output and stderr
# What skjob prints, against files in golden/see; SKJOB_GOLDEN=1 writes them anew.

# Days and times are those of the run.
dates_away() {
    sed -E 's/(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8}/DAY AND TIME/g
        s/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/TIME/g; s/([a-z0-9-]+)\.[0-9a-f]{16}/\1.HEX/g'
}

# A file may leave out more.
undated() {
    dates_away
}

# golden NAME ARGUMENT...: prints what the file has, and nothing else.
golden() {
    local file=$BATS_TEST_DIRNAME/golden/see/$1
    run --separate-stderr skjob "${@:2}"
    [[ $status == 0 && $stderr == '' ]] || { printf '%s\n' "$status" "$stderr"; return 1; }
    [[ -z ${SKJOB_GOLDEN-} ]] || undated <<<"$output" >"$file"
    diff -u "$file" <(undated <<<"$output")
}
