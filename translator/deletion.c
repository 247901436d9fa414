/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "deletion.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "get_request.h"
#include "grow.h"
#include "resource.h"
#include "strbuf.h"

int deletion_of_kind(const char *kind)
{
    static const char *const kinds[] = {
        [RESOURCE_JOB] = "Job",
        [RESOURCE_POD] = "Pod",
        [RESOURCE_CONFIG_MAP] = "ConfigMap",
        [RESOURCE_SECRET] = "Secret",
        [RESOURCE_SERVICE] = "Service",
        [RESOURCE_CRON_JOB] = "CronJob",
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i], kind) == 0)
            return (int)i;
    return -1;
}

void deletion_free(struct deletion *d)
{
    while (d->len)
        free(d->names[--d->len]);
    free(d->names);
    d->names = NULL;
}

static int add(struct deletion *d, const struct found *f, struct error *err)
{
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    char **v = grow(d->names, d->len, sizeof *v);
    if (!v)
        return error_set(err, "out of memory");
    d->names = v;
    listing_name(f, &name);
    v[d->len] = strbuf_steal(&name);
    return v[d->len] ? (d->len++, 0) : error_set(err, "out of memory");
}

int deletion_select(struct deletion *d, const struct options *o, int resource, struct error *err)
{
    char *kind[] = {(char *)(uintptr_t)resource_plural((enum resource)resource)};
    struct options asked = {.ns = o->ns,
                            .selector = o->selector,
                            .field_selector = o->field_selector,
                            .names = kind,
                            .names_len = 1};
    cleanup_get_request struct get_request r = {.options = &asked};
    cleanup_listing struct listing l = {.store = &r.store, .now_us = job_view_now()};
    if (get_request_open(&r, err) < 0 || get_request_load(&r, &l, err) < 0)
        return -1;
    for (size_t i = 0; i < l.len; i++)
        if (add(d, &l.v[i], err) < 0)
            return -1;
    return 0;
}
