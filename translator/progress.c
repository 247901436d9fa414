/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "progress.h"

#include <string.h>

#include "tree.h"

#define BAR_MAX 40

/* A work queue is done with one success. */
static long long wanted_of(const json_t *spec)
{
    return tree_has(spec, "completions") ? tree_int(spec, "completions") : 1;
}

static void bar(long long done, long long wanted, int width, struct strbuf *out)
{
    int full = wanted > 0 && done < wanted ? (int)(done * width / wanted) : width;
    strbuf_addc(out, '[');
    for (int i = 0; i < width; i++)
        strbuf_addc(out, i < full ? '#' : '.');
    strbuf_addc(out, ']');
}

void progress_line(const struct job_view *v, int columns, struct strbuf *out)
{
    const json_t *status = tree_get(v->object, "status");
    const char *name = tree_str(tree_get(v->object, "metadata"), "name");
    long long done = tree_int(status, "succeeded"), active = tree_int(status, "active");
    long long failed = tree_int(status, "failed"), wanted = wanted_of(tree_get(v->object, "spec"));
    cleanup_strbuf struct strbuf counts = STRBUF_INIT;
    strbuf_addf(&counts, " %lld/%lld", done, wanted);
    if (active)
        strbuf_addf(&counts, ", %lld active", active);
    if (failed)
        strbuf_addf(&counts, ", %lld failed", failed);
    int room = columns - (int)counts.len - 4;
    int shown = (int)strlen(name) < room / 2 ? (int)strlen(name) : room / 2;
    int width = room - shown < BAR_MAX ? room - shown : BAR_MAX;
    if (room < 8) {
        strbuf_addf(out, "%.*s", columns - 1, strbuf_str(&counts) + 1);
        return;
    }
    strbuf_addf(out, "%.*s ", shown, name);
    bar(done, wanted, width, out);
    strbuf_adds(out, strbuf_str(&counts));
}
