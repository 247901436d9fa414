/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "services.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "journal.h"
#include "objects.h"
#include "pod_facts.h"
#include "pod_meta.h"
#include "tree.h"

/* A completion index as the label has it. */
static bool read_index(const char *text, int64_t *index)
{
    char again[24];
    *index = strtoll(text, NULL, 10);
    snprintf(again, sizeof again, "%lld", (long long)*index);
    return *index >= 0 && *index <= JOURNAL_INDEX_MAX && strcmp(again, text) == 0;
}

bool services_select(const json_t *service, const json_t *labels, int64_t *index)
{
    const char *key;
    json_t *value;
    json_t *selector = tree_at(service, "spec", "selector", NULL);
    *index = SERVICES_ANY;
    json_object_foreach (selector, key, value) {
        const char *text = json_string_value(value);
        if (!text || !tree_has(labels, key))
            return false;
        if (strcmp(key, POD_META_INDEX_KEY) == 0 ? !read_index(text, index)
                                                 : !tree_is(labels, key, text))
            return false;
    }
    return json_object_size(selector) > 0;
}

static void look_at(struct services *out, const char *root, const char *ns, const char *name,
                    const json_t *labels)
{
    cleanup_json json_t *object = NULL;
    struct service *s = &out->v[out->n];
    if (strlen(name) >= sizeof s->name ||
        objects_read(root, OBJECT_SERVICE, ns, name, &object, NULL) ||
        !services_select(object, labels, &s->index))
        return;
    strcpy(s->name, name);
    out->n++;
}

int services_read(struct services *out, const char *root, const char *ns, const json_t *labels,
                  struct error *err)
{
    char **names;
    size_t n;
    *out = (struct services){0};
    if (objects_list(root, OBJECT_SERVICE, ns, &names, &n, err) < 0)
        return -1;
    out->v = calloc(n + 1, sizeof *out->v);
    for (size_t i = 0; i < n; i++) {
        if (out->v)
            look_at(out, root, ns, names[i], labels);
        free(names[i]);
    }
    free(names);
    return out->v ? 0 : error_set(err, "out of memory");
}

void services_free(struct services *s)
{
    free(s->v);
    *s = (struct services){0};
}
