/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "slurm_api.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>

#include "cleanup.h"
#include "slurm_job_ref.h"
#include "slurm_jobs.h"
#include "slurm_lib.h"
#include "slurm_task.h"
#include "trace.h"

#if SLURM_VERSION_NUMBER >= SLURM_VERSION_NUM(26, 5, 0)
#define FREE_CTL_CONF "slurm_free_conf" /* renamed */
#else
#define FREE_CTL_CONF "slurm_free_ctl_conf"
#endif

struct calls {
    int (*load_ctl_conf)(time_t, slurm_conf_t **);
    void (*free_ctl_conf)(slurm_conf_t *);
    int (*load_job_user)(job_info_msg_t **, uint32_t, uint16_t);
    void (*free_job_info_msg)(job_info_msg_t *);
    int (*job_batch_script)(FILE *, slurm_job_ref_t);
    int (*load_job)(job_info_msg_t **, slurm_job_ref_t, uint16_t);
    char *(*strerror_)(int);
};

static const struct slurm_symbol symbols[] = {
    {"slurm_load_ctl_conf", offsetof(struct calls, load_ctl_conf)},
    {FREE_CTL_CONF, offsetof(struct calls, free_ctl_conf)},
    {"slurm_load_job_user", offsetof(struct calls, load_job_user)},
    {"slurm_free_job_info_msg", offsetof(struct calls, free_job_info_msg)},
    {"slurm_job_batch_script", offsetof(struct calls, job_batch_script)},
    {"slurm_load_job", offsetof(struct calls, load_job)},
    {"slurm_strerror", offsetof(struct calls, strerror_)},
};

static int load(struct calls *c, struct error *err)
{
    return slurm_lib_load(symbols, sizeof symbols / sizeof *symbols, c, err);
}

static int slurm_failed(const struct calls *c, struct error *err)
{
    return error_set(err, "slurmctld cannot be asked: %s", c->strerror_(errno));
}

int slurm_api_cluster(struct slurm_cluster *out, struct error *err)
{
    struct calls c;
    slurm_conf_t *conf;
    if (load(&c, err) < 0)
        return -1;
    int64_t began = trace_begin();
    int rc = c.load_ctl_conf(0, &conf);
    trace_end(TRACE_QUESTIONS, began, "slurm_load_ctl_conf");
    if (rc != SLURM_SUCCESS)
        return slurm_failed(&c, err);
    *out = (struct slurm_cluster){
        .max_array_size = conf->max_array_sz,
        .max_job_count = conf->max_job_cnt,
        .message_timeout = conf->msg_timeout,
    };
    snprintf(out->name, sizeof out->name, "%s", conf->cluster_name ? conf->cluster_name : "");
    c.free_ctl_conf(conf);
    return 0;
}

static int script_holds(const struct calls *c, uint32_t job_id, const char *needle)
{
    cleanup_free char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    if (!f)
        return 0;
    int64_t began = trace_begin();
    int rc = c->job_batch_script(f, slurm_job_ref(job_id));
    trace_end(TRACE_QUESTIONS, began, "slurm_job_batch_script %u", job_id);
    fclose(f);
    return rc == SLURM_SUCCESS && text && strstr(text, needle) != NULL;
}

static bool is_alive(const job_info_t *j)
{
    return (j->job_state & JOB_STATE_BASE) < JOB_COMPLETE || (j->job_state & JOB_COMPLETING);
}

struct wanted {
    const char *name;
    int64_t since;
    bool alive;
    const char *needle;
};

/* Looks through the jobs that have, or do not have, the name. An array's tasks share a script: the
 * first one that is seen stands for all. */
static bool find_among(const struct calls *c, const job_info_msg_t *msg, const struct wanted *w,
                       bool same_name, uint32_t *job_id)
{
    uint32_t looked_at = 0;
    for (uint32_t i = 0; i < msg->record_count; i++) {
        const job_info_t *j = &msg->job_array[i];
        uint32_t array = j->array_job_id ? j->array_job_id : JOB_ID_OF(j);
        bool same = j->name && strcmp(j->name, w->name) == 0;
        if (same != same_name || array == looked_at || (int64_t)j->submit_time < w->since ||
            (w->alive && !is_alive(j)))
            continue;
        looked_at = array;
        *job_id = array;
        if (script_holds(c, JOB_ID_OF(j), w->needle))
            return true;
    }
    return false;
}

static int load_of_user(struct calls *c, uid_t uid, job_info_msg_t **msg, struct error *err)
{
    if (load(c, err) < 0)
        return -1;
    int64_t began = trace_begin();
    int rc = c->load_job_user(msg, uid, SLURM_JOBS_SHOW);
    trace_end(TRACE_QUESTIONS, began, "slurm_load_job_user %u: %u records", uid,
              rc == SLURM_SUCCESS ? (*msg)->record_count : 0);
    return rc == SLURM_SUCCESS ? 0 : slurm_failed(c, err);
}

int slurm_api_find_script(uid_t uid, const char *name, int64_t since, bool alive,
                          const char *needle, uint32_t *job_id, struct error *err)
{
    struct calls c;
    const struct wanted w = {name, since, alive, needle};
    job_info_msg_t *msg;
    if (load_of_user(&c, uid, &msg, err) < 0)
        return -1;
    bool found = find_among(&c, msg, &w, true, job_id) || find_among(&c, msg, &w, false, job_id);
    c.free_job_info_msg(msg);
    return found;
}

bool slurm_api_script_holds(uint32_t job_id, const char *needle)
{
    struct calls c;
    return load(&c, NULL) == 0 && script_holds(&c, job_id, needle);
}

int slurm_api_cancel(uint32_t job_id, struct error *err)
{
    char id[16];
    snprintf(id, sizeof id, "%u", job_id);
    return slurm_task_cancel(id, err) == SLURM_DONE ? 0 : -1;
}

int slurm_api_is_alive(uint32_t job_id, struct error *err)
{
    struct calls c;
    job_info_msg_t *msg;
    if (load(&c, err) < 0)
        return -1;
    int64_t began = trace_begin();
    int rc = c.load_job(&msg, slurm_job_ref(job_id), SLURM_JOBS_SHOW);
    trace_end(TRACE_QUESTIONS, began, "slurm_load_job %u", job_id);
    if (rc != SLURM_SUCCESS)
        return errno == ESLURM_INVALID_JOB_ID ? 0 : slurm_failed(&c, err);
    int alive = 0;
    for (uint32_t i = 0; i < msg->record_count; i++)
        alive |= is_alive(&msg->job_array[i]);
    c.free_job_info_msg(msg);
    return alive;
}

int slurm_api_list_alive(uid_t uid, uint32_t **ids, size_t *n, struct error *err)
{
    struct calls c;
    job_info_msg_t *msg;
    *n = 0;
    *ids = NULL;
    if (load_of_user(&c, uid, &msg, err) < 0)
        return -1;
    *ids = calloc((size_t)msg->record_count + 1, sizeof **ids);
    for (uint32_t i = 0; *ids && i < msg->record_count; i++) {
        const job_info_t *j = &msg->job_array[i];
        if (is_alive(j))
            (*ids)[(*n)++] = j->array_job_id ? j->array_job_id : JOB_ID_OF(j);
    }
    c.free_job_info_msg(msg);
    return *ids ? 0 : error_set(err, "out of memory");
}
