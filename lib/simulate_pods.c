/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "simulate_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The kubelet's delay before the nth restart in place: 0, 10 s, 20 s ... 300 s. */
#define CRASH_BASE_US (10 * INT64_C(1000000))
#define CRASH_CAP_US  (300 * INT64_C(1000000))

static int64_t crash_delay(uint32_t restart)
{
    int64_t delay = CRASH_BASE_US;
    if (restart <= 1)
        return 0;
    for (uint32_t i = 2; i < restart && delay < CRASH_CAP_US; i++)
        delay *= 2;
    return delay < CRASH_CAP_US ? delay : CRASH_CAP_US;
}

/* Grows an array to hold at least n elements; new ones are zero. */
static int reserve(void **v, size_t *cap, size_t n, size_t size)
{
    size_t want = *cap ? *cap : 16;
    if (n <= *cap)
        return 0;
    while (want < n)
        want *= 2;
    char *p = realloc(*v, want * size);
    if (!p)
        return -1;
    memset(p + *cap * size, 0, (want - *cap) * size);
    *v = p;
    *cap = want;
    return 0;
}

static int schedule(struct sim *s, const struct sim_pod *pod, int64_t at_us)
{
    uint32_t id = (uint32_t)(pod - s->pods);
    bool indexed = job_spec_indexed(s->spec);
    struct queue_item item = {.major = s->opt->timed ? at_us : (int64_t)s->finished,
                              .minor = indexed ? pod->index : id,
                              .id = id};
    return queue_push(&s->queue, item);
}

int sim_pod_create(struct sim *s, const struct machine_action *a, struct error *err)
{
    size_t slot = job_spec_indexed(s->spec) ? a->index : 0;
    void *pods = s->pods, *per_index = s->per_index;
    bool short_of_memory = reserve(&pods, &s->cap_pods, s->n_pods + 1, sizeof *s->pods) ||
                           reserve(&per_index, &s->n_per_index, slot + 1, sizeof *s->per_index);
    s->pods = pods;
    s->per_index = per_index;
    if (short_of_memory)
        return error_set(err, "out of memory");
    struct sim_pod *pod = &s->pods[s->n_pods++];
    *pod = (struct sim_pod){
        .index = a->index, .attempt = a->attempt, .nth = s->per_index[slot].created++};
    if (schedule(s, pod, s->now + s->opt->pod_us))
        return error_set(err, "out of memory");
    struct machine_event ev = {.type = MACHINE_POD_STARTED,
                               .index = a->index,
                               .attempt = a->attempt,
                               .phase = MACHINE_RUNNING,
                               .ready = true,
                               .more = true};
    sim_show(s, SIMULATE_POD_STARTED, pod, NULL);
    return sim_handle(s, &ev, err);
}

/* The text that stands for a pod's name. */
static void name_of(const struct sim *s, const struct sim_pod *pod, char *buf, size_t size)
{
    bool indexed = job_spec_indexed(s->spec);
    uint32_t number = indexed ? pod->index : (uint32_t)(pod - s->pods);
    if (!s->opt->placeholders)
        snprintf(buf, size, "%.200s-%u", s->spec->name, number);
    else if (indexed)
        snprintf(buf, size, "<pod:%u>", number);
    else
        snprintf(buf, size, "<pod>");
}

static int end_pod(struct sim *s, struct sim_pod *pod, const struct outcome *o, struct error *err)
{
    char name[256];
    name_of(s, pod, name, sizeof name);
    struct machine_event ev = {.type = MACHINE_POD_ENDED,
                               .index = pod->index,
                               .attempt = pod->attempt,
                               .phase = o->ok ? MACHINE_SUCCEEDED : MACHINE_FAILED,
                               .outcome = &o->seen,
                               .pod_name = name,
                               .more = true};
    pod->over = true;
    return sim_handle(s, &ev, err);
}

/* The machine numbers pods in the order of creation: by attempt, or by index where there are none.
 */
int sim_pod_kill(struct sim *s, const struct machine_action *a, struct error *err)
{
    uint32_t number = job_spec_indexed(s->spec) ? a->attempt : a->index;
    if (number >= s->n_pods || s->pods[number].over)
        return 0;
    struct outcome o;
    outcome_killed(s->spec, &o);
    sim_show(s, SIMULATE_POD_KILLED, &s->pods[number], &o);
    return end_pod(s, &s->pods[number], &o, err);
}

struct sim_pod *sim_pod_next(struct sim *s, int64_t *at_us)
{
    const struct queue_item *first;
    while ((first = queue_first(&s->queue)) && s->pods[first->id].over)
        queue_pop(&s->queue);
    *at_us = first && s->opt->timed ? first->major : MACHINE_NEVER;
    return first ? &s->pods[first->id] : NULL;
}

/* A pod takes the next outcome of its list when it ends or restarts, so that pods which are killed
 * before use none. */
static void draw_outcome(struct sim *s, struct sim_pod *pod, struct outcome *o)
{
    uint32_t index = job_spec_indexed(s->spec) ? pod->index : 0;
    if (!pod->has_outcome)
        pod->drawn = s->per_index[index].drawn++;
    pod->has_outcome = true;
    outcome_get(&s->opt->source, s->spec, index, pod->drawn, o);
}

static int restart(struct sim *s, struct sim_pod *pod, struct error *err)
{
    struct machine_event ev = {.type = MACHINE_POD_RESTARTED,
                               .index = pod->index,
                               .attempt = pod->attempt,
                               .restarts = ++pod->restarts,
                               .more = true};
    sim_show(s, SIMULATE_POD_RESTARTED, pod, NULL);
    return sim_handle(s, &ev, err);
}

static int finish(struct sim *s, struct sim_pod *pod, const struct outcome *o, struct error *err)
{
    json_t *who = job_spec_indexed(s->spec) ? json_sprintf("%u", pod->index) : json_null();
    sim_show(s, SIMULATE_POD_ENDED, pod, o);
    s->finished++;
    if (json_array_append_new(s->trace, json_pack("[o,s]", who, o->ok ? "S" : "F")))
        return error_set(err, "out of memory");
    return end_pod(s, pod, o, err);
}

static int run_timed(struct sim *s, struct sim_pod *pod, const struct outcome *o, struct error *err)
{
    queue_pop(&s->queue);
    if (pod->restarts >= o->restarts)
        return finish(s, pod, o, err);
    if (restart(s, pod, err))
        return -1;
    if (schedule(s, pod, s->now + crash_delay(pod->restarts) + s->opt->pod_us))
        return error_set(err, "out of memory");
    return 0;
}

int sim_pod_run(struct sim *s, struct sim_pod *pod, struct error *err)
{
    size_t number = (size_t)(pod - s->pods);
    struct outcome o;
    draw_outcome(s, pod, &o);
    if (s->opt->timed)
        return run_timed(s, pod, &o, err);
    while (s->pods[number].restarts < o.restarts) {
        if (restart(s, &s->pods[number], err) || sim_settle(s, err))
            return -1;
        if (s->pods[number].over) /* a restart too many: the Job has failed */
            return 0;
    }
    return finish(s, &s->pods[number], &o, err);
}
