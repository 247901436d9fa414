/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the CronJob controller does at a moment: the cases of its own unit tests
 * (cronjob_controllerv2_test.go), and the rules of its code.
 */
#include "../cronjob_plan.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cleanup.h"
#include "../strbuf.h"
#include "../timefmt.h"
#include "../tree.h"

#define HOURLY "\"schedule\":\"0 * * * *\""
#define LIMITS "\"successfulJobsHistoryLimit\":3,\"failedJobsHistoryLimit\":1"

/* Times are "2026-06-18T10:00:00Z", a Thursday, where they are not given whole: "10:00". Jobs are
 * "NAME END STARTED COMPLETED"; of active ones there are references in the status. The plan: a line
 * an action, then "last T" and "success T" where they are set, "active NAMES", "next T". */
static const struct row {
    const char *proves;
    const char *spec; /* beside the limits of the history */
    const char *created, *last, *active, *now;
    const char *jobs[6];
    const char *plan;
} rows[] = {
    {"before the first time", HOURLY, "09:01", "", "", "09:59", {0}, "next 10:00"},
    {"the first time",
     HOURLY,
     "09:01",
     "",
     "",
     "10:01",
     {0},
     "create hello-29696280\nlast 10:00\nactive hello-29696280\nnext 11:00"},
    {"to the second",
     HOURLY,
     "09:01",
     "",
     "",
     "10:00",
     {0},
     "create hello-29696280\nlast 10:00\nactive hello-29696280\nnext 11:00"},
    {"past the deadline",
     HOURLY ",\"startingDeadlineSeconds\":10",
     "09:01",
     "",
     "",
     "10:01",
     {0},
     "next 11:00"},
    {"within the deadline",
     HOURLY ",\"startingDeadlineSeconds\":120",
     "09:01",
     "",
     "",
     "10:01",
     {0},
     "create hello-29696280\nlast 10:00\nactive hello-29696280\nnext 11:00"},
    {"a deadline of 0 never starts anything",
     HOURLY ",\"startingDeadlineSeconds\":0",
     "09:01",
     "",
     "",
     "10:00",
     {0},
     "next 11:00"},
    {"nothing twice",
     HOURLY,
     "09:01",
     "10:00",
     "",
     "10:01",
     {"hello-29696280 Complete 10:00 10:01"},
     "last 10:00\nsuccess 10:01\nnext 11:00"},
    {"suspended", HOURLY ",\"suspend\":true", "09:01", "", "", "10:01", {0}, ""},
    {"a suspended one has its history all the same",
     HOURLY ",\"suspend\":true",
     "09:01",
     "10:00",
     "a",
     "12:01",
     {"a Complete 10:00 10:01"},
     "Normal SawCompletedJob Saw completed job: a, condition: Complete\nlast 10:00\nsuccess 10:01"},
    {"Forbid",
     HOURLY ",\"concurrencyPolicy\":\"Forbid\"",
     "09:01",
     "09:00",
     "a",
     "10:01",
     {"a Running 09:00 -"},
     "Normal JobAlreadyActive Not starting job because prior execution is running and concurrency "
     "policy is Forbid\nlast 09:00\nactive a\nnext 11:00\nblocked"},
    {"Forbid, late, when the other has ended",
     HOURLY ",\"concurrencyPolicy\":\"Forbid\"",
     "09:01",
     "09:00",
     "a",
     "10:31",
     {"a Failed 09:00 -"},
     "Normal SawCompletedJob Saw completed job: a, condition: Failed\n"
     "create hello-29696280\nlast 10:00\nactive hello-29696280\nnext 11:00"},
    {"Replace",
     HOURLY ",\"concurrencyPolicy\":\"Replace\"",
     "09:01",
     "09:00",
     "a",
     "10:01",
     {"a Running 09:00 -"},
     "replace a\ncreate hello-29696280\nlast 10:00\nactive hello-29696280\nnext 11:00"},
    {"Allow",
     HOURLY ",\"concurrencyPolicy\":\"Allow\"",
     "09:01",
     "09:00",
     "a",
     "10:01",
     {"a Running 09:00 -"},
     "create hello-29696280\nlast 10:00\nactive a hello-29696280\nnext 11:00"},
    {"a week without a clock: one Job, of the last hour",
     HOURLY,
     "2026-06-01T00:00:00Z",
     "2026-06-11T10:00:00Z",
     "",
     "10:30",
     {0},
     "Warning TooManyMissedTimes too many missed start times. Set or decrease "
     ".spec.startingDeadlineSeconds or check clock skew\n"
     "create hello-29696280\nlast 10:00\nactive hello-29696280\nnext 11:00"},
    {"a week without a clock, and a deadline",
     HOURLY ",\"startingDeadlineSeconds\":3600",
     "2026-06-01T00:00:00Z",
     "2026-06-11T10:00:00Z",
     "",
     "10:30",
     {0},
     "create hello-29696280\nlast 10:00\nactive hello-29696280\nnext 11:00"},
    {"irregular: found",
     "\"schedule\":\"30 6-16/4 * * 1-5\"",
     "09:01",
     "10:30",
     "",
     "2026-06-19T10:31:00Z",
     {0},
     "create hello-29697750\nlast 2026-06-19T10:30:00Z\nactive hello-29697750\n"
     "next 2026-06-19T14:30:00Z"},
    {"irregular: the estimate is too late, and nothing starts",
     "\"schedule\":\"30 10,11,12 * * 1-5\"",
     "09:01",
     "10:30",
     "",
     "2026-06-19T16:30:00Z",
     {0},
     "last 10:30\nnext 2026-06-22T10:30:00Z"},
    {"@every counts from the last run",
     "\"schedule\":\"@every 1h\"",
     "09:01",
     "2026-06-11T10:01:00Z",
     "",
     "10:30",
     {0},
     "Warning TooManyMissedTimes too many missed start times. Set or decrease "
     ".spec.startingDeadlineSeconds or check clock skew\n"
     "create hello-29696281\nlast 10:01\nactive hello-29696281\nnext 11:01"},
    {"a zone of its own",
     "\"schedule\":\"0 12 * * *\",\"timeZone\":\"Europe/Berlin\"",
     "09:01",
     "",
     "",
     "10:01",
     {0},
     "create hello-29696280\nlast 10:00\nactive hello-29696280\nnext 2026-06-19T10:00:00Z"},
    {"a zone that is gone",
     HOURLY ",\"timeZone\":\"Nowhere/Land\"",
     "09:01",
     "",
     "",
     "10:01",
     {0},
     "Warning UnknownTimeZone invalid timeZone: \"Nowhere/Land\": unknown time zone Nowhere/Land\n"
     "next 11:01"},
    {"a zone that is gone, suspended",
     HOURLY ",\"timeZone\":\"Nowhere/Land\",\"suspend\":true",
     "09:01",
     "",
     "",
     "10:01",
     {0},
     "Warning UnknownTimeZone invalid timeZone: \"Nowhere/Land\": unknown time zone Nowhere/Land"},
    {"a schedule that cannot be read",
     "\"schedule\":\"* * *\"",
     "09:01",
     "",
     "",
     "10:01",
     {0},
     "Warning UnparseableSchedule unparseable schedule: \"* * *\" : expected exactly 5 fields, "
     "found 3: [* * *]"},
    {"a schedule that never comes",
     "\"schedule\":\"59 23 31 2 *\"",
     "09:01",
     "",
     "",
     "10:01",
     {0},
     "Warning InvalidSchedule invalid schedule: 59 23 31 2 * : time difference between two "
     "schedules is less than 1 second"},
    {"a Job of ours that was not started by the schedule",
     HOURLY,
     "09:01",
     "09:00",
     "",
     "09:30",
     {"mine Running 09:10 -"},
     "Warning UnexpectedJob Saw a job that the controller did not create or forgot: mine\n"
     "last 09:00\nnext 10:00"},
    {"an active one is gone",
     HOURLY,
     "09:01",
     "09:00",
     "a",
     "09:30",
     {0},
     "Normal MissingJob Active job went missing: a\nlast 09:00\nnext 10:00"},
    {"active and there",
     HOURLY,
     "09:01",
     "09:00",
     "a",
     "09:30",
     {"a Running - -"},
     "last 09:00\nactive a\nnext 10:00"},
    {"the Job of that time is active",
     HOURLY,
     "09:01",
     "",
     "hello-29696280",
     "10:01",
     {"hello-29696280 Running - -"},
     "active hello-29696280\nnext 11:00"},
    {"history: the oldest go, those that never started last, equal ones by name",
     HOURLY,
     "09:01",
     "09:00",
     "",
     "09:30",
     {"c Complete 09:02 09:03", "b Complete 09:02 09:04", "a Complete - -",
      "z Complete 09:01 09:05", "y Failed 09:01 -", "x Failed 09:02 -"},
     "delete z\ndelete y\nlast 09:00\nsuccess 09:05\nnext 10:00"},
    {"history: none is kept, what they were is",
     HOURLY ",\"successfulJobsHistoryLimit\":0",
     "09:01",
     "09:00",
     "a",
     "09:30",
     {"a Complete 09:02 09:03"},
     "delete a\nlast 09:00\nsuccess 09:03\nnext 10:00"},
};

static int64_t when(const char *text)
{
    char whole[64];
    int64_t t;
    snprintf(whole, sizeof whole, strlen(text) == 5 ? "2026-06-18T%s:00Z" : "%s", text);
    return timefmt_parse_rfc3339(whole, &t) == 0 ? t : CRONJOB_NEVER;
}

static void set_time(json_t *to, const char *field, const char *text)
{
    char whole[TIMEFMT_MAX];
    if (*text)
        json_object_set_new(to, field, json_string(timefmt_rfc3339(when(text), whole)));
}

static json_t *cronjob_of(const struct row *r)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    strbuf_addf(&b,
                "{\"metadata\":{\"name\":\"hello\",\"namespace\":\"default\",\"uid\":\"u\"},"
                "\"spec\":{" LIMITS ",%s}}",
                r->spec);
    json_t *c = json_loads(strbuf_str(&b), 0, NULL);
    cr_assert(c, "%s", r->proves);
    set_time(tree_get(c, "metadata"), "creationTimestamp", r->created);
    return c;
}

/* The uid of a Job is its name. */
static json_t *status_of(const struct row *r)
{
    json_t *status = json_object();
    set_time(status, "lastScheduleTime", r->last);
    if (*r->active)
        json_object_set_new(status, "active",
                            json_pack("[{s:s, s:s}]", "name", r->active, "uid", r->active));
    return status;
}

static size_t jobs_of(const struct row *r, struct cronjob_job *jobs, char names[6][64])
{
    size_t n = 0;
    for (; n < 6 && r->jobs[n]; n++) {
        char end[16], started[16], completed[16];
        cr_assert_eq(sscanf(r->jobs[n], "%63s %15s %15s %15s", names[n], end, started, completed),
                     4);
        jobs[n] = (struct cronjob_job){names[n], names[n],
                                       end[0] == 'R'   ? CRONJOB_UNFINISHED
                                       : end[0] == 'C' ? CRONJOB_COMPLETE
                                                       : CRONJOB_FAILED,
                                       when(started), when(completed)};
    }
    return n;
}

static void add_time(struct strbuf *out, const char *what, int64_t t)
{
    char text[TIMEFMT_MAX];
    if (t == CRONJOB_NEVER)
        return;
    timefmt_rfc3339(t, text);
    bool today = strncmp(text, "2026-06-18T", 11) == 0 && strcmp(text + 16, ":00Z") == 0;
    strbuf_addf(out, "%s%s %.*s", out->len ? "\n" : "", what, today ? 5 : 20,
                today ? text + 11 : text);
}

static void render(const struct cronjob_plan *p, struct strbuf *out)
{
    static const char *const words[] = {
        [CRONJOB_DELETE] = "delete", [CRONJOB_REPLACE] = "replace", [CRONJOB_CREATE] = "create"};
    const json_t *ref;
    size_t i;
    for (i = 0; i < p->len; i++) {
        const struct cronjob_action *a = &p->v[i];
        strbuf_adds(out, i ? "\n" : "");
        if (a->act == CRONJOB_TELL)
            strbuf_addf(out, "%s %s %s", a->type, a->reason, a->text);
        else
            strbuf_addf(out, "%s %s", words[a->act], a->text);
    }
    add_time(out, "last", when(tree_str(p->status, "lastScheduleTime")));
    add_time(out, "success", when(tree_str(p->status, "lastSuccessfulTime")));
    json_array_foreach (tree_get(p->status, "active"), i, ref)
        strbuf_addf(out, "%s%s",
                    i          ? " "
                    : out->len ? "\nactive "
                               : "active ",
                    tree_str(ref, "name"));
    add_time(out, "next", p->next);
    strbuf_adds(out, p->blocked ? "\nblocked" : "");
}

Test(cronjob_plan, rows)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cronjob_job jobs[6];
        char names[6][64];
        cleanup_strbuf struct strbuf got = STRBUF_INIT;
        cleanup_cronjob_plan struct cronjob_plan p = {0};
        cleanup_json json_t *c = cronjob_of(&rows[i]), *status = status_of(&rows[i]);
        size_t n = jobs_of(&rows[i], jobs, names);
        cr_assert_eq(cronjob_plan_make(&p, c, status, jobs, n, when(rows[i].now), NULL, NULL, NULL),
                     0);
        if (cronjob_plan_is_due(&p))
            cronjob_plan_created(&p, c, p.v[p.len - 1].text, "new", NULL);
        render(&p, &got);
        cr_expect_str_eq(strbuf_str(&got), rows[i].plan, "%s: got\n%s\nexpected\n%s",
                         rows[i].proves, strbuf_str(&got), rows[i].plan);
    }
}

/* A Job of that name that is there already is adopted: it is active, and its time has been. */
Test(cronjob_plan, a_second_sync_does_nothing)
{
    cleanup_json json_t *c = cronjob_of(&rows[1]), *status = status_of(&rows[1]);
    cleanup_cronjob_plan struct cronjob_plan p = {0}, again = {0};
    cr_assert_eq(cronjob_plan_make(&p, c, status, NULL, 0, when("10:01"), NULL, NULL, NULL), 0);
    cr_assert(cronjob_plan_is_due(&p));
    cronjob_plan_created(&p, c, p.v[p.len - 1].text, "new", NULL);
    const struct cronjob_job job = {"hello-29696280", "new", CRONJOB_UNFINISHED, CRONJOB_NEVER,
                                    CRONJOB_NEVER};
    cr_assert_eq(cronjob_plan_make(&again, c, p.status, &job, 1, when("10:01"), NULL, NULL, NULL),
                 0);
    cr_expect_eq(again.len, 0);
}
