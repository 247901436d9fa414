/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "status.h"

#include "cleanup.h"
#include "strbuf.h"
#include "timefmt.h"

/* Steals value. */
static int put(json_t *obj, const char *name, json_t *value)
{
    return json_object_set_new_nocheck(obj, name, value);
}

static json_t *time_json(int64_t us)
{
    char text[TIMEFMT_MAX];
    int64_t seconds = us / 1000000 - (us % 1000000 < 0); /* rounded down, before 1970 too */
    return json_string(timefmt_rfc3339(seconds, text));
}

static int put_time(json_t *obj, const char *name, int64_t us)
{
    return us == MACHINE_NO_TIME ? 0 : put(obj, name, time_json(us));
}

static int put_count(json_t *obj, const char *name, uint64_t n)
{
    return n == 0 ? 0 : put(obj, name, json_integer((json_int_t)n));
}

static int put_indexes(json_t *obj, const char *name, const struct indexset *set, bool if_empty)
{
    if (!set || (!if_empty && indexset_count(set) == 0))
        return 0;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    indexset_print(set, &text);
    return text.failed ? -1 : put(obj, name, json_string(strbuf_str(&text)));
}

static json_t *condition_json(const struct machine_condition *c)
{
    cleanup_json json_t *obj = json_object();
    if (put(obj, "type", json_string(machine_condition_name(c->type))) ||
        put(obj, "status", json_string(c->status ? "True" : "False")) ||
        put_time(obj, "lastProbeTime", c->time_us) ||
        put_time(obj, "lastTransitionTime", c->time_us))
        return NULL;
    if ((*c->reason && put(obj, "reason", json_string(c->reason))) ||
        (*c->message && put(obj, "message", json_string(c->message))))
        return NULL;
    return steal_ptr(&obj);
}

static int put_conditions(json_t *status, const struct machine_view *view)
{
    if (view->n_conditions == 0)
        return 0;
    json_t *list = json_array();
    if (put(status, "conditions", list))
        return -1;
    for (size_t i = 0; i < view->n_conditions; i++)
        if (json_array_append_new(list, condition_json(&view->conditions[i])))
            return -1;
    return 0;
}

json_t *status_json(const struct machine *m)
{
    struct machine_view v;
    machine_view(m, &v);
    cleanup_json json_t *status = json_object();
    if (put_count(status, "active", v.active) ||
        put_indexes(status, "completedIndexes", v.completed_indexes, false) ||
        put_time(status, "completionTime", v.completion_us) || put_conditions(status, &v) ||
        put_count(status, "failed", v.failed) ||
        put_indexes(status, "failedIndexes", v.failed_indexes, true) ||
        put(status, "ready", json_integer(v.ready)) || put_time(status, "startTime", v.start_us) ||
        put_count(status, "succeeded", v.succeeded) ||
        put(status, "terminating", json_integer(v.terminating)) ||
        put(status, "uncountedTerminatedPods", json_object()))
        return NULL;
    return steal_ptr(&status);
}
