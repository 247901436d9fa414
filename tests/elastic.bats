#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Elastic Indexed Jobs grow: another array has the new indexes, and all of them together are the Job.
# elastic-plugin.bats is a link to this file: the same with the plugin.
# shellcheck disable=SC2016,SC2154 # the containers expand their variables, not we; run sets output
bats_require_minimum_version 1.5.0

load lib/cluster
load lib/attempts

# One node, with room for four tasks.
setup_file() { jobs_setup --nodes 1 --max-array-size 20; }

# elastic N [FIELDS]: the spec of an Indexed Job of N completions.
elastic() {
    jq -nc --argjson n "$1" --argjson more "${2:-{\}}" \
        '{completions: $n, parallelism: $n, completionMode: "Indexed", backoffLimit: 0} + $more'
}

# A container writes down that it runs, and waits for the file go.
readonly WAITS='mkdir -p $me/ran; touch $me/ran/$INDEX; until [ -e $WORK/go ]; do sleep 0.2; done'

# ran NAME INDEX...: for poll_until: the containers' scripts of these indexes, and of no others, have run.
ran() {
    local name=$1
    shift
    [[ $(find "$name.d/ran" -type f -printf '%f\n' 2>/dev/null | sort -n | paste -sd' ') == "$*" ]]
}

# grow NAME N: ARRAYS becomes the Slurm ids of the Job's arrays, NEW the last of them.
grow() {
    [[ $(says scale "$1" --completions="$2") == "job.batch/$1 scaled" ]]
    arrays_of "$1"
}

arrays_of() {
    ARRAYS=$(as_user skjob get job "$1" -o json | jq -r '.metadata.annotations["skjob/slurm-job-id"]')
    NEW=${ARRAYS##*,}
}

# tasks ID: the indexes of the array of which Slurm has a task that is not over.
tasks() {
    squeue -h -r -t PD,R,CG -j "$1" -o %K 2>/dev/null | sort -n | paste -sd,
}

refused() {
    run as_user skjob "$@"
    [[ $status == 1 ]]
}

@test "a Job grows while it runs, twice, shrinks, and is complete when all that it has then are" {
    job up "$(elastic 2)" <<<"echo \"index \$JOB_COMPLETION_INDEX\"; $WAITS"
    submit up
    poll_until 15 ran up 0 1
    grow up 3
    [[ $ARRAYS == "$ID,$NEW" && $NEW != "$ID" ]]
    poll_until 15 ran up 0 1 2
    [[ $(tasks "$ID")/$(tasks "$NEW") == 0,1/2 ]]
    [[ $(as_user skjob get job up --no-headers | tr -s ' ' | cut -d' ' -f2,3) == 'Running 0/3' ]]
    [[ $(as_user skjob get job up -o json | jq -c '.spec | [.completions, .parallelism]') == '[3,3]' ]]
    # Those that ran go on, each has begun once.
    [[ $(started up 0)/$(started up 1)/$(started up) == 1/1/3 ]]
    [[ $(says scale up --completions=3) == 'job.batch/up unchanged' ]]
    # By the other verbs, too. Four run, the rest waits.
    [[ $(says patch job up -p '{"spec": {"completions": 6, "parallelism": 6}}') == 'job.batch/up patched' ]]
    arrays_of up
    poll_until 15 ran up 0 1 2 3
    [[ $(status up .active) == 6 && $(tasks "$NEW") == 3,4,5 ]]
    [[ $(as_user skjob get pods -l job-name=up --no-headers | wc -l) == 6 ]]
    as_user skjob get pods -l job-name=up -o wide --no-headers | grep -q "${NEW}_5"
    as_user skjob status up | grep -q "Slurm job $ARRAYS"
    as_user skjob describe job up | grep -q Grown
    # All of its arrays are one question.
    [[ $(as_user skjob get job up -v=8 2>&1 >/dev/null | grep -c slurm_load_job) == 1 ]]
    # Down to within the second array.
    [[ $(says scale up --completions=5) == 'job.batch/up scaled' ]]
    poll_until 15 status_is up .active 5
    [[ $(tasks "$NEW") == 3,4 ]]
    touch go
    wait_ended up 60
    [[ $(outcome up) == "$REACHED" && $(counts up) == 0/0/5/0 && $(status up .completedIndexes) == 0-4 ]]
    [[ $(started up) == 5 && $(as_user skjob logs job/up --index 4) == 'index 4' ]]
    as_user skjob wait --for=condition=complete job/up --timeout=5s
    poll_until 10 no_jobs
    refused scale up --completions=7
    [[ $output == 'error: job.batch/up has ended (Complete): it cannot be changed any more' ]]
}

status_is() {
    [[ $(status "$1" "$2") == "$3" ]]
}

@test "an index that was lost and comes back runs again, whether it had succeeded, failed, or ran" {
    job back "$(elastic 4 '{"backoffLimitPerIndex": 0, "backoffLimit": null}')" \
        <<<"mkdir -p \$me/ran; touch \$me/ran/\$INDEX.\$TRY; [ ! -e \$WORK/mended ] || exit 0
            case \$INDEX in 1) exit 0;; 2) exit 1;; esac; until [ -e \$WORK/go ]; do sleep 0.2; done"
    submit back
    poll_until 20 status_is back '[.completedIndexes, .failedIndexes] | join("/")' 1/2
    poll_until 15 runs "$ID" 2
    [[ $(says scale back --completions=1) == 'job.batch/back scaled' ]]
    poll_until 10 status_is back '[.completedIndexes, .failedIndexes // ""] | join("/")' /
    touch mended
    # At once: the pod of index 3 may still be ending.
    grow back 5
    [[ $(tasks "$ID") == 0 ]]
    poll_until 30 status_is back .completedIndexes 1-4
    [[ $(started back 0)/$(started back 1)/$(started back 2)/$(started back 3)/$(started back 4) == 1/2/2/2/1 ]]
    [[ $(status back '.failedIndexes // ""') == '' ]]
    touch go
    wait_ended back
    [[ $(outcome back) == "$REACHED" && $(status back .completedIndexes) == 0-4 ]]
    # No number twice.
    [[ -z $(events back started | grep -o 'index=[0-9]* attempt=[0-9]*' | sort | uniq -d) ]]
}

@test "suspended: it grows held; suspend and resume are for all arrays; parallelism is shared between them" {
    # Each pod writes down how many run while it does.
    job shared "$(elastic 4 '{"suspend": true}')" \
        <<<'mkdir -p $me/now $me/ran; touch $me/now/$INDEX; ls $me/now | wc -l >>$me/most; sleep 1
            until [ -e $WORK/go ]; do sleep 0.2; done; touch $me/ran/$INDEX; rm $me/now/$INDEX'
    submit shared
    grow shared 8
    [[ $(squeue -h -r -t PD -j "$ARRAYS" -o %r | sort | uniq -c | tr -s ' ') == ' 8 JobHeldUser' ]]
    refused scale shared --parallelism=1
    [[ $output == 'error: job.batch/shared is 2 arrays with something left to do since its completions have grown, and Slurm runs at least one task of each; its parallelism can be 0, or 2 and more' ]]
    [[ $(says scale shared --parallelism=3) == 'job.batch/shared scaled' ]]
    [[ $(says resume shared) == 'job.batch/shared resumed' ]]
    poll_until 30 test -e shared.d/now/4
    [[ $(job_field "$ID" ArrayTaskThrottle | sort -u)/$(job_field "$NEW" ArrayTaskThrottle | sort -u) == 2/1 ]]
    [[ $(says suspend shared) == 'job.batch/shared suspended' ]]
    poll_until 30 runs "$ARRAYS" 0
    [[ $(squeue -h -r -t PD -j "$ARRAYS" -o %Q | sort -u) == 0 ]]
    [[ $(counts shared) == 0/0/0/0 ]]
    rm -r shared.d/now shared.d/most
    touch go
    [[ $(says resume shared) == 'job.batch/shared resumed' ]]
    # What one array does not need any more is the other's: whoever looks gives it.
    poll_until 90 share_moves
    wait_ended shared 90
    [[ $(outcome shared) == "$REACHED" && $(counts shared) == 0/0/8/0 ]]
    (($(sort -n shared.d/most | tail -n 1) <= 3))
}

share_moves() {
    as_user env SKJOB_RECONCILE_GRACE=0 skjob reconcile shared >/dev/null
    [[ -e shared.d/ran/0 && -e shared.d/ran/1 && -e shared.d/ran/2 && -e shared.d/ran/3 ]] && { [[ $(job_field "$NEW" ArrayTaskThrottle | sort -u) == 3 ]] || ended shared; }
}

@test "a failure of the Job ends all of its arrays; retry makes it one again, and that may grow" {
    job fails "$(elastic 2)" \
        <<<'mkdir -p $me/ran; touch $me/ran/$INDEX; until [ -e $WORK/fail.$INDEX ]; do [ ! -e $WORK/ok.$INDEX ] || exit 0; sleep 0.2; done; exit 3'
    submit fails
    poll_until 15 ran fails 0 1
    grow fails 6
    poll_until 15 ran fails 0 1 2 3
    # The one that ends it is of the first array.
    touch fail.1
    wait_ended fails
    [[ $(outcome fails) == "$LIMIT" && $(counts fails) == 0/0/0/4 ]]
    poll_until 20 no_jobs
    rm fail.1
    rm -r fails.d/ran
    as_user skjob retry fails >retry.out
    arrays_of fails
    [[ $ARRAYS == "$NEW" && $(cat retry.out) == "job.batch/fails retried: 6 of 6 pods, Slurm job $NEW" ]]
    poll_until 15 ran fails 0 1 2 3
    grow fails 9
    [[ $ARRAYS == "${ARRAYS%,*},$NEW" && $ARRAYS == *,* ]]
    # Now it is one of the second array, while others of both run.
    touch ok.1 ok.2 ok.3 ok.4 ok.5
    poll_until 30 ran fails 0 1 2 3 4 5 6 7 8
    touch fail.7
    wait_ended fails
    [[ $(outcome fails) == "$LIMIT" && $(status fails .completedIndexes) == 1-5 ]]
    poll_until 20 no_jobs
    as_user skjob delete job fails
    [[ ! -e $SKJOB_STATE/jobs/default/fails ]]
}

@test "all indexes but one are done: it grows; a pod of the new array is deleted, and replaced; the Job is deleted while it runs" {
    job late "$(elastic 3 '{"backoffLimit": 2}')" \
        <<<"[ \$INDEX != 1 ] && [ \$INDEX != 0 ] || exit 0; mkdir -p \$me/ran; touch \$me/ran/\$INDEX.\$ATTEMPT; until [ -e \$WORK/go ]; do sleep 0.2; done"
    submit late
    poll_until 15 status_is late .completedIndexes 0,1
    poll_until 15 test -e late.d/ran/2.0
    grow late 5
    poll_until 15 test -e late.d/ran/3.0
    as_user skjob delete pod "$(pod_of late 3)"
    poll_until 30 test -e late.d/ran/3.1
    [[ $(tasks "$ID")/$(tasks "$NEW") == 2/3,4 ]]
    [[ $(counts late) == 3/0/2/1 ]]
    # Another user, be it root, sees the same.
    [[ $(skjob get job late -o json | jq -rc '.status | [.active, .failed, .conditions]') == '[3,1,null]' ]]
    as_user skjob delete job late
    no_jobs
}

@test "what cannot be: too many, not Indexed, refused by sbatch, ended" {
    job limit "$(elastic 2)" <<<'until [ -e $WORK/go ]; do sleep 0.2; done'
    submit limit
    refused scale limit --completions=21
    [[ ${lines[-1]} == 'error: job.batch/limit stays as it is: 21 completions need array indexes up to 20, and this cluster allows up to 19 (MaxArraySize); create another Job for the rest, or ask the admin to raise it' ]]
    mkdir bad
    printf '#!/bin/sh\ncat >/dev/null; echo "sbatch: error: no more jobs today" >&2; exit 1\n' >bad/sbatch
    chmod +x bad/sbatch
    run as_user env PATH="$PWD/bad:$PATH" skjob scale limit --completions=3
    [[ $status == 1 && $output == 'error: job.batch/limit stays as it is: sbatch: no more jobs today' ]]
    [[ $(events limit grown | wc -l) == 0 && ! -e $SKJOB_STATE/jobs/default/limit/.resubmit ]]
    [[ $(as_user skjob get job limit -o json | jq .spec.completions) == 2 ]]
    # It ends while sbatch is at work: the array that comes too late goes.
    cat >bad/sbatch <<SH
#!/bin/sh
touch $WORK/go
until [ "\$(skjob get job limit -o jsonpath='{.status.succeeded}' 2>/dev/null)" = 2 ]; do sleep 0.2; done
exec $(command -v sbatch) "\$@"
SH
    run as_user env PATH="$PWD/bad:$PATH" skjob scale limit --completions=3
    [[ $status == 1 && $output == 'error: job.batch/limit has ended while it was being scaled: it stays as it was' ]]
    [[ $(outcome limit) == "$REACHED" && $(as_user skjob get job limit -o json | jq .spec.completions) == 2 ]]
    poll_until 10 no_jobs
}

@test "deleted while sbatch is at work: the array that comes too late goes with the Job" {
    job late "$(elastic 1)" <<<'trap "" TERM; '"$WAITS"
    submit late
    poll_until 15 ran late 0
    mkdir bad
    printf '#!/bin/sh\nskjob delete job late --wait=false >/dev/null\nexec %s "$@"\n' "$(command -v sbatch)" >bad/sbatch
    chmod +x bad/sbatch
    run as_user env PATH="$PWD/bad:$PATH" skjob scale late --completions=2
    [[ $status == 1 && $output == 'error: job.batch/late was deleted meanwhile' ]]
    touch go
    poll_until 60 no_jobs
    ran late 0
    [[ $(says get job late --ignore-not-found) == '' && ! -e $SKJOB_STATE/jobs/default/late ]]
}

@test "who dies before the record leaves an array that is nobody's; who dies after it, one that reconcile releases" {
    job dies "$(elastic 4)" <<<"$WAITS"
    submit dies
    poll_until 15 ran dies 0 1 2 3
    mkdir bad
    printf '#!/bin/sh\n%s "$@" >/dev/null; kill -9 $PPID\n' "$(command -v sbatch)" >bad/sbatch
    chmod +x bad/sbatch
    run as_user env PATH="$PWD/bad:$PATH" skjob scale dies --completions=6
    [[ $status == 137 ]]
    poll_until 10 arrays_are 2
    refused scale dies --completions=6
    [[ $output == 'error: another growth of completions of job.batch/dies is at work' ]]
    [[ $(as_user skjob get job dies -o json | jq .spec.completions) == 4 ]]
    touch -d '10 minutes ago' "$SKJOB_STATE/jobs/default/dies/.resubmit"
    as_user skjob reconcile dies
    poll_until 10 arrays_are 1
    [[ ! -e $SKJOB_STATE/jobs/default/dies/.resubmit ]]
    # Whoever deletes the Job need not wait.
    job gone "$(elastic 1 '{"suspend": true}')" <<<'exit 0'
    submit gone
    run as_user env PATH="$PWD/bad:$PATH" skjob scale gone --completions=2
    [[ $status == 137 ]]
    poll_until 10 arrays_are 3
    as_user skjob delete job gone
    poll_until 10 arrays_are 1
    # The node is full: the new array can be held before it begins.
    grow dies 6
    as_user scontrol hold "$NEW"
    as_user env SKJOB_RECONCILE_GRACE=0 skjob reconcile dies >reconcile.out
    [[ $(cat reconcile.out) == 'job.batch/dies: its tasks are released' ]]
    touch go
    wait_ended dies 60
    [[ $(outcome dies) == "$REACHED" && $(counts dies) == 0/0/6/0 ]]
}

# arrays_are N: so many arrays of the user's are in Slurm.
arrays_are() {
    (($(squeue -h -o %F | sort -u | wc -l) == $1))
}
