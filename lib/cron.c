/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cron.h"

#include <stdlib.h>
#include <string.h>

#include "civil.h"
#include "cleanup.h"
#include "cron_field.h"
#include "duration.h"
#include "gospace.h"

enum { MINUTE = 60, HOUR = 3600, YEARS_AHEAD = 5, MAX_MISSED = 100 };

/* Steps a search may take. A sane zone needs less than 10,000; a made-up one could turn forever. */
enum { MAX_STEPS = 200000 };

struct cron {
    int64_t every; /* @every: seconds; 0 = the fields count */
    uint64_t fields[CRON_FIELDS];
    char *zone; /* of a TZ= prefix, or NULL */
};

/* ---- parsing ---- */

static const struct descriptor {
    const char *name;
    const char *fields;
} descriptors[] = {
    {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"},
    {"@weekly", "0 0 * * 0"}, {"@daily", "0 0 * * *"},    {"@midnight", "0 0 * * *"},
    {"@hourly", "0 * * * *"},
};

static int count_fields(const char *text, struct error *err)
{
    cleanup_strbuf struct strbuf list = STRBUF_INIT;
    int n = 0;
    size_t len;
    for (const char *s = gospace_field(text, &len); s; s = gospace_field(s + len, &len), n++) {
        strbuf_adds(&list, n ? " " : "");
        strbuf_add(&list, s, len);
    }
    if (n == CRON_FIELDS)
        return 0;
    return error_set(err, "expected exactly %d fields, found %d: [%s]", CRON_FIELDS, n,
                     strbuf_str(&list));
}

static int parse_fields(const char *text, struct cron *c, struct error *err)
{
    size_t len = 0;
    const char *s = text;
    if (count_fields(text, err) < 0)
        return -1;
    for (enum cron_field f = 0; f < CRON_FIELDS; f++, s += len) {
        s = gospace_field(s, &len);
        if (!s || cron_field_parse(s, len, f, &c->fields[f], err) < 0)
            return -1;
    }
    return 0;
}

static int parse_every(const char *text, const char *duration, struct cron *c, struct error *err)
{
    int64_t ns;
    if (duration_parse(duration, &ns, err) < 0)
        return error_prefix(err, "failed to parse duration %.300s", text);
    c->every = ns < DURATION_SECOND ? 1 : ns / DURATION_SECOND;
    return 0;
}

static int parse_descriptor(const char *text, struct cron *c, struct error *err)
{
    static const char every[] = "@every ";
    for (size_t i = 0; i < sizeof descriptors / sizeof *descriptors; i++) {
        if (strcmp(text, descriptors[i].name) == 0)
            return parse_fields(descriptors[i].fields, c, err);
    }
    if (strncmp(text, every, strlen(every)) == 0)
        return parse_every(text, text + strlen(every), c, err);
    return error_set(err, "unrecognized descriptor: %s", text);
}

/* Cuts a TZ= or CRON_TZ= prefix off. Returns the rest, or NULL with err set. */
static const char *cut_zone(const char *text, struct cron *c, struct error *err)
{
    if (strncmp(text, "TZ=", 3) != 0 && strncmp(text, "CRON_TZ=", 8) != 0)
        return text;
    const char *zone = strchr(text, '=') + 1;
    const char *space = strchr(text, ' ');
    if (!space) {
        /* The parser of Go cuts out of bounds here, and the API server reports that it did. */
        error_set(err, "invalid schedule format: runtime error: slice bounds out of range [:-1]");
        return NULL;
    }
    c->zone = strndup(zone, (size_t)(space - zone));
    if (!c->zone)
        error_set(err, "out of memory");
    return c->zone ? space : NULL;
}

/* Everything after the prefix, which is trimmed only if there was one. */
static int parse_rest(const char *text, struct cron *c, struct error *err)
{
    cleanup_free char *trimmed = c->zone ? gospace_trim(text) : strdup(text);
    if (!trimmed)
        return error_set(err, "out of memory");
    if (*trimmed == '@')
        return parse_descriptor(trimmed, c, err);
    return parse_fields(trimmed, c, err);
}

static int check_zone(const char *zone, const char *root, struct error *err)
{
    struct timezone_info *tz = NULL;
    if (strcmp(zone, "Local") == 0)
        return 0;
    if (timezone_load(root, zone, &tz, err) < 0)
        return error_prefix(err, "provided bad location %.300s", zone);
    timezone_free(tz);
    return 0;
}

/* root NULL: the zone is not looked up. */
static int parse(const char *text, const char *root, struct cron *c, struct error *err)
{
    if (!*text)
        return error_set(err, "empty spec string");
    const char *rest = cut_zone(text, c, err);
    if (!rest || (root && c->zone && check_zone(c->zone, root, err) < 0))
        return -1;
    return parse_rest(rest, c, err);
}

int cron_parse(const char *text, struct cron **out, struct error *err)
{
    *out = calloc(1, sizeof **out);
    if (!*out)
        return error_set(err, "out of memory");
    if (parse(text, NULL, *out, err) == 0)
        return 0;
    cron_free(*out);
    *out = NULL;
    return -1;
}

int cron_check(const char *text, const char *root, struct error *err)
{
    struct cron c = {0};
    int rc = parse(text, root ? root : TIMEZONE_ROOT, &c, err);
    free(c.zone);
    return rc;
}

void cron_free(struct cron *c)
{
    if (!c)
        return;
    free(c->zone);
    free(c);
}

/* ---- searching ---- */

/* A search in progress. The fields of at are local time. */
struct search {
    const struct cron *cron;
    const struct timezone_info *tz;
    int64_t t;
    struct civil at;
    bool moved; /* smaller fields than the one that moved start from their minimum */
    int steps;
};

static void move_to(struct search *s, int64_t t)
{
    s->t = t;
    s->steps++;
    civil_from_seconds(t + timezone_offset(s->tz, t), &s->at);
}

static void move_to_local(struct search *s, const struct civil *local)
{
    move_to(s, timezone_to_utc(s->tz, civil_to_seconds(local)));
}

static bool has(const struct search *s, enum cron_field field, int value)
{
    return s->cron->fields[field] >> value & 1;
}

static bool day_matches(const struct search *s)
{
    bool dom = has(s, CRON_DOM, s->at.day);
    bool dow = has(s, CRON_DOW, s->at.weekday);
    if ((s->cron->fields[CRON_DOM] | s->cron->fields[CRON_DOW]) & CRON_STAR)
        return dom && dow;
    return dom || dow;
}

/* The four searches move to the next match of their field. They return false when that led into the
 * next larger unit, so that the larger fields must be looked at again. */

static bool find_month(struct search *s)
{
    while (!has(s, CRON_MONTH, s->at.month) && s->steps < MAX_STEPS) {
        struct civil first = {.year = s->at.year, .month = s->at.month, .day = 1};
        if (!s->moved)
            move_to_local(s, &first);
        s->moved = true;
        struct civil to = s->at;
        to.month++;
        move_to_local(s, &to);
        if (s->at.month == 1)
            return false;
    }
    return true;
}

/* Where midnight does not exist the step lands beside it; go to where it would have been. */
static void settle_at_midnight(struct search *s)
{
    if (s->at.hour > 12)
        move_to(s, s->t + (int64_t)(24 - s->at.hour) * HOUR);
    else if (s->at.hour)
        move_to(s, s->t - (int64_t)s->at.hour * HOUR);
}

static bool find_day(struct search *s)
{
    while (!day_matches(s) && s->steps < MAX_STEPS) {
        if (!s->moved) {
            struct civil midnight = {.year = s->at.year, .month = s->at.month, .day = s->at.day};
            move_to_local(s, &midnight);
        }
        s->moved = true;
        struct civil to = s->at;
        to.day++;
        move_to_local(s, &to);
        settle_at_midnight(s);
        if (s->at.day == 1)
            return false;
    }
    return true;
}

static bool find_hour(struct search *s)
{
    while (!has(s, CRON_HOUR, s->at.hour) && s->steps < MAX_STEPS) {
        if (!s->moved) {
            struct civil hour = s->at;
            hour.minute = hour.second = 0;
            move_to_local(s, &hour);
        }
        s->moved = true;
        move_to(s, s->t + HOUR);
        if (s->at.hour == 0)
            return false;
    }
    return true;
}

/* Steps by one unit of seconds until the field matches; false when it came around to 0. */
static bool step(struct search *s, int64_t unit, const int *field, uint64_t bits)
{
    while (!(bits >> *field & 1) && s->steps < MAX_STEPS) {
        int64_t rest = ((s->t % unit) + unit) % unit;
        move_to(s, s->t - (s->moved ? 0 : rest) + unit);
        s->moved = true;
        if (*field == 0)
            return false;
    }
    return true;
}

static bool find_all(struct search *s)
{
    return find_month(s) && find_day(s) && find_hour(s) &&
           step(s, MINUTE, &s->at.minute, s->cron->fields[CRON_MINUTE]) &&
           step(s, 1, &s->at.second, 1);
}

bool cron_next(const struct cron *c, const struct timezone_info *tz, int64_t t, int64_t *next)
{
    struct search s = {.cron = c, .tz = tz};
    if (t >= CIVIL_MAX / 2 || t <= -CIVIL_MAX / 2 || c->every > CIVIL_MAX / 2)
        return false;
    if (c->every) {
        *next = t + c->every;
        return true;
    }
    if (!c->fields[CRON_MINUTE])
        return false; /* a field of commas only; saves a search minute by minute */
    move_to(&s, t + 1);
    int64_t last_year = s.at.year + YEARS_AHEAD;
    while (s.at.year <= last_year && s.steps < MAX_STEPS) {
        if (find_all(&s)) {
            *next = s.t;
            return s.steps < MAX_STEPS;
        }
    }
    return false;
}

/* ---- missed runs ---- */

static int find_missed(const struct cron *c, const struct timezone_info *tz, int64_t now,
                       struct cron_missed *out, struct error *err)
{
    int64_t first;
    int64_t second;
    bool any = cron_next(c, tz, out->base, &first);
    if (any && now < first)
        return 0;
    if (!any || !cron_next(c, tz, first, &second))
        return error_set(err, "time difference between two schedules is less than 1 second");
    out->found = now < second;
    out->time = first;
    if (out->found)
        return 0;
    int64_t gap = second - first;
    int64_t count = (now - first) / gap + 1;
    out->too_many = count > MAX_MISSED;
    /* From one gap before the estimate; where gaps vary it may lie too late and find nothing. */
    int64_t t = first + (count - 2) * gap;
    while (cron_next(c, tz, t, &t) && t <= now) {
        out->found = true;
        out->time = t;
    }
    return 0;
}

int cron_most_recent_missed(const struct cron *c, const struct timezone_info *tz, int64_t base,
                            int64_t now, int64_t deadline, struct cron_missed *out,
                            struct error *err)
{
    int64_t earliest;
    *out = (struct cron_missed){.base = base};
    if (deadline >= 0 && !__builtin_sub_overflow(now, deadline, &earliest) && earliest > base)
        out->base = earliest;
    return find_missed(c, tz, now, out, err);
}
