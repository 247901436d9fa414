#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What skjob says of itself: help, manual pages, hints.
# shellcheck disable=SC2154 # run sets output and stderr
bats_require_minimum_version 1.5.0

load lib/common
load lib/alone

setup() { alone_setup; }

@test "help and version" {
    run --separate-stderr -0 alone --help
    [[ $output == *'create '* && $stderr == '' ]]
    run --separate-stderr -0 alone --version
    [[ $output == 'skjob '[0-9]* ]]
}

@test "each verb is in the manual" {
    local verb verbs=0
    while IFS=$'\t' read -r verb _; do
        verbs=$((verbs + 1))
        grep -qE "skjob ([a-z]+\|)*$verb\b" "$TOP/doc/skjob.1" || { echo "doc/skjob.1 has no skjob $verb"; return 1; }
    done < <(alone __complete '')
    ((verbs > 20))
}

@test "each verb's help shows an example, and every option that the verb takes" {
    local verb option verbs=0 options=0
    while IFS=$'\t' read -r verb _; do
        verbs=$((verbs + 1))
        run --separate-stderr -0 alone "$verb" --help
        [[ $output == *"skjob $verb"* && $output == *$'\nExample'* && $stderr == '' ]] || { echo "$verb: $output"; return 1; }
        for option in $(alone __complete "$verb" --); do
            options=$((options + 1))
            [[ $option == --help || $option == --v || $output =~ $option([^a-z-]|$) ]] || { echo "$verb: no word of $option"; return 1; }
        done
    done < <(alone __complete '')
    ((verbs >= 25 && options >= 150))
}

# section VERB: its part of the manual page that tells all of it.
section() { sed -n "/^\.SS $1\$/,/^\.S[SH]/p" "$TOP"/doc/skjob-*.1 | sed 's/\\-/-/g'; }

@test "every verb has a section in one manual page, with all of its options" {
    local verb option text options=0
    while IFS=$'\t' read -r verb _; do
        [[ $(grep -lx "\.SS $verb" "$TOP"/doc/skjob-*.1 | wc -l) == 1 ]] || { echo "$verb has no section, or several"; return 1; }
        text=$(section "$verb")
        for option in $(alone __complete "$verb" --); do
            options=$((options + 1))
            [[ $option == --help || $option == --v || $text =~ $option([^a-z-]|$) ]] || { echo "$verb: no word of $option"; return 1; }
        done
    done < <(alone __complete '')
    ((options >= 150))
}

@test "what means nothing here is refused with a word why, or a hint" {
    refused "error: --kubeconfig means nothing here: there is no API server; the cluster is that of slurm.conf, and SLURM_CONF names another one" get jobs --kubeconfig=x
    refused "error: --token means nothing here: there is no login; Slurm knows you by your user's name" get jobs --token x
    refused "error: --force means nothing here: skjob delete -f FILE, then skjob create -f FILE, is what it does" replace --force -f x.yaml
    refused "error: -R means nothing here: -f takes the files of a folder; name the folders in it as well" create -R -f .
    refused "error: unknown flag: --all" get jobs --all
    refused 'error: field "backofLimit" does not exist (did you mean "backoffLimit"?)' explain job.spec.backofLimit
    refused 'error: field "zzzz" does not exist' explain job.spec.zzzz
}
