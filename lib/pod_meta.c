/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_meta.h"

#include <stdbool.h>
#include <stdio.h>
#include <uuid/uuid.h>

#include "cleanup.h"
#include "tree.h"

#define INDEX_KEY    "batch.kubernetes.io/job-completion-index"
#define FAILURES_KEY "batch.kubernetes.io/job-index-failure-count"
#define IGNORED_KEY  "batch.kubernetes.io/job-index-ignored-failure-count"

/* The name space of these names: a random UUID, chosen once and never changed. */
static const uuid_t space = {0xc3, 0x1f, 0x60, 0x8e, 0x72, 0xb4, 0x4d, 0x19,
                             0x8a, 0x55, 0x0e, 0xd7, 0x3c, 0x91, 0x26, 0xfb};

void pod_meta_uid(char out[POD_UID_LEN + 1], const char *job_uid, uint32_t index, uint32_t attempt)
{
    char name[128];
    uuid_t uid;
    int n = snprintf(name, sizeof name, "%.64s/%u/%u", job_uid, index, attempt);
    uuid_generate_sha1(uid, space, name, (size_t)n);
    uuid_unparse_lower(uid, out);
}

static const json_t *template_meta(const json_t *job)
{
    return tree_at(job, "spec", "template", "metadata", NULL);
}

static json_t *copy_map(const json_t *map)
{
    return map ? json_copy((json_t *)map) : json_object();
}

static int set(json_t *map, const char *key, const char *value)
{
    return json_object_set_new(map, key, json_string_nocheck(value));
}

static int set_number(json_t *map, const char *key, uint32_t n)
{
    char text[16];
    snprintf(text, sizeof text, "%u", n);
    return set(map, key, text);
}

static bool is_indexed(const json_t *job)
{
    return tree_is(tree_get(job, "spec"), "completionMode", "Indexed");
}

json_t *pod_meta_labels(const json_t *job, const char *job_uid, uint32_t index)
{
    const char *name = tree_str(tree_get(job, "metadata"), "name");
    const char *const generated[][2] = {
        {"batch.kubernetes.io/controller-uid", job_uid},
        {"batch.kubernetes.io/job-name", name},
        {"controller-uid", job_uid},
        {"job-name", name},
    };
    cleanup_json json_t *labels = copy_map(tree_get(template_meta(job), "labels"));
    bool manual = tree_bool(tree_get(job, "spec"), "manualSelector");
    for (size_t i = 0; !manual && i < sizeof generated / sizeof *generated; i++)
        if (set(labels, generated[i][0], generated[i][1]) < 0)
            return NULL;
    if (is_indexed(job) && set_number(labels, INDEX_KEY, index) < 0)
        return NULL;
    return steal_ptr(&labels);
}

json_t *pod_meta_annotations(const json_t *job, uint32_t index, uint32_t failures, uint32_t ignored)
{
    cleanup_json json_t *map = copy_map(tree_get(template_meta(job), "annotations"));
    bool per_index = tree_has(tree_get(job, "spec"), "backoffLimitPerIndex");
    if ((is_indexed(job) && set_number(map, INDEX_KEY, index) < 0) ||
        (per_index && set_number(map, FAILURES_KEY, failures) < 0) ||
        (per_index && ignored && set_number(map, IGNORED_KEY, ignored) < 0))
        return NULL;
    return steal_ptr(&map);
}
