/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Table rows for the tests of whole Jobs and CronJobs: a piece of JSON is merged into a small valid
 * object, which is loaded; its errors, or the warnings of a valid one, must be exactly those of the
 * row, in order.
 *
 * In the JSON a ' stands for ", and null takes a field away.
 */
#ifndef SKJOB_TEST_JOB_ROWS_H
#define SKJOB_TEST_JOB_ROWS_H

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "json_text.h"
#include "manifest.h"
#include "strbuf.h"

#define ZONEINFO "/usr/share/zoneinfo"

#define JOB                                                                                        \
    "{'apiVersion':'batch/v1','kind':'Job','metadata':{'name':'demo'},'spec':{'template':{'spec':" \
    "{'restartPolicy':'Never','containers':[{'name':'c','image':'i'}]}}}}"
#define CRON_JOB                                                                                   \
    "{'apiVersion':'batch/v1','kind':'CronJob','metadata':{'name':'demo'},'spec':{'schedule':"     \
    "'* * * * *','jobTemplate':{'spec':{'template':{'spec':{'restartPolicy':'Never',"              \
    "'containers':[{'name':'c','image':'i'}]}}}}}}"

struct job_row {
    const char *patch; /* members of the object */
    const char *want;  /* "path: message" lines; those of warnings begin with "W " */
};

static inline json_t *job_patched(const char *base, const char *members)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    strbuf_addf(&b, "{%s}", members);
    json_t *v = json_text(base);
    cleanup_json json_t *patch = json_text(strbuf_str(&b));
    cr_assert_eq(json_object_update_recursive(v, patch), 0);
    return v;
}

static inline void job_rows_run(const char *base, const struct job_row *rows, size_t n)
{
    struct manifest_options options = {.unknown = UNKNOWN_STRICT, .zoneinfo = ZONEINFO};
    for (size_t i = 0; i < n; i++) {
        cleanup_json json_t *raw = job_patched(base, rows[i].patch);
        cleanup_manifest struct manifest m;
        cleanup_strbuf struct strbuf got = STRBUF_INIT;
        manifest_load(&m, raw, &options);
        cr_expect(m.verdict == MANIFEST_OK || m.verdict == MANIFEST_INVALID, "%s: %s",
                  rows[i].patch, m.err.text);
        for (size_t k = 0; k < m.errs.len; k++)
            strbuf_addf(&got, "%s%s: %s", got.len ? "\n" : "", m.errs.v[k].field,
                        m.errs.v[k].message);
        for (size_t k = 0; k < m.errs.warnings_len && m.verdict == MANIFEST_OK; k++)
            strbuf_addf(&got, "%sW %s: %s", got.len ? "\n" : "", m.errs.warnings[k].field,
                        m.errs.warnings[k].message);
        cr_expect_str_eq(strbuf_str(&got), rows[i].want, "row %s\nwant %s\ngot  %s", rows[i].patch,
                         rows[i].want, strbuf_str(&got));
    }
}

#define JOB_ROWS(rows)      job_rows_run(JOB, rows, sizeof(rows) / sizeof *(rows))
#define CRON_JOB_ROWS(rows) job_rows_run(CRON_JOB, rows, sizeof(rows) / sizeof *(rows))

#endif
