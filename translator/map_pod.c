/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <string.h>

#include "mapping.h"
#include "quantity.h"
#include "tree.h"

static const json_t *pod_of(const json_t *job)
{
    return tree_at(job, "spec", "template", "spec", NULL);
}

int map_time_limit(struct translation *t, const json_t *job, struct verdict *v, struct error *err)
{
    (void)v;
    long long seconds = tree_int(pod_of(job), "activeDeadlineSeconds");
    return seconds ? translation_add(t, err, "time", "%lld", (seconds + 59) / 60) : 0;
}

int map_node_name(struct translation *t, const json_t *job, struct verdict *v, struct error *err)
{
    (void)v;
    const char *node = tree_str(pod_of(job), "nodeName");
    return *node ? translation_add(t, err, "nodelist", "%s", node) : 0;
}

int map_restart_policy(struct translation *t, const json_t *job, struct verdict *v,
                       struct error *err)
{
    (void)t;
    (void)err;
    if (strcmp(tree_str(pod_of(job), "restartPolicy"), "OnFailure") == 0)
        *v = (struct verdict){FATE_HONOURED, "a failed container is restarted in its task; "
                                             "backoffLimit counts the restarts"};
    return 0;
}

/* What cannot be run, in the containers of both lists. */
static bool any_container_has(const json_t *job, const char *field, const char *kind)
{
    static const char *const lists[] = {"initContainers", "containers"};
    const json_t *container;
    size_t i;
    for (size_t k = 0; k < 2; k++)
        json_array_foreach (tree_get(pod_of(job), lists[k]), i, container)
            if (tree_has(tree_get(container, field), kind))
                return true;
    return false;
}

static int refuse_grpc(const json_t *job, const char *field, struct verdict *v)
{
    if (any_container_has(job, field, "grpc"))
        *v = (struct verdict){FATE_REFUSED, "grpc probes are not supported: use exec or tcpSocket"};
    return 0;
}

int map_liveness(struct translation *t, const json_t *job, struct verdict *v, struct error *err)
{
    (void)t, (void)err;
    return refuse_grpc(job, "livenessProbe", v);
}

int map_startup(struct translation *t, const json_t *job, struct verdict *v, struct error *err)
{
    (void)t, (void)err;
    return refuse_grpc(job, "startupProbe", v);
}

#define HOSTNAME_LABEL "kubernetes.io/hostname"

int map_node_selector(struct translation *t, const json_t *job, struct verdict *v,
                      struct error *err)
{
    (void)v;
    const char *node = tree_str(tree_get(pod_of(job), "nodeSelector"), HOSTNAME_LABEL);
    return *node ? translation_add(t, err, "nodelist", "%s", node) : 0;
}

struct verdict node_selector_verdict(const char *key)
{
    if (strcmp(key, HOSTNAME_LABEL) == 0)
        return (struct verdict){FATE_HONOURED, "--nodelist"};
    return (struct verdict){FATE_IGNORED, "no site map for node labels yet"};
}

/* ---- resources ---- */

enum resource { R_CPU, R_MEMORY, R_GPU, R_TMP, R_COUNT };

#define MIB ((int64_t)1 << 20)

static const struct {
    const char *name;
    const char *option;
    int64_t unit; /* rounded up to a multiple of it */
    const char *request;
    const char *limit;
} resources[R_COUNT] = {
    [R_CPU] = {"cpu", "cpus-per-task", 1, "--cpus-per-task, rounded up",
               "--cpus-per-task, where no request says less"},
    [R_MEMORY] = {"memory", "mem", MIB, "--mem, rounded up to MiB",
                  "--mem, where no request says less"},
    [R_GPU] = {".com/gpu", "gres", 1, "--gres=gpu", "--gres=gpu"},
    [R_TMP] = {"ephemeral-storage", "tmp", MIB, "--tmp, rounded up to MiB",
               "--tmp, where no request says less"},
};

static bool is_resource(enum resource r, const char *name)
{
    size_t n = strlen(name), m = strlen(resources[r].name);
    if (resources[r].name[0] != '.')
        return strcmp(name, resources[r].name) == 0;
    return n > m && strcmp(name + n - m, resources[r].name) == 0;
}

static struct verdict verdict_of(const char *key, enum fate fate, bool limit)
{
    for (enum resource r = 0; r < R_COUNT; r++)
        if (is_resource(r, key))
            return (struct verdict){fate, limit ? resources[r].limit : resources[r].request};
    return (struct verdict){FATE_IGNORED, "no counterpart in Slurm"};
}

struct verdict request_verdict(const char *key)
{
    return verdict_of(key, FATE_HONOURED, false);
}

/* Slurm knows one amount only, the one that is asked for. */
struct verdict limit_verdict(const char *key)
{
    bool gpu = is_resource(R_GPU, key); /* its request always equals its limit */
    return verdict_of(key, gpu ? FATE_HONOURED : FATE_APPROXIMATED, true);
}

/* The amount in milli-units: the request, else the limit; 0 when neither is there. Sums the GPUs
 * of all vendors. */
static int64_t amount(const json_t *requirements, enum resource r)
{
    static const char *const lists[] = {"requests", "limits"};
    for (size_t i = 0; i < 2; i++) {
        int64_t sum = 0;
        const char *name;
        json_t *value;
        json_object_foreach (tree_get(requirements, lists[i]), name, value) {
            struct quantity q;
            if (!is_resource(r, name) || quantity_parse(&q, json_string_value(value), NULL) < 0)
                continue;
            if (__builtin_add_overflow(sum, quantity_ceil_milli(&q), &sum))
                sum = INT64_MAX;
        }
        if (sum > 0)
            return sum;
    }
    return 0;
}

static int64_t add(int64_t a, int64_t b)
{
    int64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

static int64_t container_amount(const json_t *container, enum resource r)
{
    return amount(tree_get(container, "resources"), r);
}

/* The most that is needed while the init containers run, one after the other; *sidecars is what
 * those among them need that run on. */
static int64_t init_amount(const json_t *pod, enum resource r, int64_t *sidecars)
{
    int64_t most = 0;
    const json_t *container;
    size_t i;
    *sidecars = 0;
    json_array_foreach (tree_get(pod, "initContainers"), i, container) {
        int64_t now = add(*sidecars, container_amount(container, r));
        if (tree_is(container, "restartPolicy", "Always"))
            *sidecars = now;
        most = now > most ? now : most;
    }
    return most;
}

/* What the pod needs at once: its own resources if it states them, else those of its containers. */
static int64_t pod_amount(const json_t *pod, enum resource r)
{
    int64_t sidecars;
    int64_t sum = amount(tree_get(pod, "resources"), r);
    const json_t *container;
    size_t i;
    if (sum)
        return sum;
    int64_t init = init_amount(pod, r, &sidecars);
    sum = sidecars;
    json_array_foreach (tree_get(pod, "containers"), i, container)
        sum = add(sum, container_amount(container, r));
    return sum > init ? sum : init;
}

int map_resources(struct translation *t, const json_t *job, struct verdict *v, struct error *err)
{
    (void)v;
    for (enum resource r = 0; r < R_COUNT; r++) {
        int64_t milli = pod_amount(pod_of(job), r);
        int64_t per_unit = resources[r].unit * 1000;
        int64_t units = milli / per_unit + (milli % per_unit != 0);
        if (units == 0)
            continue;
        if (units > INT_MAX)
            return error_set(err, "%s: more than Slurm can be asked for", resources[r].name);
        char value[48];
        snprintf(value, sizeof value, resources[r].unit == 1 ? "%s%lld" : "%s%lldM",
                 r == R_GPU ? "gpu:" : "", (long long)units);
        if (translation_add(t, err, resources[r].option, "%s", value) < 0)
            return -1;
    }
    return 0;
}
