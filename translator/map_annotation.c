/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Annotations that name an sbatch option: sbatch.skjob/<option>, and the keys that users of
 * Slinky's slurm-bridge know, slurmjob.slinky.slurm.net/<option>.
 */
#include <string.h>

#include "mapping.h"
#include "tree.h"

static const char *const prefixes[] = {"sbatch.skjob/", "slurmjob.slinky.slurm.net/"};

/* slurm-bridge's names where they differ from sbatch's. */
static const char *const aliases[][2] = {
    {"timelimit", "time"},
    {"mem-per-node", "mem"},
    {"cpu-per-task", "cpus-per-task"},
    {"min-nodes", "nodes"},
};

static const char *const options[] = {
    "account",       "acctg-freq",   "begin",         "chdir",         "comment",
    "constraint",    "cpu-freq",     "cpus-per-gpu",  "cpus-per-task", "deadline",
    "delay-boot",    "dependency",   "distribution",  "error",         "exclude",
    "exclusive",     "export",       "gpu-bind",      "gpu-freq",      "gpus",
    "gpus-per-node", "gpus-per-task", "gres",         "gres-flags",    "hint",
    "licenses",      "mail-type",    "mail-user",     "mem",           "mem-bind",
    "mem-per-cpu",   "mem-per-gpu",  "mincpus",       "network",       "nice",
    "nodelist",      "nodes",        "open-mode",     "output",        "partition",
    "priority",      "profile",      "qos",           "reservation",   "signal",
    "switches",      "thread-spec",  "threads-per-core", "time",       "time-min",
    "tmp",           "wckey",
};

/* The text after a prefix, NULL when the key is an ordinary annotation. */
static const char *requested(const char *key)
{
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strncmp(key, prefixes[i], strlen(prefixes[i])) == 0)
            return key + strlen(prefixes[i]);
    return NULL;
}

static const char *find_option(const char *name)
{
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(name, aliases[i][0]) == 0)
            name = aliases[i][1];
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strcmp(name, options[i]) == 0)
            return options[i];
    return NULL;
}

struct verdict annotation_verdict(const char *key)
{
    const char *name = requested(key);
    if (!name)
        return (struct verdict){FATE_HONOURED, "kept with the Job"};
    if (find_option(name))
        return (struct verdict){FATE_HONOURED, "the sbatch option of that name"};
    return (struct verdict){FATE_REFUSED, "no sbatch option of that name can be used here"};
}

static int add_all(struct translation *t, const json_t *annotations, struct error *err)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)annotations, key, value) {
        const char *name = requested(key);
        const char *option = name ? find_option(name) : NULL;
        const char *text = json_string_value(value);
        if (!option)
            continue;
        bool flag = !*text || strcmp(text, "true") == 0;
        if (translation_add(t, err, option, flag ? NULL : "%s", text) < 0)
            return error_prefix(err, "annotation %s", key);
    }
    return 0;
}

/* The Job's own annotations come after its template's, and so prevail. */
int map_annotations(struct translation *t, const json_t *job, struct verdict *v, struct error *err)
{
    (void)v;
    if (add_all(t, tree_at(job, "spec", "template", "metadata", "annotations", NULL), err) < 0)
        return -1;
    return add_all(t, tree_at(job, "metadata", "annotations", NULL), err);
}
