#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Pods that find each other by name, on nodes with addresses of their own.
# shellcheck disable=SC2016,SC2154 # the containers expand their variables, not we; run sets output
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

setup_file() {
    networks_available && type -P bwrap ping nsenter >/dev/null || return 0
    jobs_setup --nodes 3 --cpus 8 --netns
}
teardown_file() {
    local name
    name=$(sed -n 's/^cluster_name=//p' "${CLUSTER_BASE:-/nonexistent}/c/cluster.state" 2>/dev/null)
    cluster_teardown
    [[ -z $name ]] || network_gone "$name"
}
setup() {
    [[ -n ${CLUSTER_BASE-} ]] || skip "needs root, network namespaces, bubblewrap and ping"
    jobs_begin
}
teardown() {
    [[ -z ${WORK-} ]] || scontrol update nodename=node[1-3] state=resume 2>/dev/null || true # drained by a test that failed
    jobs_finish
}

# pod NAME SPEC POD COMMANDS: a manifest NAME.yaml of the Job's spec and the pod's, as JSON; one container runs the commands.
pod() {
    jq -n --arg name "$1" --argjson spec "$2" --argjson pod "$3" --arg script "$4" '
        {apiVersion: "batch/v1", kind: "Job", metadata: {name: $name},
         spec: ($spec + {template: {spec: ({restartPolicy: "Never", containers: [{name: "main", image: "x",
           command: ["bash", "-c", ($script | gsub("\\$"; "$$"))]}]} + $pod)}})}' >"$WORK/$1.yaml"
}

# service NAME SELECTOR: a headless Service, the selector as JSON.
service() {
    jq -n --arg name "$1" --argjson selector "$2" '{apiVersion: "v1", kind: "Service", metadata: {name: $name},
        spec: {clusterIP: "None", selector: $selector}}' >"$WORK/$1.service.json"
    as_user skjob create -f "$1.service.json"
}

# log NAME INDEX: what the pods of the index have printed.
log() { cat "$SKJOB_STATE/jobs/default/$1/pods/$1-$2-"*/*.log; }

complete() {
    wait_ended "$1"
    [[ $(outcome "$1") == Complete\ * ]]
}

@test "job-pod-to-pod: the documentation's example, its pods on different nodes" {
    local i
    cp "$BATS_TEST_DIRNAME/../contrib/examples/job-pod-to-pod.yaml" .
    as_user skjob create -f job-pod-to-pod.yaml -- --spread-job --exclusive 2>create.err
    complete example-job
    for i in 0 1 2; do
        [[ $(log example-job $i | grep Successfully) == "Successfully pinged pod: example-job-0.headless-svc
Successfully pinged pod: example-job-1.headless-svc
Successfully pinged pod: example-job-2.headless-svc" ]]
    done
    [[ $(events example-job started | grep -o 'node=[a-z0-9]*' | sort -u | wc -l) == 3 ]]
    [[ $(events example-job started | grep -o 'address=10[.0-9]*' | sort -u | wc -l) == 3 ]]
}

@test "a pod's own names; the short name, the full one, and the subdomain's of others" {
    pod names '{"completions": 2, "parallelism": 2, "completionMode": "Indexed"}' '{"subdomain": "sub"}' '
        until getent hosts names-0 >/dev/null && getent hosts names-1 >/dev/null; do sleep 0.2; done
        echo "$HOSTNAME $(hostname) $(hostname -f)"
        for n in names-1 names-1.sub names-1.sub.default names-1.sub.default.svc names-1.sub.default.svc.cluster.local; do
            getent ahostsv4 $n | head -n 1 | cut -d" " -f1
        done
        getent hosts localhost >/dev/null && echo localhost'
    submit names
    complete names
    [[ $(log names 0 | head -n 1) == 'names-0 names-0 names-0.sub.default.svc.cluster.local' ]]
    local address
    address=$(events names started ' index=1 ' | grep -o 'address=[0-9.]*' | cut -d= -f2)
    [[ $(log names 0 | grep -cFx "$address") == 5 ]]
    [[ $(log names 0 | tail -n 1) == localhost ]]
}

@test "hostAliases, hostname, and a name of the node's own file" {
    local known
    known=$(awk '$1 !~ /^#/ && $2 != "localhost" && $1 !~ /:/ { print $2; exit }' /etc/hosts)
    pod alias '{}' '{"hostname": "web", "hostAliases": [{"ip": "10.1.2.3", "hostnames": ["foo.local", "bar.local"]}]}' "
        hostname; getent hosts bar.local; getent hosts ${known:-localhost} >/dev/null && echo known
        sed -n 1p /etc/hosts; grep -A1 HostAliases /etc/hosts; (echo 1.1.1.1 x >>/etc/hosts) 2>/dev/null || echo sealed"
    submit alias
    complete alias
    [[ $(cat "$SKJOB_STATE"/jobs/default/alias/pods/*/main.log | tr -s ' \t' ' ') == "web
10.1.2.3 foo.local bar.local
known
# Kubernetes-managed hosts file.
# Entries added by HostAliases.
10.1.2.3 foo.local bar.local
sealed" ]]
}

@test "setHostnameAsFQDN and hostnameOverride" {
    pod fqdn '{"completions": 1, "completionMode": "Indexed"}' '{"subdomain": "s", "setHostnameAsFQDN": true}' 'echo "$HOSTNAME $(hostname)"'
    pod over '{"completions": 1, "completionMode": "Indexed"}' '{"hostnameOverride": "a.b"}' 'echo "$HOSTNAME $(hostname -f) $(getent hosts over-0 | wc -l)"'
    submit fqdn
    submit over
    complete fqdn
    complete over
    [[ $(log fqdn 0) == 'fqdn-0.s.default.svc.cluster.local fqdn-0.s.default.svc.cluster.local' ]]
    [[ $(log over 0) == 'a.b a.b 1' ]]
}

@test "a pod that asks for no name: HOSTNAME of an Indexed Job alone" {
    pod plain '{"completions": 1, "completionMode": "Indexed"}' '{}' 'echo "$HOSTNAME $(uname -n)"; cmp /etc/hosts '"$WORK/hosts"
    cp /etc/hosts "$WORK/hosts"
    chmod 644 "$WORK/hosts"
    submit plain
    complete plain
    [[ $(log plain 0) == "plain-0 $(uname -n)" ]]
    [[ $(events plain started) != *address=* ]]
}

@test "a pod that is replaced on another node is found there" {
    pod moved '{"completions": 2, "parallelism": 2, "completionMode": "Indexed", "backoffLimit": 3}' '{"subdomain": "sub"}' "
        case \$HOSTNAME-\${SLURM_RESTART_COUNT:-0} in
        moved-0-*) until [ -e $WORK/stop ]; do getent ahostsv4 moved-1.sub | head -n 1 | cut -d' ' -f1 >$WORK/seen.new
                   mv $WORK/seen.new $WORK/seen; sleep 0.2; done ;;
        moved-1-0) until [ -s $WORK/seen ]; do sleep 0.2; done; cp $WORK/seen $WORK/before.new; mv $WORK/before.new $WORK/before
                   until [ -e $WORK/fail ]; do sleep 0.2; done; exit 1 ;;
        *) until [ -e $WORK/stop ]; do sleep 0.2; done ;;
        esac"
    submit moved
    poll_until 60 test -s "$WORK/before"
    # Its node is taken out of service before the retry begins.
    local node first second
    first=$(events moved started ' index=1 ' | head -n 1)
    node=$(grep -o 'node=[a-z0-9]*' <<<"$first")
    scontrol update "nodename=${node#node=}" state=drain reason=test
    touch "$WORK/fail"
    poll_until 200 has_started moved 3
    second=$(events moved started ' index=1 ' | tail -n 1 | grep -o 'address=[0-9.]*')
    [[ $first == *" address=$(<"$WORK/before")"* && $first != *" $second"* ]]
    poll_until 60 grep -qFx "${second#address=}" "$WORK/seen"
    touch "$WORK/stop"
    scontrol update "nodename=${node#node=}" state=resume
    complete moved
}

@test "a Service stands for the pods that it selects, one of them by its index" {
    service all '{"job-name": "served"}'
    service leader '{"job-name": "served", "batch.kubernetes.io/job-completion-index": "0"}'
    service other '{"app": "other"}'
    pod served '{"completions": 3, "parallelism": 3, "completionMode": "Indexed"}' '{}' '
        until [ $(grep -c "all.default$(printf "\t")" /etc/hosts) = 3 ]; do sleep 0.2; done
        hostname; getent ahostsv4 all | grep -c STREAM; getent hosts leader.default.svc.cluster.local | cut -d" " -f1
        getent hosts other.default || echo none; getent hosts served-2 >/dev/null && echo short
        # the others have to see us, too
        touch '"$WORK"'/ready.$JOB_COMPLETION_INDEX; until [ $(ls '"$WORK"'/ready.* | wc -l) = 3 ]; do sleep 0.2; done'
    submit served --spread-job --exclusive
    complete served
    local leader
    leader=$(events served started ' index=0 ' | grep -o 'address=[0-9.]*' | cut -d= -f2)
    [[ $(log served 1) == "served-1
3
$leader
none
short" ]]
}
