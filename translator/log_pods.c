/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "log_pods.h"

#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "grow.h"
#include "pod_find.h"
#include "tree.h"

static bool matches(const struct log_filter *f, const struct fold_attempt *a)
{
    return (f->index == LOG_ANY || a->index == f->index) &&
           (f->attempt == LOG_ANY || a->attempt == f->attempt);
}

static struct log_pod pod_of(const struct fold_attempt *a)
{
    return (struct log_pod){.index = a->index,
                            .attempt = a->attempt,
                            .started_us = a->started_us,
                            .ended_us = a->ended_us,
                            .ended = a->phase != JOURNAL_PHASE_NONE};
}

/* latest: one of the same index takes the place of the one before. */
static int add(struct log_pods *p, const struct log_pod *pod, bool latest)
{
    if (latest && p->len && p->v[p->len - 1].index == pod->index) {
        p->v[p->len - 1] = *pod;
        return 0;
    }
    struct log_pod *v = grow(p->v, p->len, sizeof *v);
    if (!v)
        return -1;
    p->v = v;
    v[p->len++] = *pod;
    return 0;
}

int log_pods_list(const struct job_view *v, const struct log_filter *filter, struct log_pods *out,
                  struct error *err)
{
    size_t n;
    const struct fold_attempt *a = fold_attempts(v->fold, &n);
    *out = (struct log_pods){0};
    for (size_t i = 0; i < n; i++) {
        if (!matches(filter, &a[i]) || pod_find_removed(v, &a[i]))
            continue;
        const struct log_pod pod = pod_of(&a[i]);
        if (add(out, &pod, filter->latest) < 0)
            return error_set(err, "out of memory");
    }
    return 0;
}

void log_pods_free(struct log_pods *p)
{
    free(p->v);
    *p = (struct log_pods){0};
}

void log_pod_name(const struct job_view *v, uint32_t index, uint32_t attempt,
                  char out[POD_NAME_MAX + 1])
{
    const json_t *meta = tree_get(v->created, "metadata");
    out[0] = '\0';
    pod_name_make(out, tree_str(meta, "name"), tree_str(meta, "uid"),
                  job_spec_indexed(job_view_spec(v)), index, attempt, NULL);
}

bool log_pod_is_kept(const struct job_view *v, const struct log_pod *pod)
{
    char name[POD_NAME_MAX + 1];
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    log_pod_name(v, pod->index, pod->attempt, name);
    strbuf_addf(&path, "%s/pods/%s", v->dir, name);
    return access(strbuf_str(&path), F_OK) == 0 || !pod->ended;
}

int log_pods_find(const struct job_view *v, const char *name, struct log_pod *out)
{
    const struct fold_attempt *a = pod_find_in(v, name);
    if (!a || pod_find_removed(v, a))
        return 1;
    *out = pod_of(a);
    return 0;
}

static bool is_older(const struct log_pod *a, const struct log_pod *b)
{
    return a->started_us < b->started_us || (a->started_us == b->started_us && a->index < b->index);
}

const struct log_pod *log_pods_choose(const struct job_view *v, const struct log_pods *p)
{
    const struct log_pod *best = NULL;
    for (size_t i = 0; i < p->len; i++) {
        const struct log_pod *c = &p->v[i];
        bool better =
            !best || (best->ended && !c->ended) || (best->ended == c->ended && is_older(c, best));
        if (better && log_pod_is_kept(v, c))
            best = c;
    }
    return best;
}

/* How good a successor: 0 = none. */
static int rank(const struct log_pod *c, const struct log_pod *old)
{
    if (c->index == old->index)
        return c->attempt > old->attempt ? 3 : 0;
    if (c->started_us != FOLD_NO_TIME && c->started_us >= old->ended_us)
        return 2;
    return c->ended ? 0 : 1;
}

const struct log_pod *log_pods_next(const struct log_pods *p, const struct log_pod *old)
{
    const struct log_pod *best = NULL;
    int most = 0;
    for (size_t i = 0; i < p->len; i++) {
        int r = rank(&p->v[i], old);
        if (r > most || (r && r == most && r != 3 && is_older(&p->v[i], best))) {
            best = &p->v[i];
            most = r;
        }
    }
    return best;
}
