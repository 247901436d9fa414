#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The pod template of a suspended Job changes: another array takes the place of the one that Slurm has.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # the containers expand their variables, not we; run sets output
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

setup_file() { jobs_setup --nodes 4; }

# with_labels NAME: the pods of NAME.yaml have the label tier=tin, and TIER is its value.
with_labels() {
    jq '.spec.template.metadata.labels = {tier: "tin"} | .spec.template.spec.containers[0].env =
        [{name: "TIER", valueFrom: {fieldRef: {fieldPath: "metadata.labels['"'tier'"']"}}}]' "$1.yaml" >"$1.new"
    mv "$1.new" "$1.yaml"
}

# template LABEL [SPEC]: a patch of the label tier, and of the pod's spec.
template() {
    jq -nc --arg tier "$1" --argjson spec "${2:-{\}}" '{spec: {template: {metadata: {labels: {tier: $tier}}, spec: $spec}}}'
}

# renewed NAME: ID becomes the array that the Job is now, which is not the one that it was.
renewed() {
    local before=$ID
    ID=$(as_user skjob get job "$1" -o json | jq -r '.metadata.annotations["skjob/slurm-job-id"]')
    [[ -n $ID && $ID != "$before" && -z $(squeue -h -j "$before" 2>/dev/null) ]]
}

# refused ARGUMENT...: prints why skjob does nothing.
refused() {
    run as_user skjob "$@"
    [[ $status == 1 ]]
}

# tasks ID: its tasks that wait, are held or run.
tasks() {
    squeue -h -r -j "$1" -o '%K %T' | sort -n | paste -sd,
}

all_wait() {
    [[ $(squeue -h -r -j "$1" -o %T | sort -u) == PENDING ]]
}

@test "resources, labels and annotations: new pods have them, what was counted and logged stays, and the Job goes on" {
    job tune '{"completions": 4, "parallelism": 4, "completionMode": "Indexed", "backoffLimit": 1}' <<'SH'
echo "$TIER $INDEX"; touch "$WORK/$TIER.$INDEX"
[ $INDEX != 0 ] || exit 0
[ $TIER != tin ] || [ $INDEX != 1 ] || [ -e "$WORK/failed" ] || { touch "$WORK/failed"; exit 3; }
until [ -e $WORK/go ]; do sleep 0.1; done
SH
    with_labels tune
    { echo '#SBATCH --comment=fromhead'; cat tune.yaml; } >tune2.yaml
    as_user skjob create -f tune2.yaml -- --nice=3
    ID=$(events tune submitted | sed 's/.* job=\([0-9]*\).*/\1/')
    # Index 0 is done, index 1 has failed once and runs again, the others run.
    poll_until 30 has_started tune 5
    poll_until 30 eval '[[ -e tin.2 && -e tin.3 && $(status tune .succeeded) == 1 ]]'
    refused patch job tune -p "$(template gold)"
    [[ $output == 'The Job "tune" is invalid: spec.template: Invalid value: '*': field is immutable' ]]
    as_user skjob suspend tune
    # Also while its pods are still ending.
    [[ $(says patch job tune -p "$(template gold '{"containers": [{"name": "main", "resources": {"requests": {"memory": "64Mi", "cpu": "2"}}}]}' |
        jq -c '.metadata.labels.team = "x" | .spec.template.metadata.annotations.why = "tuned"')") == 'job.batch/tune patched' ]]
    renewed tune
    all_wait "$ID"
    [[ $(tasks "$ID") == '1 PENDING,2 PENDING,3 PENDING' ]]
    [[ $(job_field "${ID}_1" MinMemoryNode)/$(job_field "${ID}_1" 'CPUs\/Task')/$(job_field "${ID}_1" Nice)/$(job_field "${ID}_1" Comment) == 64M/2/3/fromhead ]]
    [[ $(counts tune) == 0/0/1/1 ]]
    [[ $(as_user skjob get job tune -o json | jq -rc '[.metadata.labels.team, .spec.template.metadata.labels.tier, .spec.template.metadata.annotations.why,
        .spec.template.spec.containers[0].resources.requests.memory]') == '["x","gold","tuned","64Mi"]' ]]
    as_user skjob describe job tune >describe.out
    grep -q tier=gold describe.out && grep -q 'memory: *64Mi' describe.out
    touch go
    as_user skjob resume tune
    wait_ended tune 60
    [[ $(outcome tune) == "$REACHED" && $(counts tune) == 0/0/4/1 && $(status tune .completedIndexes) == 0-3 ]]
    [[ -e gold.1 && -e gold.2 && -e gold.3 && ! -e gold.0 ]]
    # No number twice; each pod has the template that it was made of, and its log.
    [[ -z $(events tune started | grep -o 'index=[0-9]* attempt=[0-9]*' | sort | uniq -d) ]]
    [[ $(as_user skjob get pods -l tier=gold --no-headers | wc -l)/$(as_user skjob get pods -l tier=tin --no-headers | wc -l) == 3/5 ]]
    [[ $(as_user skjob get pods -l tier=gold -o json | jq -rc '[.items[].spec.containers[0].resources.requests.cpu] | unique') == '["2"]' ]]
    [[ $(as_user skjob get pods -l tier=tin -o json | jq -rc '[.items[].spec.containers[0].resources.requests] | unique') == '[null]' ]]
    [[ $(as_user skjob logs job/tune --index 2 --attempt 0) == 'tin 2'* && $(as_user skjob logs job/tune --index 2) == 'gold 2' ]]
    poll_until 10 no_jobs
}

@test "template and suspend: false in one update: it goes on at once; the limit of failures is that of all arrays" {
    job once '{"completions": 2, "parallelism": 2, "completionMode": "Indexed", "backoffLimit": 1}' <<'SH'
touch "$WORK/$TIER.$INDEX"
[ $INDEX = 0 ] || [ -e $WORK/mended ] || exit 1
until [ -e $WORK/go ]; do sleep 0.1; done
SH
    with_labels once
    as_user env SKJOB_BACKOFF_BASE=600 SKJOB_BACKOFF_MAX=600 skjob create -f once.yaml
    ID=$(events once submitted | sed 's/.* job=\([0-9]*\).*/\1/')
    poll_until 30 eval '[[ -e tin.0 && $(status once .failed) == 1 ]]'
    as_user skjob suspend once
    poll_until 30 all_wait "$ID"
    as_user skjob patch job once -p "$(template iron '{"nodeSelector": {"kubernetes.io/hostname": "node3"}}' | jq -c '.spec.suspend = false')"
    renewed once
    [[ $(as_user skjob get job once -o json | jq -c '[.spec.suspend, .spec.template.spec.nodeSelector["kubernetes.io/hostname"]]') == '[false,"node3"]' ]]
    wait_ended once 60
    [[ $(outcome once) == "$LIMIT" && -e iron.0 && -e iron.1 ]]
    [[ $(events once started | tail -n 2 | grep -c ' node=node3 ') == 2 ]]
    # A retry runs the template of now.
    poll_until 60 no_jobs
    touch mended go
    as_user skjob retry once
    renewed once
    [[ $(job_field "${ID}_0" ReqNodeList) == node3 ]]
    wait_ended once 60
    [[ $(outcome once) == "$REACHED" ]]
    [[ $(as_user skjob get pods -l tier=iron -o json | jq -r '.items[] | select(.status.phase == "Succeeded") | .spec.nodeName' | sort -u) == node3 ]]
}

@test "a Job that was created suspended: apply changes it again and again, tasks that were cancelled stay away" {
    job new '{"completions": 4, "parallelism": 2, "completionMode": "Indexed", "suspend": true}' <<<'touch "$WORK/$TIER.$INDEX"'
    with_labels new
    as_user skjob apply -f new.yaml
    ID=$(events new submitted | sed 's/.* job=\([0-9]*\).*/\1/')
    jq '.spec.template.metadata.labels.tier = "zinc"' new.yaml >zinc.yaml
    [[ $(says apply -f zinc.yaml --dry-run=server) == 'job.batch/new configured (server dry run)' ]]
    [[ $(tasks "$ID") == '0 PENDING,1 PENDING,2 PENDING,3 PENDING' ]]
    [[ $(says apply -f zinc.yaml) == 'job.batch/new configured' ]]
    renewed new
    [[ $(says apply -f zinc.yaml) == 'job.batch/new unchanged' ]]
    as_user scancel "${ID}_3"
    jq '.spec.template.metadata.labels.tier = "lead" | .spec.completions = 3 | .spec.parallelism = 3' new.yaml >lead.yaml
    [[ $(says apply -f lead.yaml) == 'job.batch/new configured' ]]
    renewed new
    [[ $(tasks "$ID") == '0 PENDING,1 PENDING,2 PENDING' ]]
    as_user skjob resume new
    wait_ended new
    [[ $(outcome new) == "$REACHED" && $(counts new) == 0/0/3/0 ]]
    [[ $(echo tin.[0-9] zinc.[0-9] lead.[0-9]) == 'tin.[0-9] zinc.[0-9] lead.0 lead.1 lead.2' ]]
}

@test "a Job that has grown: its arrays become one, and it grows again" {
    job more '{"completions": 2, "parallelism": 2, "completionMode": "Indexed"}' <<'SH'
touch "$WORK/$TIER.$INDEX"
[ $INDEX != 3 ] || [ $TIER != tin ] || exit 0
until [ -e $WORK/go ]; do sleep 0.1; done
SH
    with_labels more
    submit more
    as_user skjob scale more --completions=4
    poll_until 30 eval '[[ -e tin.0 && -e tin.2 && $(status more .succeeded) == 1 ]]'
    as_user skjob suspend more
    as_user skjob patch job more -p "$(template gold)"
    renewed more
    [[ $(tasks "$ID") == '0 PENDING,1 PENDING,2 PENDING' && $(squeue -h -o %A | sort -u) == "$ID" ]]
    as_user skjob patch job more -p '{"spec": {"suspend": false, "completions": 5, "parallelism": 5}}'
    touch go
    wait_ended more 60
    [[ $(outcome more) == "$REACHED" && $(counts more) == 0/0/5/0 ]]
    [[ $(echo gold.[0-9]) == 'gold.0 gold.1 gold.2 gold.4' ]]
}

@test "without completion indexes: what has not succeeded; a work queue is replaced whole" {
    job plain '{"completions": 3, "parallelism": 3}' <<<'[ $INDEX != 1 ] || exit 0; until [ -e $WORK/go ]; do sleep 0.1; done; touch "$WORK/$1.$TIER.$INDEX"'
    job queue '{"parallelism": 2}' <<<'until [ -e $WORK/go ]; do sleep 0.1; done; touch "$WORK/$1.$TIER.$INDEX"'
    with_labels plain
    with_labels queue
    submit queue
    local queue=$ID
    submit plain
    poll_until 30 eval '[[ $(status plain .succeeded) == 1 ]] && has_started queue 1'
    as_user skjob suspend plain queue
    as_user skjob patch job plain -p "$(template gold)"
    renewed plain
    [[ $(tasks "$ID") == '0 PENDING,2 PENDING' ]]
    as_user skjob patch job queue -p "$(template gold | jq -c '.spec.suspend = false')"
    ID=$queue
    renewed queue
    touch go
    as_user skjob resume plain
    wait_ended plain 60
    wait_ended queue 60
    [[ $(outcome plain) == "$REACHED" && $(counts plain) == 0/0/3/0 ]]
    [[ $(outcome queue) == "$REACHED" && $(counts queue) == 0/0/2/0 ]]
    [[ $(echo plain.*.[0-9] queue.*.[0-9]) == 'plain.gold.0 plain.gold.2 queue.gold.0 queue.gold.1' ]]
}

@test "what Kubernetes or Slurm refuses changes nothing" {
    job no '{"suspend": true}' <<<'exit 0'
    with_labels no
    submit no
    refused patch job no -p '{"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "other"}]}}}}'
    [[ $output == 'The Job "no" is invalid: spec.template: Invalid value: '*': field is immutable' ]]
    for dry in none server; do
        refused patch job no --dry-run=$dry -p '{"spec": {"template": {"spec": {"schedulingGates": [{"name": "a"}]}}}}'
        [[ $output == 'error: job.batch/no: spec.template.spec.schedulingGates cannot be run on Slurm: a gated pod would wait for ever: use suspend' ]]
    done
    # Of two changes none is made when one is refused.
    job queue '{"suspend": true, "parallelism": 2}' <<<'exit 0'
    with_labels queue
    as_user skjob create -f queue.yaml
    refused patch job queue -p "$(template gold | jq -c '.spec.parallelism = 3')"
    [[ $output == 'error: job.batch/queue is a work queue that was submitted with 2 pods; on Slurm it can have fewer, but not more' ]]
    [[ $(as_user skjob get job queue -o json | jq -rc '[.spec.parallelism, .spec.template.metadata.labels.tier]') == '[2,"tin"]' ]]
    # What is ignored is told, but is no obstacle.
    run as_user skjob patch job no --dry-run=server -p '{"spec": {"template": {"spec": {"nodeSelector": {"disk": "ssd"}}}}}'
    [[ $status == 0 && $output == 'Warning: job.batch/no: ignored on Slurm: spec.template.spec.nodeSelector[disk]: '*'job.batch/no patched (server dry run)' ]]
    mkdir bad
    printf '#!/bin/sh\ncat >/dev/null; echo "sbatch: error: no more jobs today" >&2; exit 1\n' >bad/sbatch
    chmod +x bad/sbatch
    run as_user env PATH="$PWD/bad:$PATH" skjob patch job no -p "$(template gold | jq -c '.spec.suspend = false')"
    [[ $status == 1 && $output == 'error: job.batch/no stays as it is: sbatch: no more jobs today' ]]
    [[ $(as_user skjob get job no -o json | jq -rc '[.spec.suspend, .spec.template.metadata.labels.tier]') == '[true,"tin"]' ]]
    [[ $(tasks "$ID") == *PENDING && ! -e $SKJOB_STATE/jobs/default/no/.resubmit && $(events no renewed | wc -l) == 0 ]]
    mkdir "$SKJOB_STATE/jobs/default/no/.resubmit"
    refused patch job no -p "$(template gold)"
    [[ $output == 'error: another change of the template of job.batch/no is at work' ]]
}

@test "a pod of the array before whose end nobody saw is over, also before the new array runs" {
    local pod
    job unseen '{"completions": 1, "completionMode": "Indexed", "backoffLimit": 0}' <<<'touch "$WORK/$TIER"; [ $TIER = gold ] || exec sleep 1000'
    with_labels unseen
    submit unseen
    poll_until 30 test -e tin
    pod=$(events unseen started | sed 's/.* pod=\([^ ]*\).*/\1/')
    as_user skjob suspend unseen
    as_user skjob patch job unseen -p "$(template gold)"
    renewed unseen
    as_user sed -i '/event=ended /d' "$SKJOB_STATE/jobs/default/unseen/events"/*
    as_user skjob delete pod "$pod" --timeout=5s
    run -1 as_user skjob get pod "$pod"
    as_user skjob resume unseen
    wait_ended unseen
    [[ $(outcome unseen) == "$REACHED" && -e gold && $(job_field "$ID" Restarts) == 0 ]]
}

# A sbatch that submits, and kills the skjob that has called it: nobody gets its answer.
deadly_sbatch() {
    mkdir bad
    cat >bad/sbatch <<SH
#!/bin/sh
$(command -v sbatch) "\$@" >"$WORK/submitted"
kill -9 \$PPID
SH
    chmod +x bad/sbatch
}

@test "one that was killed on its way: reconcile cancels what it has left, before and after the record" {
    local folder=$SKJOB_STATE/jobs/default/died orphan record
    job died '{"suspend": true, "completions": 2, "completionMode": "Indexed"}' <<<'touch "$WORK/$TIER.$INDEX"'
    with_labels died
    submit died
    deadly_sbatch
    run as_user env PATH="$PWD/bad:$PATH" skjob patch job died -p "$(template gold)"
    [[ $status == 137 && -e $folder/.resubmit ]]
    poll_until 10 test -s submitted
    orphan=$(<submitted)
    [[ $(tasks "$orphan") == '0 PENDING,1 PENDING' && $orphan != "$ID" ]]
    [[ $(as_user skjob get job died -o json | jq -rc '.spec.template.metadata.labels.tier') == tin ]]
    touch -d '1 hour ago' "$folder/.resubmit"
    [[ -z $(says reconcile died) && ! -e $folder/.resubmit ]]
    poll_until 10 eval '[[ -z $(tasks "$orphan") && $(tasks "$ID") == "0 PENDING,1 PENDING" ]]'
    # The same, but the record was written before it died.
    run as_user env PATH="$PWD/bad:$PATH" skjob patch job died -p "$(template gold)"
    [[ $status == 137 ]]
    poll_until 10 eval '[[ -s submitted && $(<submitted) != "$orphan" ]]'
    orphan=$(<submitted)
    record="skj1 t=$(date -u +%FT%T.%6NZ) event=renewed job=$orphan ahead=1"
    record+=" crc=$(printf %s "$record" | python3 -c 'import sys, zlib; print("%08x" % zlib.crc32(sys.stdin.buffer.read()))')"
    as_user sh -c 'echo "$1" >>"$2"' - "$record" "$folder/events/other"
    [[ $(as_user skjob get job died -o json | jq -rc '.spec.template.metadata.labels.tier') == gold ]]
    [[ $(tasks "$ID") == '0 PENDING,1 PENDING' ]]
    touch -d '1 hour ago' "$folder/.resubmit"
    as_user skjob resume died
    poll_until 10 eval '[[ -z $(tasks "$ID") ]]'
    wait_ended died
    # One that is deleted leaves nothing behind.
    job gone '{"suspend": true}' <<<'exit 0'
    with_labels gone
    submit gone
    run as_user env PATH="$PWD/bad:$PATH" skjob patch job gone -p "$(template gold)"
    [[ $status == 137 ]]
    poll_until 10 eval '[[ $(squeue -h -n gone -o %i | wc -l) == 2 ]]'
    as_user skjob delete job gone
    poll_until 10 no_jobs
    [[ $(outcome died) == "$REACHED" && $(echo tin.[0-9] gold.[0-9]) == 'tin.[0-9] gold.0 gold.1' ]]
}
