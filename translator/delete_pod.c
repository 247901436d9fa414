/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "delete_pod.h"

#include <stdio.h>
#include <time.h>

#include "cleanup.h"
#include "delete_grace.h"
#include "job_change.h"
#include "job_view.h"
#include "pod_find.h"

#define INTERVAL_MS 100

static int wait_until_ended(struct job_view *v, const char *pod, long seconds, struct error *err)
{
    int64_t until = job_view_now() + (int64_t)seconds * 1000000;
    for (;;) {
        const struct fold_attempt *a = pod_find_in(v, pod);
        if (!a || a->phase)
            return 0;
        if (job_view_now() >= until)
            return error_set(err, "timed out waiting for the condition on pods/%s", pod);
        nanosleep(&(struct timespec){.tv_nsec = INTERVAL_MS * 1000000L}, NULL);
        if (job_view_refold(v, job_view_now(), err) < 0)
            return -1;
    }
}

static int delete_of(struct job_view *v, const struct fold_attempt *a, const struct options *o,
                     const char *pod, const struct job_removal *how, struct error *err)
{
    cleanup_strbuf struct strbuf folder = STRBUF_INIT;
    pod_find_folder(v, pod, &folder);
    if (o->dry_run)
        return 0;
    if (a->phase || fold_is_past(v->fold, a))
        return job_change_drop_pod(v, a, err) < 0 ? -1
                                                  : store_remove_path(strbuf_str(&folder), err);
    delete_grace_write_pod(strbuf_str(&folder), how->grace);
    if (job_change_delete_pod(v, a->index, a->attempt, err) < 0) {
        delete_grace_remove(strbuf_str(&folder));
        return -1;
    }
    return how->wait ? wait_until_ended(v, pod, how->seconds, err) : 0;
}

int delete_pod(const struct store *s, const struct options *o, const char *name,
               const struct job_removal *how, struct error *err)
{
    cleanup_job_view struct job_view v = {0};
    const struct fold_attempt *a;
    int rc = pod_find(s, o->ns, name, &v, &a, err);
    return rc == 0 ? delete_of(&v, a, o, name, how, err) : rc;
}
