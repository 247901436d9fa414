#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# ConfigMaps, Secrets and Services on the command line: created, shown, deleted, in kubectl's words, with nothing of
# Slurm but its name.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # run sets output and stderr
bats_require_minimum_version 1.5.0

load lib/common

setup() {
    own_home
    export SKJOB_STATE=$BATS_TEST_TMPDIR/state
}

objects() {
    cat <<'END'
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {color: blue, shape: round}
---
apiVersion: v1
kind: Secret
metadata: {name: token}
stringData: {key: topsecret}
END
}

job() {
    echo ---
    manifest reader
    cat <<'END'
        env:
        - name: COLOR
          valueFrom: {configMapKeyRef: {name: settings, key: color}}
        envFrom:
        - secretRef: {name: token}
END
}

# ---- create -f ----

@test "create -f: in the order of the file, each told" {
    objects >all.yaml
    told $'configmap/settings created\nsecret/token created' create -f all.yaml
    [[ $(skjob get cm settings -o json | jq -c .data) == '{"color":"blue","shape":"round"}' ]]
    [[ $(skjob get secret token -o json | jq -r '.data.key, .type') == $'dG9wc2VjcmV0\nOpaque' ]]
    skjob get cm settings -o json | jq -e '.metadata.uid and .metadata.creationTimestamp and .metadata.namespace == "default"'
}

@test "create -f: AlreadyExists, and the first one stays" {
    objects >all.yaml
    skjob create -f all.yaml
    sed 's/blue/red/' all.yaml >again.yaml
    run --separate-stderr skjob create -f again.yaml
    expect 1 '' 'Error from server (AlreadyExists): error when creating "again.yaml": configmaps "settings" already exists
Error from server (AlreadyExists): error when creating "again.yaml": secrets "token" already exists'
    [[ $(skjob get cm settings -o json | jq -r .data.color) == blue ]]
}

@test "create -f: one of twenty at once is the first" {
    local i
    for i in {1..20}; do
        objects | sed "s/blue/n$i/" >"$i.yaml"
        skjob create -f "$i.yaml" >"$i.out" 2>/dev/null &
    done
    wait
    [[ $(cat ./*.out | grep -c '^configmap/settings created$') == 1 ]]
    [[ $(grep -l '^configmap' ./*.out) == "./$(skjob get cm settings -o json | jq -r ".data.color[1:]").out" ]]
}

@test "create -f: a wrong key, with its place; nothing is kept" {
    printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a b: x\n' >c.yaml
    refused 'c.yaml:5:3: data[a b]
The ConfigMap "c" is invalid: data[a b]: Invalid value: "a b": a valid config key must consist of alphanumeric '\
'characters, '\''-'\'', '\''_'\'' or '\''.'\'' (e.g. '\''key.name'\'',  or '\''KEY_NAME'\'',  or '\''key-name'\'', '\
'regex used for validation is '\''[-._a-zA-Z0-9]+'\'')' create -f c.yaml
    [[ -z $(files_below "$SKJOB_STATE") ]]
}

@test "create -f: a Secret that is no base64" {
    printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: "?"}\n' >s.yaml
    run --separate-stderr skjob create -f s.yaml
    [[ $status == 1 && $stderr == *'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0' ]]
}

@test "create -f: generateName" {
    printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: c-}\n' >c.yaml
    run -0 skjob create -f c.yaml
    [[ $output =~ ^configmap/c-[a-z0-9]{5}' created'$ ]]
    run -0 skjob create -f c.yaml
    [[ $(skjob get cm -o name | wc -l) == 2 ]]
}

@test "create -f: dry runs keep nothing" {
    objects >all.yaml
    told $'configmap/settings created (dry run)\nsecret/token created (dry run)' create -f all.yaml --dry-run=client
    told $'configmap/settings created (server dry run)\nsecret/token created (server dry run)' \
        create -f all.yaml --dry-run=server
    [[ -z $(files_below "$SKJOB_STATE") ]]
}

@test "a Service is kept, and one line says what of it is ignored" {
    printf 'apiVersion: v1\nkind: Service\nmetadata: {name: headless-svc}\nspec: {clusterIP: None}\n' >svc.yaml
    told 'service/headless-svc created' create -f svc.yaml
    printf 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n' >web.yaml
    run --separate-stderr skjob create -f web.yaml
    expect 0 'service/web created' "Warning: web.yaml: of a Service only the name is used on Slurm: it stands for the$(
        ) addresses of the pods; ports and clusterIP are ignored"
    told 'service "web" deleted from default namespace' delete service web
    told service/headless-svc get svc -o name
    told 'service "headless-svc" deleted from default namespace' delete service headless-svc
}

# ---- create configmap, create secret generic ----

@test "create configmap: literals, files, folders, bytes" {
    mkdir folder
    echo one >folder/b
    echo two >folder/a
    ln -s a folder/link
    printf '\377\0' >bytes
    told "$(cat <<'END'
apiVersion: v1
binaryData:
  bytes: /wA=
data:
  a: |
    two
  b: |
    one
  k: v=w
  other: |
    one
kind: ConfigMap
metadata:
  name: c
END
)" create configmap c --from-literal=k=v=w --from-file=folder --from-file=bytes --from-file=other=folder/b \
        --dry-run=client -o yaml
}

@test "create configmap: a file of variables" {
    printf '\357\273\277a=1\n\n  # comment\n b=x=y \nINHERITED\nc=\r\n' >vars
    INHERITED=yes skjob create cm c --from-env-file=vars
    [[ $(skjob get cm c -o json | jq -c .data) == '{"INHERITED":"yes","a":"1","b":"x=y ","c":""}' ]]
}

@test "create secret generic: base64, a type, no type in a dry run" {
    told "$(cat <<'END'
apiVersion: v1
data:
  a: Yg==
kind: Secret
metadata:
  name: s
END
)" create secret generic s --from-literal=a=b --dry-run=client -o yaml
    told 'secret/s created' create secret generic s --from-literal=a=b
    [[ $(skjob get secret s -o json | jq -r .type) == Opaque ]]
    told 'secret/own created' create secret generic own --type=example.org/own
    [[ $(skjob get secrets | sed -E 's/[0-9]+m?[0-9]*s$/AGE/') == \
        $'NAME   TYPE              DATA   AGE\nown    example.org/own   0      AGE\ns      Opaque            1      AGE' ]]
}

@test "create configmap and create secret: what is refused" {
    mkdir folder
    echo 1a=b >vars
    refused 'error: exactly one NAME is required, got 0' create configmap
    refused 'error: exactly one NAME is required, got 2' create configmap a b
    refused 'error: skjob creates one kind of secret: skjob create secret generic NAME' create secret tls a
    refused 'error: invalid literal source a, expected key=value' create cm c --from-literal=a
    refused 'error: invalid literal source =a, expected key=value' create cm c --from-literal==a
    refused 'error: key name for file path p missing' create cm c --from-file==p
    refused 'error: file path for key name k missing' create cm c --from-file=k=
    refused "error: key names or file paths cannot contain '='" create cm c --from-file=a=b=c
    refused 'error: error reading nope: no such file or directory' create cm c --from-file=nope
    refused 'error: cannot give a key name for a directory path' create cm c --from-file=k=folder
    refused 'error: env config file cannot be a directory' create cm c --from-env-file=folder
    refused 'error: env secret file cannot be a directory' create secret generic c --from-env-file=folder
    refused 'error: from-env-file cannot be combined with from-file or from-literal' \
        create cm c --from-env-file=vars --from-literal=a=b
    refused 'error: cannot add key "a", another key by that name already exists in Data for ConfigMap "c"' \
        create cm c --from-literal=a=1 --from-literal=a=2
    refused 'error: cannot add key a, another key by that name already exists' \
        create secret generic c --from-literal=a=1 --from-literal=a=2
    run --separate-stderr skjob create cm c --from-env-file=vars
    [[ $status == 1 && $stderr == 'error: "1a" is not a valid key name: a valid environment variable name must '* ]]
    run --separate-stderr skjob create cm c '--from-literal=a b=1'
    [[ $status == 1 && $stderr == 'error: "a b" is not a valid key name for a ConfigMap: a valid config key must '* ]]
    refused 'error: failed to create secret Secret "c" is invalid: [data[tls.crt]: Required value, data[tls.key]: Required value]' \
        create secret generic c --type=kubernetes.io/tls
    refused 'error: unknown flag: --from-literal' create -f vars --from-literal=a=b
    refused 'error: unknown flag: --type' create cm c --type=x
    [[ -z $(files_below "$SKJOB_STATE") ]]
    skjob create cm c
    skjob create secret generic c
    refused 'error: failed to create configmap: configmaps "c" already exists' create cm c
    refused 'error: failed to create secret secrets "c" already exists' create secret generic c
}

@test "a file that no object can hold" {
    head -c 1048577 /dev/zero >large
    refused 'error: large: larger than the 1048576 bytes that may be stored' create cm c --from-file=large
    truncate -s 1048576 large
    told 'configmap/c created' create cm c --from-file=large
    run --separate-stderr skjob create cm d --from-file=large --from-literal=a=b
    expect 1 '' 'error: failed to create configmap: ConfigMap "d" is invalid: : Too long: may not be more than 1048576 bytes'
}

# ---- get and delete ----

@test "get and delete: tables, names, lists, namespaces" {
    objects >all.yaml
    skjob create -f all.yaml
    skjob create cm other -n apart --from-literal=a=b
    run --separate-stderr -0 skjob get configmaps
    [[ $output == $'NAME       DATA   AGE\nsettings   2      '* ]]
    told configmap/settings get configmap/settings -o name
    told configmap/other get cm -n apart -o name
    [[ $(skjob get cm -o json | jq -r '.kind, .items[0].metadata.name') == $'List\nsettings' ]]
    refused 'Error from server (NotFound): configmaps "other" not found' get cm other
    refused 'Error from server (NotFound): secrets "other" not found' delete secret other
    told 'configmap "settings" deleted from default namespace' delete cm settings
    told 'secret "token" deleted from default namespace' delete secret/token
    run --separate-stderr skjob get cm
    expect 0 '' 'No resources found in default namespace.'
    refused 'error: the server doesn'\''t have a resource type "cms"' get cms
}

# ---- secrecy ----

@test "only the user can read them" {
    umask 0
    objects >all.yaml
    skjob create -f all.yaml
    skjob create cm c --from-literal=a=b
    [[ -z $(find "$SKJOB_STATE" ! -user "$(id -un)" -o -type d ! -perm 700 -o -type f ! -perm 600) ]]
    [[ $(find "$SKJOB_STATE" -type f | wc -l) == 3 ]]
}

# The script that sbatch gets is what Slurm stores and shows; its arguments are in the process list.
@test "no value is in the script or in the arguments of sbatch" {
    fake_sbatch <<'END'
#!/bin/sh
echo "$*" >>"$HOME/arguments"
cat >"$HOME/script"
env >"$HOME/environment"
echo 77
END
    { objects; job; } >all.yaml
    run --separate-stderr skjob create -f all.yaml
    [[ $status == 0 && $output == $'configmap/settings created\nsecret/token created\njob.batch/reader created' ]]
    grep -q 'secretRef' "$HOME/script"
    local word
    for word in topsecret dG9wc2VjcmV0 blue stringData; do
        run -1 grep -q "$word" "$HOME/script" "$HOME/arguments" "$HOME/environment"
        run -1 grep -rq "$word" "$SKJOB_STATE/jobs"
    done
}

@test "translate: the Job alone, and one line for each object beside it" {
    { objects; job; } >all.yaml
    run --separate-stderr skjob translate -f all.yaml
    [[ $status == 0 && $output == *'name: reader'* && $output != *topsecret* && $output != *blue* ]]
    [[ $stderr == 'Warning: all.yaml: ConfigMap "settings" is no part of the batch script: skjob create it before the Job runs
Warning: all.yaml: Secret "token" is no part of the batch script: skjob create it before the Job runs' ]]
    objects >alone.yaml
    run --separate-stderr skjob translate -f alone.yaml
    [[ $status == 1 && $output == '' && $stderr == *'error: no Job passed to translate' ]]
}
