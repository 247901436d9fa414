/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "journal.h"
#include "journal_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A fixed buffer; once something did not fit, it stays full. */
struct out {
    char *data;
    size_t len;
    size_t cap;
    bool full;
};

/* How much of a record is written: later steps leave out more. */
struct shape {
    bool no_message;
    bool no_reasons;
    bool only_failed;
    size_t max_items; /* of containers and of init containers, 0 = all */
};

static const struct shape shapes[] = {
    {0},
    {.no_message = true},
    {.no_message = true, .no_reasons = true},
    {.no_message = true, .no_reasons = true, .only_failed = true},
    {.no_message = true, .no_reasons = true, .only_failed = true, .max_items = 24},
    {.no_message = true, .no_reasons = true, .only_failed = true, .max_items = 4},
};

static void put(struct out *o, const char *s, size_t len)
{
    if (o->full || len > o->cap - o->len) {
        o->full = true;
        return;
    }
    memcpy(o->data + o->len, s, len);
    o->len += len;
}

static void put_str(struct out *o, const char *s)
{
    put(o, s, strlen(s));
}

static bool is_plain(unsigned char c)
{
    return c > ' ' && c < 0x7f && !strchr("%=,:", c);
}

static void put_encoded(struct out *o, const char *s)
{
    for (; *s && !o->full; s++) {
        unsigned char c = (unsigned char)*s;
        if (is_plain(c)) {
            put(o, s, 1);
        } else {
            char hex[4];
            snprintf(hex, sizeof hex, "%%%02X", c);
            put(o, hex, 3);
        }
    }
}

static void put_key(struct out *o, const char *key)
{
    put_str(o, " ");
    put_str(o, key);
    put_str(o, "=");
}

static void put_text(struct out *o, const char *key, const char *value)
{
    if (!value)
        return;
    put_key(o, key);
    put_encoded(o, value);
}

/* A list whose items need no encoding. */
static void put_indexes(struct out *o, const char *indexes)
{
    if (!indexes)
        return;
    put_key(o, "indexes");
    put_str(o, indexes);
}

static void put_number(struct out *o, const char *key, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    put_text(o, key, text);
}

static bool is_left_out(const struct journal_container *c, const struct shape *shape)
{
    return shape->only_failed && c->exit_code == 0;
}

/* Returns how many items were cut off. */
static size_t put_containers(struct out *o, const char *key, const struct journal_container *list,
                             size_t n, const struct shape *shape)
{
    size_t written = 0;
    size_t cut = 0;
    for (size_t i = 0; i < n; i++) {
        if (is_left_out(&list[i], shape))
            continue;
        if (shape->max_items && written == shape->max_items) {
            cut++;
            continue;
        }
        char code[16];
        snprintf(code, sizeof code, ":%d", list[i].exit_code);
        if (written++)
            put_str(o, ",");
        else
            put_key(o, key);
        put_encoded(o, list[i].name);
        put_str(o, code);
        if (list[i].reason && !shape->no_reasons) {
            put_str(o, ":");
            put_encoded(o, list[i].reason);
        }
    }
    return cut;
}

static void put_conditions(struct out *o, const struct journal_record *r)
{
    for (size_t i = 0; i < r->n_conditions; i++) {
        const struct journal_condition *c = &r->conditions[i];
        if (i)
            put_str(o, ",");
        else
            put_key(o, "conditions");
        put_encoded(o, c->type);
        put_str(o, ":");
        put_encoded(o, c->status ? c->status : "True");
        if (c->reason) {
            put_str(o, ":");
            put_encoded(o, c->reason);
        }
    }
}

static void put_changes(struct out *o, const struct journal_record *r)
{
    for (size_t i = 0; i < r->n_changes; i++) {
        put_str(o, " " JOURNAL_CHANGE_PREFIX);
        put_encoded(o, r->changes[i].field);
        put_str(o, "=");
        put_encoded(o, r->changes[i].value);
    }
}

static void put_head(struct out *o, const struct journal_record *r)
{
    const struct journal_kind *kind = journal_kind(r->event);
    char time[JOURNAL_TIME_LEN + 1];
    journal_time_format(r->time_us, time);
    put_str(o, JOURNAL_START);
    put_str(o, time);
    put_text(o, "event", kind->name);
    if (kind->need & JOURNAL_NEED_ATTEMPT) {
        put_number(o, "index", r->index);
        put_number(o, "attempt", r->attempt);
    }
}

static void put_body(struct out *o, const struct journal_record *r, const struct shape *shape)
{
    static const char *const phases[] = {NULL, "Succeeded", "Failed"};
    put_text(o, "pod", r->pod);
    put_text(o, "node", r->node);
    put_text(o, "job", r->job);
    put_indexes(o, r->indexes);
    put_text(o, "address", r->address);
    if (r->ahead)
        put_number(o, "ahead", r->ahead);
    put_text(o, "phase", phases[r->phase]);
    if (r->inferred)
        put_number(o, "inferred", 1);
    if (r->restarts)
        put_number(o, "restarts", r->restarts);
    size_t cut = put_containers(o, "containers", r->containers, r->n_containers, shape);
    cut += put_containers(o, "init", r->init, r->n_init, shape);
    if (cut)
        put_number(o, "more", cut);
    put_conditions(o, r);
    put_changes(o, r);
    put_text(o, "condition", r->condition);
    put_text(o, "reason", r->reason);
    if (!shape->no_message)
        put_text(o, "message", r->message);
}

static int check(const struct journal_record *r, struct error *err)
{
    const struct journal_kind *kind = journal_kind(r->event);
    if (!kind)
        return error_set(err, "journal: event %d cannot be written", (int)r->event);
    if (r->time_us < 0 || r->time_us > JOURNAL_TIME_MAX)
        return error_set(err, "journal: time %" PRId64 " is out of range", r->time_us);
    if (r->index > JOURNAL_INDEX_MAX || r->attempt > JOURNAL_INDEX_MAX)
        return error_set(err, "journal: index %" PRIu32 ", attempt %" PRIu32 " is out of range",
                         r->index, r->attempt);
    if (r->indexes && r->indexes[strspn(r->indexes, "0123456789,-")])
        return error_set(err, "journal: indexes are not of the form 1,3-5");
    bool phase_known = r->phase == JOURNAL_SUCCEEDED || r->phase == JOURNAL_FAILED;
    const struct {
        unsigned need;
        bool is_there;
        const char *what;
    } rules[] = {
        {JOURNAL_NEED_PHASE, phase_known, "phase"},
        {JOURNAL_NEED_JOB, r->job != NULL, "job"},
        {JOURNAL_NEED_CHANGES, r->n_changes > 0, "changes"},
        {JOURNAL_NEED_CONDITION, r->condition != NULL, "condition"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if ((kind->need & rules[i].need) && !rules[i].is_there)
            return error_set(err, "journal: a record %s needs %s", kind->name, rules[i].what);
    if (!phase_known && r->phase != JOURNAL_PHASE_NONE)
        return error_set(err, "journal: phase %d does not exist", (int)r->phase);
    return 0;
}

int journal_format(const struct journal_record *r, char buf[JOURNAL_LINE_MAX + 1],
                   struct error *err)
{
    if (check(r, err) < 0)
        return -1;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct out o = {.data = buf, .cap = JOURNAL_LINE_MAX - JOURNAL_CRC_LEN - 1};
        put_head(&o, r);
        put_body(&o, r, &shapes[i]);
        if (o.full)
            continue;
        snprintf(buf + o.len, JOURNAL_CRC_LEN + 2, JOURNAL_CRC "%08" PRIx32 "\n",
                 journal_crc(buf, o.len));
        return (int)(o.len + JOURNAL_CRC_LEN + 1);
    }
    return error_set(err, "journal: a record %s of %d bytes is too long",
                     journal_kind(r->event)->name, JOURNAL_LINE_MAX);
}
