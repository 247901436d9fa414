/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "acting.h"

#include "cleanup.h"
#include "indexset.h"
#include "strbuf.h"

#define SECOND_US INT64_C(1000000)
#define PAUSE_MS  250
#define PAUSE_MAX 8000

/* A call that is repeated while slurmctld is away. */
struct request {
    enum { READ, REQUEUE, BEGIN, CANCEL } kind;
    const char *tasks;
    bool only_running;
    int64_t at_us;
    struct slurm_task *task;
};

static time_t begin_time(const struct acting *a, int64_t at_us)
{
    return acting_begin_time(at_us, a->ops->now_us(), a->retry_min_us);
}

static enum slurm_answer ask(const struct acting *a, const struct request *r, struct error *err)
{
    switch (r->kind) {
    case READ:
        return a->ops->read(a->slurm->own_id, r->task, err);
    case REQUEUE:
        return a->ops->requeue(r->tasks, r->only_running, err);
    case BEGIN:
        return a->ops->begin(r->tasks, begin_time(a, r->at_us), err);
    case CANCEL:
        break;
    }
    return a->ops->cancel(r->tasks, err);
}

static enum slurm_answer insist(const struct acting *a, const struct request *r, struct error *err)
{
    int64_t until = a->ops->now_us() + a->patience_us;
    if (a->give_up_us && a->give_up_us < until)
        until = a->give_up_us;
    int pause = PAUSE_MS;
    enum slurm_answer answer;
    while ((answer = ask(a, r, err)) == SLURM_UNAVAILABLE && a->ops->now_us() < until) {
        a->ops->sleep_ms(pause);
        pause = pause < PAUSE_MAX / 2 ? pause * 2 : PAUSE_MAX;
    }
    return answer;
}

enum slurm_answer acting_read_own(const struct acting *a, struct slurm_task *out, struct error *err)
{
    return insist(a, &(struct request){.kind = READ, .task = out}, err);
}

time_t acting_begin_time(int64_t at_us, int64_t now_us, int64_t min_us)
{
    int64_t earliest = now_us + (min_us > SECOND_US ? min_us : SECOND_US);
    int64_t t = at_us > earliest ? at_us : earliest;
    return (time_t)((t + SECOND_US - 1) / SECOND_US);
}

/* Refused means: not pending. Right after a requeue that was none, because somebody has cancelled
 * the task, that is the answer, and the task stays as it is. */
static int set_begin(const struct acting *a, int64_t at_us, struct error *err)
{
    const struct request r = {.kind = BEGIN, .tasks = a->slurm->id, .at_us = at_us};
    enum slurm_answer answer = insist(a, &r, err);
    return answer == SLURM_UNAVAILABLE ? -1 : 0;
}

int acting_retry(const struct acting *a, enum cause_retry how, bool queued, int64_t at_us,
                 struct error *err)
{
    const struct request r = {
        .kind = REQUEUE, .tasks = a->slurm->id, .only_running = how == RETRY_IF_RUNNING};
    if (how == RETRY_NEVER)
        return 0;
    if (!queued && insist(a, &r, err) != SLURM_DONE)
        return -1;
    return set_begin(a, at_us, err);
}

/* The indexes whose task has nothing to do any more. */
static int add_over(const struct fold *fold, struct indexset *over)
{
    size_t n;
    struct machine_view view;
    const struct fold_attempt *v = fold_attempts(fold, &n);
    machine_view(fold_machine(fold), &view);
    for (size_t i = 0; i < n; i++)
        if (v[i].phase == JOURNAL_SUCCEEDED && !fold_is_void(fold, &v[i]) &&
            indexset_insert(over, v[i].index) < 0)
            return -1;
    return view.failed_indexes ? indexset_merge(over, view.failed_indexes) : 0;
}

/* Tasks of one array. */
struct range {
    uint32_t job;
    uint32_t first;
    uint32_t last;
};

static void add_range(struct strbuf *out, uint32_t job, uint32_t first, uint32_t last)
{
    if (out->len == 0)
        strbuf_addf(out, "%u_[", job);
    else
        strbuf_addc(out, ',');
    if (first == last)
        strbuf_addf(out, "%u", first);
    else
        strbuf_addf(out, "%u-%u", first, last);
}

static void name_range(const struct range *r, const struct indexset *over, struct strbuf *out)
{
    uint32_t from = r->first;
    uint32_t first, last;
    while (from <= r->last) {
        if (!indexset_next(over, from, &first, &last) || first > r->last)
            first = last = r->last + 1;
        if (first > from)
            add_range(out, r->job, from, first - 1);
        from = last + 1;
    }
    if (out->len)
        strbuf_addc(out, ']');
}

/* What the i-th of the Job's arrays has of it. Of the own one Slurm tells more than the journal. */
static struct range range_of(const struct slurm_env *slurm, const struct fold *fold, size_t i)
{
    size_t n;
    struct machine_view view;
    const struct fold_array *v = fold_arrays(fold, &n);
    if (n < 2)
        return (struct range){slurm->job_id, slurm->first, slurm->last};
    machine_view(fold_machine(fold), &view);
    uint32_t end = i + 1 < n ? v[i + 1].first : job_spec_index_limit(view.spec);
    if (v[i].job == slurm->job_id && slurm->last < end)
        end = slurm->last + 1;
    return (struct range){v[i].job, v[i].first, end ? end - 1 : 0};
}

/* A Job that has grown is several. */
static size_t count_arrays(const struct fold *fold)
{
    size_t n;
    (void)fold_arrays(fold, &n);
    return n ? n : 1;
}

/* What is not over yet of one of them, "" when there is nothing. */
static void name_rest(const struct slurm_env *slurm, const struct fold *fold, size_t array,
                      bool with_own, struct strbuf *out)
{
    cleanup_indexset struct indexset over = INDEXSET_INIT;
    if (!slurm->array) {
        strbuf_adds(out, with_own ? slurm->id : "");
        return;
    }
    const struct range range = range_of(slurm, fold, array);
    int rc = add_over(fold, &over);
    if (rc == 0 && range.job == slurm->job_id)
        rc = with_own ? indexset_remove(&over, slurm->index) : indexset_insert(&over, slurm->index);
    if (rc < 0) {
        out->failed = true;
        return;
    }
    name_range(&range, &over, out);
}

static int cancel(const struct acting *a, const char *tasks, struct error *err)
{
    const struct request r = {.kind = CANCEL, .tasks = tasks};
    return !*tasks || insist(a, &r, err) == SLURM_DONE ? 0 : -1;
}

int acting_stop(const struct acting *a, const struct fold *fold, bool with_own, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; i < count_arrays(fold); i++) {
        cleanup_strbuf struct strbuf tasks = STRBUF_INIT;
        name_rest(a->slurm, fold, i, with_own, &tasks);
        if (tasks.failed)
            return error_set(err, "out of memory");
        if (cancel(a, strbuf_str(&tasks), err) < 0)
            rc = -1;
    }
    return rc;
}

int acting_cancel_own(const struct acting *a, struct error *err)
{
    return cancel(a, a->slurm->id, err);
}
