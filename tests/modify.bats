#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# patch, label, annotate, apply, replace and delete, on objects that Slurm has no part in: kubectl's words and rules.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # run sets output and stderr
bats_require_minimum_version 1.5.0

load lib/common

setup() {
    own_home
    export SKJOB_STATE=$BATS_TEST_TMPDIR/state
    skjob create configmap c --from-literal=a=b >/dev/null
}

# data, meta: of the ConfigMap c.
data() { skjob get configmap c -o json | jq -c .data; }
meta() { skjob get configmap c -o json | jq -c "[.metadata.labels, .metadata.annotations]"; }

@test "patch: strategic, merge and JSON, as text and from a file" {
    told 'configmap/c patched' patch cm c -p '{"data":{"n":"1"}}'
    told 'configmap/c patched' patch configmap/c --type=merge -p 'data: {a: null}'
    [[ $(data) == '{"n":"1"}' ]]
    echo '[{"op":"test","path":"/data/n","value":"1"},{"op":"move","from":"/data/n","path":"/data/m"}]' >p.json
    told 'configmap/c patched' patch cm c --type=json --patch-file=p.json
    [[ $(data) == '{"m":"1"}' ]]
    told 'configmap/c patched (no change)' patch cm c -p '{"data":{"m":"1"}}'
    told 'configmap/c patched (server dry run)' patch cm c --dry-run=server -p '{"data":{"m":"2"}}'
    told 'configmap/c' patch cm c -o name -p '{}'
    [[ $(data) == '{"m":"1"}' ]]
}

@test "patch: what is refused, and changes nothing" {
    refused 'error: must specify --patch or --patch-file containing the contents of the patch' patch cm c
    refused 'error: --type must be one of [json merge strategic], not "x"' patch cm c --type=x -p '{}'
    refused 'Error from server (NotFound): configmaps "d" not found' patch cm d -p '{}'
    refused 'Error from server (BadRequest): the name of the object (d) does not match the name on the URL (c)' \
        patch cm c -p '{"metadata":{"name":"d"}}'
    refused 'The request is invalid: the server rejected our request due to an error in our request (operation 0: the value is another)' \
        patch cm c --type=json -p '[{"op":"test","path":"/data/a","value":"x"}]'
    refused 'The ConfigMap "c" is invalid: metadata.uid: Invalid value: "u": field is immutable' \
        patch cm c -p '{"metadata":{"uid":"u"}}'
    run --separate-stderr skjob patch cm c -p '{"datta":{}}'
    [[ $status == 1 && $stderr == *'strict decoding error: unknown field "datta"'* ]]
    refused 'error: the server doesn'\''t have a resource type "x"' patch x c -p '{}'
    [[ $(data) == '{"a":"b"}' ]]
}

@test "an immutable ConfigMap, and the type of a Secret" {
    skjob patch cm c -p '{"immutable":true}' >/dev/null
    refused 'The ConfigMap "c" is invalid: data: Forbidden: field is immutable when `immutable` is set' \
        patch cm c -p '{"data":{"a":"x"}}'
    told 'configmap/c labeled' label cm c x=y
    skjob create secret generic s --from-literal=k=v >/dev/null
    refused 'The Secret "s" is invalid: type: Invalid value: "t": field is immutable' patch secret s -p '{"type":"t"}'
}

@test "label: set, refused, overwritten, removed" {
    told 'configmap/c labeled' label cm c x=y
    refused "error: 'x' already has a value (y), and --overwrite is false" label cm c x=z
    told 'configmap/c labeled' label --overwrite cm c x=z w=
    [[ $(meta) == '[{"w":"","x":"z"},null]' ]]
    told 'configmap/c unlabeled' label cm/c x- w-
    told $'label "x" not found.\nconfigmap/c not labeled' label cm c x-
    [[ $(meta) == '[null,null]' ]]
    refused 'error: at least one label update is required' label cm c
    refused 'error: can not both modify and remove a label in the same command' label cm c a=b a-
    refused 'error: one or more resources must be specified as <resource> <name> or <resource>/<name>' label a=b
    skjob create configmap d >/dev/null
    told $'configmap/c labeled\nconfigmap/d labeled' label configmaps --all l=m
}

@test "annotate: values may be anything" {
    told 'configmap/c annotated' annotate cm c 'k=v = w'
    [[ $(meta) == '[null,{"k":"v = w"}]' ]]
    refused "error: --overwrite is false but found the following declared annotation(s): 'k' already has a value (v = w)" \
        annotate cm c k=x
    told 'configmap/c annotated' annotate cm c k-
    [[ $(meta) == '[null,null]' ]]
}

# config KEY=VALUE...: a manifest of the ConfigMap e.
config() {
    jq -n --args '{apiVersion: "v1", kind: "ConfigMap", metadata: {name: "e"},
                   data: ($ARGS.positional | map(split("=") | {(.[0]): .[1]}) | add)}' "$@"
}

@test "apply: created, unchanged, configured; what others have added stays, what the file has lost goes" {
    config a=1 b=2 >e.json
    told 'configmap/e created' apply -f e.json
    told 'configmap/e unchanged' apply -f e.json
    skjob patch cm e -p '{"data":{"other":"x"}}' >/dev/null
    config a=3 >e.json
    told 'configmap/e configured (dry run)' apply -f e.json --dry-run=client
    told 'configmap/e configured' apply -f e.json
    [[ $(skjob get cm e -o json | jq -c .data) == '{"a":"3","other":"x"}' ]]
    told 'configmap/e unchanged' apply -f e.json
}

@test "apply to what was not applied warns; generateName and no object are refused" {
    config a=1 | sed 's/"e"/"c"/' >c.json
    run --separate-stderr skjob apply -f c.json
    [[ $status == 0 && $output == 'configmap/c configured' ]]
    [[ $stderr == 'Warning: resource configmaps/c is missing the kubectl.kubernetes.io/last-applied-configuration annotation'* ]]
    [[ $(data) == '{"a":"1"}' ]]
    refused 'error: from x-: cannot use generate name with apply' \
        apply -f <(echo '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"x-"}}')
    refused 'error: no objects passed to apply' apply -f /dev/null
}

@test "apply: what an earlier command has left of a Job is no Job; a name that is no folder stays one" {
    fake_sbatch <<<$'#!/bin/sh\ncat >/dev/null; echo 77'
    manifest pi >pi.yaml
    mkdir -p "$SKJOB_STATE/jobs/default/pi" kept
    touch -d '1 hour ago' "$SKJOB_STATE/jobs/default/pi" kept
    told 'job.batch/pi created' apply -f pi.yaml
    sed "s|name: pi|name: ../../../${PWD##*/}/kept|" pi.yaml >bad.yaml
    run --separate-stderr skjob apply -f bad.yaml
    [[ $status == 1 && $stderr == *'metadata.name: Invalid value'* && -d kept ]]
}

@test "apply: --validate=warn names unknown fields, of what exists, too; annotations of another type are refused" {
    printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: w}\ndatta: {a: b}\n' >w.yaml
    local word
    for word in created unchanged; do
        run --separate-stderr skjob apply --validate=warn -f w.yaml
        expect 0 "configmap/w $word" 'Warning: unknown field "datta"'
    done
    sed -e 's/datta/data/' -e 's/name: w/name: v, annotations: [1]/' w.yaml >v.yaml
    run --separate-stderr skjob apply -f v.yaml
    [[ $status == 1 && $stderr == *annotations* ]]
    refused 'Error from server (NotFound): configmaps "v" not found' get cm v
}

@test "apply: several as YAML are documents of one stream" {
    { config a=1 && config a=1 | sed 's/"e"/"f"/'; } >two.json
    skjob apply -f two.json
    for word in 1 2; do
        run --separate-stderr skjob apply -o yaml -f two.json
        [[ $status == 0 && $(grep -c '^---$' <<<"$output") == 1 && $(grep -c '^kind: ConfigMap' <<<"$output") == 2 ]]
        skjob delete cm e f
    done
}

@test "replace: the file is all there is" {
    config z=1 | sed 's/"e"/"c"/' >c.json
    told 'configmap/c replaced' replace -f c.json
    [[ $(data) == '{"z":"1"}' ]]
    config z=1 >e.json
    refused 'Error from server (NotFound): configmaps "e" not found' replace -f e.json
}

@test "delete: by name, by label, all, by file" {
    skjob create configmap d >/dev/null
    skjob label cm d x=y >/dev/null
    told 'configmap "d" deleted from default namespace (dry run)' delete cm -l x=y --dry-run=client
    told 'configmap "d" deleted from default namespace' delete cm -l 'x in (y,z)'
    told 'No resources found' delete cm -l x=y
    told 'configmap/c' delete cm --all -o name
    config a=1 >e.json
    skjob apply -f e.json >/dev/null
    told 'configmap "e" deleted from default namespace' delete -f e.json
    refused 'Error from server (NotFound): error when deleting "e.json": configmaps "e" not found' delete -f e.json
    told '' delete -f e.json --ignore-not-found
    refused 'error: cannot set --all and --selector at the same time' delete cm --all -l a=b
    refused 'error: name cannot be provided when a selector is specified' delete cm c -l a=b
    refused 'error: resource(s) were provided, but no name was specified' delete cm
    refused 'error: You must provide one or more resources by argument or filename' delete
    refused 'error: invalid cascade value (x). Must be "background", "foreground", or "orphan"' delete cm c --cascade=x
    refused 'error: invalid argument "x" for "--wait" flag: strconv.ParseBool: parsing "x": invalid syntax' delete cm c --wait=x
}

# editor SCRIPT: the user's editor is this shell script; $1 is the file, $n how often it has been opened before.
editor() {
    { printf '#!/bin/sh\nn=$(cat n 2>/dev/null || echo 0); echo $((n + 1)) >n; cp "$1" "seen.$n"\n'; cat; } >editor
    chmod 755 editor
    export KUBE_EDITOR="$PWD/editor"
}

@test "edit: kubectl's header; saved, unchanged, emptied" {
    editor <<<'sed -i "s/a: b/a: c/" "$1"'
    told 'configmap/c edited' edit cm c
    [[ $(data) == '{"a":"c"}' ]]
    [[ $(head -n 1 seen.0) == "# Please edit the object below. Lines beginning with a '#' will be ignored," ]]
    told 'Edit cancelled, no changes made.' edit cm/c
    editor <<<': >"$1"'
    told 'Edit cancelled, saved file was empty.' edit cm c
    editor <<<'exit 1'
    refused "error: there was a problem with the editor \"$PWD/editor\"" edit cm c
    refused 'Error from server (NotFound): configmaps "d" not found' edit cm d
}

@test "edit: what is refused is opened again, with the reason at its head" {
    editor <<'SH'
if [ "$n" = 0 ]; then sed -i 's/^data:/datta:/' "$1"; else sed -i 's/^datta:/data:/; s/a: b/a: z/' "$1"; fi
SH
    run --separate-stderr skjob edit cm c
    [[ $status == 0 && $output == 'configmap/c edited' && $(data) == '{"a":"z"}' ]]
    grep -q '^# Error from server (BadRequest): .*unknown field "datta"' seen.1
    rm n
    editor <<<'[ "$n" != 0 ] || sed -i "s/name: c/name: d/" "$1"'
    run --separate-stderr skjob edit cm c
    [[ $status == 1 && $stderr == *'error: Edit cancelled, no valid changes were saved.'*'A copy of your changes has been stored to "'* ]]
    rm "$(sed -n 's/.*stored to "\(.*\)"$/\1/p' <<<"$stderr")"
}

# copy: the file that the last edit has kept, or nothing.
copy() { sed -n 's/^A copy of your changes has been stored to "\(.*\)"$/\1/p' <<<"$stderr"; }

@test "edit: an editor that fails after a refusal leaves what was saved" {
    editor <<'SH'
if [ "$n" != 0 ]; then exit 1; fi
sed -i 's/^data:/datta:/' "$1"
SH
    run --separate-stderr skjob edit cm c
    [[ $status == 1 && $stderr == *'there was a problem with the editor'* ]]
    grep -q '^datta:' "$(copy)"
    [[ $(stat -c %a "$(copy)") == 600 ]]
    rm "$(copy)"
}

@test "edit: the keys of the terminal are the editor's, and its file does not stay behind" {
    editor <<'SH'
echo "$1" >path
kill -INT $PPID; kill -QUIT $PPID
trap 'sed -i "s/a: b/a: c/" "$1"' INT
kill -INT $$
SH
    run --separate-stderr env --default-signal=INT,QUIT "$SKJOB" edit cm c
    expect 0 'configmap/c edited' ''
    [[ $(data) == '{"a":"c"}' && ! -e $(<path) ]]
}

@test "explain: a field's type and meaning, what it becomes on Slurm, what is below it" {
    run skjob explain job.spec.backoffLimit
    [[ $status == 0 && $output == *'FIELD: backoffLimit <integer>'*'Default 6;'*'ON SLURM:'*'honoured: '* ]]
    run skjob explain jobs.batch.spec.template.spec.containers.ports
    [[ $status == 0 && $output == *'FIELD: ports <[]ContainerPort>'*'ignored: '*$'\n  containerPort\t<integer>'* ]]
    run skjob explain pod.spec.initContainers.image
    [[ $status == 0 && $output == *'The container'\''s image. Required.'* ]]
    run skjob explain job --recursive
    [[ $status == 0 && $output =~ $'\n'\ +backoffLimit$'\t<integer>' ]]
    echo 'runtime = podman' >skjob.conf
    run skjob explain pod.spec.containers.image
    [[ $output == *'approximated: runs on the host'* ]]
    SKJOB_CONF=$PWD/skjob.conf run skjob explain pod.spec.containers.image
    [[ $output == *'honoured: run by podman'* ]]
    run skjob explain pod.spec.nodeSelector
    [[ $output == *'by the maps of skjob.conf; ignored where they have no entry'* ]]
    refused 'error: field "foo" does not exist' explain job.spec.foo
    refused 'error: the server doesn'\''t have a resource type "foo"' explain foo.bar
}

@test "create job and run: the manifest of a client's dry run, and what is refused" {
    told "apiVersion: batch/v1
kind: Job
metadata:
  name: hi
spec:
  template:
    metadata: {}
    spec:
      containers:
      - command:
        - echo
        - hi
        image: busybox
        name: hi
        resources: {}
      restartPolicy: Never
status: {}" create job hi --image=busybox --dry-run=client -o yaml -- echo hi
    told 'job.batch/hi created (dry run)' create job hi --image=busybox --dry-run=client
    refused 'error: either --image or --from must be specified' create job hi
    refused 'error: exactly one NAME is required, got 0' create job --image=x
    refused 'error: cannot specify --from and command' create job hi --from=cronjob/x -- true
    refused 'error: required flag(s) "schedule" not set' create cronjob hi --image=x
    refused 'error: required flag(s) "image" not set' create cronjob hi --schedule='* * * * *'
    refused 'error: from must be an existing cronjob: --from=cronjob/NAME' create job hi --from=pod/x
    refused 'Error from server (NotFound): cronjobs.batch "x" not found' create job hi --from=cronjob/x
    run skjob create cronjob hi --image=busybox --schedule='*/5 * * * *' --dry-run=client -o json -- date
    [[ $(jq -c '[.kind, .spec.schedule, .spec.jobTemplate.metadata.name, (.spec.jobTemplate.spec.template.spec | .restartPolicy, .containers[0].name, .containers[0].command)]' <<<"$output") == \
        '["CronJob","*/5 * * * *","hi","OnFailure","hi",["date"]]' ]]
    run skjob run hi --image=busybox --env=A=b --dry-run=client -o json -- echo
    [[ $(jq -c '[.spec.backoffLimit, .spec.template.spec.containers[0].env]' <<<"$output") == '[0,[{"name":"A","value":"b"}]]' ]]
    refused 'error: --image is required' run hi
    refused 'error: --rm should only be used for attached containers' run hi --image=x --rm
    refused 'error: --restart=Always is for what never ends; a Job takes Never or OnFailure' run hi --image=x --restart=Always
}
