/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The state machine against the real one: each scenario is a Job, the outcome of each of its pods,
 * and what the Job controller of Kubernetes 1.36 made of it (tests/conformance/scenarios.jsonl).
 */
#include "simulate.h"

#include "cleanup.h"
#include "tree.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static json_t *run_case(const json_t *c, struct error *err)
{
    struct simulate_options opt = {
        .job = tree_get(c, "job"),
        .actions = tree_get(c, "actions"),
        .source = {.outcomes = tree_get(c, "outcomes")},
        .limit = (uint64_t)tree_int(c, "limit"),
        .placeholders = true,
        .pod_us = 10 * INT64_C(1000000),
        .start_us = INT64_C(1700000000) * 1000000,
        .backoff = {.backoff_base_us = 10 * INT64_C(1000000),
                    .backoff_cap_us = 360 * INT64_C(1000000)},
    };
    return simulate(&opt, err);
}

/* Prints each part that differs. */
static void print_difference(const char *name, const json_t *want, const json_t *got)
{
    const char *key;
    json_t *w;
    fprintf(stderr, "%s\n", name);
    json_object_foreach ((json_t *)want, key, w) {
        const json_t *g = tree_get(got, key);
        if (json_equal(w, g))
            continue;
        cleanup_free char *a = json_dumps(w, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY);
        cleanup_free char *b = json_dumps(g, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY);
        fprintf(stderr, "  %s\n    - %s\n    + %s\n", key, a, b);
    }
}

static bool agrees(const char *line, size_t number)
{
    struct error err = {"not JSON"};
    cleanup_json json_t *c = json_loads(line, 0, NULL);
    cleanup_json json_t *got = c ? run_case(c, &err) : NULL;
    if (!got) {
        fprintf(stderr, "line %zu: %s\n", number, err.text);
        return false;
    }
    if (json_equal(tree_get(c, "expect"), got))
        return true;
    print_difference(tree_str(c, "name"), tree_get(c, "expect"), got);
    return false;
}

Test(scenarios, agree_with_kubernetes, .timeout = 300)
{
    cleanup_file FILE *f = fopen(SKJOB_TESTS "/conformance/scenarios.jsonl", "r");
    cr_assert(f, "conformance/scenarios.jsonl: %s", strerror(errno));
    cleanup_free char *line = NULL;
    size_t cap = 0, n = 0, good = 0;
    while (getline(&line, &cap, f) > 0)
        good += agrees(line, ++n);
    fprintf(stderr, "%zu of %zu scenarios agree\n", good, n);
    cr_assert_gt(n, 0);
    cr_assert_eq(good, n);
}
