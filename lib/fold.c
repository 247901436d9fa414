/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fold_impl.h"
#include "cleanup.h"
#include "grow.h"
#include "status.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BACKOFF_BASE_US INT64_C(10000000)
#define BACKOFF_CAP_US  INT64_C(360000000)

#define SECONDS_MAX 1e9

int64_t fold_config_seconds(const char *text, int64_t otherwise_us)
{
    char *end = NULL;
    double v = text && *text ? strtod(text, &end) : 0;
    if (!end || *end || !isfinite(v) || v < 0 || v > SECONDS_MAX)
        return otherwise_us;
    return (int64_t)(v * 1e6);
}

/* 0 would be the default. */
static int64_t at_least_one(int64_t us)
{
    return us > 0 ? us : 1;
}

void fold_config_backoff(struct fold_config *config, const char *base, const char *cap)
{
    int64_t base_us = config->backoff_base_us ? config->backoff_base_us : BACKOFF_BASE_US;
    int64_t cap_us = config->backoff_cap_us ? config->backoff_cap_us : BACKOFF_CAP_US;
    config->backoff_base_us = at_least_one(fold_config_seconds(base, base_us));
    config->backoff_cap_us = at_least_one(fold_config_seconds(cap, cap_us));
}

int fold_new(const json_t *job, const struct fold_config *config, struct fold **out,
             struct error *err)
{
    *out = NULL;
    cleanup_fold struct fold *f = calloc(1, sizeof *f);
    if (!f)
        return error_set(err, "out of memory");
    if (config)
        f->config = *config;
    if (f->config.backoff_base_us == 0)
        f->config.backoff_base_us = BACKOFF_BASE_US;
    if (f->config.backoff_cap_us == 0)
        f->config.backoff_cap_us = BACKOFF_CAP_US;
    f->table.goes_on = f->config.goes_on;
    f->created = json_deep_copy(job);
    if (!f->created)
        return error_set(err, "out of memory");
    if (job_spec_from_json(job, &f->spec, err) < 0)
        return -1;
    *out = steal_ptr(&f);
    return 0;
}

void fold_free(struct fold *f)
{
    if (!f)
        return;
    machine_free(f->machine);
    job_spec_free(f->spec);
    json_decref(f->created);
    json_decref(f->job);
    fold_table_free(&f->table);
    journal_places_free(&f->places);
    fold_outcome_free(&f->outcome);
    json_decref(f->template_);
    free(f->growths);
    free(f->arrays);
    strbuf_free(&f->slurm_job);
    free(f->hints);
    free(f);
}

int fold_add(struct fold *f, const struct journal_line *line)
{
    return fold_table_add(&f->table, line);
}

void fold_set_end(struct fold *f, const struct journal_end *end)
{
    f->end = *end;
    f->has_end = true;
}

struct reading {
    struct fold *f;
    void (*damaged)(void *arg, const char *file, size_t line, const char *why);
    void *arg;
};

/* The first new record undoes what was made of the others. */
static int take_record(void *arg, const struct journal_line *line)
{
    struct fold *f = ((struct reading *)arg)->f;
    if (f->settled)
        fold_table_reopen(&f->table);
    f->settled = false;
    return fold_add(f, line);
}

static void take_damage(void *arg, const char *file, size_t line, const char *why)
{
    const struct reading *r = arg;
    if (r->damaged)
        r->damaged(r->arg, file, line, why);
}

/* The end comes first: the records that a decision was made of are all there by now. Read the other
 * way round, a Job might be complete without its last success. */
static int read_end(struct fold *f, int job_fd, struct error *err)
{
    struct journal_end end;
    int rc = journal_end_read(job_fd, &end, err);
    if (rc == 1)
        fold_set_end(f, &end);
    return rc < 0 ? -1 : 0;
}

static int read_records(struct fold *f, int job_fd, const struct reading *reading,
                        struct error *err)
{
    const struct journal_visitor visitor = {(void *)reading, take_record, take_damage};
    struct error text = {""};
    int rc = f->config.goes_on ? journal_read_on(job_fd, &f->places, &visitor, &text)
                               : journal_read_job(job_fd, &visitor, &text);
    if (rc == JOURNAL_REPLACED)
        return 1;
    return rc == 0 ? 0 : error_set(err, "%s", text.text[0] ? text.text : "out of memory");
}

int fold_read(struct fold *f, int job_fd,
              void (*damaged)(void *arg, const char *file, size_t line, const char *why), void *arg,
              struct error *err)
{
    const struct reading reading = {f, damaged, arg};
    return read_end(f, job_fd, err) < 0 ? -1 : read_records(f, job_fd, &reading, err);
}

int fold_read_on(struct fold *f, int job_fd,
                 void (*damaged)(void *arg, const char *file, size_t line, const char *why),
                 void *arg, struct error *err)
{
    f->n_hints = 0;
    f->has_end = false;
    return fold_read(f, job_fd, damaged, arg, err);
}

int fold_live(struct fold *f, uint32_t index, uint32_t attempt, enum fold_liveness liveness)
{
    struct fold_hint *hints = grow(f->hints, f->n_hints, sizeof *hints);
    if (!hints)
        return -1;
    f->hints = hints;
    hints[f->n_hints++] = (struct fold_hint){index, attempt, liveness};
    return 0;
}

const struct machine *fold_machine(const struct fold *f)
{
    return f->machine;
}

const json_t *fold_job(const struct fold *f)
{
    return f->job ? f->job : f->created;
}

const json_t *fold_created(const struct fold *f)
{
    return f->created;
}

json_t *fold_status(const struct fold *f)
{
    return f->machine ? status_json(f->machine) : NULL;
}

const struct journal_end *fold_end(const struct fold *f)
{
    return f->has_end ? &f->end : NULL;
}

bool fold_decision(const struct fold *f, struct journal_end *end)
{
    if (f->has_end || !f->machine || !machine_decided(f->machine))
        return false;
    const struct machine_condition *c = machine_condition(f->machine, MACHINE_FAILURE_TARGET);
    const char *condition = c ? "Failed" : "Complete";
    if (!c)
        c = machine_condition(f->machine, MACHINE_SUCCESS_CRITERIA_MET);
    memset(end, 0, sizeof *end);
    end->time_us = c->time_us;
    snprintf(end->condition, sizeof end->condition, "%s", condition);
    snprintf(end->reason, sizeof end->reason, "%s", c->reason);
    snprintf(end->message, sizeof end->message, "%s", c->message);
    return true;
}

const char *fold_slurm_job(const struct fold *f)
{
    return f->slurm_job.len ? f->slurm_job.data : "";
}

const struct fold_attempt *fold_attempts(const struct fold *f, size_t *n)
{
    *n = f->table.n_attempts;
    return f->table.attempts;
}

const struct fold_attempt *fold_attempt_of(const struct fold *f, uint32_t index, uint32_t attempt)
{
    return fold_table_find(&f->table, index, attempt);
}

const struct fold_attempt *fold_attempts_of(const struct fold *f, uint32_t index, size_t *n)
{
    uint32_t first = fold_table_place(&f->table, index, 0);
    *n = fold_table_place(&f->table, index + 1, 0) - first;
    return *n ? f->table.attempts + first : NULL;
}

uint32_t fold_first_attempt(const struct fold *f)
{
    return f->retry ? f->retry->attempt : 0;
}

const struct fold_attempt *fold_attempt_of_run(const struct fold *f, uint32_t index, uint32_t run)
{
    size_t n;
    const struct fold_attempt *v = fold_attempts_of(f, index, &n);
    while (n-- > 0 && !fold_is_past(f, &v[n]))
        if (fold_attempt_run(&v[n]) == run)
            return &v[n];
    return NULL;
}

uint32_t fold_next_attempt(const struct fold *f, uint32_t index, uint32_t run)
{
    size_t n;
    const struct fold_attempt *v = fold_attempts_of(f, index, &n);
    uint32_t number = fold_base_of(f, index) + run;
    return n && v[n - 1].attempt >= number ? v[n - 1].attempt + 1 : number;
}

const char *fold_node(const struct fold *f, const struct fold_attempt *a)
{
    return textpool_get(&f->table.pool, a->node, NULL);
}

const char *fold_address(const struct fold *f, const struct fold_attempt *a)
{
    size_t len;
    const char *node = textpool_get(&f->table.pool, a->node, &len);
    size_t name = strlen(node);
    return name < len ? node + name + 1 : "";
}

void fold_outcome_of(const struct fold *f, const struct fold_attempt *a,
                     struct fold_outcome_parts *parts)
{
    size_t len;
    const char *text = textpool_get(&f->table.pool, a->outcome, &len);
    fold_outcome_split(text, len, parts);
}

bool fold_deleted(const struct fold *f, uint32_t index, uint32_t attempt)
{
    const struct fold_attempt *a = fold_table_find(&f->table, index, attempt);
    return a && a->deleted;
}

int64_t fold_deleted_at(const struct fold *f, uint32_t index, uint32_t attempt)
{
    const struct fold_table *t = &f->table;
    if (!fold_deleted(f, index, attempt))
        return FOLD_NO_TIME;
    for (uint32_t i = 0; i < t->n_notes; i++) {
        const struct fold_note *note = &t->notes[i];
        if (note->event == JOURNAL_DELETED && note->index == index && note->attempt == attempt)
            return note->time_us;
    }
    return FOLD_NO_TIME;
}

const struct fold_note *fold_notes(const struct fold *f, size_t *n)
{
    *n = f->table.n_notes;
    return f->table.notes;
}

int64_t fold_last_change(const struct fold *f)
{
    const struct fold_table *t = &f->table;
    int64_t at = FOLD_NO_TIME;
    for (uint32_t i = 0; i < t->n_notes; i++) {
        const struct fold_note *note = &t->notes[i];
        bool is_change = note->event == JOURNAL_SUSPENDED || note->event == JOURNAL_RESUMED ||
                         note->event == JOURNAL_CHANGED || note->event == JOURNAL_RETRIED ||
                         note->event == JOURNAL_GROWN || note->event == JOURNAL_RENEWED;
        if (is_change && note->time_us > at)
            at = note->time_us;
    }
    return at;
}
