/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_resubmit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "claim.h"
#include "cleanup.h"
#include "conf.h"
#include "job_remove.h"
#include "job_sbatch.h"
#include "job_script.h"
#include "sbatch_args.h"
#include "slurm_api.h"
#include "slurm_change.h"
#include "submit.h"
#include "tree.h"

#define CLOCK_SLACK 3600 /* between this host and slurmctld, when jobs are searched */

/* ---- one at a time ---- */

static void mark_of(const struct job_view *v, struct strbuf *path)
{
    strbuf_addf(path, "%s/.resubmit", v->dir);
}

static bool is_of_job(const struct job_view *v, uint32_t id)
{
    size_t n;
    const struct fold_array *arrays = fold_arrays(v->fold, &n);
    for (size_t i = 0; i < n; i++)
        if (arrays[i].job == id)
            return true;
    return false;
}

/* Cancels every array of this Job's script that goes on and is not the Job's. */
static int cancel_others(const struct job_view *v, struct error *err)
{
    size_t n;
    char needle[128];
    cleanup_free uint32_t *ids = NULL;
    snprintf(needle, sizeof needle, " uid=%s", tree_str(tree_get(v->created, "metadata"), "uid"));
    if (slurm_api_list_alive(getuid(), &ids, &n, err) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        bool is_new = i == 0 || ids[i] != ids[i - 1];
        if (is_new && !is_of_job(v, ids[i]) && slurm_api_script_holds(ids[i], needle) &&
            slurm_api_cancel(ids[i], err) < 0)
            return -1;
    }
    return 0;
}

/* The mark of one who does not know whether Slurm has got the array: it stays, until it is old. */
static void lost_of(const struct job_view *v, struct strbuf *path)
{
    mark_of(v, path);
    strbuf_adds(path, "/lost");
}

/* Whoever removes it may make it again, or sweep. seconds 0: however old, as clocks differ. Returns
 * 1, or 0: there is none that is so old. */
static int take_over(const struct job_view *v, long seconds)
{
    struct stat st;
    cleanup_strbuf struct strbuf mark = STRBUF_INIT, lost = STRBUF_INIT;
    mark_of(v, &mark);
    lost_of(v, &lost);
    if (stat(strbuf_str(&mark), &st) < 0 || (seconds && time(NULL) - st.st_mtime < seconds))
        return 0;
    unlink(strbuf_str(&lost));
    return rmdir(strbuf_str(&mark)) == 0;
}

int job_resubmit_sweep(const struct job_view *v, long seconds, struct error *err)
{
    cleanup_strbuf struct strbuf mark = STRBUF_INIT;
    if (!job_view_is_submitted(v) || !take_over(v, seconds) || cancel_others(v, err) == 0)
        return 0;
    mark_of(v, &mark);
    mkdir(strbuf_str(&mark), 0700); /* there is something left to look for */
    return -1;
}

int job_resubmit_lock(const struct job_view *v, const char *what, struct error *err)
{
    cleanup_strbuf struct strbuf mark = STRBUF_INIT;
    mark_of(v, &mark);
    if (mkdir(strbuf_str(&mark), 0700) == 0)
        return 0;
    if (errno != EEXIST)
        return error_set(err, "cannot make %s: %s", strbuf_str(&mark), strerror(errno));
    if (!take_over(v, CLAIM_SETTLE_SECONDS) || mkdir(strbuf_str(&mark), 0700) < 0)
        return error_set(err, "another %s of job.batch/%s is at work", what, job_view_name(v));
    return cancel_others(v, err);
}

void job_resubmit_unlock(const struct job_view *v)
{
    cleanup_strbuf struct strbuf mark = STRBUF_INIT;
    mark_of(v, &mark);
    rmdir(strbuf_str(&mark));
}

int job_resubmit_check_wanted(const struct job_view *v, struct error *err)
{
    return access(v->dir, F_OK) == 0 && job_remove_asked_for(v) < 0
               ? 0
               : error_set(err, "job.batch/%s was deleted meanwhile", job_view_name(v));
}

/* ---- the array ---- */

static uint32_t higher(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

uint32_t job_resubmit_first_attempt(const struct fold *f, uint32_t first)
{
    size_t n, n_arrays;
    uint32_t highest = fold_first_attempt(f);
    const struct fold_attempt *v = fold_attempts(f, &n);
    const struct fold_array *arrays = fold_arrays(f, &n_arrays);
    for (size_t i = 0; i < n_arrays; i++)
        highest = higher(highest, arrays[i].base);
    for (size_t i = 0; i < n; i++)
        if (v[i].index >= first)
            highest = higher(highest, v[i].attempt);
    return highest + 1;
}

static int render(const struct job_resubmission *r, const struct job_sbatch *given,
                  struct strbuf *out, struct error *err)
{
    cleanup_conf struct conf conf;
    cleanup_translation struct translation t = {0};
    struct job_script script = {.store = r->store,
                                .object = r->object,
                                .translation = &t,
                                .head = &given->head,
                                .first_attempt = r->first_attempt};
    if (conf_load(&conf, getenv(CONF_VARIABLE), err) < 0 ||
        sbatch_args_check(given->args, given->args_len, &script.output, err) < 0 ||
        translation_make_for(&t, r->object, &conf, err) < 0 ||
        translation_add(&t, err, "array", "%s", r->array) < 0 ||
        translation_add(&t, err, "hold", NULL) < 0)
        return -1;
    return job_script_render(&script, out, err);
}

/* sbatch's answer was lost: has Slurm got it? Others of that number may have been cancelled.
 * Returns 1, 0, or -1: Slurm cannot be asked. */
static int find_it(const struct job_resubmission *r, int64_t since, uint32_t *job_id)
{
    char needle[128];
    struct error lost;
    snprintf(needle, sizeof needle, "firstAttempt=%u uid=%s", r->first_attempt,
             tree_str(tree_get(r->view->created, "metadata"), "uid"));
    return slurm_api_find_script(getuid(), job_view_name(r->view), since - CLOCK_SLACK, true,
                                 needle, job_id, &lost);
}

static void keep_mark(const struct job_view *v)
{
    cleanup_strbuf struct strbuf lost = STRBUF_INIT;
    lost_of(v, &lost);
    cleanup_close int fd = open(strbuf_str(&lost), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    (void)fd;
}

/* Starts sbatch where it was started the first time: pods run there. */
static int start(struct submission **s, const struct job_resubmission *r,
                 const struct job_sbatch *given, struct error *err)
{
    cleanup_close int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*given->directory && chdir(given->directory) < 0)
        return error_set(err, "job.batch/%s was created in %s, and pods run there: %s",
                         job_view_name(r->view), given->directory, strerror(errno));
    int rc = submission_start(s, given->args, given->args_len, false, err);
    if (fchdir(here) == 0 || rc < 0)
        return rc;
    submission_abandon(*s);
    return error_set(err, "cannot come back from %s: %s", given->directory, strerror(errno));
}

int job_resubmit(const struct job_resubmission *r, uint32_t *job_id, struct error *err)
{
    int64_t began = time(NULL);
    struct submission *s;
    cleanup_job_sbatch struct job_sbatch given = {0};
    cleanup_strbuf struct strbuf script = STRBUF_INIT;
    if (job_sbatch_read(&given, r->view->dir, err) < 0 || render(r, &given, &script, err) < 0 ||
        start(&s, r, &given, err) < 0)
        return -1;
    enum submit_outcome outcome =
        submission_finish(s, strbuf_str(&script), script.len, NULL, NULL, job_id, err);
    int found = outcome == SUBMIT_UNCERTAIN ? find_it(r, began, job_id) : outcome == SUBMIT_DONE;
    if (found == 1)
        return 0;
    if (found < 0)
        keep_mark(r->view);
    return error_prefix(err, "job.batch/%s stays as it is: sbatch", job_view_name(r->view));
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t job_resubmit_time(const struct fold *f)
{
    size_t n, n_notes;
    const struct journal_end *end = fold_end(f);
    const struct fold_attempt *v = fold_attempts(f, &n);
    const struct fold_note *notes = fold_notes(f, &n_notes);
    int64_t at = end ? end->time_us : 0;
    for (size_t i = 0; i < n; i++)
        at = later(at, v[i].phase ? v[i].ended_us : v[i].started_us);
    for (size_t i = 0; i < n_notes; i++)
        at = later(at, notes[i].time_us);
    return later(at + 1, job_view_now());
}

int job_resubmit_release(const struct job_view *v, uint32_t job_id, const char *past,
                         struct error *err)
{
    char id[16];
    snprintf(id, sizeof id, "%u", job_id);
    return slurm_change_release(id, time(NULL) + 1, err) == SLURM_DONE
               ? 0
               : error_prefix(err,
                              "job.batch/%s is %s, as Slurm job %s, which is held; skjob "
                              "reconcile releases it",
                              job_view_name(v), past, id);
}

void job_resubmit_cancel(uint32_t job_id)
{
    struct error lost;
    slurm_api_cancel(job_id, &lost);
}
