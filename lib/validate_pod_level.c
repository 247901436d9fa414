/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * spec.resources: the resources of the pod as a whole, against those of its containers.
 */
#include "validate_pod_parts.h"

#include <string.h>

#include "cleanup.h"
#include "quantity.h"
#include "tree.h"

static void pod_resource_name(const char *name, const struct path *path, struct field_errors *errs)
{
    static const char *const supported[] = {"cpu", "hugepages-", "memory", NULL};
    cleanup_json json_t *shown = json_string_nocheck(name);
    if (validate_resource_name(name, path, errs) && strcmp(name, "cpu") != 0 &&
        strcmp(name, "memory") != 0 && !resource_is_huge_pages(name))
        field_unsupported(errs, path, shown, supported);
}

/* ---- sums, in units of 1/1000 as resource lists are rounded to; they saturate ---- */

struct sum {
    long long milli;
    enum quantity_format format; /* of the first amount that is not 0 */
};

static void add(struct sum *sum, long long milli, enum quantity_format format)
{
    if (sum->milli == 0)
        sum->format = format;
    if (__builtin_add_overflow(sum->milli, milli, &sum->milli))
        sum->milli = INT64_MAX;
}

static void add_amount(struct sum *sum, const json_t *ctr, const char *list, const char *name)
{
    const json_t *v = tree_get(tree_get(tree_get(ctr, "resources"), list), name);
    struct quantity q;
    if (v && quantity_parse(&q, json_string_value(v), NULL) == 0)
        add(sum, quantity_ceil_milli(&q), q.format);
}

static void keep_larger(struct sum *a, const struct sum *b)
{
    if (b->milli > a->milli)
        *a = *b;
}

/* What the containers need at once: the regular ones and the sidecars together, or a plain init
 * container with the sidecars that were started before it. */
static struct sum aggregate(const json_t *spec, const char *list, const char *name)
{
    struct sum running = {0}, sidecars = {0}, init = {0};
    size_t i;
    json_t *ctr;
    json_array_foreach (tree_get(spec, "containers"), i, ctr)
        add_amount(&running, ctr, list, name);
    json_array_foreach (tree_get(spec, "initContainers"), i, ctr) {
        struct sum one = {0};
        add_amount(&one, ctr, list, name);
        if (tree_is(ctr, "restartPolicy", "Always")) {
            add(&running, one.milli, one.format);
            add(&sidecars, one.milli, one.format);
            one = (struct sum){0};
        }
        add(&one, sidecars.milli, sidecars.format);
        keep_larger(&init, &one);
    }
    keep_larger(&running, &init);
    return running;
}

static void sum_quantity(const struct sum *sum, struct quantity *q)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    strbuf_addf(&text, "%lldm", sum->milli);
    if (quantity_parse(q, strbuf_str(&text), NULL) < 0)
        quantity_set_int(q, 0);
    q->kept[0] = '\0';
    q->format = sum->format;
}

/* The pod's own amounts must cover the sum. what: "requests" or "limits". */
static void covers(const struct pod_ctx *pod, const char *what, bool huge_pages_only,
                   const struct path *path)
{
    const struct path *list = PATH_FIELD(path, what);
    const char *name;
    json_t *v;
    json_object_foreach (tree_at(pod->spec, "resources", what, NULL), name, v) {
        struct sum sum = aggregate(pod->spec, what, name);
        struct quantity own, all;
        char text[QUANTITY_TEXT_MAX];
        if ((huge_pages_only && !resource_is_huge_pages(name)) ||
            quantity_parse(&own, json_string_value(v), NULL) < 0)
            continue;
        sum_quantity(&sum, &all);
        if (quantity_cmp(&all, &own) > 0)
            field_error(pod->errs, PATH_KEY(list, name), FIELD_INVALID, v,
                        "must be greater than or equal to aggregate container %s of %s", what,
                        quantity_format(&all, text));
    }
}

static void container_limits(const struct pod_ctx *pod, const json_t *ctr, const struct path *path)
{
    const json_t *own = tree_at(pod->spec, "resources", "limits", NULL);
    const char *name;
    json_t *v;
    json_object_foreach (tree_at(ctr, "resources", "limits", NULL), name, v) {
        struct quantity limit, pod_limit;
        if (!tree_has(own, name) || quantity_parse(&limit, json_string_value(v), NULL) < 0 ||
            quantity_parse(&pod_limit, tree_str(own, name), NULL) < 0)
            continue;
        if (quantity_cmp(&limit, &pod_limit) > 0)
            field_error(pod->errs, PATH_FIELD(PATH_KEY(path, name), "limits"), FIELD_INVALID, v,
                        "must be less than or equal to pod limits of %s", tree_str(own, name));
    }
}

void validate_pod_resources(const struct pod_ctx *pod, const struct path *path)
{
    const json_t *resources = tree_get(pod->spec, "resources");
    const struct path *p = PATH_FIELD(path, "resources");
    const struct path *containers = PATH_FIELD(p, "containers");
    size_t i;
    json_t *ctr;
    if (!resources)
        return;
    if (tree_is(tree_get(pod->spec, "os"), "name", "windows")) {
        check_forbid(pod->errs, p, "may not be set for a windows pod");
        return;
    }
    if (tree_has(resources, "claims"))
        check_forbid(pod->errs, PATH_FIELD(p, "claims"),
                     "claims may not be set for Resources at pod-level");
    validate_resource_lists(resources, pod_resource_name, p, pod->errs);
    covers(pod, "requests", false, p);
    covers(pod, "limits", true, p);
    json_array_foreach (tree_get(pod->spec, "containers"), i, ctr)
        container_limits(pod, ctr, PATH_INDEX(containers, i));
}
