/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob __clock SCRIPT: the interpreter of the script of a CronJob's clock, in its Slurm job.
 *
 * The next tick must not be lost, and there must not be two of them. So the job puts itself back
 * into the queue (its place there is never given up, and no limit of submissions matters), and
 * nobody else makes another one as long as it is there. Where the node dies, Slurm puts it back.
 * While slurmctld does not answer, it tries again. Where it must not be requeued, it submits
 * another one. Whatever was lost all the same is found by the next command that looks at the
 * CronJob.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "commands.h"
#include "cronjob_clock.h"
#include "cronjob_sync.h"
#include "options.h"
#include "slurm_api.h"
#include "slurm_task.h"
#include "timefmt.h"
#include "tree.h"

extern char **environ;

#define SCRIPT_MAX    ((size_t)64 << 10)
#define ROUNDS_MAX    10 /* of times so near that they are waited for here */
#define PAUSE_SECONDS 3
#define BLIND_SECONDS 60 /* until what could not be done is tried again */

/* Longer than the time limit: what slurmctld has not ended half a minute after it came back, goes
 * on. */
#define INSIST_SECONDS 3600

struct clock {
    struct store store;
    struct cronjob_clock_script script;
    uint32_t job; /* this one */
};

static int64_t now(void)
{
    return (int64_t)time(NULL);
}

static void pause_for(int64_t seconds)
{
    nanosleep(&(struct timespec){.tv_sec = seconds > 0 ? seconds : 0}, NULL);
}

/* ---- what Slurm gives ---- */

static int read_script(const char *path, struct cronjob_clock_script *script, struct error *err)
{
    cleanup_free char *text = malloc(SCRIPT_MAX);
    cleanup_file FILE *f = fopen(path, "re");
    if (!f || !text)
        return error_set(err, "cannot read %s: %s", path, strerror(errno));
    size_t n = fread(text, 1, SCRIPT_MAX, f);
    return cronjob_clock_parse(text, n, script, err);
}

/* The Jobs get what the CronJob's user had in the environment, nothing of this job's: Slurm would
 * take its size for theirs. */
static void clean_environment(void)
{
    for (size_t i = 0; environ[i];) {
        size_t n = strcspn(environ[i], "=");
        bool is_slurms = strncmp(environ[i], "SLURM", 5) == 0;
        bool stays = strncmp(environ[i], "SLURM_CONF=", 11) == 0;
        cleanup_free char *name = strndup(environ[i], n);
        if (!is_slurms || stays || !name || unsetenv(name) < 0)
            i++;
    }
    unsetenv("SKJOB_SBATCH");
}

static int begin(struct clock *c, const char *path, struct error *err)
{
    const char *job = getenv("SLURM_JOB_ID");
    c->job = job ? (uint32_t)strtoul(job, NULL, 10) : 0;
    if (!c->job)
        return error_set(err, CRONJOB_CLOCK_VERB " is for Slurm jobs that skjob submits");
    if (read_script(path, &c->script, err) < 0)
        return -1;
    clean_environment();
    c->store.root = strdup(c->script.state);
    return c->store.root ? 0 : error_set(err, "out of memory");
}

/* ---- the next tick ---- */

/* Asks until slurmctld answers. */
static enum slurm_answer insist(enum slurm_answer (*ask)(const char *id, int64_t at,
                                                         struct error *err),
                                const char *id, int64_t at, struct error *err)
{
    for (int64_t end = now() + INSIST_SECONDS;;) {
        enum slurm_answer answer = ask(id, at, err);
        if (answer != SLURM_UNAVAILABLE || now() >= end)
            return answer;
        pause_for(PAUSE_SECONDS);
    }
}

static enum slurm_answer requeue(const char *id, int64_t at, struct error *err)
{
    (void)at;
    return slurm_task_requeue(id, true, err);
}

static enum slurm_answer set_begin(const char *id, int64_t at, struct error *err)
{
    return slurm_task_begin(id, (time_t)cronjob_clock_begin(at), err);
}

/* From the requeue on Slurm ends this process; the begin time is set while it does. */
static int requeue_self(const struct clock *c, struct cronjob_sync *sync, int64_t at,
                        struct error *err)
{
    char id[16], when[TIMEFMT_MAX];
    snprintf(id, sizeof id, "%u", c->job);
    cronjob_state_set_timer(&sync->state, CRONJOB_CLOCK, c->job, timefmt_rfc3339(at, when));
    if (cronjob_state_write(&sync->state, err) < 0)
        verb_tell(err); /* no reason to stop */
    signal(SIGTERM, SIG_IGN);
    enum slurm_answer answer = insist(requeue, id, at, err);
    if (answer == SLURM_DONE) {
        insist(set_begin, id, at, err);
        return 0;
    }
    return cronjob_clock_submit(&sync->state, sync->store, sync->cronjob, at, err) < 0
               ? -1
               : cronjob_state_write(&sync->state, err);
}

/* Of two clocks one stays: the one that the state names, as long as Slurm has it. */
static bool is_the_clock(const struct clock *c, const struct cronjob_sync *sync)
{
    struct error err;
    uint32_t known = cronjob_state_timer(&sync->state, CRONJOB_CLOCK);
    return !known || known == c->job || slurm_api_is_alive(known, &err) == 0;
}

static bool is_wake(const struct clock *c, const struct cronjob_sync *sync)
{
    return cronjob_state_timer(&sync->state, CRONJOB_WAKE) == c->job;
}

static int set_next(const struct clock *c, struct cronjob_sync *sync, struct error *err)
{
    bool own = !is_wake(c, sync) && is_the_clock(c, sync);
    if (own && sync->next != CRONJOB_NEVER)
        return requeue_self(c, sync, sync->next, err);
    if (own)
        cronjob_state_set_timer(&sync->state, CRONJOB_CLOCK, 0, "");
    if (is_wake(c, sync))
        cronjob_state_set_timer(&sync->state, CRONJOB_WAKE, 0, "");
    if (!own && sync->next != CRONJOB_NEVER &&
        cronjob_clock_set(&sync->state, sync->store, sync->cronjob, sync->next, err) < 0)
        return -1;
    return cronjob_state_write(&sync->state, err);
}

/* One tick. A Job that Slurm has ended, and that goes on all the same, is not waited for by another
 * job at once: that could go round and round. Returns the time of the next one when that is so near
 * that it is waited for here, 0 when all is done, -1 with err. */
static int64_t tick(const struct clock *c, bool last, struct error *err)
{
    const struct cronjob_clock_script *s = &c->script;
    cleanup_cronjob_sync struct cronjob_sync sync;
    int rc = cronjob_sync_open(&sync, &c->store, s->ns, s->name, s->uid, err);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    if (cronjob_sync_run(&sync, now(), stdout, err) < 0)
        return -1;
    fflush(stdout);
    if (is_wake(c, &sync) && sync.plan.blocked)
        cronjob_sync_look_again(&sync, now() + BLIND_SECONDS);
    if (!last && sync.next != CRONJOB_NEVER && sync.next - now() < CRONJOB_CLOCK_NEAR)
        return sync.next;
    if (sync.next != CRONJOB_NEVER && sync.next < now() + CRONJOB_CLOCK_NEAR)
        sync.next = now() + CRONJOB_CLOCK_NEAR;
    return set_next(c, &sync, err);
}

/* The state cannot be read or written, or another one has the lock for too long. */
static int try_later(const struct clock *c)
{
    char id[16];
    struct error why;
    snprintf(id, sizeof id, "%u", c->job);
    signal(SIGTERM, SIG_IGN);
    if (insist(requeue, id, 0, &why) == SLURM_DONE)
        insist(set_begin, id, now() + BLIND_SECONDS, &why);
    return 1;
}

int cmd_clock(const char *path)
{
    struct error err;
    struct clock c = {.job = 0};
    int64_t next = begin(&c, path, &err);
    if (next < 0) {
        verb_tell(&err);
        return 1;
    }
    for (int i = 0; i < ROUNDS_MAX; i++) {
        next = tick(&c, i == ROUNDS_MAX - 1, &err);
        if (next <= 0)
            break;
        pause_for(next - now());
    }
    if (next < 0)
        verb_tell(&err);
    int rc = next < 0 ? try_later(&c) : 0;
    store_close(&c.store);
    return rc;
}

int cmd_clock_tick(const char *ns, const char *name, const char *seconds)
{
    struct error err;
    cleanup_store struct store store = {0};
    int64_t at;
    int rc = options_number("seconds", seconds, &at, &err);
    if (rc == 0 && (rc = store_open(&store, &err)) == 0)
        rc = cronjob_sync_reconcile(&store, ns, name, at, stdout, &err);
    if (rc < 0)
        verb_tell(&err);
    return rc != 0;
}
