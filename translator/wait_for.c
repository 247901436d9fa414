/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wait_for.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cleanup.h"
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

/* {.status.succeeded}=3, or without a value; the path may hold signs of its own in its braces. */
static int parse_jsonpath(const char *text, struct wait_for *out, struct error *err)
{
    const char *brace = strrchr(text, '}');
    const char *sign = strchr(brace ? brace : text, '=');
    cleanup_free char *path = strndup(text, sign ? (size_t)(sign - text) : strlen(text));
    if (!path)
        return error_set(err, "out of memory");
    if (!*path || (sign && !sign[1]))
        return error_set(err,
                         "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'"
                         "=3 or --for=jsonpath='{.status.readyReplicas}'");
    out->kind = WAIT_JSONPATH;
    out->value = sign ? sign + 1 : NULL;
    return jsonpath_parse_relaxed(path, &out->path, err);
}

void wait_for_free(struct wait_for *w)
{
    jsonpath_free(w->path);
    w->path = NULL;
}

int wait_for_parse(const char *text, struct wait_for *out, struct error *err)
{
    static const char condition[] = "condition=", jsonpath[] = "jsonpath=";
    *out = (struct wait_for){0};
    if (strncasecmp(text, jsonpath, strlen(jsonpath)) == 0)
        return parse_jsonpath(text + strlen(jsonpath), out, err);
    if (strncasecmp(text, condition, strlen(condition)) == 0)
        return parse_condition(text + strlen(condition), out, err);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(text, words[i].word) == 0) {
            out->kind = words[i].kind;
            return 0;
        }
    return error_set(err, "unrecognized condition: \"%s\"", text);
}

void wait_for_order(struct wait_for *v, size_t n)
{
    size_t creations = 0;
    for (size_t i = 0; i < n; i++) {
        const struct wait_for one = v[i];
        if (one.kind != WAIT_CREATE)
            continue;
        memmove(&v[creations + 1], &v[creations], (i - creations) * sizeof *v);
        v[creations++] = one;
    }
}

/* kubectl's own words for a kind have no group here. */
int wait_for_tell_over(bool once, enum resource kind, const char *name)
{
    const char *plural = resource_plural(kind);
    fprintf(stderr, "error: %s %.*s/%s\n",
            once ? "condition not met for" : "timed out waiting for the condition on",
            (int)strcspn(plural, "."), plural, name);
    return 1;
}

static bool has_condition(const json_t *object, const char *type, const char *status)
{
    const json_t *c;
    size_t i;
    json_array_foreach (tree_at(object, "status", "conditions", NULL), i, c)
        if (strcasecmp(tree_str(c, "type"), type) == 0 &&
            strcasecmp(tree_str(c, "status"), status) == 0)
            return true;
    return false;
}

static const char *trim(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    for (size_t n = strlen(text); n > 0 && isspace((unsigned char)text[n - 1]); n--)
        text[n - 1] = '\0';
    return text;
}

/* Compared as texts. A field that is not there yet is nothing. */
static bool has_value(const struct wait_for *w, const json_t *object)
{
    struct error err;
    struct strbuf b = STRBUF_INIT;
    int rc = jsonpath_print(w->path, object, &b, &err);
    cleanup_free char *text = strbuf_steal(&b);
    if (rc < 0 || !text)
        return false;
    const char *value = trim(text);
    return w->value ? strcmp(value, w->value) == 0 : *value != '\0';
}

enum wait_seen wait_for_look(const struct wait_for *w, const json_t *object)
{
    if (w->kind == WAIT_DELETE)
        return object ? WAIT_NOT_YET : WAIT_MET;
    if (!object)
        return WAIT_NOT_YET;
    switch (w->kind) {
    case WAIT_CONDITION:
        return has_condition(object, w->type, w->status) ? WAIT_MET : WAIT_NOT_YET;
    case WAIT_FINISHED:
        return has_condition(object, "Failed", "True")     ? WAIT_FAILED
               : has_condition(object, "Complete", "True") ? WAIT_MET
                                                           : WAIT_NOT_YET;
    case WAIT_JSONPATH:
        return has_value(w, object) ? WAIT_MET : WAIT_NOT_YET;
    default:
        return WAIT_MET;
    }
}
