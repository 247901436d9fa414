/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "attempt.h"

#include "clock.h"
#include "fold.h"
#include "job_state.h"
#include "tree.h"

#define PER_INDEX "backoffLimitPerIndex"

/* What the annotations of a retried pod tell: as the attempt before it left it. Unknown when the
 * state cannot be read. */
static void count_failures(const struct attempt *a, struct pod_self_options *o)
{
    struct machine_actions answer = {0};
    cleanup_job_state struct job_state s = JOB_STATE_INIT;
    const struct slurm_env *slurm = a->slurm;
    if (slurm->attempt == slurm->base || !a->dir || !tree_has(tree_get(o->job, "spec"), PER_INDEX))
        return;
    if (job_state_read(&s, a->dir, slurm->first, slurm->last, NULL) < 0 ||
        fold_run_for(s.fold, clock_now_us(), slurm->index, slurm->attempt - 1, &answer, NULL) < 0)
        answer.len = 0;
    for (size_t i = 0; i < answer.len; i++) {
        if (answer.v[i].type != MACHINE_CREATE_POD || answer.v[i].index != slurm->index)
            continue;
        o->failures = answer.v[i].failures;
        o->ignored = answer.v[i].ignored;
    }
    machine_actions_free(&answer);
}

int attempt_self(const struct attempt *a, const json_t *job, char *const env[],
                 struct pod_self *out, struct error *err)
{
    struct pod_self_options options = {
        .job = job,
        .job_uid = a->job_uid,
        .pod = a->pod,
        .ns = a->namespace_ ? a->namespace_ : "default",
        .node = a->slurm->node,
        .root = a->root,
        .address = &a->address,
        .index = a->slurm->index,
        .attempt = a->slurm->attempt,
        .env = env,
    };
    count_failures(a, &options);
    return pod_self_make(out, &options, err);
}
