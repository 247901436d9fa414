#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# skjob-pod: restarts in place.

load pod.bash

# counting POLICY COMMANDS [FIELDS]: a container that adds a line to ./runs whenever it starts
counting()
{
    spec <<EOF
restartPolicy: $1
containers:
- name: main
  image: x
  command: [sh, -c, 'echo run >> runs; $2']
${3-}
EOF
}

restarted()
{
    grep -o 'event=restarted.*restarts=[0-9]*' "$job"/events/* | grep -o 'restarts=[0-9]*' | xargs
}

@test "OnFailure: restarted until it succeeds; counted, and the log goes on" {
    export SKJOB_CRASHLOOP_BASE=0.1
    counting OnFailure 'n=$(wc -l < runs); echo "run $n"; [ $n = 4 ]'
    run -0 "$pod" job
    [ "$(xargs <<< "$output")" = "run 1 run 2 run 3 run 4" ]
    [ "$(the_log | xargs)" = "run 1 run 2 run 3 run 4" ]
    [ "$(restarted)" = "restarts=1 restarts=2 restarts=3" ]
    ended 'phase=Succeeded .*restarts=3'
    ended 'containers=main:0:Completed'
    [ "$(grep -c event=started "$job"/events/*)" = 1 ]
    [ "$(the_status main .restartCount)" = 3 ]
}

@test "OnFailure: backoffLimit counts the restarts, and ends the Job" {
    export SKJOB_CRASHLOOP_BASE=0.1
    SPEC='backoffLimit: 3' counting OnFailure 'exit 5'
    run -5 "$pod" job
    [ "$(wc -l < runs)" = 3 ]
    [ "$(restarted)" = "restarts=1 restarts=2 restarts=3" ]
    grep -q 'condition=Failed reason=BackoffLimitExceeded' "$job/end"
    ended 'phase=Failed restarts=2 containers=main:5:Error'
}

@test "OnFailure, backoffLimit 0: the first failure is the last" {
    SPEC='backoffLimit: 0' counting OnFailure 'exit 5'
    run -5 "$pod" job
    [ "$(wc -l < runs)" = 1 ]
    grep -q 'reason=BackoffLimitExceeded' "$job/end"
}

@test "restarts of all pods are counted together" {
    export SKJOB_CRASHLOOP_BASE=0.1
    SPEC='backoffLimit: 3' spec <<'EOF'
restartPolicy: OnFailure
containers:
- {name: main, image: x, command: [sh, -c, 'echo run >> runs.$JOB_COMPLETION_INDEX; [ $JOB_COMPLETION_INDEX = 8 ] && [ $(wc -l < runs.8) = 3 ] && echo ready && exec sleep 1000; exit 1']}
EOF
    export SLURM_ARRAY_TASK_ID=8 SLURM_JOB_ID=108
    begin
    export SLURM_ARRAY_TASK_ID=7 SLURM_JOB_ID=107
    run -1 "$pod" job # two restarts there, one here
    [ "$(wc -l < runs.7)" = 1 ]
    grep -q 'reason=BackoffLimitExceeded' "$job/end"
    kill -TERM "$runner"
    finish 143
}

@test "TERM while it waits to be restarted" {
    export SKJOB_CRASHLOOP_BASE=1000
    counting OnFailure 'exit 4'
    "$pod" job > out 2> err 3>&- &
    runner=$!
    until_true 10 in_status '"waiting","reason":"CrashLoopBackOff","lastExitCode":4,"lastReason":"Error","restartCount":1'
    kill -TERM "$runner"
    finish 4
    [ "$(wc -l < runs)" = 2 ]
}

@test "Never: one run" {
    counting Never 'exit 4'
    run -4 "$pod" job
    [ "$(wc -l < runs)" = 1 ]
}

@test "restartPolicyRules: Restart for one exit code, not counted by backoffLimit" {
    export SKJOB_CRASHLOOP_BASE=0.1
    SPEC='backoffLimit: 0' counting Never 'n=$(wc -l < runs); [ $n -lt 3 ] && exit 42; exit 43' \
        "  restartPolicy: Never
  restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}]"
    run -43 "$pod" job
    [ "$(wc -l < runs)" = 3 ]
    ended 'restarts=2'
    ended 'containers=main:43:Error'
}

@test "restartPolicyRules: RestartAllContainers begins with the init containers" {
    spec <<'EOF'
restartPolicy: Never
initContainers:
- {name: i, image: x, command: [sh, -c, 'echo init >> runs']}
containers:
- name: a
  image: x
  command: [sh, -c, 'echo a >> runs; until [ -e b ]; do sleep 0.05; done; [ -e again ] && exit 0; touch again; exit 42']
  restartPolicy: Never
  restartPolicyRules: [{action: RestartAllContainers, exitCodes: {operator: In, values: [42]}}]
- {name: b, image: x, command: [sh, -c, '[ -e b ] && exit 0; touch b; exec sleep 1000']}
EOF
    run -0 timeout 30 "$pod" job
    [ "$(lines runs)" = "init a init a" ]
    ended 'phase=Succeeded .*restarts=3'
    ended 'containers=a:0:Completed,b:0:Completed init=i:0:Completed'
}

@test "the environment and the arguments are the same in every run" {
    export SKJOB_CRASHLOOP_BASE=0.1
    spec <<'EOF'
restartPolicy: OnFailure
containers:
- name: main
  image: x
  command: [sh, -c, 'echo "$A $0" >> runs; [ $(wc -l < runs) = 3 ]', EXPANDED]
  env: [{name: A, value: "one"}]
EOF
    sed -i 's/EXPANDED/$(A)/' job
    run -0 "$pod" job
    [ "$(lines runs)" = "one one one one one one" ]
}

@test "resident memory is under 4 MB while several containers run that may be restarted" {
    no_sanitizer
    spec <<'EOF'
restartPolicy: OnFailure
containers:
- {name: a, image: x, command: [sleep, '1000']}
- {name: b, image: x, command: [sleep, '1000']}
- {name: c, image: x, command: [sh, -c, 'echo ready; exec sleep 1000']}
EOF
    rests_below 4096
}
