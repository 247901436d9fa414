/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine_impl.h"

#include <stdlib.h>

void machine_act(struct machine *m, const struct machine_action *action)
{
    struct machine_actions *a = m->actions;
    if (!a)
        return;
    if (a->len == a->cap) {
        size_t cap = a->cap ? a->cap * 2 : 16;
        struct machine_action *v = realloc(a->v, cap * sizeof *v);
        if (!v) {
            m->oom = true;
            return;
        }
        a->v = v;
        a->cap = cap;
    }
    a->v[a->len++] = *action;
}

void machine_actions_free(struct machine_actions *a)
{
    free(a->v);
    *a = (struct machine_actions){0};
}
