/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cronjob_sync.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "cronjob_clock.h"
#include "cronjob_job.h"
#include "objects.h"
#include "timefmt.h"
#include "timezone.h"
#include "tree.h"

#define LOCALTIME      "/etc/localtime"
#define ZONE_MAX       ((size_t)1 << 20)
#define LOCK_SECONDS   30
#define RETRY_SECONDS  30 /* after a first failure; doubled by each further one */
#define RETRY_DOUBLED  5
#define UNSURE_SECONDS 60 /* for a create that somebody else has not finished */

/* ---- reading ---- */

int cronjob_sync_open(struct cronjob_sync *c, const struct store *s, const char *ns,
                      const char *name, const char *uid, struct error *err)
{
    cleanup_json json_t *seen = NULL;
    *c = (struct cronjob_sync){.store = s, .state.lock = -1, .next = CRONJOB_NEVER};
    int rc = objects_read(s->root, OBJECT_CRON_JOB, ns, name, &seen, err);
    if (rc != 0)
        return rc;
    if (cronjob_state_lock(&c->state, s, seen, LOCK_SECONDS, err) < 0)
        return -1;
    /* It may have been changed or deleted while we waited; then the folder of the lock is ours. */
    rc = objects_read(s->root, OBJECT_CRON_JOB, ns, name, &c->cronjob, err);
    if (rc == 1 && cronjob_state_remove(s, ns, name, err) < 0)
        return -1;
    if (rc != 0)
        return rc;
    const char *now = tree_str(tree_get(c->cronjob, "metadata"), "uid");
    if ((uid && strcmp(now, uid) != 0) || !tree_is(tree_get(seen, "metadata"), "uid", now))
        return 1;
    return cronjob_jobs_list(&c->jobs, s, c->cronjob, err);
}

void cronjob_sync_close(struct cronjob_sync *c)
{
    json_decref(c->cronjob);
    cronjob_plan_free(&c->plan);
    cronjob_jobs_free(&c->jobs);
    cronjob_state_close(&c->state);
    c->cronjob = NULL;
}

/* The zone of this host, NULL = UTC. */
static struct timezone_info *local_zone(void)
{
    struct timezone_info *zone = NULL;
    cleanup_file FILE *f = fopen(LOCALTIME, "re");
    cleanup_free char *data = f ? malloc(ZONE_MAX) : NULL;
    size_t n = data ? fread(data, 1, ZONE_MAX, f) : 0;
    return n && timezone_parse(data, n, &zone, NULL) == 0 ? zone : NULL;
}

static int make_plan(struct cronjob_sync *c, int64_t now, struct error *err)
{
    struct timezone_info *local = local_zone();
    cronjob_plan_free(&c->plan);
    int rc = cronjob_plan_make(&c->plan, c->cronjob, cronjob_state_status(&c->state), c->jobs.v,
                               c->jobs.len, now, local, TIMEZONE_ROOT, err);
    timezone_free(local);
    return rc;
}

/* ---- doing it ---- */

static const char *name_of(const struct cronjob_sync *c)
{
    return tree_str(tree_get(c->cronjob, "metadata"), "name");
}

static const char *ns_of(const struct cronjob_sync *c)
{
    return tree_str(tree_get(c->cronjob, "metadata"), "namespace");
}

__attribute__((format(printf, 6, 7))) static void tell(struct cronjob_sync *c, int64_t now,
                                                       FILE *out, const char *type,
                                                       const char *reason, const char *fmt, ...)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    va_list ap;
    va_start(ap, fmt);
    strbuf_vaddf(&text, fmt, ap);
    va_end(ap);
    cronjob_state_tell(&c->state, now, type, reason, strbuf_str(&text));
    if (out)
        fprintf(out, "cronjob.batch/%s: %s: %s\n", name_of(c), reason, strbuf_str(&text));
}

static int delete_job(struct cronjob_sync *c, const char *job, int64_t now, FILE *out)
{
    struct error err;
    const struct job_removal in_background = {.grace = -1};
    int rc = cronjob_jobs_remove(c->store, ns_of(c), job, &in_background, &err);
    if (rc == 0)
        tell(c, now, out, "Normal", "SuccessfulDelete", "Deleted job %s", job);
    else
        tell(c, now, out, "Warning", "FailedDelete", "Deleted job: %s", err.text);
    return rc;
}

void cronjob_sync_look_again(struct cronjob_sync *c, int64_t at)
{
    if (c->next == CRONJOB_NEVER || c->next > at)
        c->next = at;
}

static void failed(struct cronjob_sync *c, int64_t now)
{
    int n = cronjob_state_failures(&c->state);
    cronjob_sync_look_again(c, now + (RETRY_SECONDS << (n < RETRY_DOUBLED ? n : RETRY_DOUBLED)));
    cronjob_state_set_failures(&c->state, n + 1);
}

static int create_job(struct cronjob_sync *c, const char *name, int64_t now, FILE *out,
                      struct error *err)
{
    char uid[64];
    struct error why = {""};
    cleanup_json json_t *job =
        cronjob_job_scheduled(c->cronjob, name, c->plan.scheduled, c->plan.zone);
    if (!job)
        return error_set(err, "out of memory");
    enum job_created made = cronjob_jobs_create(c->store, c->cronjob, job, false, uid, &why);
    if (made == JOB_FAILED) {
        tell(c, now, out, "Warning", "FailedCreate", "Error creating job: %s", why.text);
        failed(c, now);
        return 0;
    }
    if (made == JOB_EXISTS && *why.text) /* a create that was killed, or is still at work */
        return cronjob_sync_look_again(c, now + UNSURE_SECONDS), 0;
    if (made == JOB_EXISTS && !*uid) /* somebody else's */
        return 0;
    if (made == JOB_CREATED)
        tell(c, now, out, "Normal", "SuccessfulCreate", "Created job %s", name);
    cronjob_state_set_failures(&c->state, 0);
    return cronjob_plan_created(&c->plan, c->cronjob, name, uid, err);
}

static int do_all(struct cronjob_sync *c, int64_t now, FILE *out, struct error *err)
{
    bool replaced = true;
    for (size_t i = 0; i < c->plan.len; i++) {
        const struct cronjob_action *a = &c->plan.v[i];
        if (a->act == CRONJOB_TELL)
            tell(c, now, out, a->type, a->reason, "%s", a->text);
        else if (a->act == CRONJOB_CREATE && replaced && create_job(c, a->text, now, out, err) < 0)
            return -1;
        else if (a->act != CRONJOB_CREATE && delete_job(c, a->text, now, out) < 0)
            replaced &= a->act != CRONJOB_REPLACE;
    }
    if (!replaced)
        failed(c, now);
    return 0;
}

int cronjob_sync_run(struct cronjob_sync *c, int64_t now, FILE *out, struct error *err)
{
    struct error lost;
    if (make_plan(c, now, err) < 0)
        return -1;
    c->next = c->plan.next;
    int rc = do_all(c, now, out, err);
    cronjob_state_set_status(&c->state, c->plan.status);
    if (c->plan.blocked &&
        cronjob_clock_wake(&c->state, c->store, c->cronjob, &c->jobs, c->plan.status, &lost) < 0)
        cronjob_sync_look_again(c, now + UNSURE_SECONDS);
    return cronjob_state_write(&c->state, err) < 0 ? -1 : rc;
}

int64_t cronjob_sync_peek(struct cronjob_sync *c, int64_t now, bool at_once, struct error *err)
{
    if (make_plan(c, now, err) < 0)
        return CRONJOB_NEVER;
    return at_once && cronjob_plan_is_due(&c->plan) ? now : c->plan.next;
}

/* ---- for commands ---- */

static int set_clock(struct cronjob_sync *c, int64_t at, struct error *err)
{
    return cronjob_clock_set(&c->state, c->store, c->cronjob, at, err) < 0
               ? -1
               : cronjob_state_write(&c->state, err);
}

int cronjob_sync_changed(const struct store *s, const char *ns, const char *name, bool at_once,
                         struct error *err)
{
    cleanup_cronjob_sync struct cronjob_sync c;
    int rc = cronjob_sync_open(&c, s, ns, name, NULL, err);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    return set_clock(&c, cronjob_sync_peek(&c, (int64_t)time(NULL), at_once, err), err);
}

/* One that is suspended has none. Where none was set, the schedule may have had no next time: the
 * plan says so again. Whoever looks at another user's does not know that user's Slurm jobs. */
static bool needs_clock(const struct store *s, const json_t *cronjob)
{
    struct error err;
    cleanup_cronjob_state struct cronjob_state state = {.lock = -1};
    return store_is_mine(s) && !tree_bool(tree_get(cronjob, "spec"), "suspend") &&
           cronjob_state_read(&state, s, cronjob, &err) == 0 &&
           cronjob_clock_is_there(&state, &err) == 0;
}

void cronjob_sync_look(const struct store *s, const json_t *cronjob)
{
    struct error err;
    const json_t *meta = tree_get(cronjob, "metadata");
    if (needs_clock(s, cronjob))
        (void)cronjob_sync_changed(s, tree_str(meta, "namespace"), tree_str(meta, "name"), true,
                                   &err);
}

int cronjob_sync_reconcile(const struct store *s, const char *ns, const char *name, int64_t now,
                           FILE *out, struct error *err)
{
    cleanup_cronjob_sync struct cronjob_sync c;
    int rc = cronjob_sync_open(&c, s, ns, name, NULL, err);
    if (rc != 0)
        return rc;
    uint32_t before = cronjob_state_timer(&c.state, CRONJOB_CLOCK);
    if (cronjob_sync_run(&c, now, out, err) < 0 || set_clock(&c, c.next, err) < 0)
        return -1;
    uint32_t after = cronjob_state_timer(&c.state, CRONJOB_CLOCK);
    if (out && after != before && after)
        fprintf(out, "cronjob.batch/%s: its clock is Slurm job %u\n", name, after);
    return 0;
}

json_t *cronjob_sync_show(const struct store *s, json_t *object)
{
    struct error err;
    cleanup_cronjob_state struct cronjob_state state = {.lock = -1};
    if (!object || cronjob_state_read(&state, s, object, &err) < 0)
        return object;
    json_t *status = cronjob_jobs_status(s, cronjob_state_status(&state));
    json_object_set_new(object, "status", status ? status : json_object());
    return object;
}
