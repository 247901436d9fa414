/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cronjob_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "cron.h"
#include "cronjob_job.h"
#include "grow.h"
#include "timefmt.h"
#include "tree.h"

#define NORMAL       "Normal"
#define WARNING      "Warning"
#define ZONE_SECONDS 3600 /* until a zone that could not be read is looked for again */

/* One sync. */
struct sync {
    struct cronjob_plan *plan;
    const json_t *cronjob, *spec;
    const struct cronjob_job *jobs;
    size_t n;
    int64_t now;
    const struct timezone_info *zone;
    bool failed;
};

/* Takes text, which may be NULL. */
static void act(struct sync *s, enum cronjob_act what, const char *type, const char *reason,
                char *text)
{
    struct cronjob_plan *p = s->plan;
    struct cronjob_action *v = text ? grow(p->v, p->len, sizeof *v) : NULL;
    if (!v) {
        free(text);
        s->failed = true;
        return;
    }
    p->v = v;
    v[p->len++] = (struct cronjob_action){what, type, reason, text};
}

__attribute__((format(printf, 4, 5))) static void tell(struct sync *s, const char *type,
                                                       const char *reason, const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;
    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) < 0)
        text = NULL;
    va_end(ap);
    act(s, CRONJOB_TELL, type, reason, text);
}

/* ---- status ---- */

static json_t *active_of(const struct sync *s)
{
    return tree_get(s->plan->status, "active");
}

/* The place in status.active, or -1. */
static long find_active(const struct sync *s, const char *field, const char *value)
{
    size_t i;
    json_t *ref;
    json_array_foreach (active_of(s), i, ref)
        if (tree_is(ref, field, value))
            return (long)i;
    return -1;
}

static void forget_active(struct sync *s, const char *uid)
{
    long at = find_active(s, "uid", uid);
    if (at >= 0)
        json_array_remove(active_of(s), (size_t)at);
}

int64_t cronjob_plan_time(const json_t *status, const char *field)
{
    int64_t t;
    return timefmt_parse_rfc3339(tree_str(status, field), &t) == 0 ? t : CRONJOB_NEVER;
}

static void set_time(struct sync *s, const char *field, int64_t t)
{
    char text[TIMEFMT_MAX];
    if (json_object_set_new(s->plan->status, field, json_string(timefmt_rfc3339(t, text))) < 0)
        s->failed = true;
}

/* ---- history ---- */

/* Oldest first: those that never started last, and by name at the same time. */
static int by_start(const void *a, const void *b)
{
    const struct cronjob_job *x = *(const struct cronjob_job *const *)a;
    const struct cronjob_job *y = *(const struct cronjob_job *const *)b;
    bool no_x = x->started == CRONJOB_NEVER, no_y = y->started == CRONJOB_NEVER;
    if (no_x != no_y)
        return no_x ? 1 : -1;
    if (x->started != y->started)
        return x->started < y->started ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void clean_up(struct sync *s, enum cronjob_end end, const char *limit)
{
    size_t n = 0;
    size_t keep = (size_t)tree_int(s->spec, limit);
    cleanup_free const struct cronjob_job **v = calloc(s->n + 1, sizeof *v);
    if (!v) {
        s->failed = true;
        return;
    }
    for (size_t i = 0; i < s->n; i++)
        if (s->jobs[i].end == end)
            v[n++] = &s->jobs[i];
    if (!tree_has(s->spec, limit) || n <= keep)
        return;
    qsort(v, n, sizeof *v, by_start);
    for (size_t i = 0; i < n - keep; i++) {
        forget_active(s, v[i]->uid);
        act(s, CRONJOB_DELETE, NULL, NULL, strdup(v[i]->name));
    }
}

/* ---- what became of the Jobs ---- */

static void look_at_job(struct sync *s, const struct cronjob_job *j)
{
    bool active = find_active(s, "uid", j->uid) >= 0;
    if (!active && j->end == CRONJOB_UNFINISHED)
        tell(s, WARNING, "UnexpectedJob",
             "Saw a job that the controller did not create or forgot: %s", j->name);
    if (active && j->end != CRONJOB_UNFINISHED) {
        forget_active(s, j->uid);
        tell(s, NORMAL, "SawCompletedJob", "Saw completed job: %s, condition: %s", j->name,
             j->end == CRONJOB_COMPLETE ? "Complete" : "Failed");
    }
    if (j->end == CRONJOB_COMPLETE && j->completed != CRONJOB_NEVER &&
        j->completed > cronjob_plan_time(s->plan->status, "lastSuccessfulTime"))
        set_time(s, "lastSuccessfulTime", j->completed);
}

static bool is_there(const struct sync *s, const char *uid)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->jobs[i].uid, uid) == 0)
            return true;
    return false;
}

static void look_for_missing(struct sync *s)
{
    for (size_t i = 0; i < json_array_size(active_of(s));) {
        const json_t *ref = json_array_get(active_of(s), i);
        if (is_there(s, tree_str(ref, "uid"))) {
            i++;
            continue;
        }
        tell(s, NORMAL, "MissingJob", "Active job went missing: %s", tree_str(ref, "name"));
        json_array_remove(active_of(s), i);
    }
}

/* ---- the schedule ---- */

static void replace_active(struct sync *s)
{
    size_t i;
    json_t *ref;
    json_array_foreach (active_of(s), i, ref)
        act(s, CRONJOB_REPLACE, NULL, NULL, strdup(tree_str(ref, "name")));
    json_array_clear(active_of(s));
}

/* The time t of the schedule has come and nothing was started since. */
static void start(struct sync *s, int64_t t)
{
    char name[CRONJOB_JOB_NAME_MAX];
    cronjob_job_name(s->cronjob, t, name);
    if (find_active(s, "name", name) >= 0 ||
        cronjob_plan_time(s->plan->status, "lastScheduleTime") == t)
        return;
    bool running = json_array_size(active_of(s)) > 0;
    if (running && tree_is(s->spec, "concurrencyPolicy", "Forbid")) {
        tell(s, NORMAL, "JobAlreadyActive",
             "Not starting job because prior execution is running and concurrency policy is "
             "Forbid");
        s->plan->blocked = true;
        return;
    }
    if (running && tree_is(s->spec, "concurrencyPolicy", "Replace"))
        replace_active(s);
    s->plan->scheduled = t;
    act(s, CRONJOB_CREATE, NULL, NULL, strdup(name));
}

/* The timer does not know of startingDeadlineSeconds. */
static void set_timer(struct sync *s, const struct cron *c, int64_t base)
{
    struct cron_missed m;
    int64_t next = CRONJOB_NEVER;
    bool found = cron_most_recent_missed(c, s->zone, base, s->now, -1, &m, NULL) == 0 && m.found;
    if (!cron_next(c, s->zone, found ? m.time : base, &next) ||
        (next <= s->now && !cron_next(c, s->zone, s->now, &next)))
        next = CRONJOB_NEVER;
    s->plan->next = next;
}

static void follow_schedule(struct sync *s, const struct cron *c)
{
    struct error why;
    struct cron_missed m;
    int64_t base = cronjob_plan_time(s->plan->status, "lastScheduleTime");
    if (base == CRONJOB_NEVER)
        base = cronjob_plan_time(tree_get(s->cronjob, "metadata"), "creationTimestamp");
    int64_t deadline = tree_has(s->spec, "startingDeadlineSeconds")
                           ? tree_int(s->spec, "startingDeadlineSeconds")
                           : -1;
    if (cron_most_recent_missed(c, s->zone, base, s->now, deadline, &m, &why) < 0) {
        tell(s, WARNING, "InvalidSchedule", "invalid schedule: %s : %s",
             tree_str(s->spec, "schedule"), why.text);
        return;
    }
    if (m.too_many)
        tell(s, WARNING, "TooManyMissedTimes",
             "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check "
             "clock skew");
    if (m.found)
        start(s, m.time);
    set_timer(s, c, base);
}

/* Returns whether the zone is known. */
static bool find_zone(struct sync *s, const char *zoneinfo)
{
    struct error why;
    const char *name = tree_str(s->spec, "timeZone");
    if (!*name)
        return true;
    if (timezone_load(zoneinfo, name, &s->plan->zone, &why) == 0) {
        s->zone = s->plan->zone;
        return true;
    }
    tell(s, WARNING, "UnknownTimeZone", "invalid timeZone: \"%s\": %s", name, why.text);
    return false;
}

static void look_at_schedule(struct sync *s, const char *zoneinfo)
{
    struct error why;
    struct cron *c = NULL;
    const char *schedule = tree_str(s->spec, "schedule");
    bool is_known = find_zone(s, zoneinfo);
    if (tree_bool(s->spec, "suspend"))
        return;
    if (!is_known)
        s->plan->next = s->now + ZONE_SECONDS;
    else if (cron_parse(schedule, &c, &why) < 0)
        tell(s, WARNING, "UnparseableSchedule", "unparseable schedule: \"%s\" : %s", schedule,
             why.text);
    else
        follow_schedule(s, c);
    cron_free(c);
}

/* ---- the whole ---- */

static json_t *copy_status(const json_t *status)
{
    json_t *copy = status ? json_deep_copy(status) : json_object();
    if (copy && !json_is_array(tree_get(copy, "active")))
        json_object_set_new(copy, "active", json_array());
    return copy;
}

int cronjob_plan_make(struct cronjob_plan *p, const json_t *cronjob, const json_t *status,
                      const struct cronjob_job *jobs, size_t n, int64_t now,
                      const struct timezone_info *local, const char *zoneinfo, struct error *err)
{
    *p = (struct cronjob_plan){
        .status = copy_status(status), .scheduled = CRONJOB_NEVER, .next = CRONJOB_NEVER};
    if (!p->status)
        return error_set(err, "out of memory");
    struct sync s = {.plan = p,
                     .cronjob = cronjob,
                     .spec = tree_get(cronjob, "spec"),
                     .jobs = jobs,
                     .n = n,
                     .now = now,
                     .zone = local};
    clean_up(&s, CRONJOB_COMPLETE, "successfulJobsHistoryLimit");
    clean_up(&s, CRONJOB_FAILED, "failedJobsHistoryLimit");
    for (size_t i = 0; i < n; i++)
        look_at_job(&s, &jobs[i]);
    look_for_missing(&s);
    look_at_schedule(&s, zoneinfo);
    return s.failed ? error_set(err, "out of memory") : 0;
}

int cronjob_plan_created(struct cronjob_plan *p, const json_t *cronjob, const char *name,
                         const char *uid, struct error *err)
{
    char when[TIMEFMT_MAX];
    const char *ns = tree_str(tree_get(cronjob, "metadata"), "namespace");
    json_t *ref = json_pack("{s:s, s:s, s:s, s:s, s:s}", "apiVersion", "batch/v1", "kind", "Job",
                            "name", name, "namespace", ns, "uid", uid);
    timefmt_rfc3339(p->scheduled, when);
    if (!ref || json_array_append_new(tree_get(p->status, "active"), ref) < 0 ||
        json_object_set_new(p->status, "lastScheduleTime", json_string(when)) < 0)
        return error_set(err, "out of memory");
    return 0;
}

bool cronjob_plan_is_due(const struct cronjob_plan *p)
{
    return p->len && p->v[p->len - 1].act == CRONJOB_CREATE;
}

void cronjob_plan_free(struct cronjob_plan *p)
{
    while (p->len)
        free(p->v[--p->len].text);
    free(p->v);
    json_decref(p->status);
    timezone_free(p->zone);
    *p = (struct cronjob_plan){0};
}
