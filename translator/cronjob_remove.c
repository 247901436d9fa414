/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cronjob_remove.h"

#include <stdlib.h>

#include "cleanup.h"
#include "cronjob_clock.h"
#include "cronjob_job.h"
#include "cronjob_state.h"
#include "job_remove.h"
#include "job_view.h"
#include "objects.h"
#include "tree.h"

#define LOCK_SECONDS 10

/* Its Jobs, whatever becomes of them; deleting ones, too. Calls each with the name. */
struct owned {
    const struct store *store;
    const char *ns;
    const json_t *cronjob;
    const struct job_removal *how;
    int (*each)(const struct owned *o, const char *name, struct error *err);
};

static bool is_owned(const struct owned *o, const char *name)
{
    struct error err;
    cleanup_json json_t *object = NULL;
    return store_read(o->store, o->ns, name, &object, &err) == 0 &&
           cronjob_job_is_of(object, o->cronjob);
}

/* One that fails does not keep the others; the last failure is told. */
static int for_each(const struct owned *o, struct error *err)
{
    char **names;
    size_t n;
    int rc = 0;
    if (store_list(o->store, o->ns, &names, &n, err) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (is_owned(o, names[i]) && o->each(o, names[i], err) < 0)
            rc = error_prefix(err, "job.batch/%s", names[i]);
        free(names[i]);
    }
    free(names);
    return rc;
}

static int remove_job(const struct owned *o, const char *name, bool wait, struct error *err)
{
    cleanup_job_view struct job_view v = {0};
    int rc = job_view_load_keep(&v, o->store, o->ns, name, job_view_now(), err);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    struct job_removal how = *o->how;
    how.wait = wait;
    return job_remove(o->store, &v, &how, err) < 0 ? -1 : 0;
}

static int cancel(const struct owned *o, const char *name, struct error *err)
{
    return remove_job(o, name, false, err);
}

static int remove_and_wait(const struct owned *o, const char *name, struct error *err)
{
    return remove_job(o, name, true, err);
}

static int disown(const struct owned *o, const char *name, struct error *err)
{
    cleanup_json json_t *object = NULL;
    const char *uid = tree_str(tree_get(o->cronjob, "metadata"), "uid");
    if (store_read(o->store, o->ns, name, &object, err) != 0)
        return object ? -1 : 0;
    json_t *meta = tree_get(object, "metadata"), *owners = tree_get(meta, "ownerReferences");
    for (size_t i = json_array_size(owners); i > 0; i--)
        if (tree_is(json_array_get(owners, i - 1), "uid", uid))
            json_array_remove(owners, i - 1);
    if (!json_array_size(owners))
        json_object_del(meta, "ownerReferences");
    return store_write(o->store, o->ns, name, object, err);
}

/* All are told to end before one is waited for. One that takes long is removed by a later look at
 * it: the CronJob is gone all the same. */
static int remove_jobs(struct owned *o, struct error *err)
{
    struct error late;
    o->each = o->how ? cancel : disown;
    if (for_each(o, err) < 0)
        return -1;
    o->each = remove_and_wait;
    if (o->how && o->how->wait)
        (void)for_each(o, &late);
    return 0;
}

/* Nothing starts any more once the object is gone; a tick that is at work ends before. */
int cronjob_remove(const struct store *s, const char *ns, const char *name,
                   const struct job_removal *how, struct error *err)
{
    cleanup_json json_t *cronjob = NULL;
    cleanup_cronjob_state struct cronjob_state state = {.lock = -1};
    int rc = objects_read(s->root, OBJECT_CRON_JOB, ns, name, &cronjob, err);
    if (rc != 0)
        return rc;
    if (cronjob_state_lock(&state, s, cronjob, LOCK_SECONDS, err) < 0)
        return -1;
    struct owned o = {.store = s, .ns = ns, .cronjob = cronjob, .how = how};
    if (cronjob_clock_cancel(&state, err) < 0)
        return -1;
    rc = objects_remove(s->root, OBJECT_CRON_JOB, ns, name, err);
    if (rc != 0 || remove_jobs(&o, err) < 0)
        return rc > 0 ? 1 : -1;
    return cronjob_state_remove(s, ns, name, err);
}
