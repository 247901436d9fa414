/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_amount.h"

#include "quantity.h"
#include "tree.h"

struct question {
    pod_amount_counts *counts;
    const void *arg;
};

static int64_t add(int64_t a, int64_t b)
{
    int64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

static int64_t amount_of_list(const struct question *q, const json_t *list)
{
    int64_t sum = 0;
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)list, name, value) {
        struct quantity amount;
        if (q->counts(q->arg, name) && quantity_parse(&amount, json_string_value(value), NULL) == 0)
            sum = add(sum, quantity_ceil_milli(&amount));
    }
    return sum;
}

/* 0 when neither requests nor limits have it. */
static int64_t amount_of(const struct question *q, const json_t *owner)
{
    const json_t *resources = tree_get(owner, "resources");
    int64_t requests = amount_of_list(q, tree_get(resources, "requests"));
    return requests > 0 ? requests : amount_of_list(q, tree_get(resources, "limits"));
}

/* The most that is needed while the init containers run, one after the other; *sidecars is what
 * those among them need that run on. */
static int64_t amount_of_init(const struct question *q, const json_t *pod, int64_t *sidecars)
{
    int64_t most = 0;
    const json_t *container;
    size_t i;
    *sidecars = 0;
    json_array_foreach (tree_get(pod, "initContainers"), i, container) {
        int64_t now = add(*sidecars, amount_of(q, container));
        if (tree_is(container, "restartPolicy", "Always"))
            *sidecars = now;
        most = now > most ? now : most;
    }
    return most;
}

int64_t pod_amount(const json_t *pod, pod_amount_counts *counts, const void *arg)
{
    const struct question q = {counts, arg};
    int64_t sum = amount_of(&q, pod);
    const json_t *container;
    size_t i;
    if (sum)
        return sum;
    int64_t init = amount_of_init(&q, pod, &sum);
    json_array_foreach (tree_get(pod, "containers"), i, container)
        sum = add(sum, amount_of(&q, container));
    return sum > init ? sum : init;
}

int64_t pod_amount_units(int64_t milli, int64_t unit)
{
    int64_t per_unit = unit * 1000;
    return milli / per_unit + (milli % per_unit != 0);
}
