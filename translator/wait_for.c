/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wait_for.h"

#include <string.h>
#include <strings.h>

#include "tree.h"

static const struct {
    const char *word;
    enum wait_kind kind;
} words[] = {{"finished", WAIT_FINISHED}, {"delete", WAIT_DELETE}, {"create", WAIT_CREATE}};

static int parse_condition(const char *text, struct wait_for *out, struct error *err)
{
    size_t n = strcspn(text, "=");
    const char *status = text[n] ? text + n + 1 : "true";
    if (n == 0 || n >= sizeof out->type || strlen(status) >= sizeof out->status)
        return error_set(err, "unrecognized condition: \"condition=%s\"", text);
    out->kind = WAIT_CONDITION;
    memcpy(out->type, text, n);
    out->type[n] = '\0';
    strcpy(out->status, status);
    return 0;
}

int wait_for_parse(const char *text, struct wait_for *out, struct error *err)
{
    static const char condition[] = "condition=";
    if (strncasecmp(text, condition, strlen(condition)) == 0)
        return parse_condition(text + strlen(condition), out, err);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(text, words[i].word) == 0) {
            out->kind = words[i].kind;
            return 0;
        }
    return error_set(err, "unrecognized condition: \"%s\"", text);
}

static bool has_condition(const struct job_view *job, const char *type, const char *status)
{
    const json_t *c;
    size_t i;
    json_array_foreach (tree_at(job->object, "status", "conditions", NULL), i, c)
        if (strcasecmp(tree_str(c, "type"), type) == 0 &&
            strcasecmp(tree_str(c, "status"), status) == 0)
            return true;
    return false;
}

enum wait_seen wait_for_look(const struct wait_for *w, const struct job_view *job)
{
    if (w->kind == WAIT_DELETE)
        return job ? WAIT_NOT_YET : WAIT_MET;
    if (!job)
        return WAIT_NOT_YET;
    switch (w->kind) {
    case WAIT_CONDITION:
        return has_condition(job, w->type, w->status) ? WAIT_MET : WAIT_NOT_YET;
    case WAIT_FINISHED:
        return has_condition(job, "Failed", "True")     ? WAIT_FAILED
               : has_condition(job, "Complete", "True") ? WAIT_MET
                                                        : WAIT_NOT_YET;
    default:
        return WAIT_MET;
    }
}
