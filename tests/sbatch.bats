#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# `sbatch job.yaml` on unmodified manifests, with the SPANK plugin, as an ordinary user.
# shellcheck disable=SC2016,SC2154 # the jobs expand their variables, not we; run sets output
bats_require_minimum_version 1.5.0

load lib/common
load lib/cluster
load lib/attempts

setup_file() { jobs_setup_plugin --nodes 2 --slurm-conf 'PartitionName=short Nodes=node2 MaxTime=10'; }
setup() {
    plugin_required
    jobs_begin
}

# one_pod NAME [LINE OF sh...]: a Job of one pod.
one_pod() {
    manifest "$1" | sed '$d'
    printf '        %s\n' 'command: ["/bin/sh", "-c"]' 'args:' '- |'
    shift
    printf '          %s\n' "${@-true}"
}

# indexed COMPLETIONS: makes an Indexed Job of the manifest on standard input.
indexed() {
    sed "s/^spec:/&\n  completionMode: Indexed\n  completions: $1\n  parallelism: $1/"
}

logs() {
    as_user skjob logs "job/$1" --all-pods
}

jobs_of_all() {
    scontrol show -o job | grep -o 'JobId=[0-9]*' | sort | paste -sd' '
}

@test "an unmodified manifest is submitted, and sbatch's line is printed" {
    one_pod pi 'echo 3.14' >pi.yaml
    run -0 --separate-stderr as_user sbatch pi.yaml
    [[ $output =~ ^"Submitted batch job "([0-9]+)$ ]]
    local id=${BASH_REMATCH[1]}
    wait_for_job "$id"
    [[ $(job_field "$id" JobState) == COMPLETED ]]
    [[ $(job_field "$id" JobName) == pi ]]
    [[ $(logs pi) == *3.14 ]]
    run -0 as_user skjob get job pi -o json
    [[ $(jq -r '.status.succeeded, .metadata.annotations["skjob/slurm-job-id"]' <<<"$output") == "1"$'\n'"$id" ]]
}

@test "--parsable prints the number alone, --quiet nothing" {
    local name
    for name in a b c d e f; do one_pod $name >$name.yaml; done
    run -0 as_user sbatch --parsable a.yaml
    [[ $output =~ ^[0-9]+$ ]]
    run -0 as_user sbatch --pars --comment --parsable b.yaml
    [[ $output =~ ^[0-9]+$ && $(job_field "$output" Comment) == --parsable ]]
    declare -A words=([c]=-Q [d]=--quiet [e]=-sQ [f]='--parsable -Q')
    for name in c d e f; do
        # shellcheck disable=SC2086 # words
        run -0 as_user sbatch ${words[$name]} $name.yaml
        [[ -z $output && -e state/jobs/default/$name/object.json ]]
    done
}

@test "sbatch's options before the manifest reach the job" {
    # With --export, Slurm 26.05 holds the job of a user who has no login shell, such as nobody.
    # shellcheck disable=SC2034 # as_user reads it
    JOB_USER=$(id -un)
    one_pod options 'echo $SLURM_JOB_PARTITION:$COLOR' >job.yaml
    run -0 as_user sbatch --part short --comment 'two words' -t5 --export=ALL,COLOR=red --nice job.yaml
    local id=${output##* }
    [[ $(job_field "$id" Partition) == short ]]
    [[ $(job_field "$id" TimeLimit) == 00:05:00 ]]
    [[ $(job_field "$id" Nice) == 100 ]]
    scontrol show job "$id" | grep -qx ' *Comment=two words *'
    wait_for_job "$id"
    [[ $(logs options) == *short:red ]]
}

@test "options that belong to the Job are refused, and nothing is submitted" {
    one_pod refused >job.yaml
    local before
    before=$(jobs_of_all)
    run -1 as_user sbatch --array=0-3 job.yaml
    [[ $output == "error: sbatch option --array cannot be used here: "* ]]
    [[ $(jobs_of_all) == "$before" ]]
}

@test "--test-only asks slurmctld and submits nothing" {
    one_pod asked >job.yaml
    local before
    before=$(jobs_of_all)
    run -0 as_user sbatch --test-only job.yaml
    [[ $output == "sbatch: Job "*" to start at "* ]]
    [[ $(jobs_of_all) == "$before" && ! -e state/jobs/default/asked ]]
    run -1 as_user sbatch --test-only -p none job.yaml
}

@test "words behind the manifest are refused, and nothing is submitted" {
    one_pod words >job.yaml
    local before
    before=$(jobs_of_all)
    run -1 as_user sbatch job.yaml --time=5
    [[ $output == 'sbatch: error: skjob: job.yaml is a Job manifest, which takes no arguments: "--time=5"'* ]]
    [[ ${#lines[@]} == 1 && $(jobs_of_all) == "$before" ]]
}

@test "several documents are several jobs" {
    { one_pod one; echo ---; one_pod two; } >jobs.yaml
    run -0 as_user sbatch jobs.yaml
    [[ ${#lines[@]} == 2 && ${lines[0]} != "${lines[1]}" ]]
    [[ ${lines[0]} =~ ^"Submitted batch job "[0-9]+$ && ${lines[1]} =~ ^"Submitted batch job "[0-9]+$ ]]
    [[ $(job_field "${lines[0]##* }" JobName) == one ]]
    [[ $(job_field "${lines[1]##* }" JobName) == two ]]
}

@test "what a Job refers to may stand before it: created, too" {
    { printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: first}\ndata: {a: b}\n---\n'; one_pod behind; } >both.yaml
    run -0 as_user sbatch both.yaml
    [[ $output =~ "Submitted batch job "([0-9]+) ]]
    [[ $(job_field "${BASH_REMATCH[1]}" JobName) == behind ]]
    [[ $(as_user skjob get cm first -o json | jq -r .data.a) == b ]]
}

@test "a wrong manifest: the validation errors, and nothing is submitted" {
    one_pod wrong | sed 's/Never/Sometimes/; s/^spec:/spec:\n  completions: -1/' >job.yaml
    local before
    before=$(jobs_of_all)
    run -1 as_user sbatch job.yaml
    [[ $output == *'spec.completions: Invalid value: -1: must be greater than or equal to 0'* ]]
    [[ $output == *'spec.template.spec.restartPolicy'* ]]
    [[ $output != *"Submitted"* && $(jobs_of_all) == "$before" && ! -e state/jobs/default/wrong ]]
}

@test "the same Job twice: AlreadyExists" {
    one_pod twice >job.yaml
    run -0 as_user sbatch job.yaml
    run -1 as_user sbatch job.yaml
    [[ $output == *AlreadyExists* && $output != *Submitted* ]]
}

@test "through a symlink, from another folder, by an absolute path, along PATH" {
    mkdir sub bin
    chmod 755 sub bin
    one_pod link >sub/real.yaml
    one_pod up >up.yaml
    one_pod absolute >absolute.yaml
    one_pod path >bin/only-there.yaml
    ln -s ../sub/real.yaml bin/link.yaml
    run -0 as_user sbatch bin/link.yaml
    [[ $(job_field "${output##* }" JobName) == link ]]
    run -0 as_user env -C sub sbatch ../up.yaml
    [[ $(job_field "${output##* }" JobName) == up ]]
    [[ $(job_field "${output##* }" WorkDir) == "$WORK/sub" ]]
    run -0 as_user env -C / sbatch "$WORK/absolute.yaml"
    [[ $(job_field "${output##* }" JobName) == absolute ]]
    PATH=$PATH:$WORK/bin run -0 as_user sbatch only-there.yaml
    [[ $(job_field "${output##* }" JobName) == path ]]
}

@test "JSON, CRLF, a byte order mark, a script line for skjob" {
    cat >job.json <<-'END'
	{"kind": "Job", "metadata": {"name": "json"}, "spec": {"template": {"spec": {"restartPolicy": "Never",
	 "containers": [{"name": "main", "image": "busybox", "command": ["true"]}]}}}, "apiVersion": "batch/v1"}
	END
    one_pod crlf | sed 's/$/\r/' >crlf.yaml
    { printf '\xef\xbb\xbf'; one_pod bom; } >bom.yaml
    { echo '#!/usr/bin/env -S skjob create -f'; one_pod line; } >line.yaml
    { echo '#SBATCH --time=7'; one_pod comment; } >comment.yaml
    local file
    for file in job.json crlf.yaml bom.yaml line.yaml comment.yaml; do
        run -0 as_user sbatch $file
        [[ $output =~ ^"Submitted batch job "[0-9]+$ ]]
    done
    [[ $(job_field "${output##* }" TimeLimit) == 00:07:00 ]]
}

@test "every process of an Indexed Job has its index, srun steps as well" {
    one_pod index 'echo pod $JOB_COMPLETION_INDEX' \
        "srun -n1 /bin/sh -c 'echo step \$JOB_COMPLETION_INDEX'" \
        "srun -n1 --export=NONE /bin/sh -c 'echo none \$JOB_COMPLETION_INDEX'" | indexed 2 >job.yaml
    run -0 as_user sbatch job.yaml
    wait_for_job "${output##* }"
    run -0 logs index
    local i
    for i in 0 1; do
        # srun may have words of its own on a busy machine.
        [[ $(sed -n "s,^\[pod/index-$i-[^]]*\] \(\(none\|pod\|step\) .*\),\1,p" <<<"$output" | sort | paste -sd,) == "none $i,pod $i,step $i" ]]
    done
}

@test "the job's environment has no trace of how it was submitted" {
    one_pod trace 'env' >job.yaml
    run -0 as_user sbatch job.yaml
    wait_for_job "${output##* }"
    run -0 logs trace
    [[ $output == *SLURM_JOB_ID=* && $output != *SKJOB_SBATCH* ]]
}

@test "a job that submits a manifest itself" {
    one_pod inner 'echo inside' >inner.yaml
    chmod 644 inner.yaml
    one_pod outer "cd $WORK && sbatch --parsable inner.yaml" >outer.yaml
    run -0 as_user sbatch outer.yaml
    wait_for_job "${output##* }"
    local id
    id=$(logs outer)
    id=${id##* }
    [[ $id =~ ^[0-9]+$ ]]
    wait_for_job "$id"
    [[ $(logs inner) == *inside ]]
}

@test "a translated script is a script" {
    one_pod translated 'echo as translated' >job.yaml
    as_user skjob translate -f job.yaml >script.yaml
    run -0 as_user sbatch script.yaml
    wait_for_job "${output##* }"
    [[ $(job_field "${output##* }" JobState) == COMPLETED ]]
    scontrol write batch_script "${output##* }" copy
    cmp copy script.yaml
}

@test "an ordinary script is untouched, whatever its name and whatever is in it" {
    { echo '#!/bin/sh'; echo 'echo "$0 $*" >out'; echo 'exit 0'; one_pod no; } >x.yaml
    cp x.yaml x.sh
    local file
    for file in x.yaml x.sh; do
        run -0 as_user sbatch -t 3 -o /dev/null $file one --time=9
        [[ $output =~ ^"Submitted batch job "([0-9]+)$ ]]
        wait_for_job "${BASH_REMATCH[1]}"
        scontrol write batch_script "${BASH_REMATCH[1]}" copy
        cmp copy $file
        [[ $(<out) == *'one --time=9' ]]
        rm copy out
    done
    run -0 as_user sbatch --parsable --wrap 'echo wrapped'
    run -0 as_user sbatch --parsable -o /dev/null <x.sh
    [[ ! -e state ]]
}

@test "what is no Job manifest is left to sbatch, which refuses it" {
    one_pod other | sed 's,batch/v1,apps/v1,; s/kind: Job/kind: Deployment/' >deployment.yaml
    { echo 'kind: Pod'; echo 'apiVersion: v1'; echo ---; one_pod second; } >second.yaml
    mkfifo -m 666 fifo.yaml
    echo 'hello' >text
    local file
    for file in deployment.yaml second.yaml text; do
        run -1 as_user sbatch $file
        [[ $output == *"This does not look like a batch script"* ]]
    done
    run -1 as_user sbatch missing.yaml
    [[ $output == *"Unable to open file missing.yaml"* ]]
    [[ ! -e state ]]
}

@test "sbatch's own options are sbatch's own affair" {
    one_pod own >job.yaml
    run -0 as_user sbatch --help job.yaml
    [[ $output == *"Usage: sbatch"* ]]
    run ! as_user sbatch --nonsense job.yaml
    [[ $output == *"nonsense"* ]]
    run ! as_user sbatch --wrap true job.yaml
    run ! as_user sbatch -N1 : -N1 job.yaml
    [[ ! -e state ]]
}

@test "salloc and srun are untouched" {
    one_pod s >job.yaml
    chmod 755 job.yaml
    run -0 as_user salloc -Q true
    run -0 as_user srun -Q echo srun
    [[ $output == srun && ! -e state ]]
}

@test "a skjob that is not there: a line, and sbatch goes on" {
    one_pod gone >job.yaml
    local conf
    conf=$(sed -n 's/^PlugStackConfig *= *//p' "$SLURM_CONF")
    cp "$conf" "$CLUSTER_BASE/plugstack.saved"
    sed -i "s,skjob=[^ ]*,skjob=/nonexistent/skjob," "$conf"
    run as_user sbatch job.yaml
    cp "$CLUSTER_BASE/plugstack.saved" "$conf"
    [[ $status == 1 ]]
    [[ ${lines[0]} == "sbatch: error: skjob: job.yaml is a Job manifest, but /nonexistent/skjob cannot be run: No such file or directory" ]]
    [[ ${lines[1]} == *"This does not look like a batch script"* ]]
}

@test "sbatch=no switches it off" {
    one_pod off >job.yaml
    local conf
    conf=$(sed -n 's/^PlugStackConfig *= *//p' "$SLURM_CONF")
    cp "$conf" "$CLUSTER_BASE/plugstack.saved"
    sed -i 's/$/ sbatch=no/' "$conf"
    run as_user sbatch job.yaml
    cp "$CLUSTER_BASE/plugstack.saved" "$conf"
    [[ $status == 1 && $output == *"This does not look like a batch script"* && $output != *skjob* ]]
}
