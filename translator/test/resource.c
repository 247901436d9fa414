/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>

#include "../resource.h"

Test(resource, words)
{
    static const struct {
        const char *word;
        int resource;
        const char *name;
    } rows[] = {
        {"job", RESOURCE_JOB, NULL},
        {"jobs.batch/pi", RESOURCE_JOB, "pi"},
        {"po/x", RESOURCE_POD, "x"},
        {"cm", RESOURCE_CONFIG_MAP, NULL},
        {"configmaps/a/b", RESOURCE_CONFIG_MAP, "a/b"},
        {"secret/", RESOURCE_SECRET, ""},
        {"svc", RESOURCE_SERVICE, NULL},
        {"services", RESOURCE_SERVICE, NULL},
        {"Job/Pi", RESOURCE_JOB, "Pi"},
        {"jobs.v1.batch", RESOURCE_JOB, NULL},
        {"cronjobs.v1.batch", RESOURCE_CRON_JOB, NULL},
        {"ConfigMaps", RESOURCE_CONFIG_MAP, NULL},
        {"jo", -1, NULL},
        {"jobsx", -1, NULL},
        {"", -1, NULL},
        {"/x", -1, "x"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *name;
        cr_expect_eq(resource_split(rows[i].word, &name), rows[i].resource, "%s", rows[i].word);
        cr_expect_eq(!name, !rows[i].name, "%s", rows[i].word);
        if (name && rows[i].name)
            cr_expect_str_eq(name, rows[i].name);
    }
}

Test(resource, what_is_a_file)
{
    enum object_kind kind;
    cr_expect_not(resource_stored_as(-1, &kind));
    cr_expect_not(resource_stored_as(RESOURCE_JOB, &kind));
    cr_expect_not(resource_stored_as(RESOURCE_POD, &kind));
    cr_expect(resource_stored_as(RESOURCE_CONFIG_MAP, &kind) && kind == OBJECT_CONFIG_MAP);
    cr_expect(resource_stored_as(RESOURCE_SECRET, &kind) && kind == OBJECT_SECRET);
    cr_expect(resource_stored_as(RESOURCE_SERVICE, &kind) && kind == OBJECT_SERVICE);
    cr_expect(resource_stored_as(RESOURCE_CRON_JOB, &kind) && kind == OBJECT_CRON_JOB);
}
