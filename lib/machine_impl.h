/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Inside of the state machine; only machine*.c may include this.
 *
 * The controller reads all pods of a Job in each pass. Here a pass ("sync") looks only at what is
 * new, so that it costs the same for ten indexes and for a million:
 * - pods that run or terminate are objects (struct pod) in a table and in one of two lists;
 * - a pod that has finished is a tally, an entry in a queue, until it is counted;
 * - the last failed pod of an index that will be retried (backoffLimitPerIndex) is an entry in the
 *   debts: it is counted when its replacement exists, and its counts go to the replacement.
 *
 * Out of memory is sticky (oom): functions go on without effect and machine_handle() reports it.
 */
#ifndef SKJOB_MACHINE_IMPL_H
#define SKJOB_MACHINE_IMPL_H

#include "machine.h"
#include "machine_backoff.h"
#include "machine_policy.h"

/* Creations, deletions and counted pods in one pass of the controller. */
#define MACHINE_BATCH 500

enum pod_place { POD_ACTIVE, POD_TERMINATING, POD_PLACES };

struct pod {
    uint32_t index;
    uint32_t attempt;
    uint32_t failures; /* earlier failures of its index that counted */
    uint32_t ignored;  /* and those that did not */
    uint32_t restarts;
    uint32_t serial; /* order of creation */
    int64_t created_us;
    int64_t ready_us;
    enum machine_phase phase;
    enum pod_place place;
    enum job_action verdict; /* what its conditions say so far */
    bool ready;
    bool settled; /* counted, or not to be counted: its end changes no count (no finalizer) */
    bool counted; /* settled as a failure */
    struct pod *prev, *next; /* in its place */
    struct pod *chain;       /* in the table */
};

struct pod_list {
    struct pod *head;
    struct pod *tail;
    uint32_t len;
};

struct pod_table {
    struct pod **bucket;
    size_t n_buckets; /* a power of two, or 0 */
    size_t n;
};

/* A finished pod. */
struct tally {
    uint32_t index;
    uint32_t attempt;
    uint32_t failures;
    uint32_t ignored;
    int64_t finished_us;
    bool ok;
    enum job_action verdict;
};

struct tally_list {
    struct tally *v;
    size_t len;
    size_t cap;
    size_t seen; /* the first ones have gone through a pass already, they only wait to be counted */
};

/* What an index owes: its last failure, to be retried. */
struct debt {
    uint32_t index;    /* MACHINE_NO_INDEX = free slot */
    uint32_t failures; /* for the replacement */
    uint32_t ignored;
    bool counts; /* the failure goes into .status.failed */
    int64_t finished_us;
};

struct debt_table {
    struct debt *v;
    size_t cap; /* a power of two, or 0 */
    size_t n;
    uint64_t counting; /* debts that count */
};

struct index_list {
    uint32_t *v;
    size_t len;
    size_t cap;
};

struct success_rule {
    struct indexset set;
    uint64_t hits; /* completed indexes in the set */
};

struct machine {
    const struct job_spec *spec;
    struct machine_config cfg;
    int64_t now;
    bool oom;
    bool job_deleted;
    bool irregular;      /* there may be active pods with duplicate or invalid indexes */
    int32_t completions; /* as of the last MACHINE_SPEC */

    struct pod_table table;
    struct pod_list place[POD_PLACES];
    struct indexset indexes[POD_PLACES]; /* Indexed: which indexes have a pod there */
    uint32_t ready;
    uint32_t unsettled_terminating;
    uint64_t restarts;
    uint32_t serial;

    struct tally_list tallies;
    uint64_t waiting_ok; /* seen, not counted yet */
    uint64_t waiting_failed;
    struct debt_table debts;
    struct index_list replaced; /* debts whose replacement has just been made */

    uint64_t succeeded; /* not Indexed */
    uint64_t failed;
    struct indexset completed;
    struct indexset failed_indexes;
    struct indexset given_up; /* part of them: not retried with the others */
    struct backoff_record backoff;
    struct success_rule *rules;
    size_t n_rules;
    char *fail_job; /* message of the first FailJob match */

    struct machine_condition condition[5];
    size_t n_conditions;
    char *decision_reason; /* of MACHINE_DECIDED; NULL = none yet */
    char *decision_message;
    bool decision_success;
    char success_message[64]; /* of the success policy */
    int64_t start_us;
    int64_t last_start_us; /* before a suspension */
    int64_t completion_us;

    struct machine_actions *actions; /* of the event being handled, or NULL */
    int64_t create_us;
};

/* What ends the Job: FAILURE_TARGET or SUCCESS_CRITERIA_MET. The texts live as long as the machine,
 * as those of all conditions do. */
struct verdict {
    enum machine_condition_type type;
    const char *reason;
    const char *message;
};

static inline bool machine_valid_index(const struct machine *m, uint32_t index)
{
    return !job_spec_indexed(m->spec) || index < job_spec_index_limit(m->spec);
}

/* machine_pods.c */
struct pod *machine_pod_find(const struct machine *m, uint32_t index, uint32_t attempt);
struct pod *machine_pod_add(struct machine *m, uint32_t index, uint32_t attempt);
void machine_pod_move(struct machine *m, struct pod *pod, enum pod_place place);
void machine_pod_settle(struct machine *m, struct pod *pod);
void machine_pod_set_ready(struct machine *m, struct pod *pod, bool ready);
void machine_pod_set_restarts(struct machine *m, struct pod *pod, uint32_t restarts);
void machine_pod_remove(struct machine *m, struct pod *pod);
void machine_pods_free(struct machine *m);

/* machine_debts.c */
struct debt *machine_debt_find(const struct machine *m, uint32_t index);
void machine_debt_put(struct machine *m, const struct debt *debt);
void machine_debt_count(struct machine *m, uint32_t index); /* counts and forgets it, if any */
void machine_debts_count_all(struct machine *m);
void machine_debts_drop_from(struct machine *m, uint32_t limit); /* forgets, does not count */
void machine_debts_count_replaced(struct machine *m);
void machine_debt_replaced(struct machine *m, uint32_t index);

/* machine_count.c */
void machine_tally_add(struct machine *m, const struct tally *t);
void machine_tallies_observe(struct machine *m);
bool machine_tallies_count(struct machine *m);       /* false: some still wait for the next pass */
uint64_t machine_succeeded(const struct machine *m); /* with those that wait */
uint64_t machine_failed(const struct machine *m);    /* with those that wait and the debts */

/* machine_success.c */
void machine_rules_load(struct machine *m);
void machine_rules_free(struct machine *m);
void machine_complete_index(struct machine *m, uint32_t index);
bool machine_success_policy(struct machine *m, struct verdict *v);

/* machine_manage.c */
void machine_manage(struct machine *m);
void machine_delete_pod(struct machine *m, struct pod *pod);
int64_t machine_job_backoff_until(const struct machine *m);
int64_t machine_index_backoff_until(const struct machine *m, uint32_t index);

/* machine_retry.c */
void machine_retry_failures(struct machine *m, const struct tally *v, size_t n);

/* machine_conditions.c */
void machine_suspended_update(struct machine *m);
void machine_finish(struct machine *m, const struct verdict *v, bool all_counted);

/* machine_decide.c */
bool machine_decide(struct machine *m, struct verdict *v);
bool machine_completion_reached(const struct machine *m, struct verdict *v);
int64_t machine_deadline(const struct machine *m); /* MACHINE_NEVER */

/* machine_sync.c */
void machine_sync(struct machine *m, bool unsettled);

/* machine_actions.c */
void machine_act(struct machine *m, const struct machine_action *action);

#endif
