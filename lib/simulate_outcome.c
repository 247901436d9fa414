/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "simulate_outcome.h"

#include "tree.h"

#include <stdio.h>
#include <string.h>

#define EXIT_KILLED 143

/* SplitMix64: the outcome of a pod depends on the seed and on the pod alone, not on the order in
 * which pods happen to end. */
static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

static void set_exit(const struct job_spec *spec, struct outcome *out, int32_t first,
                     int32_t others)
{
    out->exit_code = first;
    for (size_t i = 0; i < spec->n_containers && i < OUTCOME_LIST_MAX; i++) {
        out->containers[i].name = spec->containers[i].name;
        out->containers[i].exit_code = i == 0 ? first : others;
        out->seen.n_containers++;
    }
}

static void add_condition(struct outcome *out, const char *type, const char *status)
{
    if (out->seen.n_conditions < OUTCOME_LIST_MAX)
        out->conditions[out->seen.n_conditions++] =
            (struct machine_pod_condition){.type = type, .status = status};
}

static void add_disruption(struct outcome *out, const char *reason)
{
    out->disruption = reason;
    add_condition(out, "DisruptionTarget", "True");
}

static const struct {
    uint32_t below; /* of 100 */
    int32_t exit_code;
    const char *disruption;
} kinds_of_failure[] = {
    {70, 1, NULL},
    {85, 137, NULL},
    {100, EXIT_KILLED, "PreemptionByScheduler"},
};

static void random_outcome(const struct outcome_source *source, const struct job_spec *spec,
                           uint32_t index, uint32_t nth, struct outcome *out)
{
    uint64_t r = mix(mix(source->seed) ^ ((uint64_t)index << 32 | nth));
    if (r % 1000000 >= source->failures_per_million) {
        set_exit(spec, out, 0, 0);
        return;
    }
    uint32_t kind = (uint32_t)(mix(r) % 100);
    size_t i = 0;
    while (kind >= kinds_of_failure[i].below)
        i++;
    set_exit(spec, out, kinds_of_failure[i].exit_code, 0);
    if (kinds_of_failure[i].disruption)
        add_disruption(out, kinds_of_failure[i].disruption);
}

static const json_t *list_of(const json_t *outcomes, bool indexed, uint32_t index)
{
    char key[16];
    if (!indexed)
        return tree_get(outcomes, "seq");
    snprintf(key, sizeof key, "%u", index);
    const json_t *list = tree_get(outcomes, key);
    return list ? list : tree_get(outcomes, "*");
}

static void read_codes(const json_t *codes, const struct job_container *v, size_t n,
                       struct machine_container *out, size_t *n_out)
{
    for (size_t i = 0; i < n && *n_out < OUTCOME_LIST_MAX; i++)
        if (tree_has(codes, v[i].name))
            out[(*n_out)++] = (struct machine_container){
                .name = v[i].name, .exit_code = (int32_t)tree_int(codes, v[i].name)};
}

static void read_containers(const json_t *o, const struct job_spec *spec, struct outcome *out)
{
    const json_t *codes = tree_get(o, "containers");
    int32_t first = tree_has(o, "exit") ? (int32_t)tree_int(o, "exit")
                    : out->disruption   ? EXIT_KILLED
                                        : 0;
    set_exit(spec, out, first, 0);
    for (size_t i = 0; i < out->seen.n_containers; i++)
        if (tree_has(codes, out->containers[i].name))
            out->containers[i].exit_code = (int32_t)tree_int(codes, out->containers[i].name);
    read_codes(tree_get(o, "init"), spec->init_containers, spec->n_init_containers, out->init,
               &out->seen.n_init);
}

static void read_outcome(const json_t *o, const struct job_spec *spec, struct outcome *out)
{
    const json_t *conditions = tree_get(o, "conditions");
    if (*tree_str(o, "disruption"))
        add_disruption(out, tree_str(o, "disruption"));
    for (size_t i = 0; i < json_array_size(conditions); i++) {
        const json_t *c = json_array_get(conditions, i);
        const char *status = tree_str(c, "status");
        add_condition(out, tree_str(c, "type"), *status ? status : "True");
    }
    read_containers(o, spec, out);
    out->restarts = (uint32_t)tree_int(o, "restarts");
}

static bool all_zero(const struct machine_container *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (v[i].exit_code != 0)
            return false;
    return true;
}

/* A sidecar's exit code never matters. */
static bool init_ok(const struct outcome *out, const struct job_spec *spec)
{
    for (size_t i = 0; i < out->seen.n_init; i++)
        for (size_t k = 0; k < spec->n_init_containers; k++)
            if (strcmp(spec->init_containers[k].name, out->init[i].name) == 0 &&
                !spec->init_containers[k].sidecar && out->init[i].exit_code != 0)
                return false;
    return true;
}

static void conclude(struct outcome *out, const struct job_spec *spec)
{
    out->seen.containers = out->containers;
    out->seen.init = out->init;
    out->seen.conditions = out->conditions;
    out->ok = all_zero(out->containers, out->seen.n_containers) && init_ok(out, spec);
}

static void clear(struct outcome *out)
{
    out->ok = false;
    out->restarts = 0;
    out->exit_code = 0;
    out->disruption = NULL;
    out->seen = (struct machine_outcome){0};
}

void outcome_get(const struct outcome_source *source, const struct job_spec *spec, uint32_t index,
                 uint32_t nth, struct outcome *out)
{
    clear(out);
    const json_t *list = list_of(source->outcomes, job_spec_indexed(spec), index);
    size_t n = json_array_size(list);
    if (n > 0)
        read_outcome(json_array_get(list, nth < n ? nth : n - 1), spec, out);
    else if (source->random)
        random_outcome(source, spec, index, nth, out);
    else
        set_exit(spec, out, 0, 0);
    conclude(out, spec);
}

void outcome_killed(const struct job_spec *spec, struct outcome *out)
{
    clear(out);
    set_exit(spec, out, EXIT_KILLED, EXIT_KILLED);
    conclude(out, spec);
}

static int check_number(const json_t *v, json_int_t min, json_int_t max)
{
    return !v || (json_is_integer(v) && json_integer_value(v) >= min &&
                  json_integer_value(v) <= max)
               ? 0
               : -1;
}

static int check_codes(const json_t *codes)
{
    const char *name;
    json_t *v;
    if (codes && !json_is_object(codes))
        return -1;
    json_object_foreach ((json_t *)codes, name, v)
        if (check_number(v, INT32_MIN, INT32_MAX))
            return -1;
    return 0;
}

static int check_one(const json_t *o, const char *key, size_t i, struct error *err)
{
    const json_t *conditions = tree_get(o, "conditions");
    const json_t *disruption = tree_get(o, "disruption");
    const char *bad = !json_is_object(o)                                        ? "outcome"
                      : check_number(tree_get(o, "exit"), INT32_MIN, INT32_MAX) ? "exit"
                      : check_number(tree_get(o, "restarts"), 0, 1000)          ? "restarts"
                      : check_codes(tree_get(o, "containers"))                  ? "containers"
                      : check_codes(tree_get(o, "init"))                        ? "init"
                      : disruption && !json_is_string(disruption)               ? "disruption"
                      : conditions && !json_is_array(conditions)                ? "conditions"
                                                                                : NULL;
    return bad ? error_set(err, "outcomes[\"%s\"][%zu]: bad %s", key, i, bad) : 0;
}

int outcome_check(const json_t *outcomes, struct error *err)
{
    const char *key;
    json_t *list;
    if (!outcomes)
        return 0;
    if (!json_is_object(outcomes))
        return error_set(err, "outcomes: must be an object with a list per index, or \"seq\"");
    json_object_foreach ((json_t *)outcomes, key, list) {
        if (!json_is_array(list))
            return error_set(err, "outcomes[\"%s\"]: must be a list", key);
        for (size_t i = 0; i < json_array_size(list); i++)
            if (check_one(json_array_get(list, i), key, i, err))
                return -1;
    }
    return 0;
}
