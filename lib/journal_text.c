/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "journal_text.h"
#include "civil.h"

#include <string.h>

static const struct journal_kind kinds[] = {
    [JOURNAL_STARTED] = {"started", JOURNAL_NEED_ATTEMPT},
    [JOURNAL_RESTARTED] = {"restarted", JOURNAL_NEED_ATTEMPT},
    [JOURNAL_ENDED] = {"ended", JOURNAL_NEED_ATTEMPT | JOURNAL_NEED_PHASE},
    [JOURNAL_MARKED] = {"marked", JOURNAL_NEED_ATTEMPT},
    [JOURNAL_DELETED] = {"deleted", JOURNAL_NEED_ATTEMPT},
    [JOURNAL_SUBMITTED] = {"submitted", JOURNAL_NEED_JOB},
    [JOURNAL_SUSPENDED] = {"suspended", 0},
    [JOURNAL_RESUMED] = {"resumed", 0},
    [JOURNAL_CHANGED] = {"changed", JOURNAL_NEED_CHANGES},
    [JOURNAL_RETRIED] = {"retried", JOURNAL_NEED_JOB},
    [JOURNAL_RENEWED] = {"renewed", JOURNAL_NEED_JOB},
    [JOURNAL_GROWN] = {"grown", JOURNAL_NEED_JOB | JOURNAL_NEED_CHANGES},
    [JOURNAL_END] = {"end", JOURNAL_NEED_CONDITION},
};

#define N_KINDS (sizeof kinds / sizeof kinds[0])

const struct journal_kind *journal_kind(enum journal_event event)
{
    return (size_t)event < N_KINDS ? &kinds[event] : NULL;
}

enum journal_event journal_event_of(struct journal_text name)
{
    for (size_t i = 0; i < N_KINDS; i++)
        if (strlen(kinds[i].name) == name.len && !memcmp(kinds[i].name, name.data, name.len))
            return (enum journal_event)i;
    return JOURNAL_OTHER;
}

static char *put_digits(char *p, int64_t value, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        p[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return p + width;
}

void journal_time_format(int64_t time_us, char buf[JOURNAL_TIME_LEN + 1])
{
    struct civil c;
    civil_from_seconds(time_us / 1000000, &c);
    const int64_t part[7] = {c.year, c.month, c.day, c.hour, c.minute, c.second, time_us % 1000000};
    static const int width[7] = {4, 2, 2, 2, 2, 2, 6};
    for (int i = 0; i < 7; i++) {
        buf = put_digits(buf, part[i], width[i]);
        *buf++ = "--T::.Z"[i];
    }
    *buf = '\0';
}

static bool get_digits(const char *p, int width, int *value)
{
    int v = 0;
    for (int i = 0; i < width; i++) {
        unsigned digit = (unsigned)(unsigned char)p[i] - '0';
        if (digit > 9)
            return false;
        v = v * 10 + (int)digit;
    }
    *value = v;
    return true;
}

static bool is_date(const struct civil *c)
{
    return c->year >= 1970 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
           (c->day <= 28 || c->day <= civil_days_in_month(c->year, c->month));
}

bool journal_time_parse(const char *s, int64_t *time_us)
{
    struct civil c = {0};
    int year, us;
    if (s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' ||
        s[19] != '.' || s[26] != 'Z')
        return false;
    if (!get_digits(s, 4, &year) || !get_digits(s + 5, 2, &c.month) ||
        !get_digits(s + 8, 2, &c.day) || !get_digits(s + 11, 2, &c.hour) ||
        !get_digits(s + 14, 2, &c.minute) || !get_digits(s + 17, 2, &c.second) ||
        !get_digits(s + 20, 6, &us))
        return false;
    c.year = year;
    if (!is_date(&c) || c.hour > 23 || c.minute > 59 || c.second > 59)
        return false;
    *time_us = civil_to_seconds(&c) * 1000000 + us;
    return true;
}
