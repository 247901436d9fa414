/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The journal's lines: written, read back, damaged. Files are in test/journal_file.c.
 */
#include "journal.h"
#include "journal_read.h"
#include "journal_text.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define T0       INT64_C(1767323045123456) /* 2026-01-02T03:04:05.123456Z */

static const struct journal_container two[] = {{"main", 1, "Error"}, {"side", 137, "OOMKilled"}};
static const struct journal_container init[] = {{"setup", 0, "Completed"}};
static const struct journal_condition disrupted[] = {
    {"DisruptionTarget", "True", "PreemptionByScheduler"}};
static const struct journal_change changes[] = {{"parallelism", "5"}, {"suspend", "true"}};

static const struct {
    const char *proves;
    struct journal_record record;
    const char *line; /* without the checksum */
} lines[] = {
    {"started",
     {.event = JOURNAL_STARTED,
      .time_us = T0,
      .index = 7,
      .attempt = 2,
      .pod = "pi-7-bcdfg",
      .node = "n1",
      .job = "123_7",
      .address = "fd00::1"},
     "skj1 t=2026-01-02T03:04:05.123456Z event=started index=7 attempt=2 pod=pi-7-bcdfg node=n1 "
     "job=123_7 address=fd00%3A%3A1"},
    {"ended with everything",
     {.event = JOURNAL_ENDED,
      .time_us = T0,
      .index = 0,
      .attempt = 0,
      .phase = JOURNAL_FAILED,
      .inferred = true,
      .restarts = 3,
      .containers = two,
      .n_containers = 2,
      .init = init,
      .n_init = 1,
      .conditions = disrupted,
      .n_conditions = 1,
      .reason = "NodeLost",
      .message = "node n1 is gone"},
     "skj1 t=2026-01-02T03:04:05.123456Z event=ended index=0 attempt=0 phase=Failed inferred=1 "
     "restarts=3 containers=main:1:Error,side:137:OOMKilled init=setup:0:Completed "
     "conditions=DisruptionTarget:True:PreemptionByScheduler reason=NodeLost "
     "message=node%20n1%20is%20gone"},
    {"the smallest success, at the ends of the ranges",
     {.event = JOURNAL_ENDED,
      .time_us = 0,
      .index = JOURNAL_INDEX_MAX,
      .attempt = JOURNAL_INDEX_MAX,
      .phase = JOURNAL_SUCCEEDED},
     "skj1 t=1970-01-01T00:00:00.000000Z event=ended index=2147483646 attempt=2147483646 "
     "phase=Succeeded"},
    {"changes of spec",
     {.event = JOURNAL_CHANGED, .time_us = T0, .changes = changes, .n_changes = 2},
     "skj1 t=2026-01-02T03:04:05.123456Z event=changed spec.parallelism=5 spec.suspend=true"},
    {"events without fields",
     {.event = JOURNAL_SUSPENDED, .time_us = JOURNAL_TIME_MAX},
     "skj1 t=9999-12-31T23:59:59.999999Z event=suspended"},
    {"submitted",
     {.event = JOURNAL_SUBMITTED, .time_us = T0, .job = "99"},
     "skj1 t=2026-01-02T03:04:05.123456Z event=submitted job=99"},
    {"a hostile message stays one line of plain ASCII",
     {.event = JOURNAL_END,
      .time_us = T0,
      .condition = "Failed",
      .reason = "A=B",
      .message = "a%b,c:d\n\x01\x7f\xc3\xa9\"$(x)"},
     "skj1 t=2026-01-02T03:04:05.123456Z event=end condition=Failed reason=A%3DB "
     "message=a%25b%2Cc%3Ad%0A%01%7F%C3%A9\"$(x)"},
};

Test(journal, writes_lines)
{
    for (size_t i = 0; i < N(lines); i++) {
        char line[JOURNAL_LINE_MAX + 1], want[JOURNAL_LINE_MAX + 1];
        int len = journal_format(&lines[i].record, line, NULL);
        snprintf(want, sizeof want, "%s crc=%08" PRIx32 "\n", lines[i].line,
                 journal_crc(lines[i].line, strlen(lines[i].line)));
        cr_expect_str_eq(line, want, "%s:\n%s%s", lines[i].proves, line, want);
        cr_expect_eq(len, (int)strlen(line), "%s", lines[i].proves);
    }
}

static bool is(struct journal_text text, const char *want)
{
    char buf[JOURNAL_LINE_MAX];
    if (!want)
        return text.data == NULL;
    return journal_decode(text, buf, sizeof buf) && !strcmp(buf, want);
}

static bool same_containers(struct journal_text list, const struct journal_container *c, size_t n)
{
    struct journal_item item;
    for (size_t i = 0; i < n; i++) {
        int code;
        if (!journal_next_item(&list, &item) || !is(item.part[0], c[i].name) ||
            !journal_item_exit_code(&item, &code) || code != c[i].exit_code ||
            !is(item.part[2], c[i].reason))
            return false;
    }
    return !journal_next_item(&list, &item);
}

Test(journal, reads_back_what_it_writes)
{
    for (size_t i = 0; i < N(lines); i++) {
        const struct journal_record *r = &lines[i].record;
        char text[JOURNAL_LINE_MAX + 1];
        struct journal_line line;
        const char *why = "";
        int len = journal_format(r, text, NULL);
        cr_assert_eq(journal_parse(text, (size_t)len - 1, &line, &why), 0, "%s: %s",
                     lines[i].proves, why);
        cr_expect(line.event == r->event && line.time_us == r->time_us && line.phase == r->phase &&
                      line.index == r->index && line.attempt == r->attempt &&
                      line.inferred == r->inferred && line.restarts == r->restarts,
                  "%s: numbers", lines[i].proves);
        cr_expect(is(line.pod, r->pod) && is(line.node, r->node) && is(line.job, r->job) &&
                      is(line.address, r->address) && is(line.condition, r->condition) &&
                      is(line.reason, r->reason) && is(line.message, r->message),
                  "%s: texts", lines[i].proves);
        cr_expect(same_containers(line.containers, r->containers, r->n_containers) &&
                      same_containers(line.init, r->init, r->n_init),
                  "%s: containers", lines[i].proves);
        struct journal_text rest = line.fields, field, value;
        for (size_t k = 0; k < r->n_changes; k++)
            cr_expect(journal_next_change(&rest, &field, &value) &&
                          is(field, r->changes[k].field) && is(value, r->changes[k].value),
                      "%s: change %zu", lines[i].proves, k);
        cr_expect_not(journal_next_change(&rest, &field, &value), "%s", lines[i].proves);
    }
}

Test(journal, refuses_what_cannot_be_read)
{
    static const struct {
        struct journal_record record;
        const char *error;
    } cases[] = {
        {{.event = JOURNAL_OTHER}, "event 13 cannot be written"},
        {{.event = JOURNAL_STARTED, .time_us = -1}, "time -1 is out of range"},
        {{.event = JOURNAL_STARTED, .time_us = JOURNAL_TIME_MAX + 1}, "is out of range"},
        {{.event = JOURNAL_STARTED, .index = JOURNAL_INDEX_MAX + 1}, "index 2147483647"},
        {{.event = JOURNAL_STARTED, .attempt = UINT32_MAX}, "attempt 4294967295"},
        {{.event = JOURNAL_ENDED}, "ended needs phase"},
        {{.event = JOURNAL_ENDED, .phase = 7}, "ended needs phase"},
        {{.event = JOURNAL_SUBMITTED}, "submitted needs job"},
        {{.event = JOURNAL_CHANGED}, "changed needs changes"},
        {{.event = JOURNAL_RETRIED}, "retried needs job"},
        {{.event = JOURNAL_RENEWED}, "renewed needs job"},
        {{.event = JOURNAL_RETRIED, .job = "7", .indexes = "1 x=2"}, "of the form 1,3-5"},
        {{.event = JOURNAL_END}, "end needs condition"},
    };
    for (size_t i = 0; i < N(cases); i++) {
        char line[JOURNAL_LINE_MAX + 1];
        struct error err = {""};
        cr_expect_eq(journal_format(&cases[i].record, line, &err), -1, "%s", cases[i].error);
        cr_expect(strstr(err.text, cases[i].error), "got: %s", err.text);
    }
}

/* The text with the right checksum behind it. */
static size_t seal(char *line, const char *text)
{
    return (size_t)sprintf(line, "%s crc=%08" PRIx32, text, journal_crc(text, strlen(text)));
}

#define AT "skj1 t=2026-01-02T03:04:05.123456Z "

Test(journal, checks_fields)
{
    static const struct {
        const char *text;
        const char *why; /* NULL: it is a record */
    } cases[] = {
        {AT "event=started index=1 attempt=0", NULL},
        {AT "index=1 event=started attempt=0", NULL},
        {AT "event=started index=1 attempt=0 color=red", NULL},  /* an unknown key */
        {AT "event=exploded index=1 force=7", NULL},             /* an unknown event */
        {AT "event=started index=1 attempt=0 pod=", NULL},       /* an empty value */
        {AT "event=started index=1 attempt=0 pod=a%zz%4", NULL}, /* not an escape: literal */
        {AT "event=started index=1", "needs is missing"},
        {AT "event=started attempt=1", "needs is missing"},
        {AT "event=ended index=1 attempt=0", "needs is missing"},
        {AT "event=submitted", "needs is missing"},
        {AT "event=end", "needs is missing"},
        {AT "index=1 attempt=0", "no event"},
        {AT "event=started index=1 index=1 attempt=0", "twice"},
        {AT "event=started index=-1 attempt=0", "not valid"},
        {AT "event=started index=+1 attempt=0", "not valid"},
        {AT "event=started index= attempt=0", "not valid"},
        {AT "event=started index=0x1 attempt=0", "not valid"},
        {AT "event=started index=2147483647 attempt=0", "not valid"},
        {AT "event=started index=99999999999999999999 attempt=0", "not valid"},
        {AT "event=ended index=1 attempt=0 phase=Failed inferred=2", "not valid"},
        {AT "event=started  index=1 attempt=0", "key=value"},
        {AT "event=started index attempt=0", "key=value"},
        {AT "event=started =1 attempt=0", "key=value"},
        {"skj1 t=2026-13-02T03:04:05.123456Z event=suspended", "time"},
        {"skj1 t=2026-02-29T03:04:05.123456Z event=suspended", "time"},
        {"skj1 t=2024-02-29T03:04:05.123456Z event=suspended", NULL},
        {"skj1 t=1969-12-31T23:59:59.999999Z event=suspended", "time"},
        {"skj1 t=2026-01-02T24:04:05.123456Z event=suspended", "time"},
        {"skj1 t=2026-01-02T03:60:05.123456Z event=suspended", "time"},
        {"skj1 t=2026-01-02T03:04:60.123456Z event=suspended", "time"},
        {"skj1 t=2026-01-02T03:04:05.12345Z  event=suspended", "time"},
        {"skj1 t=2026-01-02T03:04:05.123456Zxevent=suspended", "time"},
        {"skj1 t=2026-01-02T03:04:05.123456Z", "no event"},
        {"skj2 t=2026-01-02T03:04:05.123456Z event=suspended", "newer skjob"},
        {"skj0 t=2026-01-02T03:04:05.123456Z event=suspended", "not a record"},
        {"", "not a record"},
    };
    for (size_t i = 0; i < N(cases); i++) {
        char line[512];
        struct journal_line out;
        const char *why = "";
        int rc = journal_parse(line, seal(line, cases[i].text), &out, &why);
        if (cases[i].why)
            cr_expect(rc == -1 && strstr(why, cases[i].why), "%s: %d %s", cases[i].text, rc, why);
        else
            cr_expect(rc == 0, "%s: %s", cases[i].text, why);
    }
}

Test(journal, keeps_events_it_does_not_know)
{
    char text[256];
    struct journal_line line;
    const char *why;
    size_t len = seal(text, AT "event=exploded index=3 attempt=1");
    cr_assert_eq(journal_parse(text, len, &line, &why), 0);
    cr_expect_eq(line.event, JOURNAL_OTHER);
    cr_expect(is(line.name, "exploded") && line.has_attempt && line.index == 3);
}

Test(journal, sees_any_damage_of_one_byte)
{
    char good[JOURNAL_LINE_MAX + 1], bad[JOURNAL_LINE_MAX + 1];
    struct journal_line line;
    const char *why;
    size_t len = (size_t)journal_format(&lines[1].record, good, NULL) - 1;
    for (size_t i = 0; i < len; i++)
        for (int bit = 0; bit < 8; bit++) {
            memcpy(bad, good, len);
            bad[i] = (char)(bad[i] ^ 1 << bit);
            cr_expect_eq(journal_parse(bad, len, &line, &why), -1, "byte %zu bit %d", i, bit);
        }
    for (size_t i = 0; i < len; i++)
        cr_expect_eq(journal_parse(good, i, &line, &why), -1, "cut to %zu", i);
}

Test(journal, shortens_long_records)
{
    static struct journal_container many[3000];
    static char names[3000][64], long_text[5000];
    memset(long_text, 'x', sizeof long_text - 1);
    for (size_t i = 0; i < N(many); i++) {
        snprintf(names[i], sizeof names[i], "container-with-a-long-name-%04zu", i);
        many[i] = (struct journal_container){names[i], i % 10 ? 0 : (int)i % 256, "Reason"};
    }
    static const struct {
        const char *proves;
        size_t n;
        bool message, reasons, zeros;
        uint32_t more;
    } cases[] = {
        {"the message goes first", 50, false, true, true, 0},
        {"then the reasons", 100, false, false, true, 0},
        {"then the successes", 1000, false, false, false, 0},
        {"then the rest is counted", 3000, false, false, false, 297 - 24},
    };
    for (size_t i = 0; i < N(cases); i++) {
        char text[JOURNAL_LINE_MAX + 1];
        struct journal_line line;
        struct journal_item item;
        const char *why;
        struct journal_record r = lines[1].record;
        r.containers = many;
        r.n_containers = cases[i].n;
        r.message = long_text;
        int len = journal_format(&r, text, NULL);
        cr_assert(len > 0 && len <= JOURNAL_LINE_MAX, "%s", cases[i].proves);
        cr_assert_eq(journal_parse(text, (size_t)len - 1, &line, &why), 0);
        cr_expect_eq(line.message.data != NULL, cases[i].message, "%s", cases[i].proves);
        cr_expect_eq(line.more, cases[i].more, "%s: %u", cases[i].proves, line.more);
        journal_next_item(&line.containers, &item);
        cr_expect_eq(is(item.part[0], names[0]), cases[i].zeros, "%s", cases[i].proves);
        cr_expect_eq(item.part[2].data != NULL, cases[i].reasons, "%s", cases[i].proves);
    }
}

Test(journal, refuses_a_record_that_stays_too_long)
{
    static char long_text[5000];
    char line[JOURNAL_LINE_MAX + 1];
    struct error err;
    memset(long_text, 'x', sizeof long_text - 1);
    struct journal_record r = lines[0].record;
    r.pod = long_text;
    cr_expect_eq(journal_format(&r, line, &err), -1);
    cr_expect(strstr(err.text, "too long"));
}

Test(journal, decodes_into_any_size)
{
    static const struct {
        const char *text;
        size_t size;
        const char *want;
        bool whole;
    } cases[] = {
        {"a%20b", 16, "a b", true},
        {"a%20b", 4, "a b", true},
        {"a%20b", 3, "a ", false},
        {"abc", 1, "", false},
        {"", 1, "", true},
        {"%", 8, "%", true},
        {"%4", 8, "%4", true},
        {"%g0", 8, "%g0", true},
        {"%c3%A9", 8, "\xc3\xa9", true},
        {"x%00y", 8, "x", true},
        {"a%C3%A9", 3, "a", false}, /* no half character */
        {"%E2%82%AC%E2%82%AC", 6, "\xe2\x82\xac", false},
    };
    for (size_t i = 0; i < N(cases); i++) {
        char buf[16];
        struct journal_text text = {cases[i].text, strlen(cases[i].text)};
        cr_expect_eq(journal_decode(text, buf, cases[i].size), cases[i].whole, "%s", cases[i].text);
        cr_expect_str_eq(buf, cases[i].want, "%s", cases[i].text);
    }
}

Test(journal, reads_lists)
{
    struct journal_text list = {"a:1:E,b::,,c", 12};
    struct journal_item item;
    int code;
    cr_assert(journal_next_item(&list, &item) && is(item.part[0], "a") && is(item.part[2], "E"));
    cr_expect(journal_item_exit_code(&item, &code) && code == 1);
    cr_assert(journal_next_item(&list, &item) && is(item.part[0], "b") && is(item.part[1], ""));
    cr_expect_not(journal_item_exit_code(&item, &code));
    cr_assert(journal_next_item(&list, &item) && !item.part[0].data);
    cr_assert(journal_next_item(&list, &item) && is(item.part[0], "c") && !item.part[1].data);
    cr_expect_not(journal_next_item(&list, &item));
}

Test(journal, checksum_is_zlibs)
{
    static const struct {
        const char *text;
        uint32_t crc;
    } cases[] = {
        {"", 0},
        {"a", 0xe8b7be43},
        {"123456789", 0xcbf43926},
        {"The quick brown fox jumps over the lazy dog", 0x414fa339},
    };
    for (size_t i = 0; i < N(cases); i++)
        cr_expect_eq(journal_crc(cases[i].text, strlen(cases[i].text)), cases[i].crc, "%s",
                     cases[i].text);
}

Test(journal, times_go_round)
{
    static const int64_t times[] = {0,
                                    999999,
                                    86399999999,
                                    INT64_C(951782400000000),  /* 2000-02-29 */
                                    INT64_C(4107542400000001), /* 2100-03-01: no leap year */
                                    T0,
                                    JOURNAL_TIME_MAX};
    for (size_t i = 0; i < N(times); i++) {
        char text[JOURNAL_TIME_LEN + 1];
        int64_t back = -1;
        journal_time_format(times[i], text);
        cr_expect(journal_time_parse(text, &back) && back == times[i], "%s", text);
    }
    for (int64_t day = 0; day * 86400000000 < JOURNAL_TIME_MAX; day += 97) {
        char text[JOURNAL_TIME_LEN + 1];
        int64_t back = -1;
        journal_time_format(day * 86400000000, text);
        cr_assert(journal_time_parse(text, &back) && back == day * 86400000000, "%s", text);
    }
}
