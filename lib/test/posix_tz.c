/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "../posix_tz.h"
#include "../timefmt.h"

static const struct {
    const char *text;
    bool valid;
    const char *proves;
} texts[] = {
    {"UTC0", true, "no daylight saving"},
    {"<+0330>-3:30", true, "a name in brackets"},
    {"<>0", true, "an empty one"},
    {"CET-1CEST", true, "rules left out"},
    {"CET-1CEST,M3.5.0,M10.5.0/3", true, "Berlin"},
    {"EET-2EEST,M3.4.4/50,M10.4.4/50", true, "hours beyond the day"},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", true, "negative time"},
    {"A2B3C", false, "short name"},
    {"XXX5:30:15YYY4:30:15,J60/1:02:03,300", true, "seconds, days of the year"},
    {"XXX168YYY-168,0,J365", true, "largest offsets"},
    {"", false, "empty"},
    {"UT0", false, "name of two letters"},
    {"UTC", false, "no offset"},
    {"<UTC0", false, "bracket not closed"},
    {"UTC169", false, "offset"},
    {"UTC0:60", false, "minutes"},
    {"UTC0:00:60", false, "seconds"},
    {"UTC-", false, "sign only"},
    {"CET-1CEST,M3.5.0", false, "one rule"},
    {"CET-1CEST,", false, "no rule"},
    {"CET-1CEST,M3.5.0,M10.5.0/3x", false, "more behind"},
    {"CET-1CEST,M13.5.0,M10.5.0", false, "month"},
    {"CET-1CEST,M0.5.0,M10.5.0", false, "month 0"},
    {"CET-1CEST,M3.6.0,M10.5.0", false, "week"},
    {"CET-1CEST,M3.0.0,M10.5.0", false, "week 0"},
    {"CET-1CEST,M3.5.7,M10.5.0", false, "weekday"},
    {"CET-1CEST,M3.5,M10.5.0", false, "no weekday"},
    {"CET-1CEST,J0,J1", false, "day 0 of J"},
    {"CET-1CEST,J366,J1", false, "day 366 of J"},
    {"CET-1CEST,366,1", false, "day 366"},
    {"CET-1CEST,M3.5.0/,M10.5.0", false, "no time behind the slash"},
    {"CET-99999999999999999999", false, "overflow"},
};

Test(posix_tz, grammar)
{
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct posix_tz tz;
        int rc = posix_tz_parse(texts[i].text, strlen(texts[i].text), &tz);
        cr_expect_eq(rc, texts[i].valid ? 0 : -1, "%s (%s)", texts[i].text, texts[i].proves);
    }
}

Test(posix_tz, looks_at_the_given_bytes_only)
{
    struct posix_tz tz;
    cr_assert_eq(posix_tz_parse("UTC05", 4, &tz), 0);
    cr_expect_eq(tz.std_offset, 0);
}

static const struct {
    const char *rule;
    const char *time;
    int offset; /* minutes */
    const char *proves;
} offsets[] = {
    {"IST-5:30", "2024-06-01T00:00:00Z", 330, "no daylight saving"},
    {"EST5EDT,M3.2.0,M11.1.0", "2024-03-10T06:59:59Z", -300, "before the second Sunday of March"},
    {"EST5EDT,M3.2.0,M11.1.0", "2024-03-10T07:00:00Z", -240, "from then on"},
    {"EST5EDT,M3.2.0,M11.1.0", "2024-11-03T05:59:59Z", -240, "before the first Sunday of November"},
    {"EST5EDT,M3.2.0,M11.1.0", "2024-11-03T06:00:00Z", -300, "from then on"},
    {"EST5EDT", "2024-07-01T00:00:00Z", -240, "the rules of the United States by default"},
    {"CET-1CEST,M3.5.0,M10.5.0/3", "2024-03-31T00:59:59Z", 60, "last Sunday: the fifth"},
    {"CET-1CEST,M3.5.0,M10.5.0/3", "2024-03-31T01:00:00Z", 120, "last Sunday: the fifth"},
    {"CET-1CEST,M3.5.0,M10.5.0/3", "2025-10-26T00:59:59Z", 120, "last Sunday: the fourth"},
    {"CET-1CEST,M3.5.0,M10.5.0/3", "2025-10-26T01:00:00Z", 60, "last Sunday: the fourth"},
    {"CET-1CEST,M3.5.0,M10.5.0/3", "2029-03-25T01:00:00Z", 120, "a week before the 32nd"},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2024-01-01T00:00:00Z", 660, "south: January"},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2024-07-01T00:00:00Z", 630, "south: July"},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2024-12-31T23:59:59Z", 660, "south: December"},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", "2024-07-01T00:00:00Z", 60, "Dublin: summer is standard"},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", "2024-12-01T00:00:00Z", 0, "Dublin: winter is the exception"},
    {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2024-03-29T23:59:59Z", 120, "50 hours after Thursday"},
    {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2024-03-30T00:00:00Z", 180, "50 hours after Thursday"},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2024-03-31T00:59:59Z", -120, "an hour before Sunday"},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2024-03-31T01:00:00Z", -60, "an hour before Sunday"},
    {"XXX0YYY,J60/0,J61/0", "2024-02-29T12:00:00Z", 0, "J60 is 1 March, in leap years, too"},
    {"XXX0YYY,J60/0,J61/0", "2024-03-01T12:00:00Z", 60, "J60 is 1 March, in leap years, too"},
    {"XXX0YYY,59/0,60/0", "2024-02-29T12:00:00Z", 60, "day 59 is 29 February"},
    {"XXX0YYY,59/0,60/0", "2023-03-01T12:00:00Z", 60, "day 59 is 1 March"},
};

Test(posix_tz, offsets)
{
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        struct posix_tz tz;
        int64_t t;
        cr_assert_eq(posix_tz_parse(offsets[i].rule, strlen(offsets[i].rule), &tz), 0);
        cr_assert_eq(timefmt_parse_rfc3339(offsets[i].time, &t), 0);
        int offset = posix_tz_offset(&tz, t);
        cr_expect_eq(offset, offsets[i].offset * 60, "%s at %s (%s): %d", offsets[i].rule,
                     offsets[i].time, offsets[i].proves, offset);
    }
}
