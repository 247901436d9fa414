/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "numbering.h"

#include <stdio.h>
#include <string.h>

#include "job_dir.h"
#include "job_state.h"
#include "journal_read.h"

#define CLAIM_SIZE 32

static void name_claim(const struct slurm_env *slurm, char out[CLAIM_SIZE])
{
    snprintf(out, CLAIM_SIZE, "%u.%u", slurm->index, slurm->attempt);
}

/* Returns 1 when the number is ours, 0 when it is taken, -1. */
static int try_number(const struct numbering *n, const struct slurm_env *slurm,
                      char pod[POD_NAME_MAX + 1], struct error *err)
{
    if (pod_name_make(pod, n->job, n->uid, n->indexed, slurm->index, slurm->attempt, err) < 0)
        return -1;
    if (!n->plain)
        return job_dir_claim(n->dir, pod, err);
    char name[CLAIM_SIZE];
    name_claim(slurm, name);
    return job_dir_claim_name(n->dir, name, err);
}

static int read_next(const struct numbering *n, struct slurm_env *slurm, struct error *err)
{
    cleanup_job_state struct job_state s = JOB_STATE_INIT;
    if (job_state_read(&s, n->dir, slurm->first, slurm->last, err) < 0 ||
        fold_run(s.fold, 0, NULL, err) < 0)
        return -1;
    slurm->attempt = fold_next_attempt(s.fold, slurm->index, slurm->restarts);
    return 0;
}

int numbering_claim(const struct numbering *n, struct slurm_env *slurm, char pod[POD_NAME_MAX + 1],
                    struct error *err)
{
    slurm->attempt = slurm->base + slurm->restarts;
    int rc = try_number(n, slurm, pod, err);
    if (rc == 0 && read_next(n, slurm, err) < 0)
        return -1;
    /* What claims a number and dies before it has recorded its start is not in the journal. */
    while (rc == 0 && (rc = try_number(n, slurm, pod, err)) == 0)
        if (++slurm->attempt > JOURNAL_INDEX_MAX)
            return error_set(err, "index %u: no number is left for an attempt", slurm->index);
    return rc < 0 ? -1 : 0;
}

void numbering_give_back(const struct numbering *n, const struct slurm_env *slurm, const char *pod)
{
    char name[CLAIM_SIZE];
    name_claim(slurm, name);
    if (n->plain)
        job_dir_give_back_name(n->dir, name);
    else
        job_dir_give_back(n->dir, pod);
}

bool numbering_is_past(const struct fold *fold, const struct slurm_env *slurm)
{
    const struct fold_array *array = fold_array_of(fold, slurm->index);
    return slurm->base < fold_base_of(fold, slurm->index) ||
           (array && array->first > 0 && array->job != slurm->job_id);
}

static bool is_on(const struct fold *fold, const struct fold_attempt *a, const char *node)
{
    char text[sizeof((struct slurm_env *)0)->node];
    const char *known = fold_node(fold, a);
    journal_decode((struct journal_text){known, strlen(known)}, text, sizeof text);
    return !*text || strcmp(text, node) == 0;
}

uint32_t numbering_find(const struct fold *fold, const struct slurm_env *slurm)
{
    size_t n;
    const struct fold_attempt *v = fold_attempts_of(fold, slurm->index, &n);
    for (size_t i = n; i-- > 0 && v[i].attempt >= slurm->base;)
        if (fold_attempt_run(&v[i]) == slurm->restarts && is_on(fold, &v[i], slurm->node))
            return v[i].attempt;
    return fold_next_attempt(fold, slurm->index, slurm->restarts);
}
