/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "resource.h"

#include <string.h>

static const char *const words[RESOURCES][4] = {
    [RESOURCE_JOB] = {"job", "jobs", "job.batch", "jobs.batch"},
    [RESOURCE_POD] = {"pod", "pods", "po"},
    [RESOURCE_CONFIG_MAP] = {"configmap", "configmaps", "cm"},
    [RESOURCE_SECRET] = {"secret", "secrets"},
    [RESOURCE_SERVICE] = {"service", "services", "svc"},
};

int resource_find(const char *word, size_t len)
{
    for (int r = 0; r < RESOURCES; r++)
        for (size_t i = 0; i < 4 && words[r][i]; i++)
            if (strlen(words[r][i]) == len && strncmp(word, words[r][i], len) == 0)
                return r;
    return -1;
}

int resource_split(const char *word, const char **name)
{
    const char *slash = strchr(word, '/');
    *name = slash ? slash + 1 : NULL;
    return resource_find(word, slash ? (size_t)(slash - word) : strlen(word));
}

bool resource_stored_as(int resource, enum object_kind *as)
{
    if (resource < RESOURCE_CONFIG_MAP)
        return false;
    *as = (enum object_kind)(resource - RESOURCE_CONFIG_MAP + OBJECT_CONFIG_MAP);
    return true;
}
