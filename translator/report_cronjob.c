/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The loss report of a CronJob: its own fields, and its Job's in their place.
 */
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "grow.h"
#include "input.h"
#include "mapping.h"
#include "strbuf.h"
#include "tree.h"

#define TEMPLATE "spec.jobTemplate"

struct listing_rows {
    struct report *report;
    const struct translation *translation;
    const struct input_object *in;
    bool strict;
};

/* Takes path. */
static int add(struct listing_rows *l, char *path, struct verdict verdict)
{
    struct report *r = l->report;
    struct report_row *v = path ? grow(r->rows, r->len, sizeof *v) : NULL;
    if (!v) {
        free(path);
        return -1;
    }
    if (l->strict && verdict.fate == FATE_IGNORED)
        verdict.fate = FATE_REFUSED;
    r->rows = v;
    r->count[verdict.fate]++;
    v[r->len++] = (struct report_row){path, input_position(l->in, path), verdict};
    return 0;
}

static int add_field(struct listing_rows *l, const char *prefix, const char *key,
                     const json_t *value)
{
    static const struct verdict unknown = {FATE_IGNORED, "Kubernetes has no such field"};
    static const struct verdict empty = {FATE_HONOURED, "Kubernetes' default"};
    struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s%s", prefix, key);
    const struct mapping_row *row = mapping_find_cronjob(strbuf_str(&path));
    struct verdict verdict = row ? (struct verdict){row->fate, row->reason} : unknown;
    if (row && json_is_object(value) && !json_object_size(value)) /* status: {} */
        verdict = empty;
    return add(l, strbuf_steal(&path), verdict);
}

/* What becomes of a field of the template: as of the Job's, unless it has a row of its own. */
static struct verdict verdict_of(const struct report_row *job, const char *path)
{
    const struct mapping_row *row = mapping_find_template(path);
    return row ? (struct verdict){row->fate, row->reason} : job->verdict;
}

/* The Job's rows, one level deeper. */
static int add_template(struct listing_rows *l, const json_t *template)
{
    cleanup_report struct report job = {0};
    cleanup_strbuf struct strbuf at = STRBUF_INIT;
    struct input_object in = *l->in;
    strbuf_addf(&at, "%s" TEMPLATE ".", l->in->at);
    in.raw = template;
    in.at = strbuf_str(&at);
    if (report_make(&job, l->translation, &in, l->strict, NULL) < 0)
        return -1;
    for (size_t i = 0; i < job.len; i++) {
        struct strbuf path = STRBUF_INIT;
        strbuf_addf(&path, TEMPLATE ".%s", job.rows[i].path);
        struct verdict verdict = verdict_of(&job.rows[i], strbuf_str(&path));
        if (add(l, strbuf_steal(&path), verdict) < 0)
            return -1;
    }
    return 0;
}

static int add_object(struct listing_rows *l, const json_t *object, const char *prefix)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)object, key, value) {
        int rc = json_is_null(value) ? 0 : 1;
        if (rc && *prefix && strcmp(key, "jobTemplate") == 0)
            rc = add_template(l, value);
        else if (rc)
            rc = add_field(l, prefix, key, value);
        if (rc < 0)
            return -1;
    }
    return 0;
}

int report_make_cronjob(struct report *r, const struct translation *t,
                        const struct input_object *in, bool strict, struct error *err)
{
    static const char *const parts[][2] = {{"metadata", "metadata."}, {"spec", "spec."}};
    *r = (struct report){0};
    struct listing_rows l = {r, t, in, strict};
    const char *key;
    json_t *value;
    int rc = 0;
    json_object_foreach ((json_t *)in->raw, key, value) {
        const char *prefix = NULL;
        for (size_t i = 0; i < 2; i++)
            prefix = strcmp(key, parts[i][0]) == 0 ? parts[i][1] : prefix;
        if (rc == 0)
            rc = prefix ? add_object(&l, value, prefix) : add_field(&l, "", key, value);
    }
    if (rc == 0)
        return 0;
    report_free(r);
    return error_set(err, "out of memory");
}
