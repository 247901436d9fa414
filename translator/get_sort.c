/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "get_sort.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "jsonpath.h"
#include "quantity.h"

struct key {
    struct found found;
    json_t *value; /* NULL: none */
    size_t place;
};

static size_t digits(const char *s)
{
    return strspn(s, "0123456789");
}

int get_sort_texts(const char *a, const char *b)
{
    while (*a && *b) {
        if (!isdigit((unsigned char)*a) || !isdigit((unsigned char)*b)) {
            if (*a != *b)
                return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
            a++, b++;
            continue;
        }
        a += strspn(a, "0");
        b += strspn(b, "0");
        size_t m = digits(a), n = digits(b);
        int c = m != n ? (m < n ? -1 : 1) : strncmp(a, b, m);
        if (c)
            return c;
        a += m;
        b += n;
    }
    return (*a != '\0') - (*b != '\0');
}

static int compare_values(const json_t *a, const json_t *b)
{
    struct quantity x, y;
    if (json_is_number(a) && json_is_number(b)) {
        double m = json_number_value(a), n = json_number_value(b);
        return (m > n) - (m < n);
    }
    if (json_is_boolean(a) && json_is_boolean(b))
        return json_is_true(a) - json_is_true(b);
    if (!json_is_string(a) || !json_is_string(b))
        return (int)json_typeof(a) - (int)json_typeof(b);
    const char *s = json_string_value(a), *t = json_string_value(b);
    if (quantity_parse(&x, s, NULL) == 0 && quantity_parse(&y, t, NULL) == 0)
        return quantity_cmp(&x, &y);
    return get_sort_texts(s, t);
}

static int compare(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    int c = !x->value || !y->value ? (x->value != NULL) - (y->value != NULL)
                                   : compare_values(x->value, y->value);
    return c ? c : (x->place > y->place) - (x->place < y->place);
}

static int read_key(struct key *k, struct found *f, const struct jsonpath *path, struct error *err)
{
    cleanup_json json_t *values = NULL;
    const json_t *object = listing_object(f, err);
    if (!object || jsonpath_find(path, object, &values, err) < 0)
        return -1;
    k->value = json_incref(json_array_get(values, 0));
    if (f->pod)
        listing_forget(f);
    k->found = *f;
    return 0;
}

int get_sort(struct listing *l, const char *text, struct error *err)
{
    cleanup_jsonpath struct jsonpath *path = NULL;
    bool any = l->len == 0;
    int rc = 0;
    if (jsonpath_parse_relaxed(text, &path, err) < 0)
        return -1;
    cleanup_free struct key *keys = calloc(l->len + 1, sizeof *keys);
    if (!keys)
        return error_set(err, "out of memory");
    for (size_t i = 0; i < l->len && rc == 0; i++) {
        rc = read_key(&keys[i], &l->v[i], path, err);
        keys[i].place = i;
        any |= keys[i].value != NULL;
    }
    if (rc == 0 && !any)
        rc = error_set(err, "couldn't find any field with path \"%.300s\" in the list of objects",
                       text);
    if (rc == 0)
        qsort(keys, l->len, sizeof *keys, compare);
    for (size_t i = 0; i < l->len; i++) {
        if (rc == 0)
            l->v[i] = keys[i].found;
        json_decref(keys[i].value);
    }
    return rc;
}
