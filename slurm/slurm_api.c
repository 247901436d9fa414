/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "slurm_api.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>

#include "cleanup.h"

/* The library that belongs to the headers at hand: libslurm.so.38 is 22.05's. */
#ifndef LIBSLURM
#define LIBSLURM "libslurm.so"
#endif

/* Since 26.05 the calls that take a job id take a step id by value. */
#if SLURM_VERSION_NUMBER >= SLURM_VERSION_NUM(26, 5, 0)
typedef slurm_step_id_t job_ref;
static job_ref job_ref_of(uint32_t id)
{
    slurm_step_id_t ref = SLURM_STEP_ID_INITIALIZER;
    ref.job_id = id;
    return ref;
}
#define JOB_ID_OF(info) ((info)->step_id.job_id)
#else
typedef uint32_t job_ref;
static job_ref job_ref_of(uint32_t id)
{
    return id;
}
#define JOB_ID_OF(info) ((info)->job_id)
#endif

struct calls {
    void (*init)(const char *conf);
    int (*load_ctl_conf)(time_t, slurm_conf_t **);
    void (*free_ctl_conf)(slurm_conf_t *);
    int (*load_job_user)(job_info_msg_t **, uint32_t, uint16_t);
    void (*free_job_info_msg)(job_info_msg_t *);
    int (*job_batch_script)(FILE *, job_ref);
    int (*load_job)(job_info_msg_t **, job_ref, uint16_t);
    int (*kill_job2)(const char *, uint16_t, uint16_t, const char *);
    char *(*strerror_)(int);
};

static const struct {
    const char *symbol;
    size_t offset;
} symbols[] = {
    {"slurm_init", offsetof(struct calls, init)},
    {"slurm_load_ctl_conf", offsetof(struct calls, load_ctl_conf)},
    {"slurm_free_ctl_conf", offsetof(struct calls, free_ctl_conf)},
    {"slurm_load_job_user", offsetof(struct calls, load_job_user)},
    {"slurm_free_job_info_msg", offsetof(struct calls, free_job_info_msg)},
    {"slurm_job_batch_script", offsetof(struct calls, job_batch_script)},
    {"slurm_load_job", offsetof(struct calls, load_job)},
    {"slurm_kill_job2", offsetof(struct calls, kill_job2)},
    {"slurm_strerror", offsetof(struct calls, strerror_)},
};

/* libslurm keeps its state in globals of its own and is loaded once for the process. Its plugins
 * look up its symbols: hence RTLD_GLOBAL. */
static int load(struct calls *c, struct error *err)
{
    static struct calls loaded;
    if (loaded.init) {
        *c = loaded;
        return 0;
    }
    void *lib = dlopen(LIBSLURM, RTLD_NOW | RTLD_GLOBAL);
    if (!lib)
        return error_set(err, "Slurm is not installed here: %s", dlerror());
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        void *address = dlsym(lib, symbols[i].symbol);
        if (!address)
            return error_set(err, "%s lacks %s: it is not the Slurm that skjob was built for",
                             LIBSLURM, symbols[i].symbol);
        memcpy((char *)c + symbols[i].offset, &address, sizeof address);
    }
    c->init(NULL);
    loaded = *c;
    return 0;
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
    if (c.load_ctl_conf(0, &conf) != SLURM_SUCCESS)
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
    int rc = c->job_batch_script(f, job_ref_of(job_id));
    fclose(f);
    return rc == SLURM_SUCCESS && text && strstr(text, needle) != NULL;
}

int slurm_api_find_script(uid_t uid, const char *name, const char *needle, uint32_t *job_id,
                          struct error *err)
{
    struct calls c;
    job_info_msg_t *msg;
    if (load(&c, err) < 0)
        return -1;
    if (c.load_job_user(&msg, uid, SHOW_ALL) != SLURM_SUCCESS)
        return slurm_failed(&c, err);
    int found = 0;
    for (uint32_t i = 0; i < msg->record_count && !found; i++) {
        const job_info_t *j = &msg->job_array[i];
        uint32_t array = j->array_job_id ? j->array_job_id : JOB_ID_OF(j);
        if (!j->name || strcmp(j->name, name) != 0 || !script_holds(&c, JOB_ID_OF(j), needle))
            continue;
        *job_id = array;
        found = 1;
    }
    c.free_job_info_msg(msg);
    return found;
}

int slurm_api_cancel(uint32_t job_id, struct error *err)
{
    struct calls c;
    char id[16];
    if (load(&c, err) < 0)
        return -1;
    snprintf(id, sizeof id, "%u", job_id);
    if (c.kill_job2(id, SIGKILL, 0, NULL) == SLURM_SUCCESS)
        return 0;
    return errno == ESLURM_ALREADY_DONE || errno == ESLURM_INVALID_JOB_ID ? 0
                                                                          : slurm_failed(&c, err);
}

int slurm_api_is_alive(uint32_t job_id, struct error *err)
{
    struct calls c;
    job_info_msg_t *msg;
    if (load(&c, err) < 0)
        return -1;
    if (c.load_job(&msg, job_ref_of(job_id), SHOW_ALL) != SLURM_SUCCESS)
        return errno == ESLURM_INVALID_JOB_ID ? 0 : slurm_failed(&c, err);
    int alive = 0;
    for (uint32_t i = 0; i < msg->record_count; i++) {
        uint32_t state = msg->job_array[i].job_state;
        alive |= (state & JOB_STATE_BASE) < JOB_COMPLETE || (state & JOB_COMPLETING);
    }
    c.free_job_info_msg(msg);
    return alive;
}
