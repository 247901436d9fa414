/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pods.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "grow.h"
#include "job_live.h"
#include "pod_find.h"
#include "slurm_reason.h"
#include "timefmt.h"
#include "tree.h"

#define STATUS_FILE_MAX ((size_t)1 << 20)

static const json_t *pod_spec(const struct pods *p)
{
    return tree_at(p->job->object, "spec", "template", "spec", NULL);
}

static bool is_indexed(const struct pods *p)
{
    return tree_is(tree_get(p->job->object, "spec"), "completionMode", "Indexed");
}

/* ---- the list ---- */

static int add(struct pods *p, const struct pod *pod)
{
    struct pod *v = grow(p->v, p->len, sizeof *v);
    if (!v)
        return -1;
    p->v = v;
    v[p->len++] = *pod;
    return 0;
}

static int64_t job_created(const struct pods *p)
{
    int64_t t;
    const char *text = tree_str(tree_get(p->job->object, "metadata"), "creationTimestamp");
    return timefmt_parse_rfc3339(text, &t) == 0 ? t * 1000000 : FOLD_NO_TIME;
}

static const char *partition_of(const struct job_live *live, uint32_t index)
{
    const struct slurm_task *task = live ? job_live_find(live, index) : NULL;
    return task ? task->partition : NULL;
}

static int add_attempts(struct pods *p, const struct job_live *live, uint64_t *active)
{
    size_t n;
    const struct fold_attempt *v = fold_attempts(p->job->fold, &n);
    for (size_t i = 0; i < n; i++) {
        bool open = v[i].phase == JOURNAL_PHASE_NONE;
        const struct pod pod = {.attempt_ = &v[i],
                                .index = v[i].index,
                                .attempt = v[i].attempt,
                                .created_us = v[i].started_us != FOLD_NO_TIME ? v[i].started_us
                                              : open                          ? job_created(p)
                                                                              : v[i].ended_us,
                                .gone = open && (fold_is_past(p->job->fold, &v[i]) ||
                                                 (live && job_live_is_gone(live, &v[i]))),
                                .partition = open ? partition_of(live, v[i].index) : NULL,
                                .removed = pod_find_removed(p->job, &v[i])};
        *active += open && !pod.gone;
        if (add(p, &pod) < 0)
            return -1;
    }
    return 0;
}

/* The task waits for its first attempt, or for another one, which is what its pod is. During the
 * back-off, or while the Job is held, there is no pod yet. */
static int add_waiting(struct pods *p, const struct job_live *live, uint64_t active)
{
    struct machine_view view;
    machine_view(fold_machine(p->job->fold), &view);
    uint64_t room = (uint64_t)view.spec->parallelism;
    for (size_t i = 0; i < live->len && active < room; i++) {
        const struct slurm_task *t = &live->tasks[i];
        if (t->state != SLURM_TASK_PENDING || t->delayed ||
            fold_attempt_of_run(p->job->fold, t->index, t->restarts))
            continue;
        uint32_t number = fold_next_attempt(p->job->fold, t->index, t->restarts);
        const struct fold_attempt *before =
            number ? fold_attempt_of(p->job->fold, t->index, number - 1) : NULL;
        const struct pod pod = {.index = t->index,
                                .attempt = number,
                                .partition = t->partition,
                                .waits_for = slurm_reason_words(t->reason),
                                .created_us =
                                    before && before->phase ? before->ended_us : job_created(p)};
        if (add(p, &pod) < 0)
            return -1;
        active++;
    }
    return 0;
}

static int by_index(const void *a, const void *b)
{
    const struct pod *x = a, *y = b;
    if (x->index != y->index)
        return x->index < y->index ? -1 : 1;
    return (x->attempt > y->attempt) - (x->attempt < y->attempt);
}

int pods_list(const struct job_view *job, struct pods *out, struct error *err)
{
    uint64_t active = 0;
    const struct job_live *live = job_view_live(job);
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/pods", job->dir);
    *out = (struct pods){.job = job,
                         .folder = open(strbuf_str(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    bool decided = machine_decided(fold_machine(job->fold));
    if (add_attempts(out, live, &active) < 0 ||
        (live && !decided && add_waiting(out, live, active) < 0)) {
        pods_free(out);
        return error_set(err, "out of memory");
    }
    qsort(out->v, out->len, sizeof *out->v, by_index);
    return 0;
}

void pods_free(struct pods *p)
{
    free(p->v);
    json_decref(p->of);
    json_decref(p->spec);
    if (p->folder >= 0 && p->job)
        close(p->folder);
    *p = (struct pods){.folder = -1};
}

void pods_name(const struct pods *p, const struct pod *pod, char out[POD_NAME_MAX + 1])
{
    const json_t *meta = tree_get(p->job->object, "metadata");
    if (pod_name_make(out, tree_str(meta, "name"), tree_str(meta, "uid"), is_indexed(p), pod->index,
                      pod->attempt, NULL) < 0)
        *out = '\0';
}

/* The suffix is different for each pod; most can be passed over without making the whole name. */
const struct pod *pods_find(const struct pods *p, const char *name)
{
    char made[POD_NAME_MAX + 1];
    for (size_t i = 0; i < p->len; i++) {
        pods_name(p, &p->v[i], made);
        if (strcmp(made, name) == 0)
            return &p->v[i];
    }
    return NULL;
}

void pods_node(const struct pods *p, const struct pod *pod, char *out, size_t size)
{
    const char *node = pod->attempt_ ? fold_node(p->job->fold, pod->attempt_) : "";
    journal_decode((struct journal_text){node, strlen(node)}, out, size);
}

void pods_address(const struct pods *p, const struct pod *pod, char *out, size_t size)
{
    const char *address = pod->attempt_ ? fold_address(p->job->fold, pod->attempt_) : "";
    journal_decode((struct journal_text){address, strlen(address)}, out, size);
}

/* ---- states ---- */

/* The runner writes the file only where the journal does not say everything. */
static bool has_status_file(const struct pods *p, const struct pod_state *s)
{
    return s->n > 1 || !tree_is(pod_spec(p), "restartPolicy", "Never");
}

static void read_status(const struct pods *p, const struct pod *pod, struct pod_state *s)
{
    char path[POD_NAME_MAX + 16], name[POD_NAME_MAX + 1];
    cleanup_free char *text = NULL;
    pods_name(p, pod, name);
    snprintf(path, sizeof path, "%s/status", name);
    cleanup_close int fd = openat(p->folder, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || !(text = malloc(STATUS_FILE_MAX)))
        return;
    size_t len = 0;
    for (ssize_t n; (n = read(fd, text + len, STATUS_FILE_MAX - len)) > 0;)
        len += (size_t)n;
    pod_state_read(s, text, len);
}

static void set_phase(const struct pods *p, const struct pod *pod, struct pod_state *s)
{
    const struct fold_attempt *a = pod->attempt_;
    struct fold_outcome_parts parts;
    if (!a) {
        pod_state_wait(s, "");
        return;
    }
    s->started_us = a->started_us;
    if (a->phase == JOURNAL_PHASE_NONE) {
        pod_state_run(s);
        if (pod->gone)
            s->phase = PHASE_UNKNOWN;
        return;
    }
    s->ended_us = a->ended_us;
    s->phase = a->phase == JOURNAL_SUCCEEDED ? PHASE_SUCCEEDED : PHASE_FAILED;
    fold_outcome_of(p->job->fold, a, &parts);
    pod_state_end(s, &parts);
    if (s->n == s->n_init + 1)
        s->v[s->n_init].restarts = a->restarts;
}

/* A pod that should not run any more: it was deleted, or the Job is over. */
static void set_deleted(const struct pods *p, const struct pod *pod, struct pod_state *s)
{
    const struct fold *f = p->job->fold;
    const struct journal_end *end = fold_end(f);
    if (s->ended_us != FOLD_NO_TIME || s->started_us == FOLD_NO_TIME)
        return;
    s->deleted_us = end ? end->time_us : fold_deleted_at(f, pod->index, pod->attempt);
}

int pods_state(const struct pods *p, const struct pod *pod, struct pod_state *state,
               struct error *err)
{
    if (pod_state_begin(state, pod_spec(p)) < 0)
        return error_set(err, "out of memory");
    state->created_us = pod->created_us;
    set_phase(p, pod, state);
    if (pod->attempt_ && p->folder >= 0 && has_status_file(p, state))
        read_status(p, pod, state);
    set_deleted(p, pod, state);
    return 0;
}
