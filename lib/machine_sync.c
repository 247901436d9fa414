/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One pass of the controller (syncJob): observe, decide, act, count, write conditions.
 */
#include "machine_impl.h"

#include <stdlib.h>
#include <string.h>

/* Pods that are killed because the Job failed count as failed at once; when it succeeded they count
 * as nothing. */
static void settle_killed(struct machine *m, bool failing)
{
    if (m->unsettled_terminating == 0)
        return;
    for (struct pod *p = m->place[POD_TERMINATING].head; p; p = p->next) {
        if (p->settled)
            continue;
        machine_pod_settle(m, p);
        m->failed += failing && p->verdict != JOB_IGNORE && machine_valid_index(m, p->index);
    }
}

static void announce_end(struct machine *m)
{
    if (m->cfg.external && !machine_decided(m))
        machine_act(m, &(struct machine_action){.type = MACHINE_STOP_ALL, .at_us = m->now});
}

static void stop_all(struct machine *m)
{
    announce_end(m);
    while (m->place[POD_ACTIVE].head)
        machine_delete_pod(m, m->place[POD_ACTIVE].head);
}

/* The Job goes on unless all completions are reached. Returns whether it ends after all. */
static bool go_on(struct machine *m, struct verdict *v, bool unsettled)
{
    bool managed = !unsettled && !m->job_deleted;
    if (managed)
        machine_manage(m);
    if (!unsettled && machine_completion_reached(m, v)) {
        announce_end(m); /* tasks may be waiting to be retried */
        return true;
    }
    if (managed)
        machine_suspended_update(m);
    return false;
}

static void expire(struct machine *m)
{
    const struct machine_condition *c = machine_condition(m, MACHINE_FAILED_CONDITION);
    if (!c)
        c = machine_condition(m, MACHINE_COMPLETE);
    if (!c || m->spec->ttl_seconds == JOB_UNSET || !m->actions || m->job_deleted)
        return;
    int64_t at = c->time_us + m->spec->ttl_seconds * INT64_C(1000000);
    if (m->now >= at)
        machine_act(m, &(struct machine_action){.type = MACHINE_DELETE_JOB, .at_us = m->now});
    else
        m->actions->wake_us = at;
}

static void set_wake(struct machine *m, bool again)
{
    struct machine_actions *a = m->actions;
    if (!a)
        return;
    a->create_us = m->create_us;
    if (!machine_decided(m))
        a->wake_us = machine_deadline(m);
    if (m->create_us < a->wake_us)
        a->wake_us = m->create_us;
    if (again)
        a->wake_us = m->now;
}

/* The failures that a bookkeeper may have to retry: they leave the queue while being observed. */
static struct tally *copy_new(struct machine *m, size_t *n)
{
    const struct tally_list *l = &m->tallies;
    *n = m->cfg.external && m->actions ? l->len - l->seen : 0;
    if (*n == 0)
        return NULL;
    struct tally *v = malloc(*n * sizeof *v);
    if (v)
        memcpy(v, l->v + l->seen, *n * sizeof *v);
    else
        m->oom = true;
    return v;
}

static void pass(struct machine *m, bool unsettled)
{
    struct verdict v = {0};
    size_t n_new;
    struct tally *new_tallies = copy_new(m, &n_new);
    machine_debts_count_replaced(m);
    if (m->start_us == MACHINE_NO_TIME && !m->spec->suspend && !m->cfg.external)
        m->start_us = m->now;
    machine_tallies_observe(m);

    bool ends = machine_decide(m, &v);
    if (ends && unsettled) {
        ends = false;
    } else if (ends) {
        stop_all(m);
        settle_killed(m, v.type == MACHINE_FAILURE_TARGET);
    } else {
        ends = go_on(m, &v, unsettled);
    }
    if (ends)
        machine_debts_count_all(m);
    else if (new_tallies)
        machine_retry_failures(m, new_tallies, n_new);
    bool all_counted = machine_tallies_count(m);
    if (ends)
        machine_finish(m, &v, all_counted);
    set_wake(m, !all_counted || m->replaced.len > 0);
    free(new_tallies);
}

void machine_sync(struct machine *m, bool unsettled)
{
    m->create_us = MACHINE_NEVER;
    if (m->spec->managed_elsewhere || m->spec->mode == JOB_MODE_UNKNOWN)
        return;
    if (!machine_finished(m))
        pass(m, unsettled);
    if (machine_finished(m))
        expire(m);
}
