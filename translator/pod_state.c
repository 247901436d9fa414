/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "grow.h"
#include "timefmt.h"
#include "tree.h"

#define SECOND 1000000

const char *pod_state_phase(enum pod_phase phase)
{
    static const char *const names[] = {"Pending", "Running", "Succeeded", "Failed", "Unknown"};
    return names[phase];
}

/* ---- from the spec ---- */

static int add_container(struct pod_state *s, const json_t *container, bool is_init)
{
    struct pod_container *v = grow(s->v, s->n, sizeof *v);
    if (!v)
        return -1;
    s->v = v;
    bool sidecar = is_init && tree_is(container, "restartPolicy", "Always");
    v[s->n++] = (struct pod_container){
        .name = tree_str(container, "name"),
        .kind = sidecar   ? CONTAINER_SIDECAR
                : is_init ? CONTAINER_INIT
                          : CONTAINER_MAIN,
        .started_us = FOLD_NO_TIME,
        .finished_us = FOLD_NO_TIME,
    };
    return 0;
}

int pod_state_begin(struct pod_state *s, const json_t *spec)
{
    size_t i;
    json_t *c;
    struct pod_container *v = s->v;
    *s = (struct pod_state){.v = v,
                            .created_us = FOLD_NO_TIME,
                            .started_us = FOLD_NO_TIME,
                            .ended_us = FOLD_NO_TIME,
                            .deleted_us = FOLD_NO_TIME};
    json_array_foreach (tree_get(spec, "initContainers"), i, c)
        if (add_container(s, c, true) < 0)
            return -1;
    s->n_init = s->n;
    json_array_foreach (tree_get(spec, "containers"), i, c)
        if (add_container(s, c, false) < 0)
            return -1;
    return 0;
}

void pod_state_free(struct pod_state *s)
{
    free(s->v);
    *s = (struct pod_state){0};
}

/* ---- phases ---- */

static void set_text(char out[64], const char *text)
{
    snprintf(out, 64, "%s", text);
}

void pod_state_wait(struct pod_state *s, const char *reason)
{
    s->phase = PHASE_PENDING;
    for (size_t i = 0; i < s->n; i++)
        set_text(s->v[i].reason, reason);
}

/* The runner writes the file "status" where there is more to say. */
void pod_state_run(struct pod_state *s)
{
    s->phase = s->n_init ? PHASE_PENDING : PHASE_RUNNING;
    for (size_t i = 0; i < s->n; i++) {
        struct pod_container *c = &s->v[i];
        if (s->n_init) {
            set_text(c->reason, "PodInitializing");
            continue;
        }
        c->run = CONTAINER_RUNNING;
        c->ready = c->started = true;
        c->started_us = s->started_us;
    }
}

static struct pod_container *find(struct pod_state *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->v[i].name, name) == 0)
            return &s->v[i];
    return NULL;
}

static void terminate(struct pod_state *s, struct pod_container *c, int code, const char *reason)
{
    c->run = CONTAINER_TERMINATED;
    c->ready = c->started = false;
    c->exit_code = code;
    set_text(c->reason, reason);
    if (c->started_us == FOLD_NO_TIME)
        c->started_us = s->started_us;
    if (c->finished_us == FOLD_NO_TIME)
        c->finished_us = s->ended_us;
}

static void end_listed(struct pod_state *s, struct journal_text list)
{
    struct journal_item item;
    char name[256], reason[64];
    int code;
    while (journal_next_item(&list, &item)) {
        journal_decode(item.part[0], name, sizeof name);
        journal_decode(item.part[2], reason, sizeof reason);
        struct pod_container *c = find(s, name);
        if (c && journal_item_exit_code(&item, &code))
            terminate(s, c, code, *reason ? reason : code ? "Error" : "Completed");
    }
}

static void read_conditions(struct pod_state *s, struct journal_text list)
{
    struct journal_item item;
    char type[64], status[16];
    while (journal_next_item(&list, &item)) {
        journal_decode(item.part[0], type, sizeof type);
        journal_decode(item.part[1], status, sizeof status);
        if (strcmp(type, "DisruptionTarget") != 0 || (*status && strcmp(status, "True") != 0))
            continue;
        s->disrupted = true;
        journal_decode(item.part[2], s->disruption, sizeof s->disruption);
    }
}

/* A failed pod whose container nobody saw end: so does the kubelet tell it. */
static void end_unseen(struct pod_state *s, struct pod_container *c)
{
    bool lost = s->phase == PHASE_FAILED;
    terminate(s, c, lost ? 137 : 0, lost ? "ContainerStatusUnknown" : "Completed");
}

void pod_state_end(struct pod_state *s, const struct fold_outcome_parts *parts)
{
    journal_decode(parts->reason, s->reason, sizeof s->reason);
    read_conditions(s, parts->conditions);
    end_listed(s, parts->init);
    end_listed(s, parts->containers);
    for (size_t i = 0; i < s->n; i++) {
        bool never_ran = s->phase == PHASE_FAILED && i >= s->n_init && s->n_init;
        if (s->v[i].run != CONTAINER_TERMINATED && never_ran && parts->init.len)
            set_text(s->v[i].reason, "PodInitializing");
        else if (s->v[i].run != CONTAINER_TERMINATED)
            end_unseen(s, &s->v[i]);
    }
}

/* ---- the file "status" ---- */

static int64_t time_of(const json_t *line, const char *field)
{
    int64_t t;
    return timefmt_parse_rfc3339(tree_str(line, field), &t) == 0 ? t * SECOND : FOLD_NO_TIME;
}

static void read_line(struct pod_state *s, const json_t *line)
{
    struct pod_container *c = find(s, tree_str(line, "name"));
    if (!c)
        return;
    bool ended = tree_is(line, "state", "terminated");
    c->run = ended                               ? CONTAINER_TERMINATED
             : tree_is(line, "state", "running") ? CONTAINER_RUNNING
                                                 : CONTAINER_WAITING;
    c->started = tree_bool(line, "started");
    c->ready = tree_has(line, "ready") ? tree_bool(line, "ready") : c->started;
    c->exit_code = (int)tree_int(line, "exitCode");
    set_text(c->reason, c->run == CONTAINER_RUNNING ? "" : tree_str(line, "reason"));
    c->has_last = tree_has(line, "lastExitCode");
    c->last_exit = (int)tree_int(line, "lastExitCode");
    set_text(c->last_reason, tree_str(line, "lastReason"));
    c->restarts = (uint32_t)tree_int(line, "restartCount");
    c->started_us = time_of(line, "startedAt");
    c->finished_us = time_of(line, "finishedAt");
}

/* Of a pod that runs: it is Pending while init containers hold it up. */
static enum pod_phase phase_of(const struct pod_state *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct pod_container *c = &s->v[i];
        if (c->kind == CONTAINER_INIT && c->run != CONTAINER_TERMINATED)
            return PHASE_PENDING;
        if (c->kind == CONTAINER_MAIN && c->run == CONTAINER_WAITING && !c->restarts &&
            !c->has_last)
            return PHASE_PENDING;
    }
    return PHASE_RUNNING;
}

void pod_state_read(struct pod_state *s, const char *text, size_t len)
{
    const char *end = text + len;
    bool ended = s->phase == PHASE_SUCCEEDED || s->phase == PHASE_FAILED;
    bool any = false;
    while (text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        stop = stop ? stop : end;
        cleanup_json json_t *line = json_loadb(text, (size_t)(stop - text), 0, NULL);
        if (line)
            read_line(s, line), any = true;
        text = stop + 1;
    }
    if (any && !ended)
        s->phase = phase_of(s);
}

/* ---- the table ---- */

static bool holds_up(const struct pod_container *c)
{
    return c->kind == CONTAINER_SIDECAR ? !c->started
                                        : c->run != CONTAINER_TERMINATED || c->exit_code;
}

/* "Error", "Signal:9", "ExitCode:1" */
static void terminated_text(const struct pod_container *c, char out[80])
{
    if (*c->reason)
        snprintf(out, 80, "%s", c->reason);
    else
        snprintf(out, 80, c->exit_code > 128 ? "Signal:%d" : "ExitCode:%d",
                 c->exit_code > 128 ? c->exit_code - 128 : c->exit_code);
}

/* The init container that the pod waits for, or failed with; NULL when none does. */
static const struct pod_container *blocker(const struct pod_state *s)
{
    bool ended = s->phase == PHASE_SUCCEEDED;
    for (size_t i = 0; i < s->n_init && !ended; i++)
        if (holds_up(&s->v[i]) && !(s->phase == PHASE_FAILED && s->v[i].kind == CONTAINER_SIDECAR))
            return &s->v[i];
    return NULL;
}

static void init_text(const struct pod_state *s, const struct pod_container *c, char out[128])
{
    char text[80];
    if (c->run == CONTAINER_TERMINATED) {
        terminated_text(c, text);
        snprintf(out, 128, "Init:%s", text);
    } else if (c->run == CONTAINER_WAITING && *c->reason &&
               strcmp(c->reason, "PodInitializing") != 0) {
        snprintf(out, 128, "Init:%s", c->reason);
    } else {
        snprintf(out, 128, "Init:%zu/%zu", (size_t)(c - s->v), s->n_init);
    }
}

/* The first listed one that says something has the word. */
static void main_text(const struct pod_state *s, char out[128])
{
    bool running = false, said = false;
    char error[80] = "";
    for (size_t i = s->n; i-- > s->n_init;) {
        const struct pod_container *c = &s->v[i];
        running |= c->run == CONTAINER_RUNNING && c->ready;
        if (c->run == CONTAINER_RUNNING || (c->run == CONTAINER_WAITING && !*c->reason))
            continue;
        said = true;
        if (c->run == CONTAINER_TERMINATED)
            terminated_text(c, out);
        else
            snprintf(out, 128, "%s", c->reason);
        if (c->run == CONTAINER_TERMINATED && c->exit_code)
            snprintf(error, sizeof error, "%s", out);
    }
    if (!said || strcmp(out, "Completed") != 0)
        return;
    if (running)
        strcpy(out, s->phase == PHASE_RUNNING ? "NotReady" : "Running");
    else if (*error)
        strcpy(out, error);
}

void pod_state_status(const struct pod_state *s, char out[128])
{
    const struct pod_container *c = blocker(s);
    bool over = s->phase == PHASE_SUCCEEDED || s->phase == PHASE_FAILED;
    snprintf(out, 128, "%s", *s->reason ? s->reason : pod_state_phase(s->phase));
    /* Before it has a node, a pod has no containers that could say anything. */
    bool queued = s->phase == PHASE_PENDING && s->started_us == FOLD_NO_TIME;
    if (c && !queued)
        init_text(s, c, out);
    else if (!queued && s->phase != PHASE_UNKNOWN)
        main_text(s, out);
    if (s->deleted_us != FOLD_NO_TIME && !over)
        strcpy(out, "Terminating");
}

void pod_state_ready(const struct pod_state *s, char out[32])
{
    size_t ready = 0, total = 0;
    for (size_t i = 0; i < s->n; i++)
        if (s->v[i].kind != CONTAINER_INIT) {
            total++;
            ready += s->v[i].ready;
        }
    snprintf(out, 32, "%zu/%zu", ready, total);
}

uint32_t pod_state_restarts(const struct pod_state *s)
{
    const struct pod_container *blocked = blocker(s);
    uint32_t sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        bool init = i < s->n_init;
        if (blocked ? init : s->v[i].kind != CONTAINER_INIT)
            sum += s->v[i].restarts;
    }
    return sum;
}
