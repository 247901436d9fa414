#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The commands of the documents that skjob started from (the Kubernetes documentation on Jobs, two course notes), as they are
# printed there, with kubectl read as skjob. What they show is held against what the documents show, names and times apart.
# shellcheck disable=SC2016,SC2154,SC2086,SC2002 # as the documents have it; run sets output
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

setup_file() { jobs_setup --nodes 4; }
teardown_file() { cluster_teardown; }
setup() {
    jobs_begin
    cp "$BATS_TEST_DIRNAME"/../contrib/examples/*.yaml .
    # The documents' pods work for a while; not as long here.
    sed -i -E 's/sleep (5|30|90)\b/sleep 2/' ./*.yaml
    sed -i 's/bpi(2000)/bpi(40)/' pi.yaml
    export SKJOB_CONF=$WORK/skjob.conf
    : >skjob.conf
}
teardown() { jobs_finish; }

# kubectl ARGUMENT...: skjob. There is no network: addresses stand for the files that are behind them.
kubectl() {
    local word words=()
    for word; do
        case $word in
            https://kubernetes.io/examples/controllers/job.yaml) word=./pi.yaml ;;
            https://*/examples/application/job/*) word=./${word##*/} ;;
        esac
        words+=("$word")
    done
    as_user skjob "${words[@]}"
}

# shape: standard input with names, numbers of a cluster and times replaced, and blanks squeezed.
shape() {
    sed -E -e 's/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/UID/g' \
        -e 's/(pod: .*|^pi|^oneshot|^process-item-[a-z]*|^job-[a-z-]*|^myjob)-[a-z0-9]{5}\b/\1-POD/' \
        -e 's/(Start Time:|Completed At:).*/\1 TIME/' -e 's/(Duration:) +.*/\1 AGE/' \
        -e 's/\b([0-9]+(ms|s|m|h|d))+( \(x[0-9]+ over [0-9a-z]+\))?/AGE/g' -e 's/[ \t]+/ /g' -e 's/ +$//'
}

# stand_in NAME: an entry of [images] for an image that is not here; the program is on standard input.
stand_in() {
    local program=$WORK/image-$RANDOM.sh
    cat >"$program"
    chmod 755 "$program"
    grep -q '^\[images\]' skjob.conf || echo '[images]' >>skjob.conf
    echo "$1 = $program" >>skjob.conf
}

# needs_pi: perl's bignum.
needs_pi() { perl -Mbignum=bpi -e 'print bpi(20)' >/dev/null || skip "perl's bignum has no bpi"; }

@test "Jobs: apply, describe, the pods' names by jsonpath, logs, delete" {
    needs_pi
    [[ $(kubectl apply -f https://kubernetes.io/examples/controllers/job.yaml) == 'job.batch/pi created' ]]
    kubectl wait --for=condition=complete --timeout=300s job/pi
    kubectl describe jobs/pi | shape | grep -v -e '^ .*{"apiVersion"' -e '^Annotations:' >shown
    diff - shown <<'SHOWN'
Name: pi
Namespace: default
Selector: batch.kubernetes.io/controller-uid=UID
Labels: batch.kubernetes.io/controller-uid=UID
 batch.kubernetes.io/job-name=pi
 controller-uid=UID
 job-name=pi
Parallelism: 1
Completions: 1
Completion Mode: NonIndexed
Suspend: false
Backoff Limit: 4
Start Time: TIME
Completed At: TIME
Duration: AGE
Pods Statuses: 0 Active (0 Ready) / 1 Succeeded / 0 Failed
Pod Template:
 Labels: batch.kubernetes.io/controller-uid=UID
 batch.kubernetes.io/job-name=pi
 controller-uid=UID
 job-name=pi
 Containers:
 pi:
 Image: perl
 Port: <none>
 Host Port: <none>
 Command:
 perl
 -Mbignum=bpi
 -wle
 print bpi(40)
 Environment: <none>
 Mounts: <none>
 Volumes: <none>
 Node-Selectors: <none>
 Tolerations: <none>
Events:
 Type Reason Age From Message
 ---- ------ ---- ---- -------
 Normal SuccessfulCreate AGE job-controller Created pod: pi-POD
 Normal Completed AGE job-controller Job completed
SHOWN
    pods=$(kubectl get pods --selector=job-name=pi --output=jsonpath='{.items[*].metadata.name}')
    [[ $(echo $pods | shape) == pi-POD ]]
    [[ $(kubectl logs $pods) == 3.141592653589793238462643383279502884197 ]]
    [[ $(kubectl delete jobs/pi) == 'job.batch "pi" deleted from default namespace' ]]
    [[ $(kubectl get pods --selector=job-name=pi 2>&1) == 'No resources found in default namespace.' ]]
}

@test "a course note: create, get pod --show-all, jsonpath without quotes, delete -f" {
    needs_pi
    cp pi.yaml job.yaml
    [[ $(kubectl create -f ./job.yaml) == 'job.batch/pi created' ]]
    kubectl wait --for=condition=complete --timeout=300s job/pi
    kubectl describe job pi | grep -q '^Pods Statuses: *0 Active (0 Ready) / 1 Succeeded / 0 Failed'
    kubectl get pod --show-all -l job-name=pi >shown 2>told
    diff - <(shape <shown) <<'SHOWN'
NAME READY STATUS RESTARTS AGE
pi-POD 0/1 Completed 0 AGE
SHOWN
    [[ $(cat told) == 'Flag --show-all has been deprecated, will be removed in an upcoming release' ]]
    pods=$(kubectl get pods --selector=job-name=pi --output=jsonpath={.items..metadata.name})
    [[ $(kubectl logs $pods) == 3.14159* ]]
    [[ $(kubectl delete -f ./job.yaml) == 'job.batch "pi" deleted from default namespace' ]]
}

@test "one shot: run -i with the command in the documents' way, get jobs -a, logs" {
    job kuard '{}' <<<''
    mkdir bin
    # There is no /kuard on this machine: a program of the same words stands in.
    printf '#!/bin/sh\nshift 0\nprintf "%%s\\n" "$*"\n' >bin/kuard
    chmod 755 bin bin/kuard
    kubectl run -i oneshot \
        --image=gcr.io/kuar-demo/kuard-amd64:blue \
        --restart=OnFailure \
        --command $WORK/bin/kuard \
        -- --keygen-enable \
        --keygen-exit-on-complete \
        --keygen-num-to-gen 10 >shown
    grep -qx -- '--keygen-enable --keygen-exit-on-complete --keygen-num-to-gen 10' shown
    [[ $(kubectl get jobs -a 2>told | shape) == $'NAME STATUS COMPLETIONS DURATION AGE\noneshot Complete 1/1 AGE AGE' ]]
    grep -q deprecated told
    run kubectl delete pods oneshot
    [[ $status == 1 && $output == 'Error from server (NotFound): pods "oneshot" not found' ]]
    local pod
    pod=$(kubectl get pods --no-headers | cut -d' ' -f1)
    [[ $(kubectl logs $pod) == '--keygen-enable --keygen-exit-on-complete --keygen-num-to-gen 10' ]]
    # The kind of Job that kubectl run made is the one of the files.
    run kubectl apply -f oneshot.yaml
    [[ $status == 1 && $output == *'The Job "oneshot" is invalid: spec.template: Invalid value: '*'field is immutable'* ]]
}

@test "get jobs --watch" {
    # Its pid, and not that of a shell around it.
    as_user sh -c 'echo $$ >watcher.pid; exec skjob get jobs --watch' >watched 2>/dev/null 3>&- &
    job hello '{}' <<<'date; echo Hello from the Kubernetes cluster; until [ -e $WORK/go ]; do sleep 0.1; done'
    submit hello
    poll_until 60 grep -q '0/1' watched
    touch go
    wait_ended hello
    poll_until 60 grep -q '1/1' watched
    kill "$(<watcher.pid)"
    wait $! || true
    shape <watched >shown
    [[ $(head -n 1 shown) == 'NAME STATUS COMPLETIONS DURATION AGE' ]]
    grep -qE '^hello (Running|Suspended) 0/1 ' shown
    [[ $(tail -n 1 shown) == 'hello Complete 1/1 AGE AGE' ]]
    # shellcheck disable=SC1083 # as the documents have it
    pods=$(kubectl get pods --selector=job-name=hello --output=jsonpath={.items[*].metadata.name})
    kubectl logs $pods | grep -qx 'Hello from the Kubernetes cluster'
}

@test "work queues: wait, describe, logs pods/NAME" {
    stand_in gcr.io/*/job-wq-1 <<<'#!/bin/sh
echo "$QUEUE"'
    stand_in gcr.io/*/job-wq-2 <<<'#!/bin/sh
echo Working on banana'
    cp job-wq-1.yaml job.yaml
    [[ $(kubectl apply -f ./job.yaml) == 'job.batch/job-wq-1 created' ]]
    # The check for condition name is case insensitive
    [[ $(kubectl wait --for=condition=complete --timeout=300s job/job-wq-1) == 'job.batch/job-wq-1 condition met' ]]
    kubectl describe jobs/job-wq-1 | shape >shown
    grep -qx 'Parallelism: 2' shown
    grep -qx 'Completions: 8' shown
    grep -qx 'Pods Statuses: 0 Active (0 Ready) / 8 Succeeded / 0 Failed' shown
    grep -qx ' BROKER_URL: amqp://guest:guest@rabbitmq-service:5672' shown
    [[ $(grep -c 'SuccessfulCreate AGE job-controller Created pod: job-wq-1-POD' shown) == 8 ]]
    cp job-wq-2.yaml job.yaml
    kubectl apply -f ./job.yaml
    kubectl wait --for=condition=complete --timeout=300s job/job-wq-2
    kubectl describe jobs/job-wq-2 | shape | grep -qx 'Completions: <unset>'
    local name
    name=$(kubectl get pods -l job-name=job-wq-2 --no-headers | head -n 1 | cut -d' ' -f1)
    [[ $(kubectl logs pods/$name) == 'Working on banana' ]]
}

@test "indexed Job with static work assignment" {
    [[ $(kubectl apply -f https://kubernetes.io/examples/application/job/indexed-job.yaml) == 'job.batch/indexed-job created' ]]
    kubectl wait --for=condition=complete --timeout=300s job/indexed-job
    kubectl describe jobs/indexed-job | shape >shown
    for line in 'Parallelism: 3' 'Completions: 5' 'Completion Mode: Indexed' 'Completed Indexes: 0-4' ' Init Containers:' \
        'Pods Statuses: 0 Active (0 Ready) / 5 Succeeded / 0 Failed' ' /input from input (rw)' \
        ' Type: EmptyDir (a temporary directory that shares a pod'\''s lifetime)' ' SizeLimit: <unset>'; do
        grep -qxF -- "$line" shown || { echo "no line: $line"; cat shown; return 1; }
    done
    local name
    name=$(kubectl get pods -l job-name=indexed-job,batch.kubernetes.io/job-completion-index=3 -o jsonpath='{.items[0].metadata.name}')
    [[ $(kubectl logs $name) == xuq ]]
}

@test "parallel processing using expansions" {
    mkdir ./jobs
    for i in apple banana cherry
    do
      cat job-tmpl.yaml | sed "s/\$ITEM/$i/" > ./jobs/job-$i.yaml
    done
    [[ $(kubectl create -f ./jobs) == $'job.batch/process-item-apple created\njob.batch/process-item-banana created\njob.batch/process-item-cherry created' ]]
    [[ $(kubectl logs -f -l jobgroup=jobexample | sort) == $'Processing item apple\nProcessing item banana\nProcessing item cherry' ]]
    kubectl wait --for=condition=complete --timeout=300s job -l jobgroup=jobexample
    [[ $(kubectl get jobs -l jobgroup=jobexample | shape) == 'NAME STATUS COMPLETIONS DURATION AGE
process-item-apple Complete 1/1 AGE AGE
process-item-banana Complete 1/1 AGE AGE
process-item-cherry Complete 1/1 AGE AGE' ]]
    [[ $(kubectl get pods -l jobgroup=jobexample | shape) == 'NAME READY STATUS RESTARTS AGE
process-item-apple-POD 0/1 Completed 0 AGE
process-item-banana-POD 0/1 Completed 0 AGE
process-item-cherry-POD 0/1 Completed 0 AGE' ]]
    [[ $(kubectl delete job -l jobgroup=jobexample | wc -l) == 3 ]]
    [[ $(kubectl get jobs 2>&1) == 'No resources found in default namespace.' ]]
}

@test "expansions with Jinja, applied from standard input" {
    /usr/bin/python3 -c 'import jinja2' 2>/dev/null || skip "python3-jinja2 is not installed"
    render_template() { /usr/bin/python3 -c "from jinja2 import Template; import sys; print(Template(sys.stdin.read()).render());"; }
    cp "$BATS_TEST_DIRNAME/../contrib/examples/job.yaml.jinja2" .
    cat job.yaml.jinja2 | render_template | kubectl apply -f - >shown
    [[ $(cat shown) == $'job.batch/jobexample-apple created\njob.batch/jobexample-banana created\njob.batch/jobexample-cherry created' ]]
    kubectl delete job -l jobgroup=jobexample
}

@test "pod failure policy: FailJob" {
    kubectl create -f job-pod-failure-policy-failjob.yaml
    wait_ended job-pod-failure-policy-failjob
    kubectl get jobs -l job-name=job-pod-failure-policy-failjob -o yaml >shown
    grep -q 'reason: PodFailurePolicy' shown
    grep -qE 'message: Container main for pod default/job-pod-failure-policy-failjob-[a-z0-9]{5} failed with' shown
    kubectl delete jobs/job-pod-failure-policy-failjob
}

@test "pod failure policy: a disruption is ignored; drain and uncordon name Slurm's commands" {
    sed -i 's/sleep 2 /sleep 600 /' job-pod-failure-policy-ignore.yaml
    kubectl create -f job-pod-failure-policy-ignore.yaml
    poll_until 60 has_started job-pod-failure-policy-ignore 2
    nodeName=$(kubectl get pods -l job-name=job-pod-failure-policy-ignore -o jsonpath='{.items[0].spec.nodeName}')
    [[ $nodeName == node* ]]
    run kubectl drain nodes/$nodeName --ignore-daemonsets --grace-period=0
    [[ $status == 1 && ${#lines[@]} == 1 ]]
    [[ $output == "error: drain: nodes are Slurm's: scontrol update NodeName=$nodeName State=DRAIN Reason="* ]]
    # What it says, done by the admin.
    scontrol update "NodeName=$nodeName" State=DRAIN Reason=test
    local task
    for task in $(squeue -h -r -w "$nodeName" -o %i); do scontrol requeue "$task"; done
    poll_until 60 grep -rq 'phase=Failed.*DisruptionTarget' "$SKJOB_STATE/jobs/default/job-pod-failure-policy-ignore/events"
    kubectl get jobs -l job-name=job-pod-failure-policy-ignore -o yaml >shown
    run ! grep -q 'failed:' shown
    run kubectl uncordon nodes/$nodeName
    [[ $status == 1 && $output == "error: uncordon: nodes are Slurm's: scontrol update NodeName=$nodeName State=RESUME" ]]
    scontrol update "NodeName=$nodeName" State=RESUME
    kubectl delete jobs/job-pod-failure-policy-ignore
}

@test "pod failure policy: a condition of one's own" {
    # With a container runtime the pods wait for the image; here something waits in its place.
    stand_in 'non-existing-repo/non-existing-image' <<<'#!/bin/sh
exec sleep 300'
    sed -i 's,"non-existing-repo/non-existing-image:example",&\n        command: ["sleep"\, "300"],' job-pod-failure-policy-config-issue.yaml
    kubectl create -f job-pod-failure-policy-config-issue.yaml
    poll_until 60 has_started job-pod-failure-policy-config-issue 2
    cat <<EOF > patch.yaml
status:
  conditions:
  - type: ConfigIssue
    status: "True"
    reason: "NonExistingImage"
    lastTransitionTime: "$(date -u +"%Y-%m-%dT%H:%M:%SZ")"
EOF
    podName=$(kubectl get pods -l job-name=job-pod-failure-policy-config-issue -o jsonpath='{.items[0].metadata.name}')
    [[ $(kubectl patch pod $podName --subresource=status --patch-file=patch.yaml) == "pod/$podName patched" ]]
    kubectl delete pods/$podName
    wait_ended job-pod-failure-policy-config-issue
    kubectl get jobs -l job-name=job-pod-failure-policy-config-issue -o yaml >shown
    grep -q 'reason: PodFailurePolicy' shown
    [[ $(outcome job-pod-failure-policy-config-issue) == *"Pod default/$podName has condition ConfigIssue matching FailJob rule at index 0" ]]
    kubectl delete jobs/job-pod-failure-policy-config-issue
}

@test "suspend and resume by patch; the events tell of it" {
    job myjob '{"completions": 5}' <<<'[ -e $WORK/go ] || exec sleep 300'
    submit myjob
    poll_until 60 has_started myjob 1
    [[ $(kubectl patch job/myjob --type=strategic --patch '{"spec":{"suspend":true}}') == 'job.batch/myjob patched' ]]
    kubectl get job myjob -o yaml >shown
    for line in 'apiVersion: batch/v1' 'kind: Job' '  name: myjob' '  suspend: true' '  parallelism: 1' '  completions: 5'; do
        grep -qx -- "$line" shown
    done
    grep -A 5 'conditions:' shown | grep -q 'type: Suspended\|message: Job suspended'
    touch go
    [[ $(kubectl patch job/myjob --type=strategic --patch '{"spec":{"suspend":false}}') == 'job.batch/myjob patched' ]]
    kubectl wait --for=condition=complete --timeout=300s job/myjob
    kubectl describe jobs/myjob | shape | sed '1,/^Events:/d' >shown
    grep -qx ' Normal Suspended AGE job-controller Job suspended' shown
    grep -qx ' Normal Resumed AGE job-controller Job resumed' shown
    grep -qx ' Normal SuccessfulCreate AGE job-controller Created pod: myjob-POD' shown
    run kubectl delete jobs/myjob --cascade=orphan
    [[ $status == 1 && ${#lines[@]} == 1 && $output == 'error: --cascade=orphan: '* ]]
    kubectl get job myjob -o yaml >shown
}

@test "a Job with backoffLimitPerIndex, its status as the documentation prints it" {
    job job-backoff-limit-per-index-example '{"completions": 10, "parallelism": 3, "completionMode": "Indexed",
        "backoffLimitPerIndex": 1, "maxFailedIndexes": 5}' <<<'[ $((INDEX % 2)) = 1 ]'
    submit job-backoff-limit-per-index-example
    wait_ended job-backoff-limit-per-index-example 120
    kubectl get -o yaml job job-backoff-limit-per-index-example >shown
    for line in '  completedIndexes: 1,3,5,7,9' '  failedIndexes: 0,2,4,6,8' '  succeeded: 5' '  failed: 10' \
        '    message: Job has failed indexes' '    reason: FailedIndexes' '    status: "True"' '    type: Failed'; do
        tr -d "'" <shown | sed 's/^  - /    /' | grep -qx -- "$line" || { echo "no line: $line"; cat shown; return 1; }
    done
}

@test "replace, and what kubectl has and Slurm has not: one line that says what to do" {
    job again '{"suspend": true}' <<<'exit 0'
    submit again
    # From what is there, as kubectl's documents have it: an object without its selector is another one.
    kubectl get job again -o json | jq '.spec.suspend = false' >changed.yaml
    [[ $(kubectl replace -f changed.yaml) == 'job.batch/again replaced' ]]
    kubectl wait --for=condition=complete --timeout=300s job/again
    local words
    for words in 'run -i --tty temp --image ubuntu:18.04' 'run -i --tty temp --image redis --command /bin/sh' 'exec -it x -- sh' \
        'attach x' 'cordon node1' 'rollout status job/x' 'config view' 'port-forward x 80'; do
        run kubectl $words
        [[ $status == 1 && ${#lines[@]} == 1 && $output == 'error: '* ]]
    done
    run kubectl create -f https://raw.githubusercontent.com/kubernetes/kubernetes/release-1.3/examples/celery-rabbitmq/rabbitmq-service.yaml
    [[ $status == 1 && $output == 'error: https://raw'*' is not fetched: skjob reads files only; curl -LO https://raw'* ]]
    kubectl version
}
