/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_arrays.h"

#include <stdio.h>
#include <time.h>

#include "slurm_api.h"
#include "slurm_change.h"
#include "slurm_task.h"

#define POLL_MS 100

int job_arrays_alive(const struct job_view *v, struct error *err)
{
    size_t n;
    int alive = 0;
    const struct fold_array *arrays = fold_arrays(v->fold, &n);
    for (size_t i = 0; i < n && alive == 0; i++)
        alive = slurm_api_is_alive(arrays[i].job, err);
    return alive;
}

int job_arrays_wait(const struct job_view *v, long seconds, struct error *err)
{
    int64_t until = job_view_now() + (int64_t)seconds * 1000000;
    for (;;) {
        int alive = job_arrays_alive(v, err);
        if (alive <= 0 || job_view_now() >= until)
            return alive;
        nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
    }
}

typedef enum slurm_answer request(const char *tasks, struct error *err);

/* All of them, also when one is refused. */
static int ask_each(const struct job_view *v, request *what, struct error *err)
{
    size_t n;
    int rc = 0;
    const struct fold_array *arrays = fold_arrays(v->fold, &n);
    for (size_t i = 0; i < n; i++) {
        char id[16];
        snprintf(id, sizeof id, "%u", arrays[i].job);
        rc |= what(id, err) == SLURM_DONE ? 0 : -1;
    }
    return rc;
}

int job_arrays_cancel(const struct job_view *v, struct error *err)
{
    return ask_each(v, slurm_task_cancel, err);
}

int job_arrays_pause(const struct job_view *v, struct error *err)
{
    return ask_each(v, slurm_change_hold, err) < 0 ? -1 : ask_each(v, slurm_change_stop, err);
}

void job_arrays_signal(const struct job_view *v, int signal)
{
    size_t n;
    struct error lost;
    const struct fold_array *arrays = fold_arrays(v->fold, &n);
    for (size_t i = 0; i < n; i++) {
        char id[16];
        snprintf(id, sizeof id, "%u", arrays[i].job);
        slurm_task_signal(id, signal, &lost);
    }
}

int job_arrays_end(const struct job_view *v, uint32_t first, uint32_t last, struct error *err)
{
    size_t n;
    const struct fold_array *arrays = fold_arrays(v->fold, &n);
    for (size_t i = 0; i < n; i++) {
        char id[48];
        uint32_t from = arrays[i].first > first ? arrays[i].first : first;
        uint32_t to = i + 1 < n && arrays[i + 1].first <= last ? arrays[i + 1].first - 1 : last;
        if (from > to)
            continue;
        snprintf(id, sizeof id, "%u_[%u-%u]", arrays[i].job, from, to);
        if (slurm_task_cancel(id, err) != SLURM_DONE)
            return -1;
    }
    return 0;
}
