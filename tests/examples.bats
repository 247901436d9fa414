#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Every Job manifest of the documentation, unmodified, on a cluster of four nodes, as an ordinary user.
# (job-pod-to-pod.yaml needs nodes with addresses of their own.)
# shellcheck disable=SC2016,SC2154 # run sets output
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

setup_file() { jobs_setup --nodes 4; }
setup() {
    EXAMPLES=$BATS_TEST_DIRNAME/../contrib/examples
    jobs_begin
    export SKJOB_CONF=$WORK/skjob.conf
    : >skjob.conf
}
teardown() {
    [[ -z ${SERVER-} ]] || { kill "$SERVER" && poll_until 60 server_gone; } || true
    [[ -z ${ERL_EPMD_PORT-} ]] || epmd -port "$ERL_EPMD_PORT" -kill >/dev/null || true
    jobs_finish
}

server_gone() { ! kill -0 "$SERVER" 2>/dev/null; }

needs() {
    local program
    for program in "$@"; do
        type -P "$program" >/dev/null || skip "$program is not installed"
    done
}

# example NAME...: creates the Jobs of these files as they are.
example() {
    local name
    for name in "$@"; do
        cp "$EXAMPLES/$name" .
        as_user skjob create -f "$name"
    done
}

# wait_complete JOB...
wait_complete() {
    local job
    for job in "$@"; do
        as_user skjob wait --for=condition=complete --timeout=300s "job/$job"
    done
}

# logs_of JOB: what its pods wrote, sorted, without the pods' names.
logs_of() {
    as_user skjob logs "job/$1" --all-pods | sed 's/^\[pod[^]]*\] //' | sort
}

# own_run_dir: a place of this test's own for the folders of its pods. Other tests' pods run beside them.
own_run_dir() {
    export SKJOB_RUN_DIR=$WORK/run
    as_user mkdir "$SKJOB_RUN_DIR"
    touch -d @0 "$SKJOB_RUN_DIR"
}

# nothing_left: there were folders of pods, and there are none any more.
nothing_left() {
    [[ -z $(ls -A "$SKJOB_RUN_DIR") && $(stat -c %Y "$SKJOB_RUN_DIR") != 0 ]]
}

free_port() {
    python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])'
}

# image NAME HOST: a program for an entry of [images] that runs contrib/examples/images/NAME/run where HOST is a name of this
# machine, as a cluster's DNS would tell.
image() {
    local name=$1 host=$2 library
    library=$(find /usr/lib -name libnss_wrapper.so | head -n 1)
    [[ -n $library ]] || skip "libnss-wrapper is not installed"
    cp -r "$EXAMPLES/images/$name" "$WORK/$name"
    echo "127.0.0.1 $host localhost" >"$WORK/hosts"
    printf '#!/bin/sh\nexport LD_PRELOAD=%s NSS_WRAPPER_HOSTS=%s\nexec %s\n' "$library" "$WORK/hosts" "$WORK/$name/run" \
        >"$WORK/$name.sh"
    chmod 755 "$WORK/$name.sh"
}

@test "pi, pi-with-timeout, pi-with-ttl: 2000 digits" {
    perl -Mbignum=bpi -e 'print bpi(20)' >/dev/null || skip "perl's bignum has no bpi"
    example pi.yaml pi-with-timeout.yaml pi-with-ttl.yaml
    wait_complete pi pi-with-timeout pi-with-ttl
    local job
    for job in pi pi-with-timeout pi-with-ttl; do
        [[ $(logs_of "$job") == 3.14159265358979323846* ]]
        [[ $(logs_of "$job" | tr -d '\n' | wc -c) -ge 2000 ]]
    done
}

@test "indexed-job: an init container writes the input, the worker reverses it" {
    own_run_dir
    example indexed-job.yaml
    wait_complete indexed-job
    [[ $(logs_of indexed-job | xargs) == 'oof rab xuq zab zyx' ]]
    poll_until 60 nothing_left
}

@test "indexed-job-vol: the index as a file, by the downward API" {
    own_run_dir
    example indexed-job-vol.yaml
    wait_complete indexed-job
    local i
    for i in 0 1 2 3 4; do # the file has no line end, as in Kubernetes
        [[ $(cat "$SKJOB_STATE/jobs/default/indexed-job/pods/indexed-job-$i-"*/worker.log) == "$i" ]]
    done
    poll_until 60 nothing_left
}

@test "indexed-job-direct: the same by JOB_COMPLETION_INDEX" {
    example indexed-job-direct.yaml
    wait_complete indexed-job
    [[ $(logs_of indexed-job | xargs) == 'oof rab xuq zab zyx' ]]
}

@test "job-tmpl: expanded with sed" {
    cp "$EXAMPLES/job-tmpl.yaml" .
    mkdir ./jobs
    for i in apple banana cherry; do
        # shellcheck disable=SC2002 # as the documentation has it
        cat job-tmpl.yaml | sed "s/\$ITEM/$i/" >./jobs/job-$i.yaml
    done
    run -0 as_user skjob create -f ./jobs
    [[ $output == $'job.batch/process-item-apple created\njob.batch/process-item-banana created\njob.batch/process-item-cherry created' ]]
    wait_complete process-item-apple process-item-banana process-item-cherry
    for i in apple banana cherry; do
        [[ $(logs_of process-item-$i) == "Processing item $i" ]]
    done
}

@test "job.yaml.jinja2: rendered with Jinja" {
    /usr/bin/python3 -c 'import jinja2' 2>/dev/null || skip "python3-jinja2 is not installed"
    render_template() { /usr/bin/python3 -c "from jinja2 import Template; import sys; print(Template(sys.stdin.read()).render());"; }
    # shellcheck disable=SC2002 # as the documentation has it
    cat "$EXAMPLES/job.yaml.jinja2" | render_template | as_user skjob create -f -
    wait_complete jobexample-apple jobexample-banana jobexample-cherry
    [[ $(logs_of jobexample-cherry) == 'Processing URL http://dbpedia.org/resource/Cherry' ]]
}

@test "job-pod-failure-policy-failjob: exit code 42 fails the Job without a retry" {
    example job-pod-failure-policy-failjob.yaml
    wait_ended job-pod-failure-policy-failjob
    run outcome job-pod-failure-policy-failjob
    [[ $output =~ ^'Failed PodFailurePolicy: Container main for pod default/job-pod-failure-policy-failjob-'[a-z0-9]{5}' failed with exit code 42 matching FailJob rule at index 0'$ ]]
    [[ $(started job-pod-failure-policy-failjob) -le 2 ]]
}

@test "job-pod-failure-policy-ignore: a disruption does not count" {
    local name=job-pod-failure-policy-ignore
    example job-pod-failure-policy-ignore.yaml
    poll_until 60 has_started "$name" 2
    ID=$(events "$name" submitted | sed -n 's/.* job=\([0-9]*\).*/\1/p' | head -n 1)
    # as root, like the documentation's drain
    scontrol requeue "${ID}_0"
    poll_until 60 is_back "${ID}_0"
    events "$name" ended | grep -q 'conditions=DisruptionTarget'
    [[ $(status "$name" '.failed // 0') == 0 ]]
    run ! ended "$name"
    as_user skjob delete job "$name"
}

# is_back TASK: it waits for its turn, or runs again.
is_back() { [[ $(squeue -h -r -j "$1" -o '%T' 2>/dev/null) =~ ^(PENDING|RUNNING)$ && $(scontrol show job "$1") =~ Restarts=1 ]]; }

@test "job-pod-failure-policy-config-issue: an image that is not there keeps its pods waiting" {
    needs ch-run
    printf 'runtime = charliecloud\nimage_pull = never\n' >skjob.conf
    local name=job-pod-failure-policy-config-issue
    example job-pod-failure-policy-config-issue.yaml
    poll_until 60 has_started "$name" 2
    poll_until 60 grep -rq 'Container image "non-existing-repo/non-existing-image:example" is not present with pull policy of' \
        "$SKJOB_STATE/jobs/default/$name/pods"
    [[ $(counts "$name") == 2/*/0/0 ]]
    as_user skjob delete job "$name"
}

@test "oneshot, parallel, consumers: in an image that has /kuard" {
    needs ch-run gcc
    local image=$WORK/kuard folder
    mkdir "$image"
    for folder in bin dev etc proc sys tmp usr var home opt mnt run; do mkdir "$image/$folder"; done
    touch "$image/etc/passwd" "$image/etc/group" "$image/etc/hosts" "$image/etc/resolv.conf"
    printf '#include <stdio.h>\nint main(int n, char **v) { for (int i = 1; i < n; i++) puts(v[i]); return 0; }\n' |
        gcc -static -x c -o "$image/kuard" - || skip "no static libc"
    as_user ch-run "$image" -- /kuard >/dev/null || skip "ch-run does not run here"
    printf 'runtime = charliecloud\n[images]\ngcr.io/kuar-demo/* = %s\n' "$image" >skjob.conf
    example oneshot.yaml parallel.yaml consumers.yaml
    wait_complete oneshot parallel consumers
    [[ $(logs_of oneshot | grep -c -- '--keygen-num-to-gen=10') == 1 ]]
    [[ $(logs_of parallel | grep -c -- '--keygen-num-to-gen=10') == 10 ]]
    [[ $(counts parallel) == 0/0/10/0 ]]
    logs_of consumers | grep -q -- '--keygen-memq-queue=keygen'
}

@test "job-wq-2: workers take items from Redis until the queue is empty" {
    needs redis-server redis-cli
    /usr/bin/python3 -c 'import redis' 2>/dev/null || skip "python3-redis is not installed"
    local port item
    port=$(free_port)
    redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$WORK" >redis.log 3>&- &
    SERVER=$!
    poll_until 60 redis-cli -p "$port" ping
    for item in apple banana cherry date fig grape lemon melon orange; do
        redis-cli -p "$port" rpush job2 "$item" >/dev/null
    done
    image job-wq-2 redis
    sed -i "s/host=\"redis\"/host=\"redis\", port=$port/" job-wq-2/run
    echo "[images]
gcr.io/myproject/job-wq-2 = $WORK/job-wq-2.sh" >skjob.conf
    example job-wq-2.yaml
    wait_complete job-wq-2
    [[ $(logs_of job-wq-2 | sed -n 's/^Working on //p' | xargs) == 'apple banana cherry date fig grape lemon melon orange' ]]
    [[ $(counts job-wq-2) == 0/0/2/0 ]]
    [[ $(redis-cli -p "$port" llen job2) == 0 ]]
}

@test "job-wq-1: a pod for each item of RabbitMQ" {
    needs amqp-consume rabbitmq-server
    [[ -z $(ss -Hltn 'sport = :5672') ]] || skip "port 5672 of the manifest is in use"
    local url=amqp://guest:guest@127.0.0.1:5672 item
    export RABBITMQ_NODENAME=skjob-$$@localhost RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_DIST_PORT ERL_EPMD_PORT
    RABBITMQ_DIST_PORT=$(free_port) ERL_EPMD_PORT=$(free_port)
    export ERL_EPMD_ADDRESS=127.0.0.1 RABBITMQ_MNESIA_BASE=$WORK/mnesia RABBITMQ_LOG_BASE=$WORK/log
    mkdir mnesia log
    # Debian's own script hands SIGTERM on; the one on PATH wants to become another user.
    HOME=$WORK /usr/lib/rabbitmq/bin/rabbitmq-server >rabbit.log 2>&1 3>&- </dev/null &
    SERVER=$!
    poll_until 240 amqp-declare-queue --url="$url" -q job1 -d
    for item in apple banana cherry date fig grape lemon melon; do
        amqp-publish --url="$url" -r job1 -p -b "$item"
    done
    image job-wq-1 rabbitmq-service
    echo "[images]
gcr.io/<project>/job-wq-1 = $WORK/job-wq-1.sh" >skjob.conf
    example job-wq-1.yaml
    wait_complete job-wq-1
    [[ $(logs_of job-wq-1 | sed -n 's/^Processing //p' | xargs) == 'apple banana cherry date fig grape lemon melon' ]]
    [[ $(counts job-wq-1) == 0/0/8/0 ]]
}
