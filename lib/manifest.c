/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manifest.h"

#include <string.h>

#include "cleanup.h"
#include "default_batch.h"
#include "tree.h"
#include "validate_core.h"
#include "validate_job.h"

/* Validation needs the labels that the server generates, whatever the uid will be. */
#define PLACEHOLDER_UID "00000000-0000-0000-0000-000000000000"

/* The object as the server sees it when it validates: in a namespace, with a name. Validation
 * changes nothing, but generated labels go into the copy: as deep as they reach. */
static json_t *server_view(const json_t *object)
{
    json_t *copy = json_deep_copy(object);
    json_t *meta = tree_get(copy, "metadata");
    if (meta && !tree_has(meta, "namespace"))
        json_object_set_new(meta, "namespace", json_string("default"));
    if (meta && !tree_has(meta, "name") && tree_has(meta, "generateName"))
        json_object_set_new(meta, "name",
                            json_sprintf("%.58sxxxxx", tree_str(meta, "generateName")));
    return copy;
}

static void check_job(const json_t *job, const struct manifest_options *o, struct manifest *m)
{
    const char *uid = o->uid && *o->uid ? o->uid : PLACEHOLDER_UID;
    cleanup_json json_t *copy = server_view(job);
    if (!copy || generate_selector(copy, uid, &m->err) < 0)
        m->errs.failed = true;
    else
        validate_job(copy, uid, &m->errs);
}

static void check_cron_job(const json_t *cron_job, const struct manifest_options *o,
                           struct manifest *m)
{
    cleanup_json json_t *copy = server_view(cron_job);
    if (!copy)
        m->errs.failed = true;
    else
        validate_cron_job(copy, o->zoneinfo, &m->errs);
}

static void check_core(const json_t *object, struct manifest *m,
                       void (*validate)(const json_t *, struct field_errors *))
{
    cleanup_json json_t *copy = server_view(object);
    if (!copy)
        m->errs.failed = true;
    else
        validate(copy, &m->errs);
}

static void check_config_map(const json_t *object, const struct manifest_options *o,
                             struct manifest *m)
{
    (void)o;
    check_core(object, m, validate_config_map);
}

static void check_secret(const json_t *object, const struct manifest_options *o, struct manifest *m)
{
    (void)o;
    check_core(object, m, validate_secret);
}

static void check_service(const json_t *object, const struct manifest_options *o,
                          struct manifest *m)
{
    (void)o;
    check_core(object, m, validate_service);
}

static int default_nothing(json_t *object, struct error *err)
{
    (void)object, (void)err;
    return 0;
}

static const struct {
    const char *name;
    const char *api_version;
    const char *resource;
    const struct schema *schema;
    int (*set_defaults)(json_t *, struct error *);
    void (*check)(const json_t *, const struct manifest_options *, struct manifest *);
} kinds[] = {
    [MANIFEST_JOB] = {"Job", "batch/v1", "job.batch", &schema_job, default_job, check_job},
    [MANIFEST_CRON_JOB] = {"CronJob", "batch/v1", "cronjob.batch", &schema_cron_job,
                           default_cron_job, check_cron_job},
    [MANIFEST_CONFIG_MAP] = {"ConfigMap", "v1", "configmap", &schema_config_map, default_config_map,
                             check_config_map},
    [MANIFEST_SECRET] = {"Secret", "v1", "secret", &schema_secret, default_secret, check_secret},
    [MANIFEST_SERVICE] = {"Service", "v1", "service", &schema_service, default_nothing,
                          check_service},
};

const char *manifest_kind_name(enum manifest_kind kind)
{
    return kinds[kind].name;
}

const char *manifest_resource(enum manifest_kind kind)
{
    return kinds[kind].resource;
}

bool manifest_stored_as(enum manifest_kind kind, enum object_kind *as)
{
    if (kind == MANIFEST_JOB)
        return false;
    *as = kind == MANIFEST_CRON_JOB
              ? OBJECT_CRON_JOB
              : (enum object_kind)(kind - MANIFEST_CONFIG_MAP + OBJECT_CONFIG_MAP);
    return true;
}

const char *manifest_name(const struct manifest *m)
{
    return tree_str(tree_get(m->object, "metadata"), "name");
}

static enum manifest_verdict find_kind(struct manifest *m, const json_t *raw)
{
    bool no_version = !*tree_str(raw, "apiVersion");
    bool no_kind = !*tree_str(raw, "kind");
    if (no_version || no_kind) {
        error_set(&m->err, "[%s%s%s]", no_version ? "apiVersion not set" : "",
                  no_version && no_kind ? ", " : "", no_kind ? "kind not set" : "");
        if (no_version != no_kind)
            error_set(&m->err, "%s", no_version ? "apiVersion not set" : "kind not set");
        return MANIFEST_NO_KIND;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!tree_is(raw, "kind", kinds[i].name) ||
            !tree_is(raw, "apiVersion", kinds[i].api_version))
            continue;
        m->kind = (enum manifest_kind)i;
        return MANIFEST_OK;
    }
    return MANIFEST_UNKNOWN_KIND;
}

/* Validation tells an empty list from none, the stored object does not: a list that must be there
 * is null then. (Other empty lists are gone since decoding.) */
static void settle_lists(json_t *v)
{
    const char *key;
    json_t *child;
    size_t i;
    json_object_foreach (v, key, child)
        if (strcmp(key, "managedFields") == 0)
            continue;
        else if (json_is_array(child) && !json_array_size(child))
            json_object_set_new_nocheck(v, key, json_null());
        else
            settle_lists(child);
    json_array_foreach (v, i, child)
        settle_lists(child);
}

static enum manifest_verdict load(struct manifest *m, const json_t *raw,
                                  const struct manifest_options *options)
{
    enum manifest_verdict v = find_kind(m, raw);
    if (v != MANIFEST_OK)
        return v;
    m->object = decode(kinds[m->kind].schema, raw, &m->report, &m->err);
    if (!m->object || (m->report.unknown_len && options->unknown == UNKNOWN_STRICT))
        return MANIFEST_BAD_REQUEST;
    json_object_del(m->object, "status");
    if (kinds[m->kind].set_defaults(m->object, &m->err) < 0)
        return MANIFEST_FAILED;
    kinds[m->kind].check(m->object, options, m);
    settle_lists(m->object);
    if (m->errs.failed) {
        error_set(&m->err, "out of memory");
        return MANIFEST_FAILED;
    }
    return m->errs.len ? MANIFEST_INVALID : MANIFEST_OK;
}

enum manifest_verdict manifest_load(struct manifest *m, const json_t *raw,
                                    const struct manifest_options *options)
{
    *m = (struct manifest){0};
    m->verdict = load(m, raw, options);
    return m->verdict;
}

void manifest_free(struct manifest *m)
{
    json_decref(m->object);
    decode_report_free(&m->report);
    field_errors_free(&m->errs);
    *m = (struct manifest){0};
}

static void explain_no_kind(const struct manifest *m, const json_t *raw, const char *verb,
                            const char *source, struct strbuf *out)
{
    (void)raw, (void)verb;
    strbuf_addf(out,
                "error: error validating \"%s\": error validating data: %s; if you choose to "
                "ignore these errors, turn validation off with --validate=false\n",
                source, m->err.text);
}

static void explain_unknown_kind(const struct manifest *m, const json_t *raw, const char *verb,
                                 const char *source, struct strbuf *out)
{
    (void)m, (void)verb;
    const json_t *meta = tree_get(raw, "metadata");
    strbuf_addf(out,
                "error: resource mapping not found for name: \"%s\" namespace: \"%s\" from "
                "\"%s\": no matches for kind \"%s\" in version \"%s\" (skjob takes Job and "
                "CronJob of batch/v1, ConfigMap, Secret and Service of v1)\n",
                tree_str(meta, "name"), tree_str(meta, "namespace"), source, tree_str(raw, "kind"),
                tree_str(raw, "apiVersion"));
}

static void explain_bad_request(const struct manifest *m, const json_t *raw, const char *verb,
                                const char *source, struct strbuf *out)
{
    (void)raw;
    const char *kind = kinds[m->kind].name;
    const struct decode_report *r = &m->report;
    strbuf_addf(out,
                "Error from server (BadRequest): error when %s \"%s\": %s in version \"v1\" cannot "
                "be handled as a %s: ",
                verb, source, kind, kind);
    if (!m->object) {
        strbuf_addf(out, "%s\n", m->err.text);
        return;
    }
    strbuf_adds(out, "strict decoding error: ");
    for (size_t i = 0; i < r->unknown_len; i++) {
        strbuf_addf(out, "%sunknown field \"%s\"", i ? ", " : "", r->unknown[i].path);
        if (r->unknown[i].suggestion)
            strbuf_addf(out, " (did you mean \"%s\"?)", r->unknown[i].suggestion);
    }
    strbuf_addc(out, '\n');
}

/* "path: message" lines, each text once, in order. NULL when out of memory. */
static json_t *distinct_errors(const struct field_errors *errs)
{
    json_t *lines = json_object();
    for (size_t i = 0; lines && i < errs->len; i++) {
        cleanup_strbuf struct strbuf line = STRBUF_INIT;
        strbuf_addf(&line, "%s: %s", errs->v[i].field, errs->v[i].message);
        if (line.failed || json_object_set_new_nocheck(lines, strbuf_str(&line), json_true()) < 0) {
            json_decref(lines);
            return NULL;
        }
    }
    return lines;
}

static void explain_invalid(const struct manifest *m, const json_t *raw, const char *verb,
                            const char *source, struct strbuf *out)
{
    (void)raw, (void)verb, (void)source;
    cleanup_json json_t *lines = distinct_errors(&m->errs);
    bool several = json_object_size(lines) > 1;
    const char *line;
    json_t *value;
    out->failed |= !lines;
    strbuf_addf(out, "The %s \"%s\" is invalid: %s", kinds[m->kind].name, manifest_name(m),
                several ? "\n" : "");
    json_object_foreach (lines, line, value)
        strbuf_addf(out, "%s%s\n", several ? "* " : "", line);
}

static void explain_failed(const struct manifest *m, const json_t *raw, const char *verb,
                           const char *source, struct strbuf *out)
{
    (void)raw, (void)verb;
    strbuf_addf(out, "error: %s: %s\n", source, m->err.text);
}

void manifest_explain(const struct manifest *m, const json_t *raw, const char *verb,
                      const char *source, struct strbuf *out)
{
    static void (*const explain[])(const struct manifest *, const json_t *, const char *,
                                   const char *, struct strbuf *) = {
        [MANIFEST_NO_KIND] = explain_no_kind,
        [MANIFEST_UNKNOWN_KIND] = explain_unknown_kind,
        [MANIFEST_BAD_REQUEST] = explain_bad_request,
        [MANIFEST_INVALID] = explain_invalid,
        [MANIFEST_FAILED] = explain_failed,
    };
    if (m->verdict != MANIFEST_OK)
        explain[m->verdict](m, raw, verb, source, out);
}
