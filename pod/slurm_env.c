/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "slurm_env.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Digits only: strtoul() would take blanks and a sign. */
static int read_number(const char *name, uint32_t *out, bool *set, struct error *err)
{
    uint32_t n = 0;
    const char *text = getenv(name);
    *set = text && *text;
    if (!*set)
        return 0;
    for (const char *p = text; *p; p++) {
        if (*p < '0' || *p > '9' || __builtin_mul_overflow(n, 10u, &n) ||
            __builtin_add_overflow(n, (uint32_t)(*p - '0'), &n))
            return error_set(err, "%s is not a number: %.100s", name, text);
    }
    *out = n;
    return 0;
}

static void read_names(struct slurm_env *out)
{
    const char *node = getenv("SLURMD_NODENAME");
    if (gethostname(out->host, sizeof out->host - 1) || !*out->host || strchr(out->host, '/'))
        strcpy(out->host, "localhost");
    snprintf(out->node, sizeof out->node, "%s", node && *node ? node : out->host);
    out->cluster = getenv("SLURM_CLUSTER_NAME");
}

static int read_range(struct slurm_env *out, struct error *err)
{
    bool set;
    out->first = out->last = out->index;
    if (!out->array)
        return 0;
    if (read_number("SLURM_ARRAY_TASK_MIN", &out->first, &set, err))
        return -1;
    if (!set)
        out->first = out->index;
    if (read_number("SLURM_ARRAY_TASK_MAX", &out->last, &set, err))
        return -1;
    if (!set)
        out->last = out->index;
    return 0;
}

int slurm_env_read(struct slurm_env *out, struct error *err)
{
    bool set;
    bool array_job;
    *out = (struct slurm_env){0};
    read_names(out);
    if (read_number("SLURM_ARRAY_TASK_ID", &out->index, &out->array, err) ||
        read_number("SLURM_RESTART_COUNT", &out->restarts, &set, err) ||
        read_number("SLURM_ARRAY_JOB_ID", &out->job_id, &array_job, err))
        return -1;
    if (read_number("SLURM_JOB_ID", &out->own_id, &set, err) || read_range(out, err))
        return -1;
    out->attempt = out->restarts;
    if (!array_job)
        out->job_id = out->own_id;
    out->live = out->own_id && getenv("SLURMD_NODENAME");
    if (out->job_id && out->array)
        snprintf(out->id, sizeof out->id, "%u_%u", out->job_id, out->index);
    else if (out->job_id)
        snprintf(out->id, sizeof out->id, "%u", out->job_id);
    return 0;
}
