/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "../timefmt.h"
#include "../timezone.h"
#include "tzif.h"

static struct timezone_info *make(const struct tzif *z)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    struct timezone_info *tz;
    tzif_build(&b, z);
    cr_assert_eq(timezone_parse(b.data, b.len, &tz, NULL), 0);
    return tz;
}

/* Local mean time, then one hour, two in summer, then a rule for ever. */
static const int64_t at[] = {-1000000, 1000000, 2000000, 3000000};
static const uint8_t to[] = {1, 2, 1, 2};
static const struct tzif_type types[] = {{-1234, false}, {3600, false}, {7200, true}};

static const struct {
    int version;
    const char *footer;
    int64_t utc;
    int offset;
    const char *proves;
} lookups[] = {
    {2, "XXX-5", -1000001, -1234, "before the first transition: the first type"},
    {2, "XXX-5", INT64_MIN, -1234, "the smallest time"},
    {2, "XXX-5", -1000000, 3600, "at a transition"},
    {2, "XXX-5", 999999, 3600, "before the next"},
    {2, "XXX-5", 1000000, 7200, "at it"},
    {2, "XXX-5", 2999999, 3600, "before the last"},
    {2, "XXX-5", 3000000, 18000, "from the last one on the rule holds"},
    {3, "XXX-5", 3000000, 18000, "version 3"},
    {4, "XXX-5", 3000000, 18000, "version 4"},
    {2, "", 3000000, 7200, "no rule: the last type"},
    {2, "nonsense", 3000000, 7200, "a rule that cannot be read"},
    {1, NULL, 3000000, 7200, "version 1"},
    {1, NULL, -1000001, -1234, "version 1, negative times"},
};

Test(timezone, looks_up)
{
    for (size_t i = 0; i < sizeof lookups / sizeof *lookups; i++) {
        struct timezone_info *tz =
            make(&(struct tzif){lookups[i].version, 4, at, to, 3, types, lookups[i].footer});
        int offset = timezone_offset(tz, lookups[i].utc);
        cr_expect_eq(offset, lookups[i].offset, "%s: %d", lookups[i].proves, offset);
        timezone_free(tz);
    }
}

Test(timezone, before_the_first_transition_when_the_first_type_is_used_later)
{
    static const uint8_t used[] = {2, 0, 1, 2};
    static const uint8_t standard[] = {1, 0, 1, 2};
    static const struct tzif_type mixed[] = {{60, true}, {120, false}, {180, true}};
    struct timezone_info *tz = make(&(struct tzif){2, 4, at, used, 3, mixed, NULL});
    cr_expect_eq(timezone_offset(tz, -2000000), 120, "the standard type before the first one");
    timezone_free(tz);
    tz = make(&(struct tzif){2, 4, at, standard, 3, mixed, NULL});
    cr_expect_eq(timezone_offset(tz, -2000000), 120, "the first standard type");
    timezone_free(tz);
}

Test(timezone, null_is_utc)
{
    cr_expect_eq(timezone_offset(NULL, 12345), 0);
    cr_expect_eq(timezone_to_utc(NULL, 12345), 12345);
    timezone_free(NULL);
}

static const struct {
    const char *rule;
    const char *local; /* written as if it were UTC */
    const char *utc;
    const char *proves;
} readings[] = {
    {"EST5EDT,M3.2.0,M11.1.0", "2024-01-15T12:00:00Z", "2024-01-15T17:00:00Z", "winter"},
    {"EST5EDT,M3.2.0,M11.1.0", "2024-07-15T12:00:00Z", "2024-07-15T16:00:00Z", "summer"},
    {"EST5EDT,M3.2.0,M11.1.0", "2024-03-10T02:30:00Z", "2024-03-10T06:30:00Z", "in the gap"},
    {"EST5EDT,M3.2.0,M11.1.0", "2024-11-03T01:30:00Z", "2024-11-03T05:30:00Z", "twice: the first"},
    {"CET-1CEST,M3.5.0,M10.5.0/3", "2024-03-31T02:30:00Z", "2024-03-31T01:30:00Z", "gap, east"},
    {"CET-1CEST,M3.5.0,M10.5.0/3", "2024-10-27T02:30:00Z", "2024-10-27T01:30:00Z", "twice, east"},
    {"UTC0", "2024-01-15T12:00:00Z", "2024-01-15T12:00:00Z", "no offset"},
};

/* The expected instants were computed by Go's time.Date. */
Test(timezone, wall_clock_to_instant)
{
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        struct timezone_info *tz;
        char buf[TIMEFMT_MAX];
        int64_t local;
        tzif_build_rule(&b, readings[i].rule);
        cr_assert_eq(timezone_parse(b.data, b.len, &tz, NULL), 0);
        cr_assert_eq(timefmt_parse_rfc3339(readings[i].local, &local), 0);
        cr_expect_str_eq(timefmt_rfc3339(timezone_to_utc(tz, local), buf), readings[i].utc,
                         "%s %s: %s", readings[i].rule, readings[i].proves, buf);
        timezone_free(tz);
    }
}

Test(timezone, every_cut_of_a_file_is_refused_or_read_safely)
{
    for (int version = 1; version <= 2; version++) {
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        size_t footer = version == 1 ? 0 : strlen("\nXXX-5\n");
        tzif_build(&b, &(struct tzif){version, 4, at, to, 3, types, "XXX-5"});
        for (size_t len = 0; len <= b.len; len++) {
            struct timezone_info *tz;
            char *copy = malloc(len ? len : 1); /* exact, so that a sanitizer sees reads beyond */
            cr_assert(copy);
            memcpy(copy, b.data, len);
            int rc = timezone_parse(copy, len, &tz, NULL);
            cr_expect_eq(rc, len + footer >= b.len ? 0 : -1, "version %d, %zu of %zu bytes",
                         version, len, b.len);
            cr_expect_eq(!tz, rc < 0);
            timezone_free(tz);
            free(copy);
        }
    }
}

static const struct {
    size_t where; /* in a version 1 file of four transitions and three types */
    unsigned char byte;
    const char *proves;
} damages[] = {
    {0, 'X', "magic"},
    {4, '1', "version '1' does not exist"},
    {4, '5', "a later version"},
    {28, 0xff, "number of leap seconds"},
    {32, 0xff, "number of transitions"},
    {36, 0xff, "number of types"},
    {39, 0, "no types"},
    {40, 0xff, "length of the names"},
    {44 + 4 * 4, 3, "a type that is not there"},
    {44 + 4, 0x80, "times that descend"},
    {44 + 3 * 4 + 1, 0, "times that descend a little"},
    {44 + 4 * 5, 0x7f, "an offset of many years"},
};

Test(timezone, a_file_without_types_is_refused)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    struct timezone_info *tz;
    tzif_build(&b, &(struct tzif){.version = 1});
    cr_expect_eq(timezone_parse(b.data, b.len, &tz, NULL), -1);
}

Test(timezone, damaged_files_are_refused)
{
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        struct timezone_info *tz;
        struct error err = {""};
        tzif_build(&b, &(struct tzif){1, 4, at, to, 3, types, NULL});
        b.data[damages[i].where] = (char)damages[i].byte;
        cr_expect_eq(timezone_parse(b.data, b.len, &tz, &err), -1, "%s", damages[i].proves);
        cr_expect_str_eq(err.text, "malformed time zone information", "%s", damages[i].proves);
        cr_expect_null(tz);
    }
}
