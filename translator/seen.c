/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "seen.h"

#include <string.h>

#include "cleanup.h"

const char *seen_type(enum seen_change change)
{
    static const char *const types[] = {"", "ADDED", "MODIFIED", "DELETED"};
    return types[change];
}

void seen_free(struct seen *s)
{
    json_decref(s->before);
    json_decref(s->now);
    *s = (struct seen){0};
}

/* A text that stands for itself is kept once. */
static json_t *make(const char *text, const char *what)
{
    json_t *first = json_string_nocheck(text);
    json_t *second = strcmp(text, what) == 0 ? json_incref(first) : json_string_nocheck(what);
    return json_pack("[o,o]", first, second);
}

int seen_note(struct seen *s, const char *key, const char *text, const char *what,
              enum seen_change *change, struct error *err)
{
    cleanup_json json_t *entry = json_incref(json_object_get(s->before, key));
    if (!s->now)
        s->now = json_object();
    *change = SEEN_SAME;
    if (!entry || strcmp(json_string_value(json_array_get(entry, 0)), text) != 0) {
        *change = entry ? SEEN_CHANGED : SEEN_NEW;
        json_decref(entry);
        entry = make(text, what);
    }
    return json_object_set_nocheck(s->now, key, entry) < 0 ? error_set(err, "out of memory") : 0;
}

int seen_end(struct seen *s, int (*gone)(void *arg, const char *what, struct error *err), void *arg,
             struct error *err)
{
    const char *key;
    json_t *entry;
    json_object_foreach (s->before, key, entry)
        if (!json_object_get(s->now, key) &&
            gone(arg, json_string_value(json_array_get(entry, 1)), err) < 0)
            return -1;
    json_decref(s->before);
    s->before = steal_ptr(&s->now);
    return 0;
}
