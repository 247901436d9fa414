/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cronjob_remove.h"

#include <stdlib.h>

#include "cleanup.h"
#include "cronjob_clock.h"
#include "cronjob_jobs.h"
#include "cronjob_state.h"
#include "objects.h"
#include "tree.h"

#define LOCK_SECONDS 10

struct removal {
    const struct store *store;
    const char *ns;
    const json_t *cronjob;
    struct job_removal how;
};

static int remove_job(void *arg, const char *name, struct error *err)
{
    const struct removal *r = arg;
    return cronjob_jobs_remove(r->store, r->ns, name, &r->how, err);
}

static int disown(void *arg, const char *name, struct error *err)
{
    const struct removal *r = arg;
    cleanup_json json_t *object = NULL;
    const char *uid = tree_str(tree_get(r->cronjob, "metadata"), "uid");
    int rc = store_read(r->store, r->ns, name, &object, err);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    json_t *meta = tree_get(object, "metadata"), *owners = tree_get(meta, "ownerReferences");
    for (size_t i = json_array_size(owners); i > 0; i--)
        if (tree_is(json_array_get(owners, i - 1), "uid", uid))
            json_array_remove(owners, i - 1);
    if (!json_array_size(owners))
        json_object_del(meta, "ownerReferences");
    return store_write(r->store, r->ns, name, object, err);
}

/* All are told to end before one is waited for. One that takes long is removed by a later look at
 * it: the CronJob is gone all the same. */
static int remove_jobs(const struct store *s, const char *ns, const json_t *cronjob,
                       const struct job_removal *how, struct error *err)
{
    struct error late;
    struct removal r = {s, ns, cronjob, *how};
    r.how.wait = false;
    if (cronjob_jobs_each(s, cronjob, remove_job, &r, err) < 0)
        return -1;
    r.how.wait = true;
    if (how->wait)
        (void)cronjob_jobs_each(s, cronjob, remove_job, &r, &late);
    return 0;
}

/* Nothing starts any more once the object is gone; a tick that is at work ends before. The lock is
 * not kept while pods end: one of the same name may be created meanwhile. */
static int remove_object(const struct store *s, const char *ns, const char *name, json_t **cronjob,
                         struct error *err)
{
    cleanup_cronjob_state struct cronjob_state state = {.lock = -1};
    int rc = objects_read(s->root, OBJECT_CRON_JOB, ns, name, cronjob, err);
    if (rc != 0)
        return rc;
    if (cronjob_state_lock(&state, s, *cronjob, LOCK_SECONDS, err) < 0 ||
        cronjob_clock_cancel(&state, err) < 0)
        return -1;
    rc = objects_remove(s->root, OBJECT_CRON_JOB, ns, name, err);
    return rc < 0 || cronjob_state_remove(s, ns, name, err) < 0 ? -1 : rc;
}

int cronjob_remove(const struct store *s, const char *ns, const char *name,
                   const struct job_removal *how, struct error *err)
{
    cleanup_json json_t *cronjob = NULL;
    int rc = remove_object(s, ns, name, &cronjob, err);
    if (rc != 0)
        return rc;
    if (how)
        return remove_jobs(s, ns, cronjob, how, err);
    struct removal r = {.store = s, .ns = ns, .cronjob = cronjob};
    return cronjob_jobs_each(s, cronjob, disown, &r, err);
}
