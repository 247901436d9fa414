/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explain_text.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "job_text.h"
#include "schema.h"

Test(explain_text, every_text_is_about_a_field)
{
    for (size_t i = 0; i < explain_texts_len; i++)
        cr_expect(job_text_is_field(&schema_job, explain_texts[i].path), "%s",
                  explain_texts[i].path);
}

Test(explain_text, every_field_of_a_job_spec_has_a_text)
{
    const struct field *spec = schema_field(&schema_job, "spec");
    for (const struct field *f = spec->sub->fields; f->name; f++) {
        char path[128];
        snprintf(path, sizeof path, "spec.%s", f->name);
        cr_expect(*explain_text(path), "%s", path);
    }
}

Test(explain_text, init_containers_are_containers)
{
    cr_expect_str_eq(explain_text("spec.template.spec.initContainers.image"),
                     explain_text("spec.template.spec.containers.image"));
}
