/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "../mapping.h"
#include "job_text.h"
#include "schema.h"

#define DEPTH_MAX 24 /* JSONSchemaProps and the like do not stand in a Job; nothing is deeper */

/* Whether the path or one of the fields around it has a row. */
static bool is_covered(const char *path)
{
    char p[512];
    snprintf(p, sizeof p, "%s", path);
    for (;;) {
        if (mapping_find(p) >= 0)
            return true;
        char *dot = strrchr(p, '.');
        if (!dot)
            return false;
        *dot = '\0';
    }
}

static size_t leaves;

static void check_fields(const struct schema *s, const char *up, int depth)
{
    for (const struct field *f = s->fields; f->name; f++) {
        char path[512];
        snprintf(path, sizeof path, "%s%s%s", up, *up ? "." : "", f->name);
        if (f->sub && depth < DEPTH_MAX) {
            check_fields(f->sub, path, depth + 1);
            continue;
        }
        leaves++;
        cr_expect(is_covered(path), "no row covers %s", path);
    }
}

Test(mapping, every_field_has_a_row)
{
    check_fields(&schema_job, "", 0);
    cr_expect_gt(leaves, 500, "only %zu fields were seen", leaves);
}

Test(mapping, every_row_has_a_field)
{
    for (size_t i = 0; i < mapping_len; i++)
        cr_expect(job_text_is_field(&schema_job, mapping[i].path), "Kubernetes has no %s",
                  mapping[i].path);
}

Test(mapping, rows_are_unique_and_give_reasons)
{
    for (size_t i = 0; i < mapping_len; i++) {
        cr_expect_eq(mapping_find(mapping[i].path), (long)i, "%s stands twice", mapping[i].path);
        cr_expect(mapping[i].reason && *mapping[i].reason, "%s: no reason", mapping[i].path);
    }
}

Test(mapping, deeper)
{
    cr_expect(mapping_is_deeper("spec"));
    cr_expect(mapping_is_deeper("spec.template.spec.containers"));
    cr_expect_not(mapping_is_deeper("spec.template.spec.containers.image"));
    cr_expect_not(mapping_is_deeper("spec.complet"), "part of a name is no field");
    cr_expect_eq(mapping_find("spec.nothing"), -1);
}

Test(mapping, cronjob)
{
    for (size_t i = 0; i < mapping_cronjob_len; i++) {
        const struct mapping_row *row = &mapping_cronjob[i];
        cr_expect(job_text_is_field(&schema_cron_job, row->path), "Kubernetes has no %s",
                  row->path);
        cr_expect_eq(mapping_find_cronjob(row->path), row, "%s stands twice", row->path);
        cr_expect(row->reason && *row->reason, "%s: no reason", row->path);
    }
    for (const struct field *f = schema_field(&schema_cron_job, "spec")->sub->fields; f->name;
         f++) {
        char path[128];
        snprintf(path, sizeof path, "spec.%s", f->name);
        cr_expect(mapping_find_cronjob(path), "no row covers %s", path);
    }
    cr_expect_str_eq(mapping_find_cronjob("spec.jobTemplate.spec.template")->path,
                     "spec.jobTemplate");
    cr_expect_str_eq(mapping_find_cronjob("metadata.uid")->path, "metadata");
    cr_expect_null(mapping_find_cronjob("spec.nothing"));
    cr_expect_str_eq(mapping_find_template("spec.jobTemplate.metadata.name")->path,
                     "spec.jobTemplate.metadata.name");
    cr_expect_null(mapping_find_template("spec.jobTemplate.metadata.labels"), "as the Job's");
    cr_expect_null(mapping_find_template("spec.schedule"));
}
