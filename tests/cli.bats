#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The command line of create and translate where no Slurm is needed: what is checked, printed and refused.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # run sets output and stderr
bats_require_minimum_version 1.5.0

load lib/common
load lib/cluster
load lib/alone

setup() { alone_setup; }

# ---- errors: one clear line, exit code 1, nothing behind ----

@test "no arguments" {
    run --separate-stderr alone
    [[ $status == 1 && $output == '' ]]
    [[ $stderr == 'error: must specify a verb: create, '*' (see skjob --help)' ]]
    [[ $stderr != *$'\n'* ]]
}

@test "a wrong verb" {
    refused 'error: unknown command "frobnicate" for "skjob"' frobnicate
    refused 'error: unknown command "creat" for "skjob" (did you mean "create"?)' creat -f x
    refused 'error: unknown flag: --foo' --foo
}

@test "a missing file" {
    refused 'error: the path "nope.yaml" does not exist' create -f nope.yaml
    refused 'error: the path "nope.yaml" does not exist' translate -f nope.yaml
}

@test "words and URLs that were meant as files" {
    refused 'error: Unexpected args: [pi.yaml] (files are given with -f)' create pi.yaml
    refused 'error: Unexpected args: [b]' create -f pi.yaml b
}

@test "an unreadable file" {
    ((UID != 0)) || skip "root reads everything"
    manifest >secret.yaml
    chmod 0 secret.yaml
    refused 'error: the path "secret.yaml" cannot be accessed: Permission denied' create -f secret.yaml
}

@test "an empty file" {
    : >empty.yaml
    refused 'error: no objects passed to create' create -f empty.yaml
    printf '# nothing\n---\n---\n' >empty.yaml
    refused 'error: no objects passed to create' create -f empty.yaml
    refused 'error: no objects passed to translate' translate -f empty.yaml
}

@test "a file that is not YAML" {
    printf 'a: [\n' >bad.yaml
    run --separate-stderr alone create -f bad.yaml
    [[ $status == 1 && $output == '' && $stderr == 'error: error parsing bad.yaml'* && $stderr != *$'\n'* ]]
    printf '\177ELF\1\2\3\0' >bad.yaml
    run --separate-stderr alone create -f bad.yaml
    [[ $status == 1 && $output == '' && $stderr == 'error: '* && $stderr != *$'\n'* ]]
    [[ -z $(files_below "$HOME") ]]
}

@test "a Deployment" {
    printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n' >web.yaml
    refused 'error: resource mapping not found for name: "web" namespace: "" from "web.yaml": no matches for kind "Deployment" in version "apps/v1" (skjob takes Job and CronJob of batch/v1, ConfigMap, Secret and Service of v1)' \
        create -f web.yaml
}

@test "no Slurm installed" {
    manifest >pi.yaml
    refused 'error: error when creating "pi.yaml": sbatch is not installed here: No such file or directory' create -f pi.yaml
    refused 'error: error when creating "pi.yaml": sbatch is not installed here: No such file or directory' \
        create --dry-run=server -f pi.yaml
}

@test "no Slurm configured: the other verbs say so" {
    local text='error: Slurm does not tell the name of its cluster here: no slurm.conf, and no answer from scontrol (set SLURM_CONF, or SKJOB_STATE)'
    export SLURM_CONF=$PWD/none
    refused "$text" get jobs
    refused "$text" delete job pi
    refused "$text" wait --for=condition=Complete job/pi
    refused "$text" logs job/pi
}

@test "flags" {
    refused 'error: must specify -f FILE' create
    refused 'error: unknown flag: --foo' create --foo
    refused "error: unknown shorthand flag: 'x' in -x" create -x
    refused "error: flag needs an argument: 'f' in -f" create -f
    refused 'error: flag needs an argument: --filename' create --filename
    refused 'error: Unexpected args: [a b]' create -f x a b
    refused 'error: Invalid dry-run value (x). Must be "none", "server", or "client".' create -f x --dry-run=x
    refused 'error: unable to match a printer suitable for the output format "x", allowed formats are: json,name,yaml' create -f x -o x
    refused 'error: invalid - validate option "x"; must be one of: strict (or true), warn, ignore (or false)' create -f x --validate=x
    refused 'error: sbatch option --array cannot be used here: the array comes from the Job'\''s completions and parallelism' \
        create -f x -- --array=1
    refused 'error: unexpected argument for sbatch: "script.sh" (the script is the manifest)' create -f x -- script.sh
}

@test "an invalid field: kubectl's words, and the place once" {
    manifest pi 'parallelism: -1' 'completions: -1' >pi.yaml
    run --separate-stderr alone create --dry-run=client -f pi.yaml
    expect 1 '' 'pi.yaml:6:3: spec.parallelism
pi.yaml:7:3: spec.completions
The Job "pi" is invalid: 
* spec.parallelism: Invalid value: -1: must be greater than or equal to 0
* spec.completions: Invalid value: -1: must be greater than or equal to 0'
    # Two errors of one field: one place.
    manifest >pi.yaml
    sed -i 's/name: main/name: Main_/; s/name: pi/name: Pi_/' pi.yaml
    run --separate-stderr alone create --dry-run=client -f pi.yaml
    [[ $status == 1 && $(grep -c '^pi.yaml:4:3: metadata.name$' <<<"$stderr") == 1 ]]
}

@test "an unknown field: strict, warn, ignore" {
    manifest pi 'complettions: 3' >pi.yaml
    run --separate-stderr alone create --dry-run=client -f pi.yaml
    [[ $status == 1 && $output == '' ]]
    [[ $stderr == *'pi.yaml:6:3: spec.complettions'* ]]
    [[ $stderr == *'strict decoding error: unknown field "spec.complettions"'* ]]
    run --separate-stderr alone create --dry-run=client --validate=warn -f pi.yaml
    expect 0 'job.batch/pi created (dry run)' 'Warning: unknown field "spec.complettions"'
    local how
    for how in ignore false; do
        run --separate-stderr alone create --dry-run=client --validate=$how -f pi.yaml
        expect 0 'job.batch/pi created (dry run)' ''
    done
}

@test "a type error names the field and its place" {
    manifest pi 'completions: three' >pi.yaml
    run --separate-stderr alone create --dry-run=client -f pi.yaml
    [[ $status == 1 && $stderr == 'pi.yaml:6:3: spec.completions'$'\n''Error from server (BadRequest): error when creating "pi.yaml": '* ]]
}

@test "control characters in names do nothing to the terminal" {
    manifest >$'a\nb\e[31m.yaml'
    run --separate-stderr alone create -f $'c\nd\e.yaml'
    expect 1 '' 'error: the path "c?d?.yaml" does not exist'
    printf 'kind: Job\n"a\\e[31mb": 1\n' >x.yaml
    run --separate-stderr alone translate -f x.yaml
    [[ $status == 1 && $stderr != *$'\e'* ]]
    manifest pi '"a\e[31m": 1' >x.yaml
    run --separate-stderr alone create --dry-run=client -f x.yaml
    [[ $status == 1 && $stderr != *$'\e'* ]]
    run --separate-stderr alone translate --validate=ignore --strict -f x.yaml
    [[ $status == 1 && $stderr == 'error: x.yaml:6:3: spec.a?[31m cannot be run on Slurm: '* ]]
    run --separate-stderr alone create --dry-run=server --validate=ignore -f x.yaml
    [[ $stderr == 'Warning: x.yaml: 1 field is ignored on Slurm (a?[31m)'* ]]
    manifest pi | sed 's|^  name: pi|&\n  annotations: {sbatch.skjob/contiguous: "a\\e[31m"}|' >x.yaml
    run --separate-stderr alone translate -f x.yaml
    expect 1 '' 'error: x.yaml:5:17: metadata.annotations[sbatch.skjob/contiguous]: "a?[31m" is neither true nor false'
    # Nor do names on the command line.
    export SKJOB_STATE=$PWD/state
    local words
    for words in "get jobs $'a\e'" "get $'a\e'" "get pods/$'a\e'" "get -o $'a\e' jobs" "describe cm $'a\e'" "logs $'a\e'" "logs job/$'a\e'" \
        "delete job $'a\e'" "label job $'a\e' a=b" "label job x a=$'\e'" "suspend $'a\e'" "status $'a\e'" "wait --for=delete=$'\e' job/x" "get -n $'\e' pods"; do
        eval "run --separate-stderr alone $words"
        [[ $status == 1 && -n $stderr && $stderr != *$'\e'* ]] || { echo "$words: $stderr"; return 1; }
    done
}

# ---- files ----

@test "dry run: a file, a folder, standard input, several" {
    mkdir jobs jobs/sub
    manifest a >jobs/2.yaml
    manifest b >jobs/1.yml
    printf '{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"c"},"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"m","image":"x"}]}}}}' >jobs/3.json
    manifest no >jobs/no.txt
    manifest no >jobs/sub/no.yaml
    run --separate-stderr alone create --dry-run=client -f jobs
    expect 0 'job.batch/b created (dry run)
job.batch/a created (dry run)
job.batch/c created (dry run)' ''
    run --separate-stderr alone create --dry-run=client -f - <jobs/2.yaml
    expect 0 'job.batch/a created (dry run)' ''
    run --separate-stderr alone create --dry-run=client -f jobs/2.yaml --filename jobs/1.yml
    expect 0 $'job.batch/a created (dry run)\njob.batch/b created (dry run)' ''
    mkdir empty
    refused 'error: error reading [empty]: recognized file extensions are [.json .yaml .yml]' create -f empty
}

@test "several documents, and Lists; a bad one does not stop the others" {
    { manifest a; echo ---; manifest b 'parallelism: -1'; echo ---; manifest c; } >many.yaml
    run --separate-stderr alone create --dry-run=client -f many.yaml
    [[ $status == 1 && $output == $'job.batch/a created (dry run)\njob.batch/c created (dry run)' ]]
    [[ $stderr == *'The Job "b" is invalid: spec.parallelism: Invalid value: -1'* ]]
    {
        printf 'apiVersion: v1\nkind: List\nitems:\n'
        for name in a b; do manifest $name 'parallelism: -1' | sed '1s/^/- /; 1!s/^/  /'; done
    } >list.yaml
    run --separate-stderr alone create --dry-run=client -f list.yaml
    [[ $status == 1 && $stderr == *'list.yaml:9:5: spec.parallelism'*'list.yaml:22:5: spec.parallelism'* ]] || {
        grep -n parallelism list.yaml >&2
        echo "$stderr" >&2
        false
    }
}

@test "--max-bytes" {
    manifest >pi.yaml
    local size
    size=$(stat -c %s pi.yaml)
    run --separate-stderr -0 alone create --dry-run=client --max-bytes="$size" -f pi.yaml
    run --separate-stderr alone create --dry-run=client --max-bytes=$((size - 1)) -f pi.yaml
    expect 1 '' "error: pi.yaml has more than $((size - 1)) bytes; --max-bytes allows more"
    # An endless file is read no further than that.
    run --separate-stderr timeout 60 "$SKJOB" create --dry-run=client -f - < <(yes)
    [[ $status == 1 && $stderr == 'error: '* ]]
}

# ---- output ----

@test "-o name, json, yaml" {
    manifest >pi.yaml
    run --separate-stderr alone create --dry-run=client -o name -f pi.yaml
    expect 0 'job.batch/pi' ''
    run --separate-stderr alone create --dry-run=client -ojson -f pi.yaml
    [[ $status == 0 && $output == $'{\n    "apiVersion": "batch/v1",\n    "kind": "Job",'* ]]
    python3 -c 'import json,sys; assert json.load(sys.stdin)["spec"]["backoffLimit"] == 6' <<<"$output"
    run --separate-stderr alone create --dry-run=client -o=yaml -f pi.yaml
    [[ $status == 0 && $output == $'apiVersion: batch/v1\nkind: Job\n'* ]]
}

@test "several objects: as kubectl create prints them, one after another" {
    { manifest a; echo ---; manifest b; } >two.yaml
    run --separate-stderr alone create --dry-run=client -o yaml -f two.yaml
    [[ $status == 0 && $(grep -c '^---$' <<<"$output") == 1 && $output != '---'* ]]
    run --separate-stderr alone create --dry-run=client -o json -f two.yaml
    [[ $status == 0 && $(grep -c '^{$' <<<"$output") == 2 && $output != *'"List"'* ]]
}

@test "JSON is escaped as kubectl's" {
    manifest >pi.yaml
    sed -i '/  name: pi/r /dev/stdin' pi.yaml <<'END'
  annotations:
    a: "<b> && \x01 \" \\u0041 \u2028"
END
    run --separate-stderr -0 alone create --dry-run=client -ojson -f pi.yaml
    [[ $output == *'\u003cb\u003e \u0026\u0026'* && $output == *'\u0001'* && $output == *'\\u0041'* && $output == *'\u2028'* ]]
    python3 -c 'import json,sys; assert json.load(sys.stdin)["metadata"]["annotations"]["a"] == "<b> && \x01 \" \\u0041 \u2028"' <<<"$output"
}

@test "generateName" {
    manifest | sed 's/  name: pi/  generateName: pi-/' >pi.yaml
    run --separate-stderr alone create --dry-run=client -f pi.yaml
    expect 0 'job.batch/<unknown> created (dry run)' ''
}

@test "--dry-run alone means client" {
    manifest >pi.yaml
    run --separate-stderr alone create -f pi.yaml --dry-run
    expect 0 'job.batch/pi created (dry run)' 'Warning: --dry-run is deprecated and can be replaced with --dry-run=client.'
}

@test "namespaces" {
    manifest | sed 's/  name: pi/&\n  namespace: team/' >pi.yaml
    run --separate-stderr alone create --dry-run=client -f pi.yaml -n team
    expect 0 'job.batch/pi created (dry run)' ''
    run --separate-stderr alone create --dry-run=client -f pi.yaml -n other
    expect 1 '' 'error: the namespace from the provided object "team" does not match the namespace "other". You must pass '\''--namespace=team'\'' to perform this operation.'
}

@test "standard output that cannot be written to is an error" {
    manifest >pi.yaml
    run --separate-stderr bash -c '"$SKJOB" translate -f pi.yaml >/dev/full'
    expect 1 '' 'error: cannot write to standard output: No space left on device'
    run --separate-stderr bash -c '"$SKJOB" translate -f pi.yaml >&-'
    [[ $status == 1 && $stderr == 'error: cannot write to standard output'* ]]
    run --separate-stderr bash -c '"$SKJOB" --help >/dev/full'
    [[ $status == 1 ]]
}

@test "closed standard descriptors are harmless" {
    manifest >pi.yaml
    run bash -c '"$SKJOB" create --dry-run=client -f pi.yaml <&-'
    [[ $status == 0 && $output == 'job.batch/pi created (dry run)' ]]
    run bash -c '"$SKJOB" create -f nope.yaml 2>&-'
    [[ $status == 1 && $output == '' ]]
}

# ---- translate ----

@test "golden files" {
    cd "$BATS_TEST_DIRNAME/golden"
    run ./update --check
    [[ $status == 0 ]] || { echo "$output" >&2; false; }
}

@test "golden scripts are the same from run to run, and read as the same Job" {
    local file again
    cd "$BATS_TEST_DIRNAME/golden"
    export SKJOB_CONF=$PWD/skjob.conf
    for file in *.sh; do
        [[ $file != cronjob.sh ]] || continue # it is one Job of the CronJob
        cmp <("$SKJOB" translate -f "${file%.sh}.yaml") <("$SKJOB" translate -f "${file%.sh}.yaml")
        again=$(sed '/^#SBATCH/d' "$file" | "$SKJOB" create --dry-run=client -o json -f -)
        [[ $again == "$("$SKJOB" create --dry-run=client -o json -f "${file%.sh}.yaml")" ]]
    done
}

# ---- skjob.conf ----

@test "check-config tells every mistake with its line" {
    printf 'runtime = podmann\n[images]\na = b\n[stroage]\nx = y\n' >site.conf
    run --separate-stderr alone check-config site.conf
    expect 1 '' 'site.conf:1: runtime: "podmann" is not host, apptainer, podman, charliecloud or enroot (did you mean "podman"?)
site.conf:4: unknown section "stroage" (did you mean "storage"?)'
    SKJOB_CONF=$PWD/site.conf run --separate-stderr alone check-config
    [[ $status == 1 && $stderr == *"$PWD/site.conf:4: "* ]]
}

@test "check-config: right, empty, not there, too many" {
    echo 'runtime = podman' >site.conf
    run --separate-stderr -0 alone check-config site.conf
    expect 0 'site.conf: ok' ''
    run --separate-stderr -0 alone check-config /dev/null
    expect 0 '/dev/null: ok (nothing is set: all defaults)' ''
    refused 'error: none.conf: No such file or directory' check-config none.conf
    refused 'error: check-config takes one file (see skjob check-config --help)' check-config a b
}

@test "nothing is submitted by half a configuration" {
    manifest a >a.yaml
    echo 'backof_base = 1' >site.conf
    SKJOB_CONF=site.conf run --separate-stderr alone translate -f a.yaml
    expect 1 '' 'error: site.conf:1: unknown key "backof_base" (did you mean "backoff_base"?)'
}

@test "what only looks goes on with the defaults when skjob.conf is broken, and says so once" {
    manifest >a.yaml
    echo 'backof_base = 1' >site.conf
    "$SKJOB" simulate -f a.yaml >/dev/null
    SKJOB_CONF=site.conf run --separate-stderr -0 "$SKJOB" simulate -f a.yaml
    [[ $stderr == 'Warning: site.conf:1: unknown key "backof_base" (did you mean "backoff_base"?); the defaults are used instead of the whole file' ]]
}

@test "translate takes one Job" {
    { manifest a; echo ---; manifest b; } >two.yaml
    run --separate-stderr alone translate -f two.yaml
    # Not even the first one's script: sbatch, behind a pipe, would submit it.
    expect 1 '' 'error: two.yaml: a batch script holds one Job; use skjob create for several'
    { manifest a; echo ---; manifest b 'completions: x'; } >two.yaml
    run --separate-stderr alone translate -f two.yaml
    [[ $status == 1 && $output == '' && $stderr == *'cannot unmarshal'* ]]
    refused 'error: -o is for --report; the script is text, and valid YAML' translate -f two.yaml -o json
}

@test "#SBATCH lines and #! at the head of the manifest" {
    { printf '#!/opt/x/skjob-pod\n# text\n\n#SBATCH --partition=short\n#SBATCH -t 5\n'; manifest; echo '#SBATCH --mem=1'; } >pi.yaml
    run --separate-stderr -0 alone translate -f pi.yaml
    [[ ${lines[0]} == '#!/opt/x/skjob-pod' ]]
    [[ $output == *$'\n#SBATCH --open-mode=append\n#SBATCH --partition=short\n#SBATCH -t 5\napiVersion: batch/v1\n'* ]]
    [[ $output != *mem=1* ]]
    sed -i 's/-t 5/--array=1-3/' pi.yaml
    refused 'error: pi.yaml:5: sbatch option --array cannot be used here: the array comes from the Job'\''s completions and parallelism' \
        create -f pi.yaml
}

@test "--report: text and JSON say the same" {
    manifest pi 'completions: 3' 'managedBy: example.com/x' >pi.yaml
    run --separate-stderr alone translate --report -f pi.yaml
    [[ $status == 1 && $stderr == '' ]]
    grep -qE '^pi\.yaml:6:3 +spec\.completions +honoured +--array' <<<"$output"
    grep -qE '^pi\.yaml:7:3 +spec\.managedBy +refused +skjob manages' <<<"$output"
    local text=$output
    run --separate-stderr alone translate --report -o json -f pi.yaml
    [[ $status == 1 ]]
    python3 - "$text" "$output" <<'END'
import json, re, sys
text, rows = sys.argv[1].splitlines(), json.loads(sys.argv[2])
assert len(text) == len(rows) + 1, (len(text), len(rows))
for line, row in zip(text, rows):
    where, path, fate, reason = re.split(r"\s+", line, maxsplit=3)
    assert where == f"pi.yaml:{row['line']}:{row['column']}", (where, row)
    assert (path, fate, reason) == (row["path"], row["fate"], row["reason"]), (line, row)
END
}

@test "--strict turns ignored into refused" {
    manifest pi 'selector: {}' >pi.yaml
    run --separate-stderr -0 alone translate -f pi.yaml
    run --separate-stderr alone translate --strict -f pi.yaml
    expect 1 '' 'error: pi.yaml:6:3: spec.selector cannot be run on Slurm: a Job'\''s pods are its array tasks'
}

# cron_manifest [FIELD...]: a CronJob; fields of its Job's spec.
cron_manifest() {
    printf 'apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec:\n  schedule: "* * * * *"\n  jobTemplate:\n    spec:\n'
    [[ $# == 0 ]] || printf '      %s\n' "$@"
    printf '      template:\n        spec:\n          restartPolicy: Never\n          containers: [{name: m, image: x}]\n'
}

@test "a CronJob: accepted by a dry run; its Job is translated, and reported in its place" {
    cron_manifest >c.yaml
    run --separate-stderr alone create --dry-run=client -f c.yaml
    expect 0 'cronjob.batch/c created (dry run)' ''
    run --separate-stderr alone translate -f c.yaml
    [[ $status == 0 && $stderr == '' && $output == *$'\n# cronjob/c, which creates such a Job'*$'\nkind: Job\n'* ]]
    run --separate-stderr alone translate --report -f c.yaml
    grep -qE '^c\.yaml:5:3 +spec\.schedule +honoured +a Slurm job, its clock' <<<"$output"
    grep -qE '^c\.yaml:11:25 +spec\.jobTemplate\.spec\.template\.spec\.containers\[0\]\.name +honoured' <<<"$output"
    cron_manifest 'managedBy: example.com/x' >c.yaml
    refused 'error: c.yaml:8:7: spec.jobTemplate.spec.managedBy cannot be run on Slurm: skjob manages every Job itself' translate -f c.yaml
    run alone explain cronjob.spec.concurrencyPolicy
    [[ $output == *'Forbid waits for them to end'*'ON SLURM:'*'honoured: decided when a Job is due'* ]]
    run alone explain cj.spec.jobTemplate.spec.backoffLimit
    [[ $output == *'ON SLURM:'*'honoured: a failed pod is retried'* ]]
}

@test "a submission that hangs ends with the signal that ends skjob" {
    fake_sbatch <<'END'
#!/bin/bash
cat >/dev/null
: >asked
exec sleep 1000
END
    manifest >pi.yaml
    # A slurmctld that does not answer, and is not asked for long.
    cat >slurm.conf <<'END'
ClusterName=none
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=1
MessageTimeout=2
NodeName=localhost
PartitionName=debug Nodes=ALL
END
    export SKJOB_STATE=$PWD/state SLURM_CONF=$PWD/slurm.conf
    "$SKJOB" create -f pi.yaml 2>err &
    local pid=$!
    poll_until 60 test -e asked
    kill -TERM $pid
    wait $pid || status=$?
    [[ $status == 143 ]] || { echo "$status" >&2; false; }
    [[ $(<err) == "Asking Slurm whether pi was submitted; interrupt again to leave it open"*"Slurm's answer was lost"* ]]
}
