/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cronjob_job.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "timefmt.h"
#include "tree.h"

#define SCHEDULED   "batch.kubernetes.io/cronjob-scheduled-timestamp"
#define INSTANTIATE "cronjob.kubernetes.io/instantiate"

void cronjob_job_name(const json_t *cronjob, int64_t scheduled, char name[CRONJOB_JOB_NAME_MAX])
{
    snprintf(name, CRONJOB_JOB_NAME_MAX, "%.253s-%" PRId64,
             tree_str(tree_get(cronjob, "metadata"), "name"), scheduled / 60);
}

/* "2026-01-02T15:04:05+01:00"; an offset of 0 is "Z", as in Go. */
static json_t *time_in_zone(int64_t t, const struct timezone_info *zone)
{
    char text[TIMEFMT_MAX];
    int offset = timezone_offset(zone, t), minutes = abs(offset) / 60;
    timefmt_rfc3339(t + offset, text);
    if (!offset)
        return json_string(text);
    return json_sprintf("%.*s%c%02d:%02d", (int)strcspn(text, "Z"), text, offset < 0 ? '-' : '+',
                        minutes / 60, minutes % 60);
}

static const char *const template_meta[] = {"labels", "annotations"};

json_t *cronjob_job_template(const json_t *cronjob)
{
    const json_t *template = tree_at(cronjob, "spec", "jobTemplate", NULL);
    json_t *job = json_pack("{s:s, s:s, s:{}, s:O}", "apiVersion", "batch/v1", "kind", "Job",
                            "metadata", "spec", tree_get(template, "spec"));
    cleanup_json json_t *meta = json_deep_copy(tree_get(template, "metadata"));
    for (size_t i = 0; job && i < 2; i++) {
        json_t *map = tree_get(meta, template_meta[i]);
        if (json_object_size(map))
            json_object_set(tree_get(job, "metadata"), template_meta[i], map);
    }
    return job;
}

/* Takes value and owner. */
static json_t *make(const json_t *cronjob, const char *name, const char *annotation, json_t *value,
                    json_t *owner)
{
    cleanup_json json_t *job = cronjob_job_template(cronjob);
    json_t *meta = tree_get(job, "metadata");
    const char *ns = tree_str(tree_get(cronjob, "metadata"), "namespace");
    json_t *owners = json_pack("[o]", owner);
    if (meta && !tree_has(meta, "annotations"))
        json_object_set_new(meta, "annotations", json_object());
    if (json_object_set_new(meta, "ownerReferences", owners) < 0 ||
        json_object_set_new(meta, "name", json_string(name)) < 0 ||
        json_object_set_new(meta, "namespace", json_string(ns)) < 0 ||
        json_object_set_new(tree_get(meta, "annotations"), annotation, value) < 0)
        return NULL;
    return steal_ptr(&job);
}

static json_t *owner_of(const json_t *cronjob)
{
    const json_t *meta = tree_get(cronjob, "metadata");
    return json_pack("{s:s, s:s, s:s, s:s, s:b}", "apiVersion", "batch/v1", "kind", "CronJob",
                     "name", tree_str(meta, "name"), "uid", tree_str(meta, "uid"), "controller", 1);
}

json_t *cronjob_job_scheduled(const json_t *cronjob, const char *name, int64_t scheduled,
                              const struct timezone_info *zone)
{
    json_t *owner = owner_of(cronjob);
    json_object_set_new(owner, "blockOwnerDeletion", json_true());
    return make(cronjob, name, SCHEDULED, time_in_zone(scheduled, zone), owner);
}

json_t *cronjob_job_manual(const json_t *cronjob, const char *name)
{
    return make(cronjob, name, INSTANTIATE, json_string("manual"), owner_of(cronjob));
}

bool cronjob_job_is_of(const json_t *job, const json_t *cronjob)
{
    const char *uid = tree_str(tree_get(cronjob, "metadata"), "uid");
    const json_t *owner;
    size_t i;
    json_array_foreach (tree_at(job, "metadata", "ownerReferences", NULL), i, owner)
        if (tree_bool(owner, "controller") && tree_is(owner, "uid", uid))
            return true;
    return false;
}
