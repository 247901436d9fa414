/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "schema.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { MAX = 256 };

struct seen {
    const struct schema *v[MAX];
    size_t len;
};

static bool is_new(struct seen *seen, const struct schema *s)
{
    for (size_t i = 0; i < seen->len; i++)
        if (seen->v[i] == s)
            return false;
    cr_assert_lt(seen->len, MAX);
    seen->v[seen->len++] = s;
    return true;
}

/* Rows that contradict themselves would only show when a manifest uses them. */
static void check_row(const struct schema *s, const struct field *f)
{
    bool object = f->type == F_OBJECT || (f->type == F_LIST && f->elem == F_OBJECT);
    cr_expect_eq(object, f->sub != NULL, "%s.%s", s->name, f->name);
    for (const struct field *g = f + 1; g->name; g++)
        cr_expect_str_neq(f->name, g->name, "%s.%s twice", s->name, f->name);
    cr_expect(f->flags <= (FIELD_PTR | FIELD_KEEP), "%s.%s", s->name, f->name);
}

static void walk(struct seen *seen, const struct schema *s)
{
    if (!is_new(seen, s))
        return;
    cr_assert_not_null(s->name);
    for (const struct field *f = s->fields; f->name; f++) {
        check_row(s, f);
        if (f->sub)
            walk(seen, f->sub);
    }
}

Test(schema_pod, rows_are_sound)
{
    struct seen seen = {.len = 0};
    walk(&seen, &schema_pod_template_spec);
    /* PodTemplateSpec and all structs below it in core/v1, with ObjectMeta, OwnerReference,
     * LabelSelector and its requirements of meta/v1. */
    cr_expect_eq(seen.len, 109, "%zu", seen.len);
}

Test(schema_pod, zero_values)
{
    static const struct {
        const char *path; /* of fields, with spaces */
        unsigned flags;
        const char *proves;
    } rows[] = {
        {"metadata", FIELD_KEEP, "a struct without pointer is always printed"},
        {"spec containers", FIELD_KEEP, "a list without omitempty"},
        {"spec containers resources", FIELD_KEEP, "{} is always printed"},
        {"spec resources", FIELD_PTR, "of the pod: a pointer"},
        {"spec terminationGracePeriodSeconds", FIELD_PTR, "0 is kept"},
        {"spec hostNetwork", 0, "false is dropped"},
        {"spec containers env name", FIELD_KEEP, "the empty string is printed"},
        {"spec containers env value", 0, "the empty string is dropped"},
        {"spec containers livenessProbe grpc service", FIELD_PTR | FIELD_KEEP, "null is printed"},
        {"spec volumes scaleIO secretRef", FIELD_PTR | FIELD_KEEP, "null is printed"},
        {"spec ephemeralContainers targetContainerName", 0, "beside a container's fields"},
        {"spec ephemeralContainers restartPolicyRules exitCodes values", 0, "plain list"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct schema *s = &schema_pod_template_spec;
        const struct field *f = NULL;
        char copy[128], *save = NULL;
        strcpy(copy, rows[i].path);
        for (char *name = strtok_r(copy, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
            f = schema_field(s, name);
            cr_assert_not_null(f, "%s", rows[i].path);
            s = f->sub;
        }
        cr_expect_eq(f->flags, rows[i].flags, "%s: %s", rows[i].path, rows[i].proves);
    }
}
