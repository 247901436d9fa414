/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_shares.h"

#include <stdlib.h>

#include "cleanup.h"
#include "reconcile_plan.h"

/* How many of the indexes from first up to end the set has. */
static uint32_t count_between(const struct indexset *set, uint32_t first, uint32_t end)
{
    uint32_t a, b, n = 0;
    for (uint32_t at = first; set && indexset_next(set, at, &a, &b) && a < end; at = b + 1)
        n += (b < end ? b + 1 : end) - a;
    return n;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Of one array: what there is to do, and what Slurm does. */
static void look_at(struct job_share *s, const struct fold *f, uint32_t first, uint32_t end)
{
    struct machine_view view;
    machine_view(fold_machine(f), &view);
    s->tasks = end > first ? end - first : 0;
    s->left = s->tasks - count_between(view.completed_indexes, first, end) -
              count_between(view.failed_indexes, first, end);
}

static uint32_t running(const struct job_live *live, uint32_t job)
{
    uint32_t n = 0;
    for (size_t i = 0; live && i < live->len; i++)
        n += live->tasks[i].job == job && live->tasks[i].state == SLURM_TASK_RUNNING;
    return n;
}

static bool lowers(const struct job_share *s, const struct job_live *live)
{
    for (size_t i = 0; live && i < live->len; i++)
        if (live->tasks[i].job == s->job)
            return s->throttle &&
                   (!live->tasks[i].throttle || s->throttle < live->tasks[i].throttle);
    return s->throttle;
}

/* Gives s up to n more of what there is. */
static void give(struct job_share *s, uint32_t n, uint32_t *there_is)
{
    uint32_t more = smaller(smaller(n, s->left - s->throttle), *there_is);
    s->throttle += more;
    *there_is -= more;
}

static void divide(struct job_share *v, size_t n, uint32_t parallelism, const struct job_live *live)
{
    uint32_t there_is = parallelism;
    for (size_t i = 0; i < n; i++)
        give(&v[i], 1, &there_is);
    for (size_t i = 0; i < n; i++) {
        uint32_t runs = running(live, v[i].job);
        give(&v[i], runs > v[i].throttle ? runs - v[i].throttle : 0, &there_is);
    }
    for (size_t i = 0; i < n; i++)
        give(&v[i], UINT32_MAX, &there_is);
}

struct job_share *job_shares_make(const struct fold *f, const struct job_spec *spec,
                                  const struct job_live *live, size_t *n)
{
    const struct fold_array *arrays = fold_arrays(f, n);
    bool is_one = *n < 2;
    uint32_t limit = job_spec_index_limit(spec); /* arrays of a Job that shrinks are beyond it */
    uint32_t throttle = reconcile_throttle(fold_created(f), spec);
    struct job_share *v = calloc(*n + 1, sizeof *v);
    if (!v)
        return NULL;
    for (size_t i = 0; i < *n; i++) {
        v[i].job = arrays[i].job;
        if (!is_one)
            look_at(&v[i], f, arrays[i].first,
                    i + 1 < *n ? smaller(arrays[i + 1].first, limit) : limit);
    }
    if (is_one) {
        *n = 1;
        v->tasks = v->left = reconcile_tasks(fold_created(f), spec);
        v->throttle = throttle;
    } else if (throttle) {
        divide(v, *n, throttle, live);
    }
    for (size_t i = 0; i < *n; i++)
        v[i].lowers = lowers(&v[i], live);
    return v;
}

uint32_t job_shares_least(const struct job_share *v, size_t n)
{
    uint32_t least = 0;
    for (size_t i = 0; i < n; i++)
        least += v[i].left > 0;
    return least;
}
