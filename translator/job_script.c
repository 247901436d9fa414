/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script.h"
#include "tree.h"

/* The pod's log is kept with the Job. Slurm's own output file is written only where the user names
 * one: nobody wants 100,000 files in the current folder. */
static bool wants_output(const struct job_script *s)
{
    for (size_t i = 0; i < s->translation->options_len; i++)
        if (strcmp(s->translation->options[i].name, "output") == 0 ||
            strcmp(s->translation->options[i].name, "error") == 0)
            return true;
    return s->output || s->head->output || getenv("SBATCH_OUTPUT") || getenv("SBATCH_ERROR");
}

int job_script_render(const struct job_script *s, struct strbuf *out, struct error *err)
{
    const json_t *meta = tree_get(s->object, "metadata");
    /* A generated name came after the translation. */
    if (translation_add(s->translation, err, "job-name", "%s", tree_str(meta, "name")) < 0)
        return -1;
    struct pragma pragma = script_pragma(s->object);
    snprintf(pragma.uid, sizeof pragma.uid, "%s", tree_str(meta, "uid"));
    snprintf(pragma.namespace_, sizeof pragma.namespace_, "%s", tree_str(meta, "namespace"));
    if (s->first_attempt)
        snprintf(pragma.first_attempt, sizeof pragma.first_attempt, "%u", s->first_attempt);
    if (strlen(s->store->root) > PRAGMA_STATE_MAX)
        return error_set(err, "the path of the state folder is too long: %s", s->store->root);
    snprintf(pragma.state, sizeof pragma.state, "%s", s->store->root);
    if (!wants_output(s) && translation_add(s->translation, err, "output", "/dev/null") < 0)
        return -1;
    return script_render(s->translation, s->head, &pragma, s->object, out, err);
}
