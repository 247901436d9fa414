#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# skjob-pod: what the container gets, and what becomes of it.

load pod.bash

# --- exit codes, output, record
@test "exit code 0: output in stdout and in the log, start and end in the journal" {
    sh_script 'echo out; echo err >&2'
    run -0 --separate-stderr "$pod" job
    [ "$output" = $'out\nerr' ]
    [ -z "$stderr" ]
    [ "$(the_log)" = $'out\nerr' ]
    [[ $(ls "$job/pods") =~ ^pi-7-[bcdfghjklmnpqrstvwxz2456789]{5}$ ]]
    [ "$(grep -c . "$job"/events/*)" = 3 ]
    grep -q ' event=submitted job=100 ' "$job"/events/*
    grep -qE " event=started index=7 attempt=0 pod=$(ls "$job/pods") node=[^ ]+ job=100_7 " "$job"/events/*
    grep -q ' event=ended index=7 attempt=0 phase=Succeeded containers=main:0:Completed ' "$job"/events/*
}

@test "exit codes of the container are the runner's" {
    for code in 1 2 42 125 127 128 255; do
        sh_script "exit $code"
        run -"$code" "$pod" job
    done
    grep -q ' phase=Failed containers=main:42:Error ' "$job"/events/*
}

@test "death by a signal is 128 + its number" {
    for sig in 1 2 6 9 11 13 15; do
        sh_script "ulimit -c 0; kill -$sig \$\$"
        run -$((128 + sig)) "$pod" job
    done
    grep -q ' containers=main:139:Error ' "$job"/events/*
}

@test "restart count: another attempt, another pod, another log" {
    sh_script 'echo one; exit 1'
    run -1 "$pod" job
    SLURM_RESTART_COUNT=1 run -1 "$pod" job
    [ "$(ls "$job/pods" | wc -l)" = 2 ]
    grep -q ' event=ended index=7 attempt=1 ' "$job"/events/*
    [ "$(grep -c event=submitted "$job"/events/*)" = 1 ]
}

@test "an index that has succeeded, and a Job that has ended, run nothing and record nothing" {
    sh_script 'echo one'
    "$pod" job
    SLURM_RESTART_COUNT=1 run -0 "$pod" job
    [ "$output" = "" ]
    [ "$(grep -c event=started "$job"/events/*)" = 1 ]
    [ "$(ls "$job/pods" | wc -l)" = 1 ]
    echo 'skj1 t=2026-01-02T03:04:05.000000Z event=end condition=Failed reason=X' > "$job/end"
    python3 - "$job/end" <<'END'
import sys, zlib
line = open(sys.argv[1]).read().rstrip()
open(sys.argv[1], "w").write("%s crc=%08x\n" % (line, zlib.crc32(line.encode())))
END
    SLURM_ARRAY_TASK_ID=8 run -0 "$pod" job
    [ "$output" = "" ]
    [ "$(grep -c event=started "$job"/events/*)" = 1 ]
}

@test "activeDeadlineSeconds of the pod" {
    POD='activeDeadlineSeconds: 1' sh_script 'trap "exit 3" TERM; sleep 30 & wait'
    SECONDS=0
    run -3 "$pod" job
    ((SECONDS < 5))
    grep -q ' event=ended index=7 attempt=0 phase=Failed containers=main:3:Error reason=DeadlineExceeded ' "$job"/events/*
}

@test "NonIndexed: pod name without index, no index variable" {
    export JOB_COMPLETION_INDEX=5
    MODE=NonIndexed sh_script 'echo "${JOB_COMPLETION_INDEX-none}"'
    run -0 "$pod" job
    [ "$output" = none ]
    [[ $(ls "$job/pods") =~ ^pi-[bcdfghjklmnpqrstvwxz2456789]{5}$ ]]
}

@test "no array: index 0" {
    unset SLURM_ARRAY_TASK_ID SLURM_ARRAY_JOB_ID
    sh_script 'echo $JOB_COMPLETION_INDEX'
    run -0 "$pod" job
    [ "$output" = 0 ]
    grep -q ' job=107 ' "$job"/events/*
}

@test "folders are 0700, files 0600" {
    (umask 022 && sh_script 'echo x' && "$pod" job)
    [ "$(find "$SKJOB_STATE" -type d ! -perm 700)" = "" ]
    [ "$(find "$SKJOB_STATE" -type f ! -perm 600)" = "" ]
}


# --- what the container sees
@test "command, args and env: order, expansion, Slurm's variables" {
    export FROM_TASK=task B=task
    script <<'EOF'
command: [sh, -c, 'printf "%s\n" "$0" "$@" "$A|$B|$C|$FROM_TASK|$SLURM_JOB_ID"', $(B), "$$(B)"]
args: ["$(C)", "$(FROM_TASK)", "$(JOB_COMPLETION_INDEX)", "a b", "", "$(open", "$"]
env:
- {name: A, value: one}
- {name: B, value: "$(A)-$(C)-$(FROM_TASK)"}
- {name: C, value: first}
- {name: C, value: "$(C)+$(B)"}
EOF
    run -0 "$pod" job
    [ "$output" = 'one-$(C)-$(FROM_TASK)
$(B)
first+one-$(C)-$(FROM_TASK)
$(FROM_TASK)
7
a b

$(open
$
one|one-$(C)-$(FROM_TASK)|first+one-$(C)-$(FROM_TASK)|task|107' ]
}

@test "index variable: the manifest's own value wins, an inherited one never" {
    export JOB_COMPLETION_INDEX=99 SLURM_SKJOB_JOB_ID=107
    sh_script 'echo $JOB_COMPLETION_INDEX ${SLURM_SKJOB_JOB_ID-none}'
    run -0 "$pod" job
    [ "$output" = "7 107" ]
    script <<'EOF'
command: [sh, -c, 'echo $JOB_COMPLETION_INDEX ${SLURM_SKJOB_JOB_ID-none} $0', $(JOB_COMPLETION_INDEX)]
env: [{name: JOB_COMPLETION_INDEX, value: mine}]
EOF
    run -0 "$pod" job
    [ "$output" = "mine none mine" ]
}

@test "env values may hold anything" {
    script <<'EOF'
command: [sh, -c, 'printf "%s" "$A"']
env: [{name: A, value: "line\nnext\t%s%n `id` $HOME ; | ü"}]
EOF
    run -0 "$pod" job
    [ "$output" = $'line\nnext\t%s%n `id` $HOME ; | ü' ]
}

@test "the program is looked up in the container's PATH" {
    mkdir bin
    printf '#!/bin/sh\necho found "$@"\n' > bin/tool
    chmod +x bin/tool
    script <<EOF
command: [tool, a]
env: [{name: PATH, value: "/nowhere:$PWD/bin:/bin"}]
EOF
    run -0 "$pod" job
    [ "$output" = "found a" ]
}

@test "workingDir" {
    mkdir "a dir"
    script <<EOF
command: [pwd]
workingDir: "$PWD/a dir"
EOF
    run -0 "$pod" job
    [ "$output" = "$PWD/a dir" ]
}

@test "without workingDir: where Slurm started the task" {
    script <<< 'command: [pwd]'
    run -0 "$pod" job
    [ "$output" = "$PWD" ]
}

@test "stdin is empty, unless stdin: true" {
    script <<< 'command: [cat]'
    run -0 "$pod" job <<< "from outside"
    [ "$output" = "" ]
    script <<< $'command: [cat]\nstdin: true'
    run -0 "$pod" job <<< "from outside"
    [ "$output" = "from outside" ]
}

@test "no descriptor but 0, 1 and 2" {
    sh_script 'ls /proc/self/fd'
    run -0 "$pod" job 7< /dev/null 9> /dev/null
    [ "$output" = $'0\n1\n2\n3' ] # 3 is the folder that ls reads
}

@test "signals are as by default, whatever the runner got" {
    sh_script 'grep -E "Sig(Blk|Ign)" /proc/self/status'
    run -0 bash -c 'trap "" HUP PIPE USR1 TERM; exec "$0" job' "$pod"
    [[ $output =~ SigBlk:[[:space:]]*0+$'\n' ]]
    [[ $output =~ SigIgn:[[:space:]]*0+$ ]]
}

@test "a caller that ignores SIGCHLD does not cost the exit code" {
    sh_script 'exit 7'
    run -7 timeout -k 1 10 perl -e '$SIG{CHLD} = "IGNORE"; exec @ARGV' "$pod" job
}

@test "the container leads its own process group" {
    sh_script 'ps -o pid=,pgid= -p $$'
    run -0 "$pod" job
    read -r pid pgid <<< "$output"
    [ "$pid" = "$pgid" ]
}
