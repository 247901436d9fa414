/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wait_object.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "get_request.h"
#include "job_watch.h"
#include "resource.h"
#include "verb.h"

struct waiting {
    const struct options *options;
    const struct wait_for *for_;
    int64_t began_us, until_us;
    struct listing listing; /* of the object that is waited for, again and again: what pods are
                             * made of is read once for all of them */
};

bool wait_object_is_meant(const struct options *o)
{
    const char *name;
    int kind = o->names_len ? resource_split(o->names[0], &name) : -1;
    return kind >= 0 && kind != RESOURCE_JOB;
}

static void pause_for(const struct waiting *w, int64_t now_us)
{
    int64_t us = job_watch_interval(now_us - w->began_us);
    int64_t left = w->until_us - now_us;
    us = us < left ? us : left;
    nanosleep(&(struct timespec){.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000}, NULL);
}

/* The object as it is now, borrowed. Returns 0, 1 when there is none, -1 with err. */
static int look(struct waiting *w, enum resource kind, const char *name, const json_t **object,
                struct error *err)
{
    *object = NULL;
    listing_again(&w->listing, job_view_now());
    int rc = listing_load(&w->listing, kind, w->options->ns, name, err);
    if (rc != 0)
        return rc;
    *object = listing_object(&w->listing.v[0], err);
    return *object ? 0 : -1;
}

/* Returns 0, 1 for a failure that is told, 2 when it was gone from the beginning, and that was
 * waited for. */
static int wait_for_one(struct waiting *w, const struct wait_for *f, enum resource kind,
                        const char *name)
{
    struct error err;
    for (bool first = true;; first = false) {
        const json_t *object;
        int rc = look(w, kind, name, &object, &err);
        if (rc < 0) {
            verb_tell(&err);
            return 1;
        }
        if (wait_for_look(f, object) == WAIT_MET)
            return first && f->kind == WAIT_DELETE ? 2 : 0;
        if (rc == 1 && f->kind != WAIT_CREATE) {
            resource_print_not_found(kind, name);
            return 1;
        }
        int64_t now_us = job_view_now();
        if (now_us >= w->until_us)
            return wait_for_tell_over(!w->options->timeout, kind, name);
        pause_for(w, now_us);
    }
}

/* All that is waited for. Returns whether it failed. */
static bool wait_for_all(struct waiting *w, enum resource kind, const char *name)
{
    int rc = 0;
    for (size_t i = 0; i < w->options->for_len && rc == 0; i++)
        rc = wait_for_one(w, &w->for_[i], kind, name);
    if (rc == 0)
        printf("%s/%s condition met\n", resource_singular(kind), name);
    fflush(stdout);
    return rc == 1;
}

static int wait_named(struct waiting *w, const struct get_request *r)
{
    int failures = 0;
    for (size_t i = 0; i < r->len; i++)
        failures += wait_for_all(w, r->v[i].kind, r->v[i].name);
    return failures;
}

/* Those that there are now. */
static int wait_selected(struct waiting *w, struct get_request *r, struct error *err)
{
    int failures = 0;
    cleanup_listing struct listing l = {.store = &r->store, .now_us = job_view_now()};
    if (get_request_load(r, &l, err) < 0)
        return -1;
    for (size_t i = 0; i < l.len; i++) {
        cleanup_strbuf struct strbuf name = STRBUF_INIT;
        listing_name(&l.v[i], &name);
        failures += wait_for_all(w, l.v[i].kind, strbuf_str(&name));
    }
    return l.len ? failures : error_set(err, "no matching resources found");
}

int wait_object(const struct options *o, const struct wait_for *for_, struct error *err)
{
    cleanup_get_request struct get_request r = {.options = o};
    if (get_request_open(&r, err) < 0)
        return -1;
    int64_t now_us = job_view_now();
    struct waiting w = {.options = o,
                        .for_ = for_,
                        .began_us = now_us,
                        .until_us = now_us + (int64_t)o->timeout * 1000000,
                        .listing = {.store = &r.store, .goes_on = true}};
    bool named = r.len && r.v[0].name;
    if (named && (o->selector || o->all))
        return error_set(err, "name cannot be provided when a selector or --all is specified");
    if (!named && !o->selector && !o->all)
        return error_set(err, "resource name must be provided, or a selector, or --all");
    for (size_t i = 0; i < o->for_len; i++)
        if (for_[i].kind == WAIT_FINISHED)
            return error_set(err, "--for=finished is for Jobs");
    int rc = named ? wait_named(&w, &r) : wait_selected(&w, &r, err);
    listing_free(&w.listing);
    return rc;
}
