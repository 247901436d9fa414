/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "../cron.h"
#include "../strbuf.h"
#include "../timefmt.h"
#include "tzif.h"

#define ATOI(s) "failed to parse int from " s ": strconv.Atoi: parsing \"" s "\": invalid syntax"

/* Texts of robfig/cron v3.0.1. */
static const struct {
    const char *schedule;
    const char *error; /* NULL = accepted */
    const char *proves;
} rows[] = {
    {"* * * * *", NULL, "stars"},
    {"? ? ? ? ?", NULL, "question marks"},
    {"0-59 0-23 1-31 1-12 0-6", NULL, "full ranges"},
    {"0,30 */2 1-5/2 jan,MAR sun-Sat", NULL, "lists, steps, names"},
    {"+5 * * * *", NULL, "Atoi takes a plus"},
    {" *\t*  * \xc2\xa0 * * ", NULL, "white space of Unicode"},
    {"*-5 * * * *", NULL, "whatever follows star and hyphen"},
    {", , , , ,", NULL, "empty lists"},
    {"1,,2 * * * *", NULL, "empty elements are skipped"},
    {"*/9223372036854775807 * * * *", NULL, "a huge step"},
    {"@yearly", NULL, "descriptor"},
    {"@annually", NULL, "descriptor"},
    {"@monthly", NULL, "descriptor"},
    {"@weekly", NULL, "descriptor"},
    {"@daily", NULL, "descriptor"},
    {"@midnight", NULL, "descriptor"},
    {"@hourly", NULL, "descriptor"},
    {"@every 1h30m", NULL, "interval"},
    {"TZ=UTC * * * * *", NULL, "zone"},
    {"CRON_TZ=UTC   @daily ", NULL, "zone, and the rest is trimmed"},
    {"TZ= * * * * *", NULL, "the empty zone is UTC"},
    {"", "empty spec string", "empty"},
    {"* * * *", "expected exactly 5 fields, found 4: [* * * *]", "four"},
    {"* * * * * 1", "expected exactly 5 fields, found 6: [* * * * * 1]", "six: no seconds"},
    {"  ", "expected exactly 5 fields, found 0: []", "none"},
    {" @daily", "expected exactly 5 fields, found 1: [@daily]", "blank before a descriptor"},
    {"@daily ", "unrecognized descriptor: @daily ", "blank behind it"},
    {"@DAILY", "unrecognized descriptor: @DAILY", "case"},
    {"@reboot", "unrecognized descriptor: @reboot", "of Vixie cron"},
    {"@every", "unrecognized descriptor: @every", "no interval"},
    {"@every x", "failed to parse duration @every x: time: invalid duration \"x\"", "interval"},
    {"@every  1h", "failed to parse duration @every  1h: time: invalid duration \" 1h\"", "blank"},
    {"x * * * *", ATOI("x"), "no number"},
    {"* * L * *", ATOI("L"), "L of Quartz"},
    {"* * * * 1#2", ATOI("1#2"), "# of Quartz"},
    {"H * * * *", ATOI("H"), "H of Jenkins"},
    {"* * * janu *", ATOI("janu"), "names have three letters"},
    {"jan * * * *", ATOI("jan"), "names in their own field only"},
    {"-1 * * * *", ATOI(""), "the hyphen separates"},
    {"1- * * * *", ATOI(""), "no end"},
    {"/5 * * * *", ATOI(""), "no start"},
    {"*/ * * * *", ATOI(""), "no step"},
    {"99999999999999999999 * * * *",
     "failed to parse int from 99999999999999999999: strconv.Atoi: parsing "
     "\"99999999999999999999\": value out of range",
     "overflow"},
    {"*/-1 * * * *", "negative number (-1) not allowed: -1", "negative step"},
    {"* * 0 * *", "beginning of range (0) below minimum (1): 0", "day 0"},
    {"* * * 0 *", "beginning of range (0) below minimum (1): 0", "month 0"},
    {"60 * * * *", "end of range (60) above maximum (59): 60", "minute 60"},
    {"* 24 * * *", "end of range (24) above maximum (23): 24", "hour 24"},
    {"* * 32 * *", "end of range (32) above maximum (31): 32", "day 32"},
    {"* * * 13 *", "end of range (13) above maximum (12): 13", "month 13"},
    {"* * * * 7", "end of range (7) above maximum (6): 7", "7 is not Sunday"},
    {"* * 0-40 * *", "beginning of range (0) below minimum (1): 0-40", "the start comes first"},
    {"5-3 * * * *", "beginning of range (5) beyond end of range (3): 5-3", "reversed"},
    {"* * * * fri-mon", "beginning of range (5) beyond end of range (1): fri-mon", "names"},
    {"70/5 * * * *", "beginning of range (70) beyond end of range (59): 70/5", "to the end"},
    {"*/0 * * * *", "step of range should be a positive number: */0", "step 0"},
    {"1-2-3 * * * *", "too many hyphens: 1-2-3", "hyphens"},
    {"*/2/3 * * * *", "too many slashes: */2/3", "slashes"},
    {"x-2-3/4/5 * * * *", ATOI("x"), "the number comes first"},
    {"1,60,x * * * *", "end of range (60) above maximum (59): 60", "the first bad element"},
    {"x y * * *", ATOI("x"), "the first bad field"},
    {"TZ=UTC", "invalid schedule format: runtime error: slice bounds out of range [:-1]",
     "nothing but a zone"},
    {"TZ=UTC ", "expected exactly 5 fields, found 0: []", "a zone and a blank"},
    {"tz=UTC * * * * *", "expected exactly 5 fields, found 6: [tz=UTC * * * * *]", "case"},
};

Test(cron, grammar_and_messages)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {""};
        struct cron *c;
        int rc = cron_parse(rows[i].schedule, &c, &err);
        cr_expect_eq(rc, rows[i].error ? -1 : 0, "\"%s\" (%s)", rows[i].schedule, rows[i].proves);
        cr_expect_str_eq(err.text, rows[i].error ? rows[i].error : "", "%s: %s", rows[i].proves,
                         err.text);
        cr_expect_eq(!c, rc < 0);
        cron_free(c);
        cr_expect_eq(cron_check(rows[i].schedule, NULL, NULL), rc, "%s", rows[i].proves);
    }
}

static const struct {
    const char *schedule;
    const char *error;
    const char *proves;
} zones[] = {
    {"* * * * *", "", "no prefix"},
    {"TZ=Bogus/Zone * * * * *", "provided bad location Bogus/Zone: unknown time zone Bogus/Zone",
     "not in the database"},
    {"TZ=../x * * * * *", "provided bad location ../x: time: invalid location name", "upwards"},
    {"TZ=Bogus/Zone x", "provided bad location Bogus/Zone: unknown time zone Bogus/Zone",
     "the zone comes before the fields"},
    {"CRON_TZ=UTC * * * * *", "", "the other prefix"},
};

Test(cron, zone_of_a_prefix)
{
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        struct error err = {""};
        int rc = cron_check(zones[i].schedule, "/nonexistent", &err);
        cr_expect_eq(rc, *zones[i].error ? -1 : 0, "%s", zones[i].proves);
        cr_expect_str_eq(err.text, zones[i].error, "%s: %s", zones[i].proves, err.text);
    }
}

static const char UTC[] = "UTC0";
static const char NEW_YORK[] = "EST5EDT,M3.2.0,M11.1.0";
static const char BERLIN[] = "CET-1CEST,M3.5.0,M10.5.0/3";
static const char LORD_HOWE[] = "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0";
static const char BEIRUT[] = "EET-2EEST,M3.5.0/0,M10.5.0/0";
static const char SAO_PAULO[] = "<-03>3<-02>,M10.3.0/0,M2.3.0/0"; /* until 2018 */

/* Runs were computed by robfig/cron v3.0.1 with Go's time zones. */
static const struct {
    const char *schedule;
    const char *zone;
    const char *after;
    const char *runs[6]; /* NULL = none within five years */
    const char *proves;
} searches[] = {
    {"* * * * *", UTC, "2024-01-01T00:00:00Z", {"2024-01-01T00:01:00Z"}, "strictly later"},
    {"* * * * *", UTC, "2024-01-01T00:00:59Z", {"2024-01-01T00:01:00Z"}, "to the full minute"},
    {"5/15 * * * *",
     UTC,
     "2024-01-01T00:00:00Z",
     {"2024-01-01T00:05:00Z", "2024-01-01T00:20:00Z", "2024-01-01T00:35:00Z",
      "2024-01-01T00:50:00Z", "2024-01-01T01:05:00Z"},
     "N/STEP runs to the end"},
    {"30 6-16/4 * * 1-5",
     UTC,
     "2024-05-02T10:30:00Z",
     {"2024-05-02T14:30:00Z", "2024-05-03T06:30:00Z", "2024-05-03T10:30:00Z",
      "2024-05-03T14:30:00Z", "2024-05-06T06:30:00Z"},
     "steps within a range, over a weekend"},
    {"0 12 * jan-mar/2 ?",
     UTC,
     "2024-01-30T12:00:00Z",
     {"2024-01-31T12:00:00Z", "2024-03-01T12:00:00Z"},
     "months by name, with a step"},
    {"0 0 31 * *",
     UTC,
     "2024-01-31T00:00:00Z",
     {"2024-03-31T00:00:00Z", "2024-05-31T00:00:00Z"},
     "months without a day 31 are skipped"},
    {"0 0 29 2 *", UTC, "2024-03-01T00:00:00Z", {"2028-02-29T00:00:00Z"}, "leap day"},
    {"0 0 29 2 *", UTC, "2096-03-01T00:00:00Z", {NULL}, "2100 is none: more than five years"},
    {"59 23 31 2 *", UTC, "2024-01-01T00:00:00Z", {NULL}, "never"},
    {", * * * *", UTC, "2024-01-01T00:00:00Z", {NULL}, "no minute"},
    {"* , * * *", UTC, "2024-01-01T00:00:00Z", {NULL}, "no hour"},
    {"* * , * *", UTC, "2024-01-01T00:00:00Z", {NULL}, "no day, and the star wants both"},
    {"* * * , *", UTC, "2024-01-01T00:00:00Z", {NULL}, "no month"},
    {"0 0 , * 1", UTC, "2024-01-01T00:00:00Z", {"2024-01-08T00:00:00Z"}, "no day, but a weekday"},
    {"0 0 13 * 5",
     UTC,
     "2024-01-01T00:00:00Z",
     {"2024-01-05T00:00:00Z", "2024-01-12T00:00:00Z", "2024-01-13T00:00:00Z"},
     "day or weekday"},
    {"0 0 13 * *",
     UTC,
     "2024-01-01T00:00:00Z",
     {"2024-01-13T00:00:00Z", "2024-02-13T00:00:00Z"},
     "star: day and any weekday"},
    {"0 0 */13 * 5",
     UTC,
     "2024-01-01T00:00:00Z",
     {"2024-01-05T00:00:00Z", "2024-01-12T00:00:00Z", "2024-01-14T00:00:00Z"},
     "a star with a step is none"},
    {"0 0 */2 * 5",
     UTC,
     "2024-01-01T00:00:00Z",
     {"2024-01-03T00:00:00Z", "2024-01-05T00:00:00Z", "2024-01-07T00:00:00Z"},
     "nor is one with step 2"},
    {"0 0 */1 * 5", UTC, "2024-01-01T00:00:00Z", {"2024-01-05T00:00:00Z"}, "step 1 is a star"},
    {"@weekly", UTC, "2024-01-01T00:00:00Z", {"2024-01-07T00:00:00Z"}, "Sunday"},
    {"@monthly", UTC, "2024-01-01T00:00:00Z", {"2024-02-01T00:00:00Z"}, "descriptor"},
    {"@hourly", UTC, "2024-01-01T00:00:00Z", {"2024-01-01T01:00:00Z"}, "descriptor"},
    {"@yearly", BERLIN, "2024-01-01T00:00:00Z", {"2024-12-31T23:00:00Z"}, "in its zone"},
    {"@every 1h30m",
     UTC,
     "2024-01-01T00:00:07Z",
     {"2024-01-01T01:30:07Z", "2024-01-01T03:00:07Z"},
     "counts from the given time"},
    {"@every 1500ms", UTC, "2024-01-01T00:00:00Z", {"2024-01-01T00:00:01Z"}, "whole seconds"},
    {"@every 10ms", UTC, "2024-01-01T00:00:00Z", {"2024-01-01T00:00:01Z"}, "a second at least"},
    {"@every -1h", UTC, "2024-01-01T00:00:00Z", {"2024-01-01T00:00:01Z"}, "negative"},
    {"30 2 * * *",
     NEW_YORK,
     "2024-03-09T12:00:00Z",
     {"2024-03-11T06:30:00Z", "2024-03-12T06:30:00Z"},
     "02:30 does not exist on 10 March: skipped"},
    {"0 3 * * *", NEW_YORK, "2024-03-09T12:00:00Z", {"2024-03-10T07:00:00Z"}, "after the gap"},
    {"30 1 * * *",
     NEW_YORK,
     "2024-11-02T12:00:00Z",
     {"2024-11-03T05:30:00Z", "2024-11-03T06:30:00Z", "2024-11-04T06:30:00Z"},
     "01:30 exists twice on 3 November: runs twice"},
    {"0 2 * * *", NEW_YORK, "2024-11-02T12:00:00Z", {"2024-11-03T07:00:00Z"}, "after the overlap"},
    {"0 * * * *",
     NEW_YORK,
     "2024-11-03T04:30:00Z",
     {"2024-11-03T05:00:00Z", "2024-11-03T06:00:00Z", "2024-11-03T07:00:00Z"},
     "every real hour"},
    {"*/30 * * * *",
     LORD_HOWE,
     "2024-10-05T14:50:00Z",
     {"2024-10-05T15:00:00Z", "2024-10-05T15:30:00Z", "2024-10-05T16:00:00Z"},
     "a gap of half an hour"},
    {"*/30 * * * *",
     LORD_HOWE,
     "2024-04-06T14:10:00Z",
     {"2024-04-06T14:30:00Z", "2024-04-06T15:00:00Z", "2024-04-06T15:30:00Z"},
     "an overlap of half an hour"},
    {"0 0 * * *",
     SAO_PAULO,
     "2009-10-16T12:00:00Z",
     {"2009-10-17T03:00:00Z", "2009-10-19T02:00:00Z", "2009-10-20T02:00:00Z"},
     "midnight does not exist on 18 October"},
    {"0 5 * * 1",
     SAO_PAULO,
     "2009-10-13T12:00:00Z",
     {"2009-10-19T07:00:00Z", "2009-10-26T07:00:00Z"},
     "days are counted across a midnight that does not exist, west of Greenwich"},
    {"0 5 * * 1",
     BEIRUT,
     "2024-03-26T12:00:00Z",
     {"2024-04-01T02:00:00Z", "2024-04-08T02:00:00Z"},
     "and east of it"},
    {"0 0 * * 0,1",
     BEIRUT,
     "2024-03-29T12:00:00Z",
     {"2024-03-31T21:00:00Z", "2024-04-06T21:00:00Z"},
     "no run on the Sunday without midnight"},
    {"30 0 * * *",
     SAO_PAULO,
     "2010-02-19T12:00:00Z",
     {"2010-02-20T02:30:00Z", "2010-02-21T03:30:00Z"},
     "the hour before midnight exists twice"},
};

static struct timezone_info *zone_of(const char *rule)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    struct timezone_info *tz;
    tzif_build_rule(&b, rule);
    cr_assert_eq(timezone_parse(b.data, b.len, &tz, NULL), 0);
    return tz;
}

static int64_t time_of(const char *text)
{
    int64_t t = 0;
    cr_assert_eq(timefmt_parse_rfc3339(text, &t), 0, "%s", text);
    return t;
}

static struct cron *cron_of(const char *schedule)
{
    struct cron *c;
    cr_assert_eq(cron_parse(schedule, &c, NULL), 0, "%s", schedule);
    return c;
}

Test(cron, next)
{
    for (size_t i = 0; i < sizeof searches / sizeof *searches; i++) {
        struct cron *c = cron_of(searches[i].schedule);
        struct timezone_info *tz = zone_of(searches[i].zone);
        int64_t t = time_of(searches[i].after);
        if (!searches[i].runs[0])
            cr_expect_not(cron_next(c, tz, t, &t), "%s (%s)", searches[i].schedule,
                          searches[i].proves);
        for (size_t j = 0; searches[i].runs[j]; j++) {
            char buf[TIMEFMT_MAX];
            cr_assert(cron_next(c, tz, t, &t), "%s", searches[i].schedule);
            cr_expect_str_eq(timefmt_rfc3339(t, buf), searches[i].runs[j], "%s (%s): %s",
                             searches[i].schedule, searches[i].proves, buf);
        }
        timezone_free(tz);
        cron_free(c);
    }
}

Test(cron, far_times_end_the_search)
{
    struct cron *c = cron_of("* * * * *");
    int64_t t;
    cr_expect_not(cron_next(c, NULL, INT64_MAX, &t));
    cr_expect_not(cron_next(c, NULL, INT64_MIN, &t));
    cron_free(c);
    c = cron_of("@every 2562047h");
    cr_expect_not(cron_next(c, NULL, INT64_MAX - 1, &t));
    cron_free(c);
}

static const struct {
    const char *schedule;
    const char *base;
    const char *now;
    int deadline;    /* -1 = none */
    const char *due; /* NULL = none */
    bool too_many;
    const char *proves;
} missed[] = {
    {"0 * * * *", "2024-05-01T09:01:00Z", "2024-05-01T09:59:00Z", -1, NULL, false, "not yet"},
    {"0 * * * *", "2024-05-01T09:01:00Z", "2024-05-01T10:00:00Z", -1, "2024-05-01T10:00:00Z", false,
     "on the second"},
    {"0 * * * *", "2024-05-01T09:01:00Z", "2024-05-01T10:01:00Z", -1, "2024-05-01T10:00:00Z", false,
     "a minute late"},
    {"0 * * * *", "2024-05-01T09:01:00Z", "2024-05-01T10:01:00Z", 10, NULL, false,
     "beyond the starting deadline"},
    {"0 * * * *", "2024-05-01T09:01:00Z", "2024-05-01T10:00:05Z", 10, "2024-05-01T10:00:00Z", false,
     "within the starting deadline"},
    {"0 * * * *", "2024-05-01T09:01:00Z", "2024-05-01T11:01:00Z", -1, "2024-05-01T11:00:00Z", false,
     "two missed: the newest runs"},
    {"0 * * * *", "2024-05-01T10:00:00Z", "2024-05-08T10:00:00Z", -1, "2024-05-08T10:00:00Z", true,
     "a week missed"},
    {"0 * * * *", "2024-05-01T10:00:00Z", "2024-05-08T10:00:00Z", 3600, "2024-05-08T10:00:00Z",
     false, "a week missed, but the deadline forgets"},
    {"0 * * * *", "2024-05-01T10:00:00Z", "2024-05-05T14:30:00Z", -1, "2024-05-05T14:00:00Z", false,
     "exactly 100 missed"},
    {"0 * * * *", "2024-05-01T10:00:00Z", "2024-05-05T15:30:00Z", -1, "2024-05-05T15:00:00Z", true,
     "101 missed"},
    {"30 6-16/4 * * 1-5", "2024-05-02T10:30:00Z", "2024-05-03T10:31:00Z", -1,
     "2024-05-03T10:30:00Z", false, "uneven gaps"},
    {"30 10,11,12 * * 1-5", "2024-05-02T10:30:00Z", "2024-05-03T16:30:00Z", -1, NULL, false,
     "uneven gaps: the estimate overshoots and nothing is found"},
    {"@every 1h", "2024-05-01T10:01:00Z", "2024-05-08T10:00:00Z", -1, "2024-05-08T09:01:00Z", true,
     "intervals keep their minute"},
    {"0 * * * *", "2024-05-02T00:00:00Z", "2024-05-01T00:00:00Z", -1, NULL, false,
     "a base in the future"},
};

Test(cron, most_recent_missed)
{
    for (size_t i = 0; i < sizeof missed / sizeof *missed; i++) {
        struct cron *c = cron_of(missed[i].schedule);
        struct cron_missed m;
        char buf[TIMEFMT_MAX];
        int64_t base = time_of(missed[i].base);
        int64_t now = time_of(missed[i].now);
        cr_assert_eq(cron_most_recent_missed(c, NULL, base, now, missed[i].deadline, &m, NULL), 0);
        cr_expect_eq(m.found, missed[i].due != NULL, "%s", missed[i].proves);
        if (m.found && missed[i].due)
            cr_expect_str_eq(timefmt_rfc3339(m.time, buf), missed[i].due, "%s: %s",
                             missed[i].proves, buf);
        cr_expect_eq(m.too_many, missed[i].too_many, "%s", missed[i].proves);
        int64_t forgotten = now - missed[i].deadline;
        cr_expect_eq(m.base, missed[i].deadline >= 0 && forgotten > base ? forgotten : base, "%s",
                     missed[i].proves);
        cron_free(c);
    }
}

Test(cron, most_recent_missed_of_a_schedule_that_never_runs)
{
    struct cron *c = cron_of("59 23 31 2 *");
    struct cron_missed m;
    struct error err = {""};
    cr_expect_eq(cron_most_recent_missed(c, NULL, 0, 1000, INT64_MAX, &m, &err), -1);
    cr_expect_str_eq(err.text, "time difference between two schedules is less than 1 second");
    cr_expect_not(m.found);
    cron_free(c);
}
