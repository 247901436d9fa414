/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <string.h>

#include "map_place.h"
#include "mapping.h"
#include "pod_amount.h"
#include "tree.h"

int map_time_limit(struct translation *t, const json_t *job, struct verdict *v, struct error *err)
{
    (void)v;
    long long seconds = tree_int(place_pod(job), "activeDeadlineSeconds");
    return seconds ? translation_add(t, err, "time", "%lld", (seconds + 59) / 60) : 0;
}

int map_node_name(struct translation *t, const json_t *job, struct verdict *v, struct error *err)
{
    (void)v;
    const char *node = tree_str(place_pod(job), "nodeName");
    return *node ? translation_add(t, err, "nodelist", "%s", node) : 0;
}

int map_restart_policy(struct translation *t, const json_t *job, struct verdict *v,
                       struct error *err)
{
    (void)t;
    (void)err;
    if (strcmp(tree_str(place_pod(job), "restartPolicy"), "OnFailure") == 0)
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
        json_array_foreach (tree_get(place_pod(job), lists[k]), i, container)
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

/* What the pod runner would refuse when the pod starts is refused at once. */
int map_medium(struct translation *t, const json_t *job, struct verdict *v, struct error *err)
{
    size_t i;
    json_t *volume;
    (void)v;
    json_array_foreach (tree_get(place_pod(job), "volumes"), i, volume) {
        const struct path *at = PATH_FIELD(PATH_INDEX(PLACE_POD("volumes"), i), "emptyDir");
        const char *medium = tree_str(tree_get(volume, "emptyDir"), "medium");
        if (*medium && strcmp(medium, "Memory") != 0 &&
            translation_note(t, err, PATH_FIELD(at, "medium"), FATE_REFUSED,
                             "this medium is not supported: use Memory") < 0)
            return -1;
    }
    return 0;
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

struct wanted {
    enum resource r;
    const struct conf *conf;
};

/* Not what the site has a gres of its own for (map_place.c). */
static bool counts(const void *arg, const char *name)
{
    const struct wanted *w = arg;
    return is_resource(w->r, name) && !(w->conf && conf_find(w->conf, CONF_RESOURCE, name));
}

int map_resources(struct translation *t, const json_t *job, struct verdict *v, struct error *err)
{
    (void)v;
    for (enum resource r = 0; r < R_COUNT; r++) {
        const struct wanted w = {r, t->conf};
        int64_t units = pod_amount_units(pod_amount(place_pod(job), counts, &w), resources[r].unit);
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
