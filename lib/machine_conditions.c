/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine_impl.h"

#include <string.h>

static const char *const names[] = {
    [MACHINE_SUSPENDED] = "Suspended",
    [MACHINE_FAILURE_TARGET] = "FailureTarget",
    [MACHINE_SUCCESS_CRITERIA_MET] = "SuccessCriteriaMet",
    [MACHINE_COMPLETE] = "Complete",
    [MACHINE_FAILED_CONDITION] = "Failed",
};

const char *machine_condition_name(enum machine_condition_type type)
{
    return names[type];
}

static struct machine_condition *find(struct machine *m, enum machine_condition_type type)
{
    for (size_t i = 0; i < m->n_conditions; i++)
        if (m->condition[i].type == type)
            return &m->condition[i];
    return NULL;
}

const struct machine_condition *machine_condition(const struct machine *m,
                                                  enum machine_condition_type type)
{
    for (size_t i = 0; i < m->n_conditions; i++)
        if (m->condition[i].type == type && m->condition[i].status)
            return &m->condition[i];
    return NULL;
}

/* Sets a condition, or makes it; the texts must live as long as the machine. Returns whether
 * anything changed. */
static bool ensure(struct machine *m, enum machine_condition_type type, bool status,
                   const char *reason, const char *message)
{
    struct machine_condition *c = find(m, type);
    if (!c && !status) /* from nothing to False would say nothing */
        return false;
    if (c && c->status == status && strcmp(c->reason, reason) == 0 &&
        strcmp(c->message, message) == 0)
        return false;
    if (!c)
        c = &m->condition[m->n_conditions++];
    *c = (struct machine_condition){
        .type = type, .status = status, .time_us = m->now, .reason = reason, .message = message};
    return true;
}

void machine_suspended_update(struct machine *m)
{
    if (m->spec->suspend) {
        if (!ensure(m, MACHINE_SUSPENDED, true, "JobSuspended", "Job suspended"))
            return;
        if (m->start_us != MACHINE_NO_TIME)
            m->last_start_us = m->start_us;
        m->start_us = MACHINE_NO_TIME;
    } else if (ensure(m, MACHINE_SUSPENDED, false, "JobResumed", "Job resumed")) {
        m->start_us = m->now; /* the deadline starts anew */
    }
}

void machine_finish(struct machine *m, const struct verdict *v, bool all_counted)
{
    bool success = v->type == MACHINE_SUCCESS_CRITERIA_MET;
    if (!machine_condition(m, v->type))
        ensure(m, v->type, true, v->reason, v->message);
    if (!all_counted || m->place[POD_TERMINATING].len > 0)
        return;
    ensure(m, success ? MACHINE_COMPLETE : MACHINE_FAILED_CONDITION, true, v->reason, v->message);
    if (success)
        m->completion_us = m->now;
    if (m->start_us == MACHINE_NO_TIME) /* it was suspended, but it has run before */
        m->start_us = m->last_start_us;
}

bool machine_decided(const struct machine *m)
{
    return machine_condition(m, MACHINE_FAILURE_TARGET) ||
           machine_condition(m, MACHINE_SUCCESS_CRITERIA_MET);
}

bool machine_finished(const struct machine *m)
{
    return machine_condition(m, MACHINE_FAILED_CONDITION) || machine_condition(m, MACHINE_COMPLETE);
}
