/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Holds reading, defaulting and validation against what a real Kubernetes 1.36 API server said of
 * the same manifests (validation.jsonl): the verdict, the set of (field, message), and the defaulted
 * object.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "manifest.h"
#include "tree.h"

#define ZONEINFO "/usr/share/zoneinfo"

/* Not part of the contract: dumps of whole structures, with Go's field names. */
static bool is_dump(const char *message)
{
    return strncmp(message, "Invalid value: {", 16) == 0 ||
           strncmp(message, "Invalid value: [{", 17) == 0;
}

/* "Invalid value: {…}: must be x" without the dump. */
static void add_cause(json_t *set, const char *field, const char *message)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    const char *tail = is_dump(message) ? strstr(message, "}: ") : NULL;
    if (tail)
        strbuf_addf(&b, "%s: Invalid value: <dump>%s", field, tail + 1);
    else
        strbuf_addf(&b, "%s: %s", field, message);
    json_object_set_new(set, strbuf_str(&b), json_true());
}

static json_t *our_causes(const struct manifest *m)
{
    json_t *set = json_object();
    for (size_t i = 0; i < m->errs.len; i++)
        add_cause(set, m->errs.v[i].field, m->errs.v[i].message);
    return set;
}

static json_t *their_causes(const json_t *c)
{
    json_t *set = json_object();
    const json_t *cause;
    size_t i;
    json_array_foreach (tree_get(c, "causes"), i, cause)
        add_cause(set, tree_str(cause, "field"), tree_str(cause, "message"));
    return set;
}

/* The labels and the selector that the server generates are not in the file. */
static void without_generated(json_t *job)
{
    json_t *spec = tree_get(job, "spec");
    json_t *meta = tree_at(spec, "template", "metadata", NULL);
    json_object_del(tree_get(job, "metadata"), "labels");
    if (!meta || tree_bool(spec, "manualSelector"))
        return;
    json_object_del(spec, "selector");
    if (!tree_has(meta, "labels"))
        json_object_set_new(meta, "labels", json_object());
}

static bool complain(const json_t *c, const char *what, const json_t *theirs, const json_t *ours)
{
    cleanup_free char *a = json_dumps(theirs, JSON_SORT_KEYS | JSON_ENCODE_ANY);
    cleanup_free char *b = json_dumps(ours, JSON_SORT_KEYS | JSON_ENCODE_ANY);
    fprintf(stderr, "%s: %s\n  Kubernetes: %s\n  skjob:      %s\n", tree_str(c, "id"), what,
            a ? a : "-", b ? b : "-");
    return false;
}

static bool agrees_accept(const json_t *c, struct manifest *m)
{
    const json_t *theirs = tree_get(c, "defaulted");
    if (m->verdict != MANIFEST_OK) {
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        manifest_explain(m, tree_get(c, "manifest"), "creating", "F", &b);
        fprintf(stderr, "%s: refused: %s\n", tree_str(c, "id"), strbuf_str(&b));
        return false;
    }
    without_generated(m->object);
    return json_equal(theirs, m->object) || complain(c, "other object", theirs, m->object);
}

static bool agrees_reject(const json_t *c, const struct manifest *m)
{
    if (m->verdict == MANIFEST_OK) {
        fprintf(stderr, "%s: accepted, but: %s\n", tree_str(c, "id"), tree_str(c, "message"));
        return false;
    }
    if (tree_int(c, "code") == 400) {
        bool right = m->verdict != MANIFEST_INVALID;
        if (!right)
            fprintf(stderr, "%s: invalid, but it cannot be decoded\n", tree_str(c, "id"));
        return right;
    }
    cleanup_json json_t *ours = our_causes(m);
    cleanup_json json_t *theirs = their_causes(c);
    return json_equal(ours, theirs) || complain(c, "other causes", theirs, ours);
}

static bool agrees(const json_t *c)
{
    struct manifest_options o = {.unknown = UNKNOWN_STRICT, .zoneinfo = ZONEINFO};
    cleanup_manifest struct manifest m;
    manifest_load(&m, tree_get(c, "manifest"), &o);
    return tree_is(c, "verdict", "accept") ? agrees_accept(c, &m) : agrees_reject(c, &m);
}

Test(conformance, validation)
{
    cleanup_file FILE *f = fopen(SKJOB_TESTS "/conformance/validation.jsonl", "re");
    cleanup_free char *line = NULL;
    size_t cap = 0, cases = 0, good = 0;
    cr_assert(f);
    while (getline(&line, &cap, f) > 0) {
        cleanup_json json_t *c = json_loads(line, 0, NULL);
        cr_assert(c);
        cases++;
        good += agrees(c);
    }
    fprintf(stderr, "validation: %zu of %zu cases agree with Kubernetes\n", good, cases);
    cr_assert_eq(good, cases);
    cr_assert_geq(cases, 491);
}
