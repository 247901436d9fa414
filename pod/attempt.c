/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "attempt.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "closing.h"
#include "grace.h"
#include "job_dir.h"
#include "job_state.h"
#include "job_uid.h"
#include "journal.h"
#include "oom.h"
#include "numbering.h"
#include "opening.h"
#include "plan.h"
#include "pod_meta.h"
#include "pod_names.h"
#include "services.h"
#include "state_path.h"
#include "tree.h"
#include "volumes.h"

#define ATTEMPT_AGAIN_US (5 * INT64_C(1000000)) /* to look at a state that cannot be read */
#define ENTER_PAUSE_US   500000
#define STOP_MAX_S       25 /* 5 s before Slurm's default KillWait is over */

static void tell_once(struct attempt *a, const struct error *err)
{
    if (!a->told)
        fprintf(stderr, "skjob-pod: no state is kept: %s\n", err->text);
    a->told = true;
}

static int find_root(const struct pod_script *script, const struct slurm_env *slurm,
                     struct strbuf *out, struct error *err)
{
    struct state_env env = {getenv("SKJOB_STATE"), getenv("XDG_STATE_HOME"), getenv("HOME"),
                            slurm->cluster};
    if (*script->pragma.state) {
        strbuf_adds(out, script->pragma.state);
        return 0;
    }
    if (!env.home || !*env.home) {
        const struct passwd *user = getpwuid(getuid());
        env.home = user ? user->pw_dir : NULL;
    }
    return state_root(&env, out, err);
}

/* Who the Job is. The names live as long as the script and uid. */
static struct job_dir_key key_of(const struct pod_script *script, const struct slurm_env *slurm,
                                 const char *uid)
{
    const json_t *meta = tree_get(script->job, "metadata");
    const char *namespace_ = tree_str(meta, "namespace");
    if (*script->pragma.namespace_)
        namespace_ = script->pragma.namespace_;
    return (struct job_dir_key){
        .namespace_ = *namespace_ ? namespace_ : "default",
        .name = tree_str(meta, "name"),
        .uid = uid,
        .job_id = slurm->job_id,
        .create = !*script->pragma.uid, /* else `skjob create` has made it, or it was deleted */
    };
}

static struct acting acting_of(const struct attempt *a)
{
    return (struct acting){.slurm = a->slurm,
                           .ops = &slurm_ops_real,
                           .patience_us = ACTING_PATIENCE_US,
                           .retry_min_us = job_state_retry_min_us()};
}

static struct opening opening_of(const struct attempt *a)
{
    return (struct opening){.act = acting_of(a),
                            .dir = a->dir,
                            .pod = a->pod,
                            .address = *a->address.ip ? a->address.ip : NULL,
                            .has_deadline = a->has_deadline};
}

static int record_submitted(const struct attempt *a, struct error *err)
{
    char id[16];
    snprintf(id, sizeof id, "%u", a->slurm->job_id);
    const struct journal_record r = {
        .event = JOURNAL_SUBMITTED, .time_us = clock_now_us(), .job = id};
    return journal_append_path(a->dir, a->slurm->host, &r, err);
}

static int find_dir(struct attempt *a, const struct pod_script *script, struct job_dir_key *key,
                    struct error *err)
{
    bool made;
    cleanup_strbuf struct strbuf root = STRBUF_INIT;
    if (find_root(script, a->slurm, &root, err))
        return -1;
    if (root.failed)
        return error_set(err, "out of memory");
    key->root = strbuf_str(&root);
    a->root = strdup(key->root);
    a->namespace_ = strdup(key->namespace_);
    if (!a->root || !a->namespace_)
        return error_set(err, "out of memory");
    a->dir = job_dir_open(key, script->job, a->found_us / 1000000, &made, err);
    return a->dir && made && a->slurm->job_id ? record_submitted(a, err) : a->dir ? 0 : -1;
}

static void read_limits(struct attempt *a, const json_t *job)
{
    const json_t *spec = tree_get(job, "spec");
    const json_t *pod = tree_at(spec, "template", "spec", NULL);
    a->has_deadline = tree_has(spec, "activeDeadlineSeconds");
    a->success_policy = tree_has(spec, "successPolicy");
    a->counts_restarts = tree_is(pod, "restartPolicy", "OnFailure");
    a->job_deadline = a->pod_deadline = CLOCK_NEVER;
    if (tree_has(pod, "activeDeadlineSeconds") &&
        __builtin_mul_overflow((int64_t)tree_int(pod, "activeDeadlineSeconds"), INT64_C(1000000),
                               &a->pod_limit_us))
        a->pod_limit_us = 0;
    if (a->pod_limit_us && __builtin_add_overflow(a->pod_limit_us, a->found_us, &a->pod_deadline))
        a->pod_deadline = CLOCK_NEVER;
}

/* The value is a job id, since a job that is submitted from within inherits it. */
static bool has_hook(const struct slurm_env *slurm)
{
    char own[16];
    const char *mark = getenv("SKJOB_SPANK");
    snprintf(own, sizeof own, "%u", slurm->own_id);
    return slurm->live && mark && strcmp(mark, own) == 0;
}

void attempt_free(struct attempt *a)
{
    free(steal_ptr(&a->dir));
    free(steal_ptr(&a->container));
    free(steal_ptr(&a->root));
    free(steal_ptr(&a->namespace_));
    free(steal_ptr(&a->name));
    if (a->parent_fd >= 0)
        close(a->parent_fd);
    a->parent_fd = -1;
}

/* Services that select the Job's pods make names for them. */
static bool is_selected(const struct attempt *a, const json_t *job)
{
    struct services s;
    cleanup_json json_t *labels = pod_meta_labels(job, a->job_uid, a->slurm->index);
    if (!a->root || !labels || services_read(&s, a->root, a->namespace_, labels, NULL) < 0)
        return false;
    bool found = s.n > 0;
    services_free(&s);
    return found;
}

/* For a pod that has names of its own or is told its address alone: names are looked up. */
static void find_address(struct attempt *a, const json_t *job)
{
    a->needs_address = pod_names_need_address(job) || is_selected(a, job);
    if (a->needs_address)
        node_address_read(&a->address, a->slurm->node);
}

/* What needs no state. */
static int find_names(struct attempt *a, const struct pod_script *script,
                      const struct job_dir_key *key, struct error *err)
{
    if (pod_name_make(a->pod, key->name, key->uid, plan_indexed(script->job), a->slurm->index,
                      a->slurm->attempt, err))
        return -1;
    a->indexed = plan_indexed(script->job);
    a->name = strdup(key->name);
    a->container = strdup(tree_str(plan_container(script->job), "name"));
    if (!a->name || !a->container)
        return error_set(err, "out of memory");
    read_limits(a, script->job);
    return 0;
}

/* why tells about the state. */
static int find(struct attempt *a, const struct pod_script *script, struct slurm_env *slurm,
                struct error *err, struct error *why)
{
    *a = (struct attempt){.slurm = slurm,
                          .hooked = has_hook(slurm),
                          .parent = getppid(),
                          .parent_fd = -1,
                          .found_us = clock_now_us(),
                          .oom_kills = oom_count(slurm->own_id)};
    if (*script->pragma.uid)
        memcpy(a->job_uid, script->pragma.uid, sizeof a->job_uid);
    else
        job_uid_derive(a->job_uid, slurm->cluster, slurm->job_id);
    slurm->base = (uint32_t)strtoul(script->pragma.first_attempt, NULL, 10);
    slurm->attempt = slurm->base + slurm->restarts;
    struct job_dir_key key = key_of(script, slurm, a->job_uid);
    if (find_names(a, script, &key, err) < 0)
        return -1;
    if (find_dir(a, script, &key, why) < 0)
        return 1;
    a->has_deadline = a->has_deadline || job_state_has_deadline(a->dir);
    return 0;
}

int attempt_find(struct attempt *a, const struct pod_script *script, struct slurm_env *slurm,
                 struct error *err)
{
    int rc = find(a, script, slurm, err, err);
    if (rc)
        attempt_free(a);
    return rc ? -1 : 0;
}

static struct numbering numbering_of(const struct attempt *a)
{
    return (struct numbering){
        .dir = a->dir, .job = a->name, .uid = a->job_uid, .indexed = a->indexed, .plain = a->plain};
}

/* Who runs a script by hand, outside of Slurm, may run it as often as they like. */
static int enter_once(struct attempt *a, struct error *err)
{
    const struct numbering n = numbering_of(a);
    if (!a->numbered && a->slurm->live && numbering_claim(&n, a->slurm, a->pod, err) < 0)
        return -1;
    a->numbered = a->slurm->live;
    const struct opening o = opening_of(a);
    int64_t deadline;
    int opened = opening_run(&o, &deadline, err);
    if (a->has_deadline)
        a->job_deadline = deadline;
    if (opened == 0 && a->numbered)
        numbering_give_back(&n, a->slurm, a->pod);
    return opened < 0 ? -1 : !opened;
}

/* What may be different in a moment. */
static bool is_passing(int why)
{
    static const int passing[] = {EROFS,     ENOSPC, EDQUOT, EIO,   ESTALE,
                                  ETIMEDOUT, EAGAIN, ENFILE, ENOMEM};
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        if (why == passing[i])
            return true;
    return false;
}

/* The runner has blocked these signals, and will read them later. */
static bool is_told_to_end(void)
{
    sigset_t set;
    return sigpending(&set) == 0 && (sigismember(&set, SIGTERM) || sigismember(&set, SIGINT));
}

int attempt_enter(struct attempt *a, int64_t patience_us, struct error *err)
{
    int64_t until = clock_now_us() + patience_us;
    for (;;) {
        errno = 0;
        int rc = enter_once(a, err);
        if (rc >= 0 || !is_passing(errno) || clock_now_us() >= until)
            return rc;
        if (is_told_to_end())
            return 1;
        usleep(ENTER_PAUSE_US);
    }
}

/* With the plugin, whoever closes the attempt ends the Job: with a runner that is killed the order
 * to stop the others would be lost. */
static void look_at_deadline(struct attempt *a)
{
    const struct opening o = opening_of(a);
    bool won = false;
    a->job_deadline = opening_deadline(&o, a->hooked ? NULL : &won);
    a->must_stop |= won;
}

int attempt_open(struct attempt *a, const struct pod_script *script, struct slurm_env *slurm,
                 struct error *err)
{
    struct error why;
    int rc = find(a, script, slurm, err, &why);
    if (rc < 0)
        return -1;
    find_address(a, script->job); /* also without a state */
    rc = rc ? -1 : attempt_enter(a, ATTEMPT_PATIENCE_US, &why);
    if (rc < 0)
        tell_once(a, &why);
    if (rc > 0) {
        attempt_free(a);
        return 1;
    }
    if (a->dir && a->has_deadline && a->job_deadline == CLOCK_NEVER) /* the first one */
        look_at_deadline(a);
    if (slurm->live)
        a->parent_fd = (int)syscall(SYS_pidfd_open, a->parent, 0);
    return 0;
}

/* The Job's deadline may have moved: its spec was changed, or it was suspended and resumed. */
static int64_t ring(void *arg)
{
    struct attempt *a = arg;
    if (clock_now_us() >= a->pod_deadline) {
        a->past_pod = true;
        return 0;
    }
    if (a->dir)
        look_at_deadline(a);
    a->past_job = clock_now_us() >= a->job_deadline;
    if (a->past_job)
        return 0;
    return a->job_deadline < a->pod_deadline ? a->job_deadline : a->pod_deadline;
}

struct supervise_alarm attempt_alarm(struct attempt *a)
{
    int64_t at = a->job_deadline < a->pod_deadline ? a->job_deadline : a->pod_deadline;
    return (struct supervise_alarm){.at_us = at, .ring = ring, .arg = a};
}

bool attempt_is_orphaned(struct attempt *a)
{
    a->orphaned = a->orphaned || (a->slurm->live && getppid() != a->parent);
    return a->orphaned;
}

int64_t attempt_stop_max_s(const struct attempt *a)
{
    return a->hooked || a->orphaned ? 0 : STOP_MAX_S;
}

bool attempt_deletion_grace(const struct attempt *a, int64_t *ms)
{
    return a->dir && grace_read(a->dir, a->pod, ms);
}

bool attempt_is_oom(struct attempt *a)
{
    uint64_t before = a->oom_kills;
    a->oom_kills = oom_count(a->slurm->own_id);
    return a->oom_kills > before;
}

int attempt_log(struct attempt *a, const char *container)
{
    struct error err;
    if (!a->dir)
        return -1;
    int fd = job_dir_log(a->dir, a->pod, container, &err);
    if (fd < 0)
        tell_once(a, &err);
    return fd;
}

int attempt_log_times(const struct attempt *a, const char *container)
{
    struct error err;
    return a->dir ? job_dir_log_times(a->dir, a->pod, container, &err) : -1;
}

int attempt_folder(const struct attempt *a)
{
    return a->dir && !a->told ? job_dir_pod(a->dir, a->pod, NULL) : -1;
}

/* Whether restarts in place have exceeded the Job's backoffLimit. Whoever finds out ends the Job.
 */
static int judge_restarts(struct attempt *a, struct error *err)
{
    cleanup_job_state struct job_state s = JOB_STATE_INIT;
    if (job_state_read(&s, a->dir, a->slurm->first, a->slurm->last, err) < 0 ||
        fold_run(s.fold, clock_now_us(), NULL, err) < 0)
        return -1;
    if (!machine_decided(fold_machine(s.fold)))
        return 0;
    a->past_job = true;
    if (a->hooked)
        return 1; /* as in look_at_deadline() */
    int won = job_state_decide(&s, a->slurm->host, err);
    if (won < 0)
        return -1;
    if (won)
        a->must_stop = true;
    return 1;
}

int attempt_restarted(struct attempt *a, uint32_t restarts)
{
    struct error err;
    const struct journal_record r = {.event = JOURNAL_RESTARTED,
                                     .time_us = clock_now_us(),
                                     .index = a->slurm->index,
                                     .attempt = a->slurm->attempt,
                                     .restarts = restarts};
    if (!a->dir || a->told)
        return 0;
    int rc = journal_append_path(a->dir, a->slurm->host, &r, &err);
    if (rc == 0 && a->counts_restarts)
        rc = judge_restarts(a, &err);
    if (rc < 0)
        fprintf(stderr, "skjob-pod: a restart is not counted: %s\n", err.text);
    return rc > 0;
}

static struct closing closing_of(const struct attempt *a)
{
    return (struct closing){
        .act = acting_of(a),
        .dir = a->dir,
        .success_policy = a->success_policy,
        .pod_limit_us = a->pod_limit_us,
        .ended_us = clock_now_us(),
        .record_us = a->told ? 0 : CLOSING_RECORD_US,
    };
}

void attempt_close(struct attempt *a, const struct pod_result *pod, bool signalled)
{
    struct error err;
    struct closing c = closing_of(a);
    c.pod = pod;
    c.signalled = signalled || (a->dir && grace_is_deleted(a->dir, a->pod));
    c.past_deadline = a->past_pod;
    c.past_job = a->past_job;
    c.must_stop = a->must_stop;
    c.orphaned = a->orphaned;
    c.leave = a->hooked && getppid() == a->parent;
    if (a->dir && closing_run(&c, &err) < 0 && !a->told)
        fprintf(stderr, "skjob-pod: %s\n", err.text);
    attempt_free(a);
}

/* What a runner that was killed has left on the node: also in the hook that runs when it is gone.
 */
static void sweep(void)
{
    const struct volumes_place place = volumes_place_of(environ);
    volumes_sweep(&place);
}

int attempt_finish(struct attempt *a, int status, int64_t patience_us, struct error *err)
{
    int exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    /* The job's cgroup is as old as this attempt. */
    bool is_oom = exit_code == 128 + SIGKILL && oom_count(a->slurm->own_id) > 0;
    const struct journal_container end = {a->container, exit_code,
                                          is_oom      ? "OOMKilled"
                                          : exit_code ? "Error"
                                                      : "Completed"};
    const struct pod_result pod = {.exit_code = exit_code, .containers = &end, .n_containers = 1};
    struct closing c = closing_of(a);
    c.pod = &pod;
    c.act.give_up_us = c.ended_us + patience_us;
    c.record_us = patience_us / 2;
    slurm_ops_give_up_at(clock_monotonic_ms() + patience_us / 1000);
    int rc = closing_finish(&c, err);
    sweep();
    return rc;
}

static int64_t earlier(int64_t x, int64_t y)
{
    return x < y ? x : y;
}

int64_t attempt_deadline(const struct attempt *a)
{
    int64_t at;
    cleanup_job_state struct job_state s = JOB_STATE_INIT;
    int64_t now = clock_now_us();
    if (job_state_read(&s, a->dir, a->slurm->first, a->slurm->last, NULL) < 0 ||
        fold_run(s.fold, now, NULL, NULL) < 0)
        return earlier(a->pod_deadline, now + ATTEMPT_AGAIN_US);
    const struct fold_attempt *own =
        fold_attempt_of(s.fold, a->slurm->index, numbering_find(s.fold, a->slurm));
    if (own && own->started_us != FOLD_NO_TIME && a->pod_limit_us &&
        !__builtin_add_overflow(own->started_us, a->pod_limit_us, &at))
        return earlier(at, job_state_deadline(s.fold, a->found_us));
    return earlier(a->pod_deadline, job_state_deadline(s.fold, a->found_us));
}
