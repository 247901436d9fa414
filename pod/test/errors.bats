#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# skjob-pod: what cannot start.

load pod.bash

@test "command not found" {
    script <<< 'command: [no-such-program]'
    start_error 'skjob-pod: exec: "no-such-program": executable file not found in $PATH'
}

@test "path not found" {
    script <<< 'command: [/no/such/program]'
    start_error 'exec: "/no/such/program": No such file or directory'
}

@test "not executable" {
    echo 'echo never' > file
    script <<< "command: [$PWD/file]"
    start_error "exec: \"$PWD/file\": Permission denied"
}

@test "a text file without an interpreter is not handed to a shell" {
    echo 'echo never' > file
    chmod +x file
    script <<< "command: [$PWD/file]"
    start_error "Exec format error"
}

@test "empty command word" {
    script <<< 'command: [""]'
    start_error 'exec: ""'
}

@test "bad workingDir" {
    script <<< $'command: ["true"]\nworkingDir: /no/such/dir'
    start_error 'chdir to workingDir "/no/such/dir": No such file or directory'
}

@test "no command: an image's entrypoint needs a container runtime" {
    script <<< 'args: [a]'
    start_error 'needs a container runtime'
    rm -r "$SKJOB_STATE"
    script <<< 'ports: []'
    start_error 'needs a container runtime'
}

@test "no command: the program of the node that the site names for the image" {
    printf '#!/bin/sh\necho "for it: $*"\n' > program
    chmod 755 program
    printf '[images]\nbusybox = %s\n' "$PWD/program" > site.conf
    echo 'args: [a, "b c"]' | script
    SKJOB_CONF=$PWD/site.conf run -0 "$pod" job
    [[ $output == 'for it: a b c' ]]
    printf '[images]\nbusybox = %s\n' "$PWD" > site.conf
    SKJOB_CONF=$PWD/site.conf run -128 "$pod" job
    [[ $output == *"the container has no command"* ]]
    echo 'command: [echo, own]' | script
    SKJOB_CONF=$PWD/site.conf run -0 "$pod" job
    [[ $output == own ]]
}

@test "formats in the manifest are text" {
    script <<< 'command: ["%n%s%s%n"]'
    start_error 'exec: "%n%s%s%n"'
}

@test "what this runner cannot do is refused by name" {
    script <<< $'command: ["true"]\nvolumeDevices: [{name: v, devicePath: /dev/x}]'
    start_error 'volumeDevices is not supported'
}

@test "values that multiply each other are bounded" {
    { echo 'command: ["true"]'
      echo 'env:'
      echo "- {name: V0, value: $(head -c 60000 /dev/zero | tr '\0' x)}"
      for i in {1..40}; do echo "- {name: V$i, value: '\$(V$((i - 1)))\$(V$((i - 1)))'}"; done
    } | script
    start_error 'too large together'
}

@test "an argument that the kernel refuses" {
    { echo "command: ['true', $(head -c 200000 /dev/zero | tr '\0' x)]"; } | script
    start_error 'Argument list too long'
}

@test "scripts that are no Job" {
    rm -f job
    bad_script 'job: No such file or directory'
    printf '#!/x\n' > job
    bad_script 'no Job'
    printf '#!/x\napiVersion: v1\nkind: Pod\n' > job
    bad_script 'no Job'
    printf '#!/x\na: [\n' > job
    bad_script 'job'
    sh_script true
    printf -- '---\napiVersion: batch/v1\nkind: Job\n' >> job
    bad_script 'more than one object'
    PRAGMA='#SKJOB v1 completionMode=Indexed color=red' sh_script true
    bad_script 'unknown key "color"'
    mkdir folder
    run -128 "$pod" folder
    run -128 "$pod"
}

@test "Slurm variables that are no numbers" {
    sh_script true
    SLURM_ARRAY_TASK_ID=-1 bad_script 'SLURM_ARRAY_TASK_ID is not a number'
    SLURM_ARRAY_TASK_ID=4294967296 bad_script 'SLURM_ARRAY_TASK_ID is not a number'
    SLURM_RESTART_COUNT=1x bad_script 'SLURM_RESTART_COUNT is not a number'
}
