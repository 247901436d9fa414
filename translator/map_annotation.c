/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Annotations that name an sbatch option: sbatch.skjob/<option>, and the keys that users of
 * Slinky's slurm-bridge know, slurmjob.slinky.slurm.net/<key>.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "mapping.h"
#include "quantity.h"
#include "retry_rule.h"
#include "tree.h"

#define OURS   "sbatch.skjob/"
#define BRIDGE "slurmjob.slinky.slurm.net/"

/* Options that belong to the Job (--array, --requeue, --job-name, --hold …) are not among them. */
static const char *const with_value[] = {
    "account",
    "acctg-freq",
    "batch",
    "bb",
    "begin",
    "chdir",
    "cluster-constraint",
    "comment",
    "constraint",
    "core-spec",
    "cores-per-socket",
    "cpu-freq",
    "cpus-per-gpu",
    "cpus-per-task",
    "deadline",
    "delay-boot",
    "dependency",
    "distribution",
    "error",
    "exclude",
    "export",
    "extra-node-info",
    "gpu-bind",
    "gpu-freq",
    "gpus",
    "gpus-per-node",
    "gpus-per-socket",
    "gpus-per-task",
    "gres",
    "gres-flags",
    "hint",
    "kill-on-invalid-dep",
    "licenses",
    "mail-type",
    "mail-user",
    "mcs-label",
    "mem",
    "mem-bind",
    "mem-per-cpu",
    "mem-per-gpu",
    "mincpus",
    "network",
    "nodefile",
    "nodelist",
    "nodes",
    "ntasks",
    "ntasks-per-core",
    "ntasks-per-gpu",
    "ntasks-per-node",
    "ntasks-per-socket",
    "open-mode",
    "output",
    "partition",
    "power",
    "prefer",
    "priority",
    "profile",
    "qos",
    "reservation",
    "signal",
    "sockets-per-node",
    "switches",
    "thread-spec",
    "threads-per-core",
    "time",
    "time-min",
    "tmp",
    "wckey",
};

/* "" and "true" give the option alone, "false" takes it back. */
static const char *const flags[] = {
    "contiguous",    "get-user-env", "exclusive", "nice",       "no-kill",       "overcommit",
    "oversubscribe", "propagate",    "reboot",    "spread-job", "use-min-nodes",
};

/* Of these, no other value than a boolean has a meaning. */
static const char *const plain_flags[] = {
    "contiguous", "overcommit", "oversubscribe", "reboot", "spread-job", "use-min-nodes",
};

typedef int adder(struct translation *t, const char *option, const char *value,
                  const json_t *annotations, struct error *err);

static adder add_text, add_flag, add_cpus, add_memory, add_nodes;

/* slurm-bridge's keys (its documentation, "Supported Slurm job annotations"): CPUs and memory are
 * Kubernetes quantities there. */
static const struct {
    const char *key;
    const char *option; /* NULL: has no meaning here */
    adder *add;
} bridge[] = {
    {"account", "account", add_text},
    {"constraints", "constraint", add_text},
    {"cpu-per-task", "cpus-per-task", add_cpus},
    {"exclusive", "exclusive", add_flag},
    {"gres", "gres", add_text},
    {"group-id", NULL, NULL},
    {"job-name", NULL, NULL},
    {"licenses", "licenses", add_text},
    {"max-nodes", "nodes", add_nodes},
    {"mem-per-node", "mem", add_memory},
    {"min-nodes", "nodes", add_nodes},
    {"partition", "partition", add_text},
    {"priority", "priority", add_text},
    {"qos", "qos", add_text},
    {"reservation", "reservation", add_text},
    {"timelimit", "time", add_text},
    {"user-id", NULL, NULL},
    {"wckey", "wckey", add_text},
};

#define LENGTH(a) (sizeof(a) / sizeof *(a))

static const char *find(const char *const *list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, list[i]) == 0)
            return list[i];
    return NULL;
}

static int add_text(struct translation *t, const char *option, const char *value,
                    const json_t *annotations, struct error *err)
{
    (void)annotations;
    return translation_add(t, err, option, "%s", value);
}

static int add_flag(struct translation *t, const char *option, const char *value,
                    const json_t *annotations, struct error *err)
{
    (void)annotations;
    if (strcmp(value, "false") == 0) {
        translation_drop(t, option);
        return 0;
    }
    if (!*value || strcmp(value, "true") == 0)
        return translation_add(t, err, option, NULL);
    if (find(plain_flags, LENGTH(plain_flags), option))
        return error_set(err, "\"%s\" is neither true nor false", value);
    return translation_add(t, err, option, "%s", value);
}

/* The quantity in a unit, rounded up; -1 with err. */
static int64_t units(const char *value, int64_t unit, struct error *err)
{
    struct quantity q;
    const char *why = "out of range";
    if (quantity_parse(&q, value, &why) < 0)
        return error_set(err, "\"%s\": %s", value, why);
    int64_t n = quantity_ceil_div(&q, 0, unit);
    return n <= 0 || n > INT_MAX ? error_set(err, "\"%s\" is out of range", value) : n;
}

static int add_cpus(struct translation *t, const char *option, const char *value,
                    const json_t *annotations, struct error *err)
{
    (void)annotations;
    int64_t n = units(value, 1, err);
    return n < 0 ? -1 : translation_add(t, err, option, "%lld", (long long)n);
}

static int add_memory(struct translation *t, const char *option, const char *value,
                      const json_t *annotations, struct error *err)
{
    (void)annotations;
    int64_t n = units(value, (int64_t)1 << 20, err);
    return n < 0 ? -1 : translation_add(t, err, option, "%lldM", (long long)n);
}

/* --nodes takes both ends at once. */
static int add_nodes(struct translation *t, const char *option, const char *value,
                     const json_t *annotations, struct error *err)
{
    (void)value;
    const char *min = tree_str(annotations, BRIDGE "min-nodes");
    const char *max = tree_str(annotations, BRIDGE "max-nodes");
    return translation_add(t, err, option, *max ? "%s-%s" : "%s", *min ? min : "1", max);
}

/* What an annotation becomes; option NULL: nothing. */
struct request {
    const char *option;
    adder *add;
    struct verdict verdict;
};

static struct request ask_sbatch(const char *name)
{
    static const struct verdict honoured = {FATE_HONOURED, "the sbatch option of that name"};
    const char *option = find(with_value, LENGTH(with_value), name);
    if (option)
        return (struct request){option, add_text, honoured};
    option = find(flags, LENGTH(flags), name);
    if (option)
        return (struct request){option, add_flag, honoured};
    return (struct request){
        NULL, NULL, {FATE_REFUSED, "no sbatch option of that name can be used here"}};
}

static struct request ask_bridge(const char *name)
{
    for (size_t i = 0; i < LENGTH(bridge); i++)
        if (bridge[i].option && strcmp(name, bridge[i].key) == 0)
            return (struct request){
                bridge[i].option, bridge[i].add, {FATE_HONOURED, "the sbatch option for it"}};
    return (struct request){NULL, NULL, {FATE_IGNORED, "no meaning outside slurm-bridge"}};
}

/* Told to Slurm when an index is retried, see retry_rule.h. */
static int check_retry(struct translation *t, const char *key, const char *value,
                       const json_t *annotations, struct error *err)
{
    struct retry_rule r = {0};
    (void)t, (void)annotations;
    return retry_rule_set(&r, key, value, err) < 0 ? -1 : 0;
}

static struct request request_of(const char *key)
{
    struct retry_rule rule = {0};
    if (strncmp(key, OURS, strlen(OURS)) == 0)
        return ask_sbatch(key + strlen(OURS));
    if (strncmp(key, BRIDGE, strlen(BRIDGE)) == 0)
        return ask_bridge(key + strlen(BRIDGE));
    if (retry_rule_set(&rule, key, "", NULL) != 1)
        return (struct request){key, check_retry, {FATE_HONOURED, "what a retry asks for"}};
    return (struct request){NULL, NULL, {FATE_HONOURED, "kept with the Job"}};
}

struct verdict annotation_verdict(const char *key)
{
    return request_of(key).verdict;
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The keys in the order of their bytes, which is the order of the options; the caller frees the
 * list. NULL when out of memory. */
static const char **sorted_keys(const json_t *map)
{
    const char **keys = calloc(json_object_size(map) + 1, sizeof *keys);
    const char *key;
    json_t *value;
    size_t n = 0;
    json_object_foreach ((json_t *)map, key, value)
        if (keys)
            keys[n++] = key;
    if (keys)
        qsort(keys, n, sizeof *keys, compare_keys);
    return keys;
}

static int add_all(struct translation *t, const json_t *annotations, const struct path *path,
                   struct error *err)
{
    cleanup_free const char **keys = sorted_keys(annotations);
    if (!keys)
        return error_set(err, "out of memory");
    for (size_t i = 0; keys[i]; i++) {
        struct request r = request_of(keys[i]);
        const char *value = tree_str(annotations, keys[i]);
        if (r.option && r.add(t, r.option, value, annotations, err) < 0)
            return translation_blame(t, PATH_KEY(path, keys[i]));
    }
    return 0;
}

/* The Job's own annotations come after its template's, and so prevail. */
int map_annotations(struct translation *t, const json_t *job, struct verdict *v, struct error *err)
{
    (void)v;
    const struct path *own = PATH_FIELD(PATH_FIELD(NULL, "metadata"), "annotations");
    const struct path *template = PATH_FIELD(PATH_FIELD(NULL, "spec"), "template");
    const struct path *its = PATH_FIELD(PATH_FIELD(template, "metadata"), "annotations");
    if (add_all(t, tree_at(job, "spec", "template", "metadata", "annotations", NULL), its, err) < 0)
        return -1;
    return add_all(t, tree_at(job, "metadata", "annotations", NULL), own, err);
}
