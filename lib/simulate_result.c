/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cleanup.h"
#include "simulate_impl.h"
#include "status.h"
#include "tree.h"

#include <stdio.h>

static const char *const counts[] = {
    "active", "ready", "terminating", "succeeded", "failed", "completedIndexes", "failedIndexes",
};

static const char *const condition_fields[] = {"type", "status", "reason", "message"};

/* A new object with those of the named fields that from has. */
static json_t *pick(const json_t *from, const char *const *names, size_t n)
{
    cleanup_json json_t *out = json_object();
    for (size_t i = 0; i < n; i++) {
        json_t *v = tree_get(from, names[i]);
        if (v && json_object_set_nocheck(out, names[i], v))
            return NULL;
    }
    return steal_ptr(&out);
}

#define PICK(from, names) pick(from, names, sizeof names / sizeof *names)

static json_t *conditions(const json_t *status)
{
    const json_t *list = tree_get(status, "conditions");
    cleanup_json json_t *out = json_array();
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_array_append_new(out, PICK(json_array_get(list, i), condition_fields)))
            return NULL;
    return steal_ptr(&out);
}

static json_t *pods_per_index(const struct sim *s)
{
    cleanup_json json_t *out = json_object();
    bool indexed = job_spec_indexed(s->spec);
    for (size_t i = 0; i < s->n_per_index; i++) {
        char key[24] = "-";
        if (s->per_index[i].created == 0)
            continue;
        if (indexed)
            snprintf(key, sizeof key, "%zu", i);
        if (json_object_set_new_nocheck(out, key, json_integer(s->per_index[i].created)))
            return NULL;
    }
    return steal_ptr(&out);
}

json_t *sim_result(const struct sim *s)
{
    cleanup_json json_t *status = status_json(s->machine);
    if (!status)
        return NULL;
    return json_pack("{s:o, s:o, s:I, s:o, s:I, s:O}", "status", PICK(status, counts), "conditions",
                     conditions(status), "podsCreated", (json_int_t)s->n_pods, "podsPerIndex",
                     pods_per_index(s), "finished", (json_int_t)s->finished, "trace", s->trace);
}
