/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Inside of the simulator; only simulate*.c may include this.
 */
#ifndef SKJOB_SIMULATE_IMPL_H
#define SKJOB_SIMULATE_IMPL_H

#include "simulate.h"
#include "simulate_queue.h"

struct sim_pod {
    uint32_t index;
    uint32_t attempt; /* the machine's */
    uint32_t nth;     /* pod of its index */
    uint32_t drawn;   /* which outcome, once it is known */
    uint32_t restarts;
    bool has_outcome;
    bool over;
};

struct sim_index {
    uint32_t created;
    uint32_t drawn; /* outcomes given away */
};

struct sim {
    const struct simulate_options *opt;
    json_t *job; /* own copy; patches are applied to it */
    struct job_spec *spec;
    struct machine *machine;
    struct machine_actions actions;
    int64_t now;

    struct sim_pod *pods; /* by number, in the order of creation */
    size_t n_pods;
    size_t cap_pods;
    struct sim_index *per_index; /* one for all when the Job is not Indexed */
    size_t n_per_index;
    struct queue queue; /* lockstep: by ends seen when it was created, then index; timed: by time */
    uint64_t finished;
    bool *action_done;
    json_t *trace;

    struct machine_condition last[5]; /* conditions as last shown */
    size_t n_last;
    int64_t shown_backoff_us;
};

/* simulate_pods.c */
int sim_pod_create(struct sim *s, const struct machine_action *a, struct error *err);
int sim_pod_kill(struct sim *s, const struct machine_action *a, struct error *err);

/* The next pod to do something, or NULL; *at_us is when (timed). */
struct sim_pod *sim_pod_next(struct sim *s, int64_t *at_us);

/* Lets a pod run to its end (lockstep), or to its next restart or end (timed). */
int sim_pod_run(struct sim *s, struct sim_pod *pod, struct error *err);

/* simulate_show.c */
void sim_show(struct sim *s, enum simulate_event_type type, const struct sim_pod *pod,
              const struct outcome *outcome);
void sim_show_changed(struct sim *s, const json_t *patch);
void sim_show_state(struct sim *s); /* new conditions and back-off */

/* simulate_result.c */
json_t *sim_result(const struct sim *s);

/* simulate.c */
int sim_handle(struct sim *s, struct machine_event *ev, struct error *err);
int sim_settle(struct sim *s, struct error *err);

#endif
