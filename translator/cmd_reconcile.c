/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob reconcile [NAME...] [--all]
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "claim.h"
#include "commands.h"
#include "cronjob_change.h"
#include "job_live.h"
#include "job_view.h"
#include "options.h"
#include "reconcile.h"
#include "slurm_api.h"
#include "state_path.h"

static const char usage[] =
    "Put right what was left undone when a node, a runner or a command died: attempts that have\n"
    "ended without a record, retries that nobody asked for, Jobs that are over, lost or never got\n"
    "to Slurm. Also CronJobs of which a run is due, or whose clock was lost. Prints what it did.\n"
    "Changes nothing where there is nothing to do; for cron.\n"
    "\n"
    "  skjob reconcile [NAME ...] [options]\n"
    "  skjob reconcile cronjob/NAME ... [options]\n"
    "\n"
    "      --all         all namespaces\n"
    "  -n, --namespace   default: \"default\"; all of its Jobs, unless they are named\n"
    "\n"
    "Examples:\n"
    "  skjob reconcile\n"
    "  */10 * * * * skjob reconcile --all      # a line for crontab -e\n";

struct round {
    const struct store *store;
    uint32_t *alive; /* Slurm's ids of this user's jobs that go on */
    size_t n_alive;
    int failures;
};

static bool is_alive(const struct round *r, uint32_t id)
{
    for (size_t i = 0; i < r->n_alive; i++)
        if (r->alive[i] == id)
            return true;
    return false;
}

/* Whether there can be anything to do: a Job that has ended may have tasks left. */
static bool matters(const struct round *r, const struct job_view *v)
{
    size_t n;
    bool alive = false;
    const struct fold_array *arrays = fold_arrays(v->fold, &n);
    for (size_t i = 0; i < n; i++)
        alive |= is_alive(r, arrays[i].job);
    return n && reconcile_may(v) && (job_live_matters(v->fold) || alive);
}

static int load(struct job_view *v, const struct round *r, const char *ns, const char *name,
                struct error *err)
{
    return job_view_load_journal(v, r->store, ns, name, job_view_now(), err);
}

/* A Job whose create died before it knew Slurm's answer. Returns 0 when v is the Job as it is now
 * known, 1 when there is none any more, or -1. */
static int settle(struct job_view *v, const struct round *r, const char *ns, const char *name,
                  struct error *err)
{
    struct error young;
    int rc = claim_settle(r->store, ns, name, &young);
    if (rc < 0)
        return error_set(err, "%s", young.text);
    if (rc == 0) {
        printf("job.batch/%s: Slurm never got it: removed\n", name);
        return 1;
    }
    if (*young.text)
        return 0; /* another command may be submitting it */
    job_view_free(v);
    rc = load(v, r, ns, name, err);
    if (rc == 0 && job_view_is_submitted(v))
        printf("job.batch/%s: found in Slurm: job %s\n", name, fold_slurm_job(v->fold));
    return rc;
}

static int reconcile_one(struct round *r, const char *ns, const char *name, struct error *err)
{
    cleanup_job_view struct job_view v = {0};
    int rc = load(&v, r, ns, name, err);
    if (rc == 0 && !job_view_is_submitted(&v) && reconcile_may(&v) && !fold_end(v.fold) &&
        (rc = settle(&v, r, ns, name, err)) == 1)
        return 0;
    if (rc != 0 || !matters(r, &v))
        return rc;
    const struct job_live *live = job_live_ask(v.fold);
    if (!live)
        return error_set(err, "slurmctld does not answer");
    return reconcile_run(&v, live, job_view_now(), stdout, err) < 0 ? -1 : 0;
}

/* One Job that cannot be read does not keep the others from being put right. */
static void reconcile_named(struct round *r, const char *ns, const char *name, bool asked_for)
{
    struct error err;
    int rc = reconcile_one(r, ns, name, &err);
    if (rc == 1 && asked_for)
        job_print_not_found(name);
    if (rc < 0)
        fprintf(stderr, "error: job.batch/%s: %s\n", name, err.text);
    r->failures += rc < 0 || (rc == 1 && asked_for);
}

/* A Job that has ended, while Slurm has nothing of this user's, is not even read. */
static bool is_settled(const struct round *r, const char *ns, const char *name)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    store_path(r->store, ns, name, &path);
    strbuf_adds(&path, "/end");
    return r->n_alive == 0 && access(strbuf_str(&path), F_OK) == 0;
}

static int reconcile_namespace(struct round *r, const char *ns, struct error *err)
{
    char **names;
    size_t n;
    if (store_list(r->store, ns, &names, &n, err) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (!is_settled(r, ns, names[i]))
            reconcile_named(r, ns, names[i], false);
        free(names[i]);
    }
    free(names);
    return 0;
}

static int reconcile_all(struct round *r, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/jobs", r->store->root);
    DIR *dir = opendir(strbuf_str(&path));
    if (!dir)
        return errno == ENOENT ? 0 : error_set(err, "cannot read %s", strbuf_str(&path));
    int rc = 0;
    for (const struct dirent *e; rc == 0 && (e = readdir(dir));)
        if (e->d_name[0] != '.' && state_name_ok(e->d_name))
            rc = reconcile_namespace(r, e->d_name, err);
    closedir(dir);
    return rc;
}

static int reconcile(struct round *r, const struct options *o, struct error *err)
{
    if (slurm_api_list_alive(getuid(), &r->alive, &r->n_alive, err) < 0)
        return -1;
    if (o->all)
        return reconcile_all(r, err);
    if (!o->names_len)
        return reconcile_namespace(r, o->ns, err);
    for (size_t i = 0; i < o->names_len; i++) {
        const char *name = job_name_of(o->names[i]);
        if (!name)
            return error_set(err, "the server doesn't have a resource type in \"%s\"", o->names[i]);
        reconcile_named(r, o->ns, name, true);
    }
    return 0;
}

static int run(struct options *o, struct error *err)
{
    cleanup_store struct store store = {0};
    struct round round = {.store = &store};
    if (o->all && o->names_len)
        return error_set(err, "--all and names exclude each other");
    if (store_open(&store, err) < 0)
        return -1;
    if (cronjob_change_is_meant(o)) {
        int failures = cronjob_change_reconcile_named(&store, o, err);
        return failures < 0 ? -1 : failures != 0;
    }
    int rc = reconcile(&round, o, err);
    free(round.alive);
    if (rc == 0 && !o->names_len)
        rc = cronjob_change_reconcile_all(&store, o->ns, o->all, err);
    return rc < 0 ? -1 : round.failures + rc != 0;
}

const struct verb verb_reconcile = {
    .name = "reconcile",
    .what = "put right what was left undone when something died",
    .usage = usage,
    .options = " namespace all ",
    .run = run,
};
