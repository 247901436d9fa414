/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "number.h"

#include <math.h>

json_t *number_normal(json_t *v)
{
    double d = json_real_value(v);
    /* 2^63 is the first double beyond int64; -2^63 is in it. */
    if (!json_is_real(v) || d != trunc(d) || d < -0x1p63 || d >= 0x1p63)
        return v;
    json_decref(v);
    return json_integer((json_int_t)d);
}

json_t *number_normal_tree(json_t *v)
{
    const char *key;
    json_t *child;
    void *next;
    size_t i;
    json_object_foreach_safe (v, next, key, child) {
        if (json_is_real(child))
            json_object_set_new_nocheck(v, key, number_normal(json_incref(child)));
        else
            number_normal_tree(child);
    }
    json_array_foreach (v, i, child) {
        if (json_is_real(child))
            json_array_set_new(v, i, number_normal(json_incref(child)));
        else
            number_normal_tree(child);
    }
    return number_normal(v);
}
