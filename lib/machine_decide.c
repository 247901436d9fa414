/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whether and why the Job ends (syncJob of the Job controller). The order of the tests is part of
 * the semantics: failures come before successes.
 */
#include "machine_impl.h"

static bool fail(struct verdict *v, const char *reason, const char *message)
{
    v->type = MACHINE_FAILURE_TARGET;
    v->reason = reason;
    v->message = message;
    return true;
}

static bool decided_before(const struct machine *m, struct verdict *v,
                           enum machine_condition_type type)
{
    const struct machine_condition *c = machine_condition(m, type);
    if (c) {
        v->type = type;
        v->reason = c->reason;
        v->message = c->message;
    }
    return c != NULL;
}

static bool success_criteria_met(struct machine *m, struct verdict *v)
{
    return decided_before(m, v, MACHINE_SUCCESS_CRITERIA_MET);
}

static bool failure_target(struct machine *m, struct verdict *v)
{
    return decided_before(m, v, MACHINE_FAILURE_TARGET);
}

static bool decided_elsewhere(struct machine *m, struct verdict *v)
{
    if (!m->decision_reason)
        return false;
    v->type = m->decision_success ? MACHINE_SUCCESS_CRITERIA_MET : MACHINE_FAILURE_TARGET;
    v->reason = m->decision_reason;
    v->message = m->decision_message;
    return true;
}

static bool fail_job_rule(struct machine *m, struct verdict *v)
{
    return m->fail_job && fail(v, "PodFailurePolicy", m->fail_job);
}

/* OnFailure: container restarts of the pods that live count against the limit as well. */
static bool restarts_exceed_limit(const struct machine *m)
{
    uint64_t limit = (uint64_t)m->spec->backoff_limit;
    if (!m->spec->restart_on_failure)
        return false;
    return limit == 0 ? m->restarts > 0 : m->restarts >= limit;
}

static bool backoff_limit(struct machine *m, struct verdict *v)
{
    if (machine_failed(m) <= (uint64_t)m->spec->backoff_limit && !restarts_exceed_limit(m))
        return false;
    return fail(v, "BackoffLimitExceeded", "Job has reached the specified backoff limit");
}

int64_t machine_deadline(const struct machine *m)
{
    if (m->spec->active_deadline_seconds == JOB_UNSET || m->start_us == MACHINE_NO_TIME ||
        m->spec->suspend)
        return MACHINE_NEVER;
    int64_t at;
    if (__builtin_mul_overflow(m->spec->active_deadline_seconds, (int64_t)1000000, &at) ||
        __builtin_add_overflow(m->start_us, at, &at))
        return MACHINE_NEVER;
    return at;
}

static bool deadline(struct machine *m, struct verdict *v)
{
    if (m->now < machine_deadline(m))
        return false;
    return fail(v, "DeadlineExceeded", "Job was active longer than specified deadline");
}

static bool max_failed_indexes(struct machine *m, struct verdict *v)
{
    uint64_t failed = indexset_count(&m->failed_indexes) - indexset_count(&m->given_up);
    if (!job_spec_per_index(m->spec) || m->spec->max_failed_indexes == JOB_UNSET ||
        failed <= (uint64_t)m->spec->max_failed_indexes)
        return false;
    return fail(v, "MaxFailedIndexesExceeded",
                "Job has exceeded the specified maximal number of failed indexes");
}

static bool failed_indexes(struct machine *m, struct verdict *v)
{
    uint64_t failed = indexset_count(&m->failed_indexes);
    bool may_fail = job_spec_per_index(m->spec) || indexset_count(&m->given_up) > 0;
    if (!may_fail || failed == 0 ||
        failed + indexset_count(&m->completed) < (uint64_t)m->spec->completions)
        return false;
    return fail(v, "FailedIndexes", "Job has failed indexes");
}

typedef bool test(struct machine *m, struct verdict *v);

static test *const standing[] = {success_criteria_met, failure_target, decided_elsewhere};

static test *const tests[] = {
    fail_job_rule,      backoff_limit,  deadline,
    max_failed_indexes, failed_indexes, machine_success_policy,
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

bool machine_decide(struct machine *m, struct verdict *v)
{
    for (size_t i = 0; i < COUNT(standing); i++)
        if (standing[i](m, v))
            return true;
    for (size_t i = 0; !m->cfg.decided_elsewhere && i < COUNT(tests); i++)
        if (tests[i](m, v))
            return true;
    return false;
}

bool machine_completion_reached(const struct machine *m, struct verdict *v)
{
    uint64_t succeeded = machine_succeeded(m);
    if (m->cfg.decided_elsewhere || m->place[POD_ACTIVE].len > 0)
        return false;
    if (m->spec->completions == JOB_UNSET ? succeeded == 0
                                          : succeeded < (uint64_t)m->spec->completions)
        return false;
    v->type = MACHINE_SUCCESS_CRITERIA_MET;
    v->reason = "CompletionsReached";
    v->message = "Reached expected number of succeeded pods";
    return true;
}
