/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finding the objects that a command line asks for: what is kept as a file, Jobs as they stand now,
 * and what is made of them (pods, events), or of Slurm's nodes.
 */
#ifndef SKJOB_LISTING_H
#define SKJOB_LISTING_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "job_watch.h"
#include "pods.h"
#include "resource.h"
#include "store.h"

/* A Job that was loaded: what was found borrows from it. */
struct listed_job {
    struct job_watch watch; /* of a listing that goes on; else only its view is used */
    struct pods pods;       /* valid when has_pods */
    bool has_pods;
    json_t *events; /* owned; NULL until it is asked for */
    char *ns, *name;
    bool is_fresh; /* it was looked at since listing_again() */
};

static inline const struct job_view *listed_view(const struct listed_job *j)
{
    return &j->watch.view;
}

struct found {
    enum resource kind;
    json_t *object;         /* owned; NULL for a pod until it is asked for: listing_object() */
    struct listed_job *job; /* of jobs, pods, and events of these */
    const struct pod *pod;
};

struct listing {
    const struct store *store;
    int64_t now_us;
    const char *only_job; /* pods and events: of this Job alone; NULL = of all. Borrowed */
    bool goes_on;         /* listing_again() will be called */
    struct found *v;
    size_t len;
    struct listed_job **jobs;
    size_t n_jobs;
};

/* Adds the objects of a kind: name NULL = all of the namespace, ns NULL = of all namespaces.
 * Returns 0, 1 when there is none of that name, -1 with err. */
int listing_load(struct listing *l, enum resource kind, const char *ns, const char *name,
                 struct error *err);
void listing_free(struct listing *l);

/* Forgets what was found, but for what makes it cheap to load it again: Jobs are brought up to date
 * then, and what has not changed is not read. */
void listing_again(struct listing *l, int64_t now_us);

/* Whether something may be different since listing_again(): a Job was read anew, or came, or is
 * gone. Of what is no Job, and not made of Jobs, that is not known. */
bool listing_has_changed(const struct listing *l);

#define cleanup_listing __attribute__((cleanup(listing_free)))

/* The object as JSON, borrowed; NULL with err. */
const json_t *listing_object(struct found *f, struct error *err);

/* Drops it. */
void listing_forget(struct found *f);

/* Its labels, a new reference; NULL when there are none. */
json_t *listing_labels(const struct found *f);

/* Appends its name. */
void listing_name(const struct found *f, struct strbuf *out);

/* What happened to a Job and its pods, see events.h: a new reference, NULL with err. */
json_t *listing_events(struct listed_job *j, struct error *err);

/* The same of a CronJob. */
json_t *listing_cronjob_events(const struct store *s, const json_t *cronjob, struct error *err);

#endif
