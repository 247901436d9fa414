#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# skjob-pod: pods of several containers, init containers and sidecars.

load pod.bash

@test "two containers: both run at once, a log each, all of it in the task's output" {
    spec <<'EOF'
restartPolicy: Never
containers:
- {name: a, image: x, command: [sh, -c, 'echo from a; touch a; until [ -e b ]; do sleep 0.05; done']}
- {name: b, image: x, command: [sh, -c, 'echo from b; touch b; until [ -e a ]; do sleep 0.05; done']}
EOF
    run -0 timeout 20 "$pod" job
    [ "$(sort <<< "$output" | xargs)" = "from a from b" ]
    [ "$(cat "$job"/pods/*/a.log)" = "from a" ]
    [ "$(cat "$job"/pods/*/b.log)" = "from b" ]
    ended 'phase=Succeeded containers=a:0:Completed,b:0:Completed'
    [ "$(the_status a .state)" = terminated ]
    [ "$(the_status b .exitCode)" = 0 ]
}

@test "one fails, the other goes on; the first failed one gives the exit code" {
    spec <<'EOF'
restartPolicy: Never
containers:
- {name: a, image: x, command: [sh, -c, 'until [ -e failed ]; do sleep 0.05; done; sleep 0.2; echo goes on']}
- {name: b, image: x, command: [sh, -c, 'touch failed; exit 6']}
EOF
    run -6 "$pod" job
    [ "$output" = "goes on" ]
    ended 'phase=Failed containers=a:0:Completed,b:6:Error'
}

@test "one cannot be started, the other runs all the same" {
    spec <<'EOF'
restartPolicy: Never
containers:
- {name: a, image: x, command: [no-such-program]}
- {name: b, image: x, command: [echo, runs]}
EOF
    run -128 --separate-stderr "$pod" job
    [ "$output" = runs ]
    ended 'containers=a:128:StartError,b:0:Completed'
}

@test "init containers: in order, one at a time, before the others" {
    spec <<'EOF'
restartPolicy: Never
initContainers:
- {name: i, image: x, command: [sh, -c, 'sleep 0.3; echo i']}
- {name: j, image: x, command: [echo, j]}
containers:
- {name: a, image: x, command: [echo, a]}
EOF
    run -0 "$pod" job
    [ "$(xargs <<< "$output")" = "i j a" ]
    ended 'phase=Succeeded containers=a:0:Completed init=i:0:Completed,j:0:Completed'
}

@test "an init container fails (Never): nothing else starts" {
    spec <<'EOF'
restartPolicy: Never
initContainers:
- {name: i, image: x, command: [sh, -c, 'exit 9']}
- {name: j, image: x, command: [echo, never]}
containers:
- {name: a, image: x, command: [echo, never]}
EOF
    run -9 "$pod" job
    [ "$output" = "" ]
    ended 'phase=Failed init=i:9:Error'
    [ "$(the_status a .state)" = waiting ]
    [ "$(the_status a .reason)" = PodInitializing ]
}

@test "an init container fails twice (OnFailure): tried again, then the pod runs" {
    export SKJOB_CRASHLOOP_BASE=0.1
    spec <<'EOF'
restartPolicy: OnFailure
initContainers:
- {name: i, image: x, command: [sh, -c, 'echo i >> tries; [ $(wc -l < tries) = 3 ]']}
containers:
- {name: a, image: x, command: [echo, a]}
EOF
    run -0 "$pod" job
    [ "$output" = a ]
    [ "$(wc -l < tries)" = 3 ]
    ended 'phase=Succeeded .*restarts=2'
    ended 'containers=a:0:Completed init=i:0:Completed'
    [ "$(the_status i .restartCount)" = 2 ]
}

@test "a sidecar starts before, ends last, and its exit code does not matter" {
    spec <<'EOF'
restartPolicy: Never
initContainers:
- name: s
  image: x
  restartPolicy: Always
  command: [sh, -c, 'trap "echo s ends; exit 7" TERM; echo s; touch up; while :; do sleep 0.05; done']
containers:
- {name: a, image: x, command: [sh, -c, 'until [ -e up ]; do sleep 0.05; done; echo a']}
EOF
    run -0 "$pod" job
    [ "$(grep -v Terminated <<< "$output" | xargs)" = "s a s ends" ] # which the shell says of its sleep
    ended 'phase=Succeeded containers=a:0:Completed init=s:7:Error'
}

@test "sidecars end in reverse order; one that ends by itself comes back" {
    export SKJOB_CRASHLOOP_BASE=0.1
    spec <<'EOF'
restartPolicy: Never
initContainers:
- {name: s, image: x, restartPolicy: Always, command: [sh, -c, 'trap "echo s ends; exit 0" TERM; touch s; while :; do sleep 0.05; done']}
- {name: t, image: x, restartPolicy: Always, command: [sh, -c, 'trap "sleep 0.3; echo t ends; exit 0" TERM; [ -e t ] || { touch t; exit 3; }; touch t2; while :; do sleep 0.05; done']}
containers:
- {name: a, image: x, command: [sh, -c, 'until [ -e t2 ] && [ -e s ]; do sleep 0.05; done; echo a']}
EOF
    run -0 timeout 30 "$pod" job
    [ "$(grep -v Terminated <<< "$output" | xargs)" = "a t ends s ends" ] # which the shell says of its sleep
    ended 'restarts=1'
    ended 'init=s:0:Completed,t:0:Completed'
}

@test "the next container waits for a sidecar's startup probe" {
    spec <<'EOF'
restartPolicy: Never
initContainers:
- name: s
  image: x
  restartPolicy: Always
  command: [sh, -c, 'sleep 0.5; touch up; exec sleep 1000']
  startupProbe: {exec: {command: [test, -e, up]}, periodSeconds: 1, failureThreshold: 30}
containers:
- {name: a, image: x, command: [sh, -c, 'ls up']}
EOF
    run -0 timeout 30 "$pod" job
    [ "$output" = up ]
}

@test "TERM during init: it ends, and nothing else starts" {
    spec <<'EOF'
restartPolicy: OnFailure
initContainers:
- {name: i, image: x, command: [sh, -c, 'echo ready; exec sleep 1000']}
containers:
- {name: a, image: x, command: [echo, never]}
EOF
    begin
    kill -TERM "$runner"
    finish 143
    ended 'phase=Failed init=i:143:Error'
    [ "$(lines out)" = ready ]
}

@test "TERM to every process at once: no container takes it for a failure to be repaired" {
    export SKJOB_CRASHLOOP_BASE=0.1
    spec <<'EOF'
restartPolicy: OnFailure
initContainers:
- {name: s, image: x, restartPolicy: Always, command: [sleep, '1000']}
containers:
- {name: a, image: x, command: [sleep, '1000']}
- {name: b, image: x, command: [sh, -c, 'echo ready; exec sleep 1000']}
EOF
    begin
    kill -TERM $(cat "/proc/$runner/task/$runner/children") "$runner"
    finish 143
    ended 'containers=a:143:Error,b:143:Error init=s:143:Error'
    run ! grep -q event=restarted "$job"/events/*
}

@test "a container that is killed with -9" {
    spec <<'EOF'
restartPolicy: Never
containers:
- {name: a, image: x, command: [sh, -c, 'echo $$ > pid; exec sleep 1000']}
- {name: b, image: x, command: [sh, -c, 'until [ -s pid ]; do sleep 0.05; done; echo ready; until [ -e go ]; do sleep 0.05; done']}
EOF
    begin
    kill -KILL "$(cat pid)"
    until_true 10 gone "$(cat pid)"
    touch go
    finish 137
    ended 'containers=a:137:Error,b:0:Completed'
}

@test "nothing is left: background processes of all containers, in other sessions too" {
    spec <<'EOF'
restartPolicy: Never
initContainers:
- {name: i, image: x, command: [sh, -c, 'setsid sleep 1000 & echo $! >> pids; sleep 1000 & echo $! >> pids']}
- {name: s, image: x, restartPolicy: Always, command: [sh, -c, '(setsid sleep 1000 & echo $! >> pids); exec sleep 1000']}
containers:
- {name: a, image: x, command: [sh, -c, '(setsid sleep 1000 & echo $! >> pids); (sleep 1000 & echo $! >> pids)']}
- {name: b, image: x, command: [sh, -c, 'until [ $(wc -l < pids) = 5 ]; do sleep 0.05; done; echo done']}
EOF
    run -0 timeout 30 "$pod" job
    [ "$output" = "done" ]
    [ "$(wc -l < pids)" = 5 ]
    while read -r pid; do gone "$pid"; done < pids
}

@test "a process that a container left behind does not hold up the next container" {
    spec <<'EOF'
restartPolicy: Never
initContainers:
- {name: s, image: x, restartPolicy: Always, command: [sleep, '1000']}
- {name: i, image: x, command: [sh, -c, '(trap "" TERM HUP; setsid yes &) ; sleep 0.2']}
containers:
- {name: a, image: x, command: [touch, ran]}
EOF
    timeout 30 "$pod" job > out
    [ -e ran ]
}

@test "two writers without end, and TERM" {
    spec <<'EOF'
restartPolicy: Never
containers:
- {name: a, image: x, command: [sh, -c, 'echo ready; exec yes']}
- {name: b, image: x, command: ['yes']}
EOF
    begin
    kill -TERM "$runner"
    finish 143
}

@test "terminationMessagePath, and FallbackToLogsOnError" {
    spec <<EOF
restartPolicy: Never
containers:
- {name: a, image: x, terminationMessagePath: $PWD/why, command: [sh, -c, 'printf "out of luck" > why; exit 1']}
- {name: b, image: x, terminationMessagePolicy: FallbackToLogsOnError, command: [sh, -c, 'echo last words; exit 2']}
- {name: c, image: x, terminationMessagePolicy: FallbackToLogsOnError, command: [echo, well]}
EOF
    run -1 "$pod" job
    [ "$(cat "$job"/pods/*/a.message)" = "out of luck" ]
    [ "$(cat "$job"/pods/*/b.message)" = "last words" ]
    [ ! -e "$(echo "$job"/pods/*)/c.message" ]
    ended 'message=out%20of%20luck'
}

@test "a message of an earlier run is not this run's" {
    echo old > why
    touch -d '1 hour ago' why
    spec <<EOF
restartPolicy: Never
containers: [{name: a, image: x, terminationMessagePath: $PWD/why, command: ['true']}]
EOF
    run -0 "$pod" job
    [ ! -e "$(echo "$job"/pods/*)/a.message" ]
}

@test "a pod of one container that is not restarted has no status file" {
    sh_script true
    "$pod" job
    [ "$(ls "$job"/pods/*)" = main.log ]
}

@test "as many containers as the limit of open files has room for" {
    {
        echo 'restartPolicy: Never'
        echo 'containers:'
        for i in {1..12}; do echo "- {name: c$i, image: x, command: [sh, -c, 'sleep 0.3; echo $i']}"; done
    } | spec
    run -0 bash -c 'ulimit -n 64; exec timeout 30 "$0" job' "$pod"
    [ "$(sort -n <<< "$output" | xargs)" = "$(seq -s ' ' 12)" ]
}
