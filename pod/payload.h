/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The files that a configMap, secret, downwardAPI or projected volume consists of (kubelet:
 * pkg/volume/{configmap,secret,downwardapi,projected}, Kubernetes 1.36). Nothing is written here.
 */
#ifndef SKJOB_POD_PAYLOAD_H
#define SKJOB_POD_PAYLOAD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "pod_facts.h"

/* All files of one volume. A ConfigMap has 1 MiB at most, but may be projected many times. */
#define PAYLOAD_MAX ((size_t)16 << 20)

struct payload_file {
    char *path; /* relative, without "." and ".." elements; may have folders: "a/b" */
    int mode;   /* 0 to 0777 */
    char *data; /* len bytes and one NUL; may hold NULs */
    size_t len;
};

struct payload {
    struct payload_file *files; /* sorted by path, each path once; none is the folder of another */
    size_t len;
};

/* volume: a decoded element of spec.volumes. Returns 0; 1 for what may be mended while the pod
 * waits (a missing object or key), with the kubelet's words in err, e.g. 'configmap "c" not found';
 * -1 with err for what never works (a service account's token, two files in each other's way, too
 * much data). *out is empty unless 0 is returned; an optional object that is missing has no files.
 */
int payload_make(struct payload *out, const json_t *volume, const struct pod_facts *facts,
                 struct error *err);

void payload_free(struct payload *p);

#define cleanup_payload __attribute__((cleanup(payload_free)))

#endif
