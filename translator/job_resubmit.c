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
#include <utime.h>

#include "claim.h"
#include "cleanup.h"
#include "conf.h"
#include "job_live.h"
#include "job_sbatch.h"
#include "job_script.h"
#include "reconcile_plan.h"
#include "sbatch_args.h"
#include "slurm_api.h"
#include "slurm_task.h"
#include "submit.h"
#include "tree.h"

#define CLOCK_SLACK 3600 /* between this host and slurmctld, when jobs are searched */

static const char *name_of(const struct job_view *v)
{
    return tree_str(tree_get(v->created, "metadata"), "name");
}

static const struct job_spec *spec_of(const struct job_view *v)
{
    struct machine_view view;
    machine_view(fold_machine(v->fold), &view);
    return view.spec;
}

/* ---- numbers ---- */

/* Also where an array before had none that ran. */
uint32_t job_resubmit_number(const struct fold *f)
{
    size_t n;
    const struct fold_attempt *v = fold_attempts(f, &n);
    uint32_t number = fold_first_attempt(f) + 1;
    for (size_t i = 0; i < n; i++)
        if (v[i].attempt >= number)
            number = v[i].attempt + 1;
    return number;
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

/* ---- what was left ---- */

/* Others of that number may have been cancelled. since: when it can have been submitted at the
 * earliest, in seconds. */
static int find_by_script(const struct job_view *v, uint32_t first_attempt, int64_t since,
                          uint32_t *job_id, struct error *err)
{
    char needle[128];
    const char *uid = tree_str(tree_get(v->created, "metadata"), "uid");
    snprintf(needle, sizeof needle, "firstAttempt=%u uid=%s", first_attempt, uid);
    return slurm_api_find_script(getuid(), name_of(v), since, true, needle, job_id, err);
}

/* It was submitted, and has no record. */
static int cancel_unrecorded(const struct job_view *v, struct error *err)
{
    uint32_t id;
    int rc = find_by_script(v, job_resubmit_number(v->fold), 0, &id, err);
    return rc > 0 ? slurm_api_cancel(id, err) : rc;
}

static int see_task(void *arg, const struct slurm_task *t)
{
    bool *idle = arg;
    if (job_live_is_active(t) && (t->state != SLURM_TASK_PENDING || !t->held))
        *idle = false;
    return 0;
}

/* It has been held since the Job was suspended. One that is not is another job, which has got its
 * id since. */
static int cancel_former(const struct job_view *v, struct error *err)
{
    char text[16];
    bool idle = true;
    uint32_t id = (uint32_t)strtoul(fold_array_before(v->fold, text), NULL, 10);
    enum slurm_answer answer = id ? slurm_task_read_all(id, see_task, &idle, err) : SLURM_REFUSED;
    if (answer == SLURM_REFUSED)
        return 0;
    return answer != SLURM_DONE ? -1 : idle ? slurm_api_cancel(id, err) : 0;
}

static int cancel_left(const struct job_view *v, struct error *err)
{
    return cancel_unrecorded(v, err) < 0 || cancel_former(v, err) < 0 ? -1 : 0;
}

/* ---- one at a time ---- */

static void mark_of(const struct job_view *v, struct strbuf *out)
{
    strbuf_addf(out, "%s/.retry", v->dir);
}

/* Returns 1 when the mark is ours, 0 when somebody is at work. */
static int take_over(const char *mark)
{
    struct stat st;
    /* Whoever removes it may make it again. */
    return stat(mark, &st) == 0 && time(NULL) - st.st_mtime >= CLAIM_SETTLE_SECONDS &&
           rmdir(mark) == 0 && mkdir(mark, 0700) == 0;
}

/* With the mark made: where Slurm cannot be asked, it is left for the next one. */
static int settle_marked(const struct job_view *v, struct error *err)
{
    int rc = cancel_left(v, err);
    if (rc < 0)
        job_resubmit_leave(v);
    return rc;
}

void job_resubmit_leave(const struct job_view *v)
{
    cleanup_strbuf struct strbuf mark = STRBUF_INIT;
    mark_of(v, &mark);
    utime(strbuf_str(&mark), &(struct utimbuf){0});
}

int job_resubmit_lock(const struct job_view *v, struct error *err)
{
    cleanup_strbuf struct strbuf mark = STRBUF_INIT;
    mark_of(v, &mark);
    if (mkdir(strbuf_str(&mark), 0700) == 0)
        return 0;
    if (errno != EEXIST)
        return error_set(err, "cannot make %s: %s", strbuf_str(&mark), strerror(errno));
    if (!take_over(strbuf_str(&mark)))
        return error_set(err, "another skjob command is at work on the array of job.batch/%s",
                         name_of(v));
    return settle_marked(v, err);
}

void job_resubmit_unlock(const struct job_view *v)
{
    cleanup_strbuf struct strbuf mark = STRBUF_INIT;
    mark_of(v, &mark);
    rmdir(strbuf_str(&mark));
}

int job_resubmit_settle(const struct job_view *v, struct error *err)
{
    cleanup_strbuf struct strbuf mark = STRBUF_INIT;
    mark_of(v, &mark);
    if (access(strbuf_str(&mark), F_OK) < 0 || !take_over(strbuf_str(&mark)))
        return 0;
    if (settle_marked(v, err) < 0)
        return -1;
    job_resubmit_unlock(v);
    return 1;
}

int job_resubmit_sweep(const struct job_view *v, struct error *err)
{
    job_resubmit_leave(v);
    return job_resubmit_settle(v, err) < 0 ? -1 : 0;
}

/* ---- the array ---- */

static int add_options(const struct job_resubmit *r, struct translation *t, struct error *err)
{
    cleanup_strbuf struct strbuf list = STRBUF_INIT;
    uint32_t throttle = reconcile_throttle(r->view->created, spec_of(r->view));
    indexset_print(r->tasks, &list);
    if (throttle)
        strbuf_addf(&list, "%%%u", throttle);
    if (list.failed)
        return error_set(err, "out of memory");
    return translation_add(t, err, "array", "%s", strbuf_str(&list)) < 0 ||
                   translation_add(t, err, "hold", NULL) < 0
               ? -1
               : 0;
}

static int render(const struct job_resubmit *r, const struct job_sbatch *given, struct strbuf *out,
                  struct error *err)
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
        translation_make_for(&t, r->object, &conf, err) < 0 || add_options(r, &t, err) < 0)
        return -1;
    return job_script_render(&script, out, err);
}

/* Starts sbatch where it was started the first time: pods run there. */
static int start(struct submission **s, const struct job_resubmit *r,
                 const struct job_sbatch *given, struct error *err)
{
    cleanup_close int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*given->directory && chdir(given->directory) < 0)
        return error_set(err, "job.batch/%s was created in %s, and pods run there: %s",
                         name_of(r->view), given->directory, strerror(errno));
    int rc = submission_start(s, given->args, given->args_len, false, err);
    if (fchdir(here) == 0 || rc < 0)
        return rc;
    submission_abandon(*s);
    return error_set(err, "cannot come back from %s: %s", given->directory, strerror(errno));
}

static int submit(struct job_resubmit *r, const struct job_sbatch *given,
                  const struct strbuf *script, struct error *err)
{
    struct submission *s;
    struct error lost;
    int64_t since = (int64_t)time(NULL) - CLOCK_SLACK;
    if (start(&s, r, given, err) < 0)
        return -1;
    enum submit_outcome outcome =
        submission_finish(s, strbuf_str(script), script->len, NULL, NULL, &r->job_id, err);
    if (outcome == SUBMIT_DONE ||
        find_by_script(r->view, r->first_attempt, since, &r->job_id, &lost) == 1)
        return 0;
    r->is_open = outcome == SUBMIT_UNCERTAIN;
    return error_prefix(err, "job.batch/%s stays as it is: sbatch", name_of(r->view));
}

int job_resubmit_submit(struct job_resubmit *r, struct error *err)
{
    cleanup_job_sbatch struct job_sbatch given = {0};
    cleanup_strbuf struct strbuf script = STRBUF_INIT;
    return job_sbatch_read(&given, r->view->dir, err) < 0 || render(r, &given, &script, err) < 0
               ? -1
               : submit(r, &given, &script, err);
}

int job_resubmit_give_up(const struct job_resubmit *r)
{
    struct error lost;
    slurm_api_cancel(r->job_id, &lost);
    return -1;
}
