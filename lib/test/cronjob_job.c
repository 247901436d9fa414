/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../cronjob_job.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "../cleanup.h"

static json_t *cronjob(void)
{
    json_t *c = json_loads(
        "{\"kind\":\"CronJob\",\"metadata\":{\"name\":\"hello\",\"namespace\":\"lab\",\"uid\":"
        "\"u1\",\"labels\":{\"not\":\"copied\"}},"
        "\"spec\":{\"jobTemplate\":{\"metadata\":{\"name\":\"ignored\",\"labels\":{\"a\":\"b\"},"
        "\"annotations\":{\"c\":\"d\"}},\"spec\":{\"template\":{}}}}}",
        0, NULL);
    cr_assert(c);
    return c;
}

static void expect(json_t *job, const char *text)
{
    cleanup_json json_t *wanted = json_loads(text, 0, NULL);
    cleanup_free char *got = json_dumps(job, JSON_SORT_KEYS | JSON_COMPACT);
    cr_assert(wanted);
    cr_expect(json_equal(job, wanted), "%s", got);
}

Test(cronjob_job, names_have_the_minutes_of_their_time)
{
    cleanup_json json_t *c = cronjob();
    char name[CRONJOB_JOB_NAME_MAX];
    cronjob_job_name(c, 1782000060, name);
    cr_expect_str_eq(name, "hello-29700001");
    cronjob_job_name(c, 1782000119, name);
    cr_expect_str_eq(name, "hello-29700001", "a later second of the minute");
}

Test(cronjob_job, scheduled)
{
    cleanup_json json_t *c = cronjob();
    cleanup_json json_t *job = cronjob_job_scheduled(c, "hello-1", 1782000060, NULL);
    expect(job, "{\"apiVersion\":\"batch/v1\",\"kind\":\"Job\",\"metadata\":{\"name\":\"hello-1\","
                "\"namespace\":\"lab\",\"labels\":{\"a\":\"b\"},\"annotations\":{\"c\":\"d\","
                "\"batch.kubernetes.io/cronjob-scheduled-timestamp\":\"2026-06-21T00:01:00Z\"},"
                "\"ownerReferences\":[{\"apiVersion\":\"batch/v1\",\"kind\":\"CronJob\",\"name\":"
                "\"hello\",\"uid\":\"u1\",\"controller\":true,\"blockOwnerDeletion\":true}]},"
                "\"spec\":{\"template\":{}}}");
    cr_expect(cronjob_job_is_of(job, c));
}

Test(cronjob_job, time_is_written_in_the_zone)
{
    static const struct {
        const char *zone, *text;
    } rows[] = {
        {"Asia/Kolkata", "2026-06-21T05:31:00+05:30"},
        {"America/New_York", "2026-06-20T20:01:00-04:00"},
        {"Atlantic/Reykjavik", "2026-06-21T00:01:00Z"},
    };
    cleanup_json json_t *c = cronjob();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct timezone_info *zone;
        cr_assert_eq(timezone_load(NULL, rows[i].zone, &zone, NULL), 0);
        cleanup_json json_t *job = cronjob_job_scheduled(c, "x", 1782000060, zone);
        cleanup_free char *text = json_dumps(job, 0);
        cr_expect(strstr(text, rows[i].text), "%s: %s", rows[i].zone, text);
        timezone_free(zone);
    }
}

Test(cronjob_job, manual)
{
    cleanup_json json_t *c = cronjob();
    cleanup_json json_t *job = cronjob_job_manual(c, "now");
    expect(job, "{\"apiVersion\":\"batch/v1\",\"kind\":\"Job\",\"metadata\":{\"name\":\"now\","
                "\"namespace\":\"lab\",\"labels\":{\"a\":\"b\"},\"annotations\":{\"c\":\"d\","
                "\"cronjob.kubernetes.io/instantiate\":\"manual\"},"
                "\"ownerReferences\":[{\"apiVersion\":\"batch/v1\",\"kind\":\"CronJob\",\"name\":"
                "\"hello\",\"uid\":\"u1\",\"controller\":true}]},\"spec\":{\"template\":{}}}");
}

Test(cronjob_job, template_is_nobodys)
{
    cleanup_json json_t *c = cronjob();
    cleanup_json json_t *job = cronjob_job_template(c);
    expect(job, "{\"apiVersion\":\"batch/v1\",\"kind\":\"Job\",\"metadata\":{\"labels\":{\"a\":"
                "\"b\"},\"annotations\":{\"c\":\"d\"}},\"spec\":{\"template\":{}}}");
    cr_expect_not(cronjob_job_is_of(job, c));
}
