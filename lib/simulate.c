/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "simulate.h"

#include "cleanup.h"
#include "simulate_impl.h"
#include "tree.h"

#include <string.h>

/* A controller that never comes to rest would be a bug; better an error than an endless loop. */
#define PASSES_MAX 1000000

int sim_handle(struct sim *s, struct machine_event *ev, struct error *err)
{
    ev->time_us = s->now;
    return machine_handle(s->machine, ev, &s->actions, err);
}

static int act(struct sim *s, const struct machine_action *a, struct error *err)
{
    switch (a->type) {
    case MACHINE_CREATE_POD:
        return sim_pod_create(s, a, err);
    case MACHINE_DELETE_POD:
        return sim_pod_kill(s, a, err);
    case MACHINE_STOP_ALL:
    case MACHINE_DELETE_JOB: /* the simulation is over before */
        break;
    }
    return 0;
}

/* Carries out what the machine wants. The pods' events are handled with the next pass. */
static int act_all(struct sim *s, struct error *err)
{
    struct machine_actions todo = s->actions;
    int rc = 0;
    s->actions = (struct machine_actions){0};
    for (size_t i = 0; i < todo.len && rc == 0; i++)
        rc = act(s, &todo.v[i], err);
    machine_actions_free(&s->actions);
    s->actions = todo;
    return rc;
}

int sim_settle(struct sim *s, struct error *err)
{
    for (uint64_t i = 0; i < PASSES_MAX; i++) {
        struct machine_event sync = {.type = MACHINE_SYNC};
        if (sim_handle(s, &sync, err))
            return -1;
        sim_show_state(s);
        if (machine_finished(s->machine))
            return 0;
        bool acted = s->actions.len > 0;
        if (acted && act_all(s, err))
            return -1;
        if (acted || s->actions.wake_us <= s->now)
            continue;
        if (s->opt->timed || s->actions.create_us == MACHINE_NEVER)
            return 0;
        s->now = s->actions.create_us;
    }
    return error_set(err, "the simulation does not come to rest");
}

static uint64_t action_after(const json_t *action)
{
    return (uint64_t)tree_int(action, "after");
}

/* A JSON merge patch (RFC 7386), in place. */
static int merge_patch(json_t *target, const json_t *patch)
{
    const char *key;
    json_t *v;
    json_object_foreach ((json_t *)patch, key, v) {
        if (json_is_null(v)) {
            json_object_del(target, key);
            continue;
        }
        if (!json_is_object(v)) {
            if (json_object_set_nocheck(target, key, v))
                return -1;
            continue;
        }
        json_t *to = tree_get(target, key);
        if (!json_is_object(to)) {
            to = json_object();
            if (json_object_set_new_nocheck(target, key, to))
                return -1;
        }
        if (merge_patch(to, v))
            return -1;
    }
    return 0;
}

static int apply_action(struct sim *s, const json_t *action, struct error *err)
{
    const json_t *patch = tree_get(action, "patch");
    if (merge_patch(s->job, patch))
        return error_set(err, "out of memory");
    if (job_spec_update(s->spec, s->job, err))
        return error_prefix(err, "actions");
    struct machine_event ev = {.type = MACHINE_SPEC, .spec = s->spec, .more = true};
    sim_show_changed(s, patch);
    return sim_handle(s, &ev, err) || sim_settle(s, err) ? -1 : 0;
}

/* Applies what is due, one at a time, until the Job is terminal. */
static int apply_due(struct sim *s, struct error *err)
{
    size_t n = json_array_size(s->opt->actions);
    for (size_t i = 0; i < n && !machine_finished(s->machine); i++) {
        const json_t *action = json_array_get(s->opt->actions, i);
        if (s->action_done[i] || action_after(action) > s->finished)
            continue;
        s->action_done[i] = true;
        if (apply_action(s, action, err))
            return -1;
    }
    return 0;
}

/* Timed: moves the clock to what comes next. Returns false when nothing will come. */
static bool advance(struct sim *s, int64_t pod_us)
{
    int64_t next = pod_us < s->actions.wake_us ? pod_us : s->actions.wake_us;
    if (next == MACHINE_NEVER)
        return false;
    if (next > s->now)
        s->now = next;
    return true;
}

static int step_timed(struct sim *s, bool *more, struct error *err)
{
    int64_t at = MACHINE_NEVER;
    sim_pod_next(s, &at);
    *more = advance(s, at);
    for (struct sim_pod *p; *more && (p = sim_pod_next(s, &at)) && at <= s->now;)
        if (sim_pod_run(s, p, err))
            return -1;
    return *more ? sim_settle(s, err) : 0;
}

static int step_lockstep(struct sim *s, bool *more, struct error *err)
{
    int64_t at;
    struct sim_pod *p = sim_pod_next(s, &at);
    *more = p != NULL;
    if (!p)
        return 0;
    s->now += s->opt->pod_us;
    return sim_pod_run(s, p, err) || sim_settle(s, err) ? -1 : 0;
}

static int run(struct sim *s, struct error *err)
{
    uint64_t limit = s->opt->limit ? s->opt->limit : SIMULATE_LIMIT;
    bool more = true;
    if (sim_settle(s, err) || apply_due(s, err))
        return -1;
    while (more && !machine_finished(s->machine) && s->finished < limit) {
        if (s->opt->timed ? step_timed(s, &more, err) : step_lockstep(s, &more, err))
            return -1;
        if (apply_due(s, err))
            return -1;
    }
    return 0;
}

static int check_actions(const json_t *actions, struct error *err)
{
    if (actions && !json_is_array(actions))
        return error_set(err, "actions: must be a list");
    for (size_t i = 0; i < json_array_size(actions); i++) {
        const json_t *a = json_array_get(actions, i);
        if (!json_is_object(tree_get(a, "patch")))
            return error_set(err, "actions[%zu].patch: must be an object", i);
        if (!json_is_integer(tree_get(a, "after")) || tree_int(a, "after") < 0)
            return error_set(err, "actions[%zu].after: must be a number of ended pods", i);
    }
    return 0;
}

static int hide_namespace(json_t *job)
{
    json_t *meta = tree_get(job, "metadata");
    if (!json_is_object(meta)) {
        meta = json_object();
        if (json_object_set_new_nocheck(job, "metadata", meta))
            return -1;
    }
    return json_object_set_new_nocheck(meta, "namespace", json_string("<ns>"));
}

static int prepare(struct sim *s, struct error *err)
{
    const struct simulate_options *opt = s->opt;
    struct machine_config cfg = {.backoff_base_us = opt->backoff.backoff_base_us,
                                 .backoff_cap_us = opt->backoff.backoff_cap_us};
    if (outcome_check(opt->source.outcomes, err) || check_actions(opt->actions, err))
        return -1;
    s->job = json_deep_copy(opt->job);
    if (!s->job)
        return error_set(err, "out of memory");
    if (opt->placeholders && hide_namespace(s->job))
        return error_set(err, "out of memory");
    if (job_spec_from_json(s->job, &s->spec, err))
        return -1;
    s->action_done = calloc(json_array_size(opt->actions) + 1, sizeof *s->action_done);
    s->trace = json_array();
    s->machine = machine_new(s->spec, &cfg);
    if (!s->action_done || !s->trace || !s->machine)
        return error_set(err, "out of memory");
    s->now = opt->start_us;
    s->shown_backoff_us = MACHINE_NEVER;
    return 0;
}

static void sim_free(struct sim *s)
{
    machine_free(s->machine);
    machine_actions_free(&s->actions);
    job_spec_free(s->spec);
    json_decref(s->job);
    json_decref(s->trace);
    queue_free(&s->queue);
    free(s->pods);
    free(s->per_index);
    free(s->action_done);
}

json_t *simulate(const struct simulate_options *options, struct error *err)
{
    struct sim s = {.opt = options};
    json_t *result = NULL;
    if (prepare(&s, err) == 0 && run(&s, err) == 0) {
        result = sim_result(&s);
        if (!result)
            error_set(err, "out of memory");
    }
    sim_free(&s);
    return result;
}
