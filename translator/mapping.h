/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The table that says what every field of a Job becomes on Slurm (design: "What maps to what").
 */
#ifndef SKJOB_MAPPING_H
#define SKJOB_MAPPING_H

#include "translation.h"

/* Translates one field of the defaulted job and may change *v, the row's verdict. */
typedef int mapping_fn(struct translation *t, const json_t *job, struct verdict *v,
                       struct error *err);

struct mapping_row {
    const char *path; /* without indexes and map keys: "spec.template.spec.containers.command" */
    enum fate fate;
    const char *reason;
    mapping_fn *translate; /* NULL when there is nothing to tell Slurm; else called once per Job, in
                              the order of the table, whether the field is there or not */
    /* For maps whose keys fare differently; NULL = every key as the row. */
    struct verdict (*of_key)(const char *key);
};

extern const struct mapping_row mapping[];
extern const size_t mapping_len;

/* What becomes of a CronJob's own fields; below spec.jobTemplate is a Job. */
extern const struct mapping_row mapping_cronjob[];
extern const size_t mapping_cronjob_len;

/* The row of the field of a CronJob, or of the nearest one around it; NULL when there is none. */
const struct mapping_row *mapping_find_cronjob(const char *path);

/* The row of its own that a field of the CronJob's jobTemplate has, NULL when it has the Job's. */
const struct mapping_row *mapping_find_template(const char *path);

/* The row of exactly this path, or -1. */
long mapping_find(const char *path);

/* Whether the table goes into more detail below this path. */
bool mapping_is_deeper(const char *path);

/* map_array.c */
mapping_fn map_job_name, map_array, map_hold;
/* map_pod.c */
mapping_fn map_time_limit, map_resources, map_node_name, map_node_selector, map_restart_policy,
    map_liveness, map_startup, map_medium;
/* map_place.c, map_affinity.c */
mapping_fn map_tolerations, map_priority_class, map_runtime_class, map_scheduler_name,
    map_mapped_resources, map_affinity, map_image;
struct verdict node_selector_verdict(const char *key);
struct verdict request_verdict(const char *key);
struct verdict limit_verdict(const char *key);
/* map_annotation.c */
mapping_fn map_annotations;
struct verdict annotation_verdict(const char *key);

#endif
