/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "clock.h"
#include "job_dir.h"
#include "site.h"
#include "tree.h"

void job_state_backoff(struct fold_config *config)
{
    const struct conf *conf = site_conf(NULL);
    config->backoff_base_us = conf->backoff_base_us;
    config->backoff_cap_us = conf->backoff_max_us;
    fold_config_backoff(config, getenv("SKJOB_BACKOFF_BASE"), getenv("SKJOB_BACKOFF_MAX"));
    config->start_at_submission = conf->deadline_from == CONF_DEADLINE_SUBMIT;
}

int64_t job_state_retry_min_us(void)
{
    return fold_config_seconds(getenv("SKJOB_RETRY_MIN"), 0);
}

void job_state_crashloop(int64_t *base_us, int64_t *cap_us)
{
    const struct conf *conf = site_conf(NULL);
    *base_us = fold_config_seconds(getenv("SKJOB_CRASHLOOP_BASE"), conf->crashloop_base_us);
    *cap_us = fold_config_seconds(getenv("SKJOB_CRASHLOOP_MAX"), conf->crashloop_max_us);
}

/* In a work queue every task is a pod from the beginning: the queue is not done while one waits. */
static int announce_waiting(struct fold *f, const json_t *object, uint32_t first, uint32_t last)
{
    const json_t *spec = tree_get(object, "spec");
    if (tree_has(spec, "completions") || !tree_has(spec, "parallelism"))
        return 0;
    for (uint32_t i = first; i <= last; i++)
        if (fold_live(f, i, FOLD_FIRST, FOLD_PENDING) < 0)
            return -1;
    return 0;
}

int job_state_read(struct job_state *s, const char *dir, uint32_t first, uint32_t last,
                   struct error *err)
{
    struct fold_config config = {0};
    job_state_backoff(&config);
    s->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->dir < 0)
        return error_set(err, "%.300s: %s", dir, strerror(errno));
    cleanup_json json_t *object = NULL;
    int found = job_dir_object(s->dir, &object, err);
    if (found == 0)
        return error_set(err, "%.300s: no object.json", dir);
    if (found < 0 || fold_new(object, &config, &s->fold, err) < 0 ||
        fold_read(s->fold, s->dir, NULL, NULL, err) < 0)
        return -1;
    return announce_waiting(s->fold, object, first, last) < 0 ? error_set(err, "out of memory") : 0;
}

void job_state_close(struct job_state *s)
{
    fold_free(s->fold);
    if (s->dir >= 0)
        close(s->dir);
    *s = (struct job_state)JOB_STATE_INIT;
}

bool job_state_has_end(const char *dir)
{
    struct journal_end end;
    cleanup_close int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && journal_end_read(fd, &end, NULL) == 1;
}

bool job_state_has_deadline(const char *dir)
{
    cleanup_close int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && faccessat(fd, JOURNAL_DEADLINE_FILE, F_OK, 0) == 0;
}

int job_state_decide(struct job_state *s, const char *host, struct error *err)
{
    struct journal_end end;
    return fold_decision(s->fold, &end) ? journal_end_make(s->dir, host, &end, err) : 0;
}

int64_t job_state_deadline(const struct fold *fold, int64_t start_us)
{
    struct machine_view view;
    int64_t at;
    machine_view(fold_machine(fold), &view);
    if (view.start_us != MACHINE_NO_TIME)
        start_us = view.start_us;
    if (view.spec->active_deadline_seconds == JOB_UNSET || start_us == MACHINE_NO_TIME ||
        view.spec->suspend ||
        __builtin_mul_overflow(view.spec->active_deadline_seconds, INT64_C(1000000), &at) ||
        __builtin_add_overflow(start_us, at, &at))
        return CLOCK_NEVER;
    return at;
}
