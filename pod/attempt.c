/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "attempt.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "closing.h"
#include "job_dir.h"
#include "job_state.h"
#include "job_uid.h"
#include "journal.h"
#include "opening.h"
#include "plan.h"
#include "state_path.h"
#include "tree.h"

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
    return (struct acting){a->slurm, &slurm_ops_real, ACTING_PATIENCE_US};
}

static struct opening opening_of(const struct attempt *a)
{
    return (struct opening){
        .act = acting_of(a), .dir = a->dir, .pod = a->pod, .has_deadline = a->has_deadline};
}

static int record_submitted(const struct attempt *a, struct error *err)
{
    char id[16];
    snprintf(id, sizeof id, "%u", a->slurm->job_id);
    const struct journal_record r = {
        .event = JOURNAL_SUBMITTED, .time_us = clock_now_us(), .job = id};
    return journal_append_path(a->dir, a->slurm->host, &r, err);
}

/* Returns 1 when the attempt must not run. */
static int open_state(struct attempt *a, const struct pod_script *script, struct job_dir_key *key,
                      struct error *err)
{
    bool made;
    cleanup_strbuf struct strbuf root = STRBUF_INIT;
    if (find_root(script, a->slurm, &root, err))
        return -1;
    if (root.failed)
        return error_set(err, "out of memory");
    key->root = strbuf_str(&root);
    a->dir = job_dir_open(key, script->job, clock_now_us() / 1000000, &made, err);
    if (!a->dir || (made && a->slurm->job_id && record_submitted(a, err) < 0))
        return -1;
    const struct opening o = opening_of(a);
    int opened = opening_run(&o, err);
    return opened < 0 ? -1 : opened == 0;
}

static void read_limits(struct attempt *a, const json_t *job)
{
    const json_t *spec = tree_get(job, "spec");
    const json_t *pod = tree_at(spec, "template", "spec", NULL);
    int64_t us;
    a->has_deadline = tree_has(spec, "activeDeadlineSeconds");
    a->success_policy = tree_has(spec, "successPolicy");
    a->counts_restarts = tree_is(pod, "restartPolicy", "OnFailure");
    a->job_deadline = a->pod_deadline = CLOCK_NEVER;
    if (tree_has(pod, "activeDeadlineSeconds") &&
        !__builtin_mul_overflow((int64_t)tree_int(pod, "activeDeadlineSeconds"), INT64_C(1000000),
                                &us) &&
        !__builtin_add_overflow(us, clock_now_us(), &us))
        a->pod_deadline = us;
}

static void forget(struct attempt *a)
{
    free(a->dir);
    a->dir = NULL;
}

int attempt_open(struct attempt *a, const struct pod_script *script, const struct slurm_env *slurm,
                 struct error *err)
{
    char uid[JOB_UID_LEN + 1];
    struct error why;
    *a = (struct attempt){.slurm = slurm};
    if (*script->pragma.uid)
        memcpy(uid, script->pragma.uid, sizeof uid);
    else
        job_uid_derive(uid, slurm->cluster, slurm->job_id);
    struct job_dir_key key = key_of(script, slurm, uid);
    if (pod_name_make(a->pod, key.name, uid, plan_indexed(script->job), slurm->index,
                      slurm->attempt, err))
        return -1;
    read_limits(a, script->job);
    int rc = open_state(a, script, &key, &why);
    if (rc < 0)
        tell_once(a, &why);
    if (rc > 0) {
        forget(a);
        return 1;
    }
    if (a->dir && a->has_deadline) {
        const struct opening o = opening_of(a);
        a->job_deadline = opening_deadline(&o, &a->must_stop);
    }
    return 0;
}

/* The Job's deadline may have moved: its spec was changed, or it was suspended and resumed. */
static int64_t ring(void *arg)
{
    struct attempt *a = arg;
    int64_t now = clock_now_us();
    if (now >= a->pod_deadline) {
        a->past_pod = true;
        return 0;
    }
    const struct opening o = opening_of(a);
    a->job_deadline = opening_deadline(&o, &a->must_stop);
    a->past_job = now >= a->job_deadline;
    if (a->past_job)
        return 0;
    return a->job_deadline < a->pod_deadline ? a->job_deadline : a->pod_deadline;
}

struct supervise_alarm attempt_alarm(struct attempt *a)
{
    int64_t at = a->job_deadline < a->pod_deadline ? a->job_deadline : a->pod_deadline;
    return (struct supervise_alarm){.at_us = at, .ring = ring, .arg = a};
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
    int won = job_state_decide(&s, a->slurm->host, err);
    if (won < 0)
        return -1;
    if (won)
        a->must_stop = true;
    a->past_job = true;
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

void attempt_close(struct attempt *a, const struct pod_result *pod, bool signalled)
{
    struct error err;
    struct closing c = {
        .act = acting_of(a),
        .dir = a->dir,
        .success_policy = a->success_policy,
        .pod = pod,
        .signalled = signalled,
        .past_deadline = a->past_pod,
        .past_job = a->past_job,
        .must_stop = a->must_stop,
        .ended_us = clock_now_us(),
        .record_us = CLOSING_RECORD_US,
    };
    if (a->dir && !a->told && closing_run(&c, &err) < 0)
        fprintf(stderr, "skjob-pod: %s\n", err.text);
    forget(a);
}
