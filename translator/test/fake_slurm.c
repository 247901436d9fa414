/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_slurm.h"

#include <stdio.h>
#include <stdlib.h>

#include "slurm_api.h"

struct fake_slurm fake_slurm = {.max_array_size = 1001};

static int answer(struct error *err)
{
    return fake_slurm.down ? error_set(err, "slurmctld cannot be asked: it is down") : 0;
}

int slurm_api_cluster(struct slurm_cluster *out, struct error *err)
{
    *out = (struct slurm_cluster){.name = "fake", .max_array_size = fake_slurm.max_array_size};
    return answer(err);
}

int slurm_api_find_script(uid_t uid, const char *name, int64_t since, bool alive,
                          const char *needle, uint32_t *job_id, struct error *err)
{
    (void)uid, (void)name, (void)since, (void)alive;
    fake_slurm.asked++;
    snprintf(fake_slurm.needle, sizeof fake_slurm.needle, "%s", needle);
    if (answer(err) < 0)
        return -1;
    *job_id = fake_slurm.job_id;
    return fake_slurm.job_id != 0;
}

bool slurm_api_script_holds(uint32_t job_id, const char *needle)
{
    (void)job_id;
    (void)needle;
    return false;
}

int slurm_api_cancel(uint32_t job_id, struct error *err)
{
    (void)job_id;
    return answer(err);
}

int slurm_api_is_alive(uint32_t job_id, struct error *err)
{
    (void)job_id;
    return answer(err);
}

int slurm_api_list_alive(uid_t uid, uint32_t **ids, size_t *n, struct error *err)
{
    (void)uid;
    *n = 0;
    *ids = calloc(1, sizeof **ids);
    return answer(err);
}
