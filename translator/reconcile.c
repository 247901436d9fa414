/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reconcile.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "claim.h"
#include "cleanup.h"
#include "job_arrays.h"
#include "job_resubmit.h"
#include "job_retry.h"
#include "reconcile_plan.h"
#include "site.h"
#include "slurm_change.h"
#include "slurm_task.h"
#include "tree.h"

#define ROUNDS    3 /* records first; then what follows from them */
#define SECOND_US INT64_C(1000000)
#define TELL(r, ...)                                                                               \
    do {                                                                                           \
        if ((r)->out)                                                                              \
            tell(r, __VA_ARGS__);                                                                  \
    } while (0)

struct reconciling {
    struct job_view *view;
    const struct job_live *live;
    int64_t now_us;
    FILE *out;
};

static void tell(const struct reconciling *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void tell(const struct reconciling *r, const char *fmt, ...)
{
    va_list ap;
    fprintf(r->out, "job.batch/%s: ", job_view_name(r->view));
    va_start(ap, fmt);
    vfprintf(r->out, fmt, ap);
    va_end(ap);
    fputc('\n', r->out);
}

bool reconcile_may(const struct job_view *v)
{
    struct stat st;
    return stat(v->dir, &st) == 0 && st.st_uid == geteuid() && access(v->dir, W_OK) == 0;
}

/* For tests and for sites whose file system is slow to show what other hosts have written. */
static int64_t grace(void)
{
    const char *text = getenv("SKJOB_RECONCILE_GRACE");
    char *end = NULL;
    long seconds = text && *text ? strtol(text, &end, 10) : -1;
    return end && !*end && seconds >= 0 && seconds <= 3600 ? seconds * SECOND_US
                                                           : RECONCILE_GRACE_US;
}

void reconcile_name_task(const struct slurm_task *task, char name[32])
{
    if (task->array)
        snprintf(name, 32, "%u_%u", task->job, task->index);
    else
        snprintf(name, 32, "%u", task->job);
}

/* Slurm's times have whole seconds. */
static int64_t ended_at(const struct reconciling *r, const struct reconcile_action *a)
{
    const struct slurm_task *t = job_live_find(r->live, a->index);
    const struct fold_attempt *known = fold_attempt_of(r->view->fold, a->index, a->attempt);
    bool dated = t && t->restarts == a->run && t->ended > 0;
    int64_t at = dated ? (int64_t)t->ended * SECOND_US : r->now_us;
    return known && known->started_us > at ? known->started_us : at;
}

static int do_close(struct reconciling *r, const struct reconcile_action *a, struct error *err)
{
    const struct reconcile_ending *e = &a->ending;
    const json_t *list = tree_at(r->view->created, "spec", "template", "spec", "containers", NULL);
    const struct journal_container container = {
        .name = tree_str(json_array_get(list, 0), "name"),
        .exit_code = e->exit_code,
        .reason = e->container   ? e->container
                  : e->exit_code ? "Error"
                                 : "Completed",
    };
    const struct journal_condition condition = {.type = "DisruptionTarget",
                                                .reason = e->disruption};
    const struct journal_record record = {
        .event = JOURNAL_ENDED,
        .time_us = ended_at(r, a),
        .index = a->index,
        .attempt = a->attempt,
        .ahead = a->attempt - a->run,
        .phase = e->phase,
        .reason = e->reason,
        .inferred = true,
        .containers = &container,
        .n_containers = e->has_code ? 1 : 0,
        .conditions = &condition,
        .n_conditions = e->disruption ? 1 : 0,
    };
    if (job_view_record(r->view, &record, err) < 0)
        return -1;
    TELL(r, "attempt %u of index %u had ended without a record: %s", a->attempt, a->index,
         e->phase == JOURNAL_SUCCEEDED ? "Succeeded" : "Failed");
    return 0;
}

static int do_decide(struct reconciling *r, const struct journal_end *end, struct error *err)
{
    char host[256];
    store_host(host);
    cleanup_close int fd = open(r->view->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return error_set(err, "cannot open %s", r->view->dir);
    int won = journal_end_make(fd, host, end, err);
    if (won <= 0)
        return won;
    TELL(r, "%s (%s)", strcmp(end->condition, "Failed") == 0 ? "failed" : "complete", end->reason);
    return job_arrays_cancel(r->view, err);
}

static int do_cancel(struct reconciling *r, struct error *err)
{
    if (job_arrays_cancel(r->view, err) < 0)
        return -1;
    TELL(r, "what was left of its tasks is cancelled");
    return 0;
}

/* When the retry of this attempt is due. */
static int64_t retry_time(struct reconciling *r, uint32_t index, uint32_t attempt)
{
    cleanup_machine_actions struct machine_actions answer = {0};
    if (fold_run_for(r->view->fold, r->now_us, index, attempt, &answer, NULL) == 0)
        for (size_t i = 0; i < answer.len; i++)
            if (answer.v[i].type == MACHINE_CREATE_POD && answer.v[i].index == index)
                return answer.v[i].at_us;
    return r->now_us;
}

static time_t begin_time(const struct reconciling *r, int64_t at_us)
{
    int64_t earliest = r->now_us + fold_config_seconds(getenv("SKJOB_RETRY_MIN"), 0);
    int64_t at = at_us > earliest ? at_us : earliest;
    return (time_t)((at + SECOND_US - 1) / SECOND_US);
}

/* As pod/retry_change.h for attempts that could not do it themselves. Best effort. */
static void amend(struct reconciling *r, const struct slurm_task *t, uint32_t attempt,
                  bool node_failed, bool out_of_memory)
{
    char id[32];
    struct retry_rule rule = retry_rule_of(r->view->created, site_conf());
    const struct fold_attempt *a = fold_attempt_of(r->view->fold, t->index, attempt);
    bool of_node = node_failed && rule.exclude_node && a;
    bool of_memory = out_of_memory && rule.memory_milli;
    reconcile_name_task(t, id);
    if (of_node || of_memory)
        slurm_change_retry(t->job, id, &rule, of_node ? fold_node(r->view->fold, a) : "", of_memory,
                           NULL);
}

static int do_requeue(struct reconciling *r, const struct reconcile_action *a, struct error *err)
{
    char id[32];
    const struct slurm_task *t = job_live_find(r->live, a->index);
    int64_t at = retry_time(r, a->index, a->attempt);
    reconcile_name_task(t, id);
    if (slurm_change_requeue(id, begin_time(r, at), err) != SLURM_DONE)
        return -1;
    amend(r, t, a->attempt, t->state == SLURM_TASK_NODE_FAILED,
          t->state == SLURM_TASK_OUT_OF_MEMORY);
    TELL(r, "index %u is retried", a->index);
    return 0;
}

static int do_kill(struct reconciling *r, const struct reconcile_action *a, struct error *err)
{
    char id[32];
    reconcile_name_task(job_live_find(r->live, a->index), id);
    if (slurm_task_requeue(id, true, err) != SLURM_DONE)
        return -1;
    TELL(r, "the pod of index %u, which was deleted, is ended", a->index);
    return 0;
}

static int do_hold(struct reconciling *r, struct error *err)
{
    if (job_arrays_pause(r->view, err) < 0)
        return -1;
    TELL(r, "its tasks are held");
    return 0;
}

static int do_shrink(struct reconciling *r, uint32_t first, struct error *err)
{
    uint32_t last = r->live->len ? r->live->tasks[r->live->len - 1].index : first;
    if (job_arrays_end(r->view, first, last, err) < 0)
        return -1;
    TELL(r, "the indexes from %u on are ended", first);
    return 0;
}

static int do_release(struct reconciling *r, uint32_t job, struct error *err)
{
    char id[16];
    snprintf(id, sizeof id, "%u", job);
    if (job_retry_clear_end(r->view, err) < 0 ||
        slurm_change_release(id, (time_t)(r->now_us / SECOND_US) + 1, err) != SLURM_DONE)
        return -1;
    TELL(r, "its tasks are released");
    return 0;
}

static int do_throttle(struct reconciling *r, const struct reconcile_action *a, struct error *err)
{
    char id[16];
    snprintf(id, sizeof id, "%u", a->job);
    if (slurm_change_throttle(id, a->throttle, err) != SLURM_DONE)
        return -1;
    TELL(r, "the throttle is set to its parallelism");
    return 0;
}

static int execute(struct reconciling *r, const struct reconcile_plan *plan,
                   const struct reconcile_action *a, struct error *err)
{
    switch (a->kind) {
    case RECONCILE_CLOSE:
        return do_close(r, a, err);
    case RECONCILE_DECIDE:
        return do_decide(r, &plan->end, err);
    case RECONCILE_CANCEL:
        return do_cancel(r, err);
    case RECONCILE_REQUEUE:
        return do_requeue(r, a, err);
    case RECONCILE_KILL:
        return do_kill(r, a, err);
    case RECONCILE_HOLD:
        return do_hold(r, err);
    case RECONCILE_SHRINK:
        return do_shrink(r, a->index, err);
    case RECONCILE_RELEASE:
        return do_release(r, a->job, err);
    case RECONCILE_THROTTLE:
        break;
    }
    return do_throttle(r, a, err);
}

/* Slurm lets a task that it has requeued by itself wait for two minutes: the Job's back-off is
 * often shorter. Best effort. */
static void date_retries(struct reconciling *r, const struct reconcile_plan *plan)
{
    char id[32];
    if (machine_decided(fold_machine(r->view->fold)))
        return;
    for (size_t i = 0; i < plan->len; i++) {
        const struct reconcile_action *a = &plan->v[i];
        const struct slurm_task *t = job_live_find(r->live, a->index);
        if (!t || t->state != SLURM_TASK_PENDING || t->held || t->restarts != a->run + 1)
            continue;
        reconcile_name_task(t, id);
        slurm_task_begin(id, begin_time(r, retry_time(r, a->index, a->attempt)), NULL);
        amend(r, t, a->attempt, !t->preempted, false);
    }
}

/* Returns how many actions there were; *again: records were written, which may ask for more. */
static int run_round(struct reconciling *r, bool *again, struct error *err)
{
    cleanup_reconcile_plan struct reconcile_plan plan = {0};
    const struct reconcile_input in = {r->view->fold, r->live, r->now_us, grace()};
    if (reconcile_plan(&in, &plan) < 0)
        return error_set(err, "out of memory");
    for (size_t i = 0; i < plan.len; i++)
        if (execute(r, &plan, &plan.v[i], err) < 0 && r->out)
            return -1;
    *again = plan.len && plan.v[0].kind == RECONCILE_CLOSE;
    if (*again) {
        if (job_view_refold(r->view, r->now_us, err) < 0 ||
            job_live_tell(r->live, r->view->fold, r->now_us, err) < 0)
            return -1;
        date_retries(r, &plan);
    }
    return (int)plan.len;
}

int reconcile_run(struct job_view *v, const struct job_live *live, int64_t now_us, FILE *out,
                  struct error *err)
{
    struct reconciling r = {v, live, now_us, out};
    int done = 0;
    bool again = true;
    cleanup_free char *asked = strdup(fold_slurm_job(v->fold));
    if (!asked)
        return error_set(err, "out of memory");
    if (job_view_refold(v, now_us, err) < 0)
        return -1;
    if (strcmp(asked, fold_slurm_job(v->fold)) != 0)
        return 0;
    if (job_resubmit_sweep(v, CLAIM_SETTLE_SECONDS, err) < 0 ||
        job_live_tell(live, v->fold, now_us, err) < 0)
        return -1;
    for (int i = 0; again && i < ROUNDS; i++) {
        int n = run_round(&r, &again, err);
        if (n < 0)
            return -1;
        done += n;
    }
    return done;
}
