/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "validate_job.h"

#include <string.h>
#include <strings.h>

#include "cron.h"
#include "timezone.h"
#include "tree.h"
#include "validate_meta.h"

#define MAX_CRON_JOB_NAME 52 /* the Jobs' names add a dash and ten digits to it */

static void schedule(const json_t *spec, const char *zoneinfo, const struct path *path,
                     struct field_errors *errs)
{
    const char *text = tree_str(spec, "schedule");
    const struct path *p = PATH_FIELD(path, "schedule");
    struct error why;
    if (!*text) {
        field_error(errs, p, FIELD_REQUIRED, NULL, NULL);
        return;
    }
    if (cron_check(text, zoneinfo, &why) < 0)
        field_error_str(errs, p, FIELD_INVALID, text, "%s", why.text);
    if (strstr(text, "TZ"))
        field_error_str(errs, p, FIELD_INVALID, text,
                        "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
}

static void time_zone(const json_t *spec, const char *zoneinfo, const struct path *path,
                      struct field_errors *errs)
{
    const json_t *v = tree_get(spec, "timeZone");
    if (v)
        timezone_validate(zoneinfo, json_string_value(v), errs, PATH_FIELD(path, "timeZone"));
}

static void concurrency_policy(const json_t *spec, const struct path *path,
                               struct field_errors *errs)
{
    static const char *const supported[] = {"Allow", "Forbid", "Replace", NULL};
    const struct path *p = PATH_FIELD(path, "concurrencyPolicy");
    const char *v = tree_str(spec, "concurrencyPolicy");
    for (size_t i = 0; supported[i]; i++)
        if (strcmp(v, supported[i]) == 0)
            return;
    if (*v)
        field_unsupported(errs, p, tree_get(spec, "concurrencyPolicy"), supported);
    else
        field_error(errs, p, FIELD_REQUIRED, NULL, NULL);
}

static void job_template(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    const json_t *job = tree_at(spec, "jobTemplate", "spec", NULL);
    const struct path *p = PATH_FIELD(PATH_FIELD(path, "jobTemplate"), "spec");
    static const char *const supported[] = {"nil", "false", NULL};
    validate_job_spec_common(job, p, errs);
    if (tree_has(job, "selector"))
        field_error(errs, PATH_FIELD(p, "selector"), FIELD_INVALID, tree_get(job, "selector"),
                    "`selector` will be auto-generated");
    if (tree_bool(job, "manualSelector"))
        field_unsupported(errs, PATH_FIELD(p, "manualSelector"), tree_get(job, "manualSelector"),
                          supported);
}

void validate_cron_job(const json_t *cron_job, const char *zoneinfo, struct field_errors *errs)
{
    const json_t *meta = tree_get(cron_job, "metadata");
    const json_t *spec = tree_get(cron_job, "spec");
    const struct path *meta_path = PATH_FIELD(NULL, "metadata");
    const struct path *path = PATH_FIELD(NULL, "spec");
    const char *name = tree_str(meta, "name");
    validate_object_meta(meta, meta_path, true, errs);
    schedule(spec, zoneinfo, path, errs);
    time_zone(spec, zoneinfo, path, errs);
    validate_nonnegative(spec, "startingDeadlineSeconds", path, errs);
    concurrency_policy(spec, path, errs);
    job_template(spec, path, errs);
    validate_nonnegative(spec, "successfulJobsHistoryLimit", path, errs);
    validate_nonnegative(spec, "failedJobsHistoryLimit", path, errs);
    if (strlen(name) > MAX_CRON_JOB_NAME)
        field_error_str(errs, PATH_FIELD(meta_path, "name"), FIELD_INVALID, name,
                        "must be no more than %d characters", MAX_CRON_JOB_NAME);
    warn_job(meta, tree_at(spec, "jobTemplate", "spec", NULL),
             PATH_FIELD(PATH_FIELD(path, "jobTemplate"), "spec"), errs);
}
