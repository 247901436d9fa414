/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "resource.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cleanup.h"
#include "printable.h"

#define WORDS 7

static const char *const words[RESOURCES][WORDS] = {
    [RESOURCE_JOB] = {"job", "jobs", "job.batch", "jobs.batch", "job.v1.batch", "jobs.v1.batch"},
    [RESOURCE_POD] = {"pod", "pods", "po"},
    [RESOURCE_CONFIG_MAP] = {"configmap", "configmaps", "cm"},
    [RESOURCE_SECRET] = {"secret", "secrets"},
    [RESOURCE_SERVICE] = {"service", "services", "svc"},
    [RESOURCE_CRON_JOB] = {"cronjob", "cronjobs", "cj", "cronjob.batch", "cronjobs.batch",
                           "cronjob.v1.batch", "cronjobs.v1.batch"},
    [RESOURCE_EVENT] = {"event", "events", "ev"},
    [RESOURCE_NODE] = {"node", "nodes", "no"},
};

static const struct {
    const char *singular, *plural, *api;
} names[RESOURCES] = {
    [RESOURCE_JOB] = {"job.batch", "jobs.batch", "batch/v1, Resource=jobs"},
    [RESOURCE_POD] = {"pod", "pods", "/v1, Resource=pods"},
    [RESOURCE_CONFIG_MAP] = {"configmap", "configmaps", "/v1, Resource=configmaps"},
    [RESOURCE_SECRET] = {"secret", "secrets", "/v1, Resource=secrets"},
    [RESOURCE_SERVICE] = {"service", "services", "/v1, Resource=services"},
    [RESOURCE_CRON_JOB] = {"cronjob.batch", "cronjobs.batch", "batch/v1, Resource=cronjobs"},
    [RESOURCE_EVENT] = {"event", "events", "/v1, Resource=events"},
    [RESOURCE_NODE] = {"node", "nodes", "/v1, Resource=nodes"},
};

const char *resource_singular(enum resource r)
{
    return names[r].singular;
}

const char *resource_plural(enum resource r)
{
    return names[r].plural;
}

void resource_print_not_found(enum resource r, const char *name)
{
    cleanup_free char *shown = printable_copy(name);
    fprintf(stderr, "Error from server (NotFound): %s \"%s\" not found\n", resource_plural(r),
            shown ? shown : "");
}

const char *resource_api(enum resource r)
{
    return names[r].api;
}

int resource_find(const char *word, size_t len)
{
    for (int r = 0; r < RESOURCES; r++)
        for (size_t i = 0; i < WORDS && words[r][i]; i++)
            if (strlen(words[r][i]) == len && strncasecmp(word, words[r][i], len) == 0)
                return r;
    return -1;
}

int resource_split(const char *word, const char **name)
{
    const char *slash = strchr(word, '/');
    *name = slash ? slash + 1 : NULL;
    return resource_find(word, slash ? (size_t)(slash - word) : strlen(word));
}

bool resource_is_ours(int resource)
{
    return resource >= RESOURCE_JOB && resource <= RESOURCE_CRON_JOB;
}

bool resource_stored_as(int resource, enum object_kind *as)
{
    if (resource < RESOURCE_CONFIG_MAP || resource > RESOURCE_CRON_JOB)
        return false;
    *as = (enum object_kind)(resource - RESOURCE_CONFIG_MAP + OBJECT_CONFIG_MAP);
    return true;
}

enum resource resource_of_stored(enum object_kind kind)
{
    return (enum resource)(kind - OBJECT_CONFIG_MAP + RESOURCE_CONFIG_MAP);
}
