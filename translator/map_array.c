/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mapping.h"
#include "tree.h"

int map_job_name(struct translation *t, const json_t *job, struct verdict *v, struct error *err)
{
    (void)v;
    const char *name = tree_str(tree_get(job, "metadata"), "name");
    return *name ? translation_add(t, err, "job-name", "%s", name) : 0;
}

/* completions N: one task each, at most parallelism at a time. Without completions (a work queue)
 * parallelism says how many pods there are. A throttle of 0 does not exist: such a Job is held. */
int map_array(struct translation *t, const json_t *job, struct verdict *v, struct error *err)
{
    const json_t *spec = tree_get(job, "spec");
    long long parallelism = tree_int(spec, "parallelism");
    bool queue = !tree_has(spec, "completions");
    long long tasks = queue ? parallelism : tree_int(spec, "completions");
    if (queue && tasks == 0)
        tasks = 1; /* paused: held, and its parallelism can be raised later */
    if (tasks == 0) {
        t->nothing_to_run = true;
        v->reason = "no pods: the Job is complete at once";
        return 0;
    }
    t->max_index = tasks - 1;
    int rc;
    if (tasks == 1)
        rc = translation_add(t, err, "array", "0");
    else if (parallelism == 0 || parallelism >= tasks)
        rc = translation_add(t, err, "array", "0-%lld", tasks - 1);
    else
        rc = translation_add(t, err, "array", "0-%lld%%%lld", tasks - 1, parallelism);
    if (rc < 0 || translation_add(t, err, "requeue", NULL) < 0)
        return -1;
    return translation_add(t, err, "open-mode", "append");
}

int map_hold(struct translation *t, const json_t *job, struct verdict *v, struct error *err)
{
    (void)v;
    const json_t *spec = tree_get(job, "spec");
    if (tree_bool(spec, "suspend") || tree_int(spec, "parallelism") == 0)
        return translation_add(t, err, "hold", NULL);
    return 0;
}
