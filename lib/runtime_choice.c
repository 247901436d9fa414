/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime_choice.h"

#include <string.h>

#include "place.h"
#include "tree.h"

/* runtime: of a runtime class, or -1. */
static int runtime_of_class(const struct conf *conf, const char *class)
{
    const char *text = *class ? conf_find(conf, CONF_RUNTIME_CLASS, class) : NULL;
    struct place place;
    while (text && place_next(&text, &place, NULL) > 0)
        for (int i = 0; i < RUNTIMES && strcmp(place.option, PLACE_RUNTIME) == 0; i++)
            if (strlen(conf_runtime_name((enum conf_runtime)i)) == place.value_len &&
                memcmp(conf_runtime_name((enum conf_runtime)i), place.value, place.value_len) == 0)
                return i;
    return -1;
}

int runtime_choose(const struct conf *conf, const json_t *job, struct error *err)
{
    const json_t *template = tree_at(job, "spec", "template", NULL);
    const char *asked =
        tree_str(tree_at(template, "metadata", "annotations", NULL), RUNTIME_ANNOTATION);
    if (!*asked)
        asked = tree_str(tree_at(job, "metadata", "annotations", NULL), RUNTIME_ANNOTATION);
    if (!*asked) {
        int i = runtime_of_class(conf, tree_str(tree_get(template, "spec"), "runtimeClassName"));
        return i < 0 ? conf->runtime : i;
    }
    int which = conf_runtime_of(asked);
    if (which < 0)
        return error_set(err,
                         "annotation %s: \"%.100s\" is not host, apptainer, podman, charliecloud "
                         "or enroot",
                         RUNTIME_ANNOTATION, asked);
    if (!(conf->runtimes_allowed & 1U << which))
        return error_set(err,
                         "annotation %s: the site does not allow %s (runtimes_allowed in "
                         "skjob.conf)",
                         RUNTIME_ANNOTATION, asked);
    return which;
}
