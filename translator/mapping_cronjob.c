/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mapping.h"

#include <string.h>

#define KEPT  "kept with the CronJob"
#define CLOCK "a Slurm job, its clock, waits for each time of it (--begin) and creates the Job"
#define ZONE  "the schedule is read in it; without it, in the zone of the cluster's nodes"
#define HISTORY                                                                                    \
    "older ones are deleted with their pods' logs when a Job is due, or skjob reconcile runs"
#define GENERATED "set by skjob when the CronJob is created"
#define TEMPLATE  "spec.jobTemplate"
#define UNUSED    "not used, as in Kubernetes: the Jobs are NAME-MINUTES, in the CronJob's namespace"

/* clang-format off */
const struct mapping_row mapping_cronjob[] = {
    {"apiVersion",                      FATE_HONOURED, "batch/v1", NULL, NULL},
    {"kind",                            FATE_HONOURED, "its clock is a Slurm job of one task", NULL, NULL},
    {"metadata.name",                   FATE_HONOURED, "the clock is the Slurm job cronjob/NAME", NULL, NULL},
    {"metadata.generateName",           FATE_HONOURED, "five characters are added", NULL, NULL},
    {"metadata.namespace",              FATE_HONOURED, "a folder of the state; no isolation", NULL, NULL},
    {"metadata.labels",                 FATE_HONOURED, KEPT, NULL, NULL},
    {"metadata.annotations",            FATE_HONOURED, KEPT "; clock.skjob/OPTION is an sbatch option of the clock", NULL, NULL},
    {"metadata",                        FATE_IGNORED,  GENERATED, NULL, NULL},
    {"spec.schedule",                   FATE_HONOURED, CLOCK, NULL, NULL},
    {"spec.timeZone",                   FATE_HONOURED, ZONE, NULL, NULL},
    {"spec.startingDeadlineSeconds",    FATE_HONOURED, "held against the time at which the clock runs: a busy cluster makes it late", NULL, NULL},
    {"spec.concurrencyPolicy",          FATE_HONOURED, "decided when a Job is due; a run that Forbid delays starts when the Job before has ended", NULL, NULL},
    {"spec.suspend",                    FATE_HONOURED, "the clock is cancelled", NULL, NULL},
    {"spec.successfulJobsHistoryLimit", FATE_HONOURED, HISTORY, NULL, NULL},
    {"spec.failedJobsHistoryLimit",     FATE_HONOURED, HISTORY, NULL, NULL},
    {TEMPLATE,                          FATE_HONOURED, "a Job is created of it for each time", NULL, NULL},
    {TEMPLATE ".metadata.name",         FATE_HONOURED, UNUSED, NULL, NULL},
    {TEMPLATE ".metadata.generateName", FATE_HONOURED, UNUSED, NULL, NULL},
    {TEMPLATE ".metadata.namespace",    FATE_HONOURED, UNUSED, NULL, NULL},
    {"status",                          FATE_IGNORED,  GENERATED, NULL, NULL},
};
/* clang-format on */

const size_t mapping_cronjob_len = sizeof mapping_cronjob / sizeof *mapping_cronjob;

const struct mapping_row *mapping_find_cronjob(const char *path)
{
    const struct mapping_row *best = NULL;
    for (size_t i = 0; i < mapping_cronjob_len; i++) {
        const struct mapping_row *row = &mapping_cronjob[i];
        size_t n = strlen(row->path);
        bool is_around = strncmp(path, row->path, n) == 0 && (!path[n] || strchr(".[", path[n]));
        if (is_around && (!best || n > strlen(best->path)))
            best = row;
    }
    return best;
}

const struct mapping_row *mapping_find_template(const char *path)
{
    const struct mapping_row *row = mapping_find_cronjob(path);
    return row && strncmp(row->path, TEMPLATE ".", strlen(TEMPLATE ".")) == 0 ? row : NULL;
}
