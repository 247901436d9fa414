/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fold_outcome.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEPARATOR ' ' /* never part of a value */

const char fold_outcome_disrupted[] = "  DisruptionTarget:True:DeletionByPodGC ";

size_t fold_outcome_text(const struct journal_line *line, char buf[JOURNAL_LINE_MAX])
{
    const struct journal_text values[] = {line->containers, line->init, line->conditions,
                                          line->reason};
    char *p = buf;
    for (size_t i = 0; i < 4; i++) {
        if (i > 0)
            *p++ = SEPARATOR;
        if (values[i].len > 0)
            memcpy(p, values[i].data, values[i].len);
        p += values[i].len;
    }
    return (size_t)(p - buf);
}

void fold_outcome_split(const char *text, size_t len, struct fold_outcome_parts *parts)
{
    struct journal_text value[4] = {{0}};
    const char *end = text + len;
    for (size_t i = 0; i < 4 && text <= end; i++) {
        const char *stop = memchr(text, SEPARATOR, (size_t)(end - text));
        if (!stop)
            stop = end;
        value[i] = (struct journal_text){text, (size_t)(stop - text)};
        text = stop + 1;
    }
    *parts = (struct fold_outcome_parts){value[0], value[1], value[2], value[3]};
}

/* What of a list fits into room, whole items. */
static struct journal_text fitting(struct journal_text list, size_t room)
{
    size_t n = list.len;
    while (n > room) {
        const char *comma = memrchr(list.data, ',', n);
        n = comma ? (size_t)(comma - list.data) : 0;
    }
    return (struct journal_text){list.data, n};
}

size_t fold_outcome_add(const char *text, size_t len, struct journal_text conditions, char *buf,
                        size_t size)
{
    struct fold_outcome_parts p;
    fold_outcome_split(text, len, &p);
    struct journal_text more = fitting(conditions, size > len + 2 ? size - len - 2 : 0);
    int n = snprintf(
        buf, size, "%.*s %.*s %.*s%s%.*s %.*s", (int)p.containers.len,
        p.containers.data ? p.containers.data : "", (int)p.init.len, p.init.data ? p.init.data : "",
        (int)p.conditions.len, p.conditions.data ? p.conditions.data : "",
        p.conditions.len && more.len ? "," : "", (int)more.len, more.data ? more.data : "",
        (int)p.reason.len, p.reason.data ? p.reason.data : "");
    return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}

static size_t count_items(struct journal_text list)
{
    struct journal_item item;
    size_t n = 0;
    while (journal_next_item(&list, &item))
        n++;
    return n;
}

/* Decoded names need no more room than encoded ones, plus a NUL each. */
static int make_room(struct fold_outcome *o, size_t items, size_t bytes)
{
    if (items > o->cap) {
        struct machine_container *containers = calloc(items, sizeof *containers);
        struct machine_pod_condition *conditions = calloc(items, sizeof *conditions);
        free(o->containers);
        free(o->conditions);
        o->containers = containers;
        o->conditions = conditions;
        o->cap = containers && conditions ? items : 0;
        if (o->cap == 0)
            return -1;
    }
    if (bytes > o->names_cap) {
        char *names = realloc(o->names, bytes);
        if (!names)
            return -1;
        o->names = names;
        o->names_cap = bytes;
    }
    return 0;
}

static const char *take_name(char **p, struct journal_text text, const char *absent)
{
    char *name = *p;
    if (!text.data)
        return absent;
    journal_decode(text, name, text.len + 1);
    *p += text.len + 1;
    return name;
}

static size_t take_containers(struct machine_container *to, struct journal_text list, char **names)
{
    struct journal_item item;
    size_t n = 0;
    int code;
    while (journal_next_item(&list, &item))
        if (journal_item_exit_code(&item, &code))
            to[n++] = (struct machine_container){take_name(names, item.part[0], ""), code};
    return n;
}

static size_t take_conditions(struct machine_pod_condition *to, struct journal_text list,
                              char **names)
{
    struct journal_item item;
    size_t n = 0;
    while (journal_next_item(&list, &item)) {
        const char *type = take_name(names, item.part[0], "");
        to[n++] = (struct machine_pod_condition){type, take_name(names, item.part[1], "True")};
    }
    return n;
}

int fold_outcome_decode(struct fold_outcome *o, const char *text, size_t len)
{
    struct fold_outcome_parts parts;
    fold_outcome_split(text, len, &parts);
    size_t items =
        count_items(parts.containers) + count_items(parts.init) + count_items(parts.conditions);
    if (make_room(o, items + 1, len + 2 * items + 1) < 0)
        return -1;
    char *names = o->names;
    struct machine_outcome *v = &o->view;
    v->containers = o->containers;
    v->n_containers = take_containers(o->containers, parts.containers, &names);
    v->init = o->containers + v->n_containers;
    v->n_init = take_containers(o->containers + v->n_containers, parts.init, &names);
    v->conditions = o->conditions;
    v->n_conditions = take_conditions(o->conditions, parts.conditions, &names);
    return 0;
}

void fold_outcome_free(struct fold_outcome *o)
{
    free(o->containers);
    free(o->conditions);
    free(o->names);
    memset(o, 0, sizeof *o);
}
