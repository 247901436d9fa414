/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Random Jobs with random histories: whatever happens, the status is one that the API server would
 * accept after the one before (validateJobStatus and its update rules), counts do not fall, and no
 * pod is created once the Job is decided.
 *
 * SKJOB_SEED=n runs one case; a failing case prints its seed.
 */
#include "machine.h"

#include "cleanup.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define STEPS          100000
#define STEPS_PER_CASE 100
#define SECOND         INT64_C(1000000)
#define PODS           64

struct live {
    uint32_t index;
    uint32_t attempt;
};

struct snapshot {
    struct machine_view v;
    bool complete, failed_condition, failure_target, success_met;
};

struct world {
    uint64_t seed;
    uint64_t rng;
    struct job_spec *spec;
    struct machine *machine;
    struct machine_actions actions;
    int64_t now;
    struct live pods[PODS * 16];
    size_t n;
    struct snapshot before;
    bool rescaled; /* completions have changed: succeeded may fall */
    bool resumed;
    uint64_t external_pods;
};

static uint32_t draw(struct world *w, uint32_t below)
{
    w->rng = w->rng * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(w->rng >> 33) % below;
}

static bool maybe(struct world *w, uint32_t percent)
{
    return draw(w, 100) < percent;
}

static void add_number(struct world *w, json_t *spec, const char *name, uint32_t percent,
                       uint32_t below)
{
    if (maybe(w, percent))
        json_object_set_new(spec, name, json_integer(draw(w, below)));
}

static json_t *random_rule(struct world *w)
{
    static const char *const names[] = {"Ignore", "Count", "FailJob", "FailIndex", "Nonsense"};
    uint32_t i = draw(w, 20);
    const char *action = names[i < 14 ? i % 2 : i < 16 ? 2 : i < 19 ? 3 : 4];
    if (maybe(w, 30))
        return json_pack("{s:s,s:[{s:s}]}", "action", action, "onPodConditions", "type",
                         "DisruptionTarget");
    return json_pack("{s:s,s:{s:s,s:[i,i]}}", "action", action, "onExitCodes", "operator",
                     maybe(w, 70) ? "In" : "NotIn", "values", (int)draw(w, 3) + 1,
                     (int)draw(w, 3) + 4);
}

static void add_policies(struct world *w, json_t *spec, bool indexed)
{
    if (maybe(w, 40)) {
        json_t *rules = json_array();
        for (uint32_t n = draw(w, 4); n > 0; n--)
            json_array_append_new(rules, random_rule(w));
        json_object_set_new(spec, "podFailurePolicy", json_pack("{s:o}", "rules", rules));
    }
    if (indexed && maybe(w, 30))
        json_object_set_new(spec, "successPolicy",
                            json_pack("{s:[{s:s,s:i},{s:i}]}", "rules", "succeededIndexes", "0-2,5",
                                      "succeededCount", (int)draw(w, 4) + 1, "succeededCount",
                                      (int)draw(w, 12) + 1));
    if (maybe(w, 30))
        json_object_set_new(spec, "podReplacementPolicy", json_string("Failed"));
}

static json_t *random_job(struct world *w)
{
    json_t *spec = json_object();
    bool indexed = maybe(w, 60);
    add_number(w, spec, "parallelism", 90, 9);
    add_number(w, spec, "completions", indexed ? 100 : 70, 13);
    add_number(w, spec, "backoffLimit", 60, 12);
    add_number(w, spec, "activeDeadlineSeconds", 20, 900);
    add_number(w, spec, "ttlSecondsAfterFinished", 20, 100);
    if (indexed) {
        json_object_set_new(spec, "completionMode", json_string("Indexed"));
        add_number(w, spec, "backoffLimitPerIndex", 50, 4);
        add_number(w, spec, "maxFailedIndexes", 30, 5);
    }
    if (maybe(w, 10))
        json_object_set_new(spec, "suspend", json_true());
    add_policies(w, spec, indexed);
    return json_pack("{s:{s:s},s:o}", "metadata", "name", "j", "spec", spec);
}

#define check(w, what) cr_assert(what, "seed %llu: %s", (unsigned long long)(w)->seed, #what)

static struct snapshot look(const struct world *w)
{
    struct snapshot s;
    machine_view(w->machine, &s.v);
    s.complete = machine_condition(w->machine, MACHINE_COMPLETE);
    s.failed_condition = machine_condition(w->machine, MACHINE_FAILED_CONDITION);
    s.failure_target = machine_condition(w->machine, MACHINE_FAILURE_TARGET);
    s.success_met = machine_condition(w->machine, MACHINE_SUCCESS_CRITERIA_MET);
    return s;
}

static void check_state(const struct world *w, const struct snapshot *s)
{
    check(w, !(s->complete && s->failed_condition));
    check(w, !(s->complete && s->failure_target));
    check(w, !(s->success_met && (s->failed_condition || s->failure_target)));
    check(w, !s->failed_condition || s->failure_target);
    check(w, !s->complete || s->success_met);
    check(w, s->v.ready <= s->v.active);
    check(w, (s->v.completion_us != MACHINE_NO_TIME) == s->complete);
    if (s->complete || s->failed_condition) {
        check(w, s->v.active == 0);
        check(w, s->v.terminating == 0);
    }
    if (s->complete && s->v.start_us != MACHINE_NO_TIME)
        check(w, s->v.completion_us >= s->v.start_us);
    if (s->v.completed_indexes && s->v.failed_indexes)
        check(w, indexset_count_common(s->v.completed_indexes, s->v.failed_indexes) == 0);
    if (s->v.completed_indexes) {
        check(w, s->v.succeeded == indexset_count(s->v.completed_indexes));
        uint32_t first, last;
        check(w, s->complete || s->failed_condition ||
                     !indexset_next(s->v.completed_indexes, (uint32_t)w->spec->completions, &first,
                                    &last));
    }
    for (size_t i = 0; i < s->v.n_conditions; i++)
        for (size_t k = 0; k < i; k++)
            check(w, s->v.conditions[i].type != s->v.conditions[k].type);
}

static void check_change(const struct world *w, const struct snapshot *old,
                         const struct snapshot *new)
{
    check(w, new->v.failed >= old->v.failed);
    check(w, new->v.succeeded >= old->v.succeeded || w->rescaled);
    check(w, new->complete >= old->complete);
    check(w, new->failed_condition >= old->failed_condition);
    check(w, new->failure_target >= old->failure_target);
    check(w, new->success_met >= old->success_met);
    check(w, new->v.n_conditions >= old->v.n_conditions);
    if (new->complete + new->failed_condition > old->complete + old->failed_condition)
        check(w, new->v.start_us != MACHINE_NO_TIME || w->spec->suspend);
    if (old->complete)
        check(w, new->v.completion_us == old->v.completion_us);
    if (old->v.start_us != MACHINE_NO_TIME && !w->spec->suspend && !w->resumed)
        check(w, new->v.start_us == old->v.start_us);
    if (old->complete || old->failed_condition)
        check(w, new->v.failed == old->v.failed);
}

static void forget(struct world *w, size_t i)
{
    w->pods[i] = w->pods[--w->n];
}

static void created(struct world *w, const struct machine_action *a)
{
    check(w, !machine_decided(w->machine));
    check(w, !w->before.success_met && !w->before.failure_target);
    check(w, !w->spec->suspend);
    check(w, w->n < sizeof w->pods / sizeof *w->pods);
    if (job_spec_indexed(w->spec)) {
        struct machine_view v;
        machine_view(w->machine, &v);
        check(w, a->index < (uint32_t)w->spec->completions);
        check(w, !indexset_contains(v.completed_indexes, a->index));
        check(w, !v.failed_indexes || !indexset_contains(v.failed_indexes, a->index));
    }
    w->pods[w->n++] = (struct live){.index = a->index, .attempt = a->attempt};
}

static void handle(struct world *w, struct machine_event ev)
{
    struct error err;
    ev.time_us = w->now;
    cr_assert_eq(machine_handle(w->machine, &ev, &w->actions, &err), 0, "%s", err.text);
    struct snapshot now = look(w);
    for (size_t i = 0; i < w->actions.len; i++)
        if (w->actions.v[i].type == MACHINE_CREATE_POD)
            created(w, &w->actions.v[i]);
    check_state(w, &now);
    check_change(w, &w->before, &now);
    w->before = look(w);
    w->rescaled = w->resumed = false;
}

static void random_end(struct world *w, size_t i)
{
    struct machine_container c = {.name = "main", .exit_code = (int)draw(w, 7)};
    struct machine_pod_condition d = {.type = "DisruptionTarget", .status = "True"};
    struct machine_outcome o = {
        .containers = &c, .n_containers = 1, .conditions = &d, .n_conditions = maybe(w, 20)};
    if (maybe(w, 40))
        c.exit_code = 0;
    struct machine_event ev = {.type = MACHINE_POD_ENDED,
                               .index = w->pods[i].index,
                               .attempt = w->pods[i].attempt,
                               .phase = c.exit_code ? MACHINE_FAILED : MACHINE_SUCCEEDED,
                               .outcome = &o,
                               .more = maybe(w, 20)};
    forget(w, i);
    handle(w, ev);
}

static void random_pod_event(struct world *w)
{
    static const enum machine_event_type types[] = {MACHINE_POD_STARTED, MACHINE_POD_RESTARTED,
                                                    MACHINE_POD_DELETED, MACHINE_POD_GONE};
    size_t i = draw(w, (uint32_t)w->n);
    if (maybe(w, 60)) {
        random_end(w, i);
        return;
    }
    struct machine_event ev = {.type = types[draw(w, 40) / 13],
                               .index = w->pods[i].index,
                               .attempt = w->pods[i].attempt,
                               .phase = MACHINE_RUNNING,
                               .ready = maybe(w, 70),
                               .restarts = draw(w, 2),
                               .more = maybe(w, 20)};
    if (ev.type == MACHINE_POD_GONE)
        forget(w, i);
    handle(w, ev);
}

/* A pod that the machine has not made: a duplicate, or with an index that is out of range. */
static void stray_pod(struct world *w)
{
    uint32_t attempt = 1000000 + (uint32_t)w->external_pods++;
    struct machine_event ev = {.type = MACHINE_POD_STARTED,
                               .index = maybe(w, 5) ? MACHINE_NO_INDEX : draw(w, 15),
                               .attempt = attempt,
                               .phase = MACHINE_RUNNING,
                               .failures = draw(w, 3)};
    check(w, w->n < sizeof w->pods / sizeof *w->pods);
    w->pods[w->n++] = (struct live){.index = ev.index, .attempt = attempt};
    handle(w, ev);
}

static void random_change(struct world *w)
{
    struct job_spec *spec = w->spec;
    switch (draw(w, 5)) {
    case 0:
        w->resumed = spec->suspend;
        spec->suspend = !spec->suspend;
        break;
    case 1:
        spec->parallelism = (int32_t)draw(w, 10);
        break;
    case 2:
        spec->backoff_limit = (int32_t)draw(w, 12);
        break;
    case 3:
        if (!job_spec_indexed(spec))
            break;
        spec->completions = spec->parallelism = (int32_t)draw(w, 12);
        w->rescaled = true;
        break;
    default:
        spec->replace_failed_only = spec->has_failure_policy || maybe(w, 50);
    }
    handle(w, (struct machine_event){.type = MACHINE_SPEC, .spec = spec});
}

static void random_step(struct world *w)
{
    uint32_t what = draw(w, 100);
    if (maybe(w, 50))
        w->now += draw(w, 40) * SECOND / 2;
    if (what < 6)
        random_change(w);
    else if (what < 8)
        stray_pod(w);
    else if (what < 80 && w->n > 0)
        random_pod_event(w);
    else
        handle(w, (struct machine_event){.type = MACHINE_SYNC, .unsettled = maybe(w, 10)});
}

static void run_case(uint64_t seed)
{
    struct world w = {.seed = seed, .rng = seed * 2 + 1, .now = 1700000000 * SECOND};
    struct error err;
    cleanup_json json_t *job = random_job(&w);
    cr_assert_eq(job_spec_from_json(job, &w.spec, &err), 0, "seed %llu: %s",
                 (unsigned long long)seed, err.text);
    w.machine = machine_new(w.spec, NULL);
    w.before = look(&w);
    for (int i = 0; i < STEPS_PER_CASE; i++)
        random_step(&w);
    machine_free(w.machine);
    machine_actions_free(&w.actions);
    job_spec_free(w.spec);
}

Test(machine_property, statuses_are_valid, .timeout = 300)
{
    const char *one = getenv("SKJOB_SEED");
    if (one)
        run_case(strtoull(one, NULL, 10));
    for (uint64_t seed = 1; !one && seed <= STEPS / STEPS_PER_CASE; seed++)
        run_case(seed);
}
