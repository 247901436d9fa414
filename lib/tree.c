/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

#include <stdarg.h>
#include <string.h>

json_t *tree_get(const json_t *obj, const char *name)
{
    return json_object_get(obj, name);
}

json_t *tree_at(const json_t *obj, ...)
{
    va_list ap;
    va_start(ap, obj);
    const char *name = va_arg(ap, const char *);
    json_t *v = json_object_get(obj, name);
    while ((name = va_arg(ap, const char *)))
        v = json_object_get(v, name);
    va_end(ap);
    return v;
}

json_t *tree_named(const json_t *list, const char *name)
{
    size_t i;
    json_t *v;
    json_array_foreach (list, i, v)
        if (tree_is(v, "name", name))
            return v;
    return NULL;
}

bool tree_has(const json_t *obj, const char *name)
{
    return json_object_get(obj, name) != NULL;
}

const char *tree_str(const json_t *obj, const char *name)
{
    const char *s = json_string_value(json_object_get(obj, name));
    return s ? s : "";
}

long long tree_int(const json_t *obj, const char *name)
{
    return json_integer_value(json_object_get(obj, name));
}

bool tree_bool(const json_t *obj, const char *name)
{
    return json_is_true(json_object_get(obj, name));
}

bool tree_is(const json_t *obj, const char *name, const char *value)
{
    return strcmp(tree_str(obj, name), value) == 0;
}
