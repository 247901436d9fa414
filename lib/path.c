/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "path.h"

void path_render(const struct path *p, struct strbuf *out)
{
    if (!p)
        return;
    path_render(p->up, out);
    if (p->name) {
        if (p->up)
            strbuf_addc(out, '.');
        strbuf_adds(out, p->name);
    } else if (p->key) {
        strbuf_addf(out, "[%s]", p->key);
    } else {
        strbuf_addf(out, "[%zu]", p->index);
    }
}

void path_render_go(const struct path *p, struct strbuf *out)
{
    if (!p)
        return;
    path_render_go(p->up, out);
    if (!p->name)
        return;
    if (p->up)
        strbuf_addc(out, '.');
    strbuf_adds(out, p->name);
}
