/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Tells the observer what happens.
 */
#include "machine_policy.h"
#include "simulate_impl.h"

#include <stdlib.h>
#include <string.h>

static struct simulate_event event_of(const struct sim *s, enum simulate_event_type type)
{
    return (struct simulate_event){.type = type, .time_us = s->now, .machine = s->machine};
}

static void tell(const struct sim *s, const struct simulate_event *ev)
{
    if (s->opt->observe)
        s->opt->observe(s->opt->arg, ev);
}

void sim_show(struct sim *s, enum simulate_event_type type, const struct sim_pod *pod,
              const struct outcome *outcome)
{
    struct simulate_event ev = event_of(s, type);
    ev.pod = (uint32_t)(pod - s->pods);
    ev.index = pod->index;
    ev.attempt = pod->nth;
    ev.restarts = pod->restarts;
    ev.outcome = outcome;
    ev.ignored = type == SIMULATE_POD_ENDED && !outcome->ok &&
                 policy_match(s->spec, &outcome->seen).action == JOB_IGNORE;
    tell(s, &ev);
}

void sim_show_changed(struct sim *s, const json_t *patch)
{
    struct simulate_event ev = event_of(s, SIMULATE_CHANGED);
    ev.patch = patch;
    tell(s, &ev);
}

static bool shown_before(const struct sim *s, size_t i, const struct machine_condition *c)
{
    return i < s->n_last && s->last[i].status == c->status && s->last[i].time_us == c->time_us;
}

static void show_conditions(struct sim *s)
{
    struct machine_view v;
    machine_view(s->machine, &v);
    for (size_t i = 0; i < v.n_conditions; i++) {
        if (shown_before(s, i, &v.conditions[i]))
            continue;
        struct simulate_event ev = event_of(s, SIMULATE_CONDITION);
        ev.condition = &v.conditions[i];
        tell(s, &ev);
        s->last[i] = (struct machine_condition){.status = v.conditions[i].status,
                                                .time_us = v.conditions[i].time_us};
    }
    s->n_last = v.n_conditions;
}

void sim_show_state(struct sim *s)
{
    show_conditions(s);
    int64_t until = s->actions.create_us;
    if (until != s->shown_backoff_us && until != MACHINE_NEVER && until > s->now) {
        struct simulate_event ev = event_of(s, SIMULATE_BACKOFF);
        ev.until_us = until;
        tell(s, &ev);
    }
    s->shown_backoff_us = until;
}
