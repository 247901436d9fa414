#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# skjob-pod: probes and hooks.

load pod.bash

@test "liveness: killed and restarted" {
    spec <<'EOF'
restartPolicy: OnFailure
terminationGracePeriodSeconds: 2
containers:
- name: main
  image: x
  command: [sh, -c, 'echo run >> runs; [ $(wc -l < runs) = 2 ] && exit 0; exec sleep 1000']
  livenessProbe: {exec: {command: [test, -e, alive]}, periodSeconds: 1, initialDelaySeconds: 1, failureThreshold: 1}
EOF
    run -0 --separate-stderr timeout 30 "$pod" job
    [ "$(wc -l < runs)" = 2 ]
    [[ $stderr == *"container main failed its liveness probe: exit code 1"* ]]
    [[ $(the_log) == *"failed its liveness probe"* ]]
    ended 'phase=Succeeded .*restarts=1'
}

@test "liveness under Never: the pod has failed" {
    spec <<'EOF'
restartPolicy: Never
containers:
- name: main
  image: x
  command: [sleep, '1000']
  livenessProbe: {exec: {command: ['false']}, periodSeconds: 1, failureThreshold: 1}
EOF
    run -143 timeout 30 "$pod" job
    ended 'phase=Failed containers=main:143:Error'
}

@test "a probe that hangs is a failed one, and is ended" {
    spec <<'EOF'
restartPolicy: Never
containers:
- name: main
  image: x
  command: [sleep, '1000']
  livenessProbe: {exec: {command: [sh, -c, 'echo $$ > pid; exec sleep 1000']}, periodSeconds: 1, failureThreshold: 1}
EOF
    sed -i 's/\$\$\$\$/$$/' job # there is no expansion in probes
    run -143 --separate-stderr timeout 30 "$pod" job
    [[ $stderr == *"failed its liveness probe: timeout"* ]]
    gone "$(cat pid)"
}

@test "probes of kind tcpSocket and httpGet" {
    command -v curl || skip "no curl"
    cat > server.py <<'EOF'
import http.server
s = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
open("port", "w").write(str(s.server_address[1]))
s.serve_forever()
EOF
    python3 server.py 2> /dev/null 3>&- &
    server=$!
    until_true 10 test -s port
    echo yes > there
    for check in "tcpSocket: {port: $(cat port)}" "tcpSocket: {port: $(cat port), host: LOCALHOST}" "httpGet: {port: $(cat port), path: /there}"; do
        rm -rf "$SKJOB_STATE"
        spec <<EOF
restartPolicy: Never
initContainers:
- {name: s, image: x, restartPolicy: Always, command: [sleep, '1000'], startupProbe: {$check, periodSeconds: 1, timeoutSeconds: 10}}
containers:
- {name: main, image: x, command: [echo, started]}
EOF
        run -0 timeout 30 "$pod" job
        [ "$output" = started ]
    done
    rm -r "$SKJOB_STATE"
    spec <<EOF
restartPolicy: Never
containers:
- name: main
  image: x
  command: [sleep, '1000']
  livenessProbe: {httpGet: {port: $(cat port), path: /missing}, failureThreshold: 1, timeoutSeconds: 10}
EOF
    run -143 --separate-stderr timeout 30 "$pod" job
    kill "$server"
    [[ $stderr == *"failed its liveness probe: curl: exit code 22"* ]]
}

@test "a port that nobody listens on" {
    spec <<'EOF'
restartPolicy: Never
containers:
- name: main
  image: x
  command: [sleep, '1000']
  livenessProbe: {tcpSocket: {port: 1}, failureThreshold: 1}
EOF
    run -143 --separate-stderr timeout 30 "$pod" job
    [[ $stderr == *"failed its liveness probe: Connection refused"* ]]
}

@test "a host that nobody knows" {
    spec <<'EOF'
restartPolicy: Never
containers:
- name: main
  image: x
  command: [sleep, '1000']
  livenessProbe: {tcpSocket: {port: 1, host: no-such-host.invalid}, failureThreshold: 1, timeoutSeconds: 5}
EOF
    run -143 --separate-stderr timeout 30 "$pod" job
    [[ $stderr =~ 'failed its liveness probe: '('the host is not known'|timeout) ]]
}

@test "without curl an HTTP probe fails, and says so" {
    mkdir bin
    ln -s "$(command -v sleep)" bin/sleep
    spec <<'EOF'
restartPolicy: Never
containers:
- name: main
  image: x
  command: [sleep, '1000']
  livenessProbe: {httpGet: {port: 1}, failureThreshold: 1}
EOF
    run -143 --separate-stderr env PATH="$PWD/bin" "$pod" job
    [[ $stderr == *'liveness probe: exec: "curl": executable file not found in $PATH'* ]]
}

@test "grpc is refused by name" {
    spec <<'EOF'
restartPolicy: Never
containers:
- {name: main, image: x, command: ['true'], livenessProbe: {grpc: {port: 1}}}
EOF
    start_error 'container main: livenessProbe: grpc is not supported'
}

@test "postStart runs in the container's environment, and holds the next container up" {
    spec <<'EOF'
restartPolicy: Never
containers:
- name: main
  image: x
  env: [{name: A, value: one}]
  command: [sh, -c, 'until [ -s order ]; do sleep 0.05; done']
  lifecycle: {postStart: {exec: {command: [sh, -c, 'sleep 0.3; echo "hook $A" >> order']}}}
- {name: b, image: x, command: [sh, -c, 'echo b >> order']}
EOF
    run -0 "$pod" job
    [ "$(lines order)" = "hook one b" ]
}

@test "a failed postStart ends the container" {
    spec <<'EOF'
restartPolicy: Never
containers:
- name: main
  image: x
  command: [sleep, '1000']
  lifecycle: {postStart: {exec: {command: [sh, -c, 'exit 3']}}}
EOF
    run -143 --separate-stderr timeout 30 "$pod" job
    [[ $stderr == *"container main failed its postStart hook: exit code 3"* ]]
    ended 'containers=main:143:PostStartHookError'
}

@test "preStop comes before TERM" {
    spec <<'EOF'
restartPolicy: Never
containers:
- name: main
  image: x
  command: [sh, -c, 'trap "echo TERM >> order; exit 0" TERM; echo ready; while :; do sleep 0.05; done']
  lifecycle: {preStop: {exec: {command: [sh, -c, 'sleep 0.3; echo hook >> order']}}}
EOF
    begin
    kill -TERM "$runner"
    finish 0
    [ "$(lines order)" = "hook TERM" ]
}

@test "preStop uses up the grace period" {
    spec <<'EOF'
restartPolicy: Never
terminationGracePeriodSeconds: 1
containers:
- name: main
  image: x
  command: [sh, -c, 'trap "echo TERM; exit 0" TERM; echo ready; while :; do sleep 0.05; done']
  lifecycle: {preStop: {sleep: {seconds: 1000}}}
EOF
    begin
    kill -TERM "$runner"
    finish 0
    has_line TERM out
}

@test "preStop is not run when the container ends by itself" {
    spec <<'EOF'
restartPolicy: Never
containers:
- {name: main, image: x, command: ['true'], lifecycle: {preStop: {exec: {command: [touch, ran]}}}}
EOF
    run -0 "$pod" job
    [ ! -e ran ]
}

@test "hooks and probes that are under way end with the pod" {
    spec <<'EOF'
restartPolicy: Never
containers:
- name: main
  image: x
  command: [sh, -c, 'until [ -s pid ]; do sleep 0.05; done']
  lifecycle: {postStart: {exec: {command: [sh, -c, 'echo $$ > pid; exec sleep 1000']}}}
EOF
    sed -i 's/\$\$\$\$/$$/' job # there is no expansion in hooks
    run -0 timeout 30 "$pod" job
    gone "$(cat pid)"
}
