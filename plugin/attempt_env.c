/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "attempt_env.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

static const char *const copied[] = {
    "SLURM_ARRAY_TASK_MIN",   "SLURM_ARRAY_TASK_MAX",
    "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_STEP",
    "SLURM_CLUSTER_NAME",     "SLURMD_NODENAME",
    "SLURM_JOB_NAME",         "SKJOB_STATE",
    "XDG_STATE_HOME",         "SKJOB_BACKOFF_BASE",
    "SKJOB_BACKOFF_MAX",      "SKJOB_RUN_DIR",
    "SLURM_TMPDIR",           "TMPDIR",
    "SKJOB_RETRY_MIN",        "SKJOB_CONF",
};

static bool is_printable(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
    return true;
}

static bool has(const struct attempt_env *env, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < env->variables; i++)
        if (strncmp(env->envp[i], name, len) == 0 && env->envp[i][len] == '=')
            return true;
    return false;
}

void attempt_env_add(struct attempt_env *env, const char *name, const char *value)
{
    size_t room = sizeof env->text - env->len;
    if (env->variables == ATTEMPT_ENV_VARIABLES || !is_printable(value) || has(env, name))
        return;
    int n = snprintf(env->text + env->len, room, "%s=%s", name, value);
    if (n < 0 || (size_t)n >= room)
        return;
    env->envp[env->variables++] = env->text + env->len;
    env->envp[env->variables] = NULL;
    env->len += (size_t)n + 1;
}

static void add_number(struct attempt_env *env, const char *name, uint32_t value)
{
    char text[16];
    snprintf(text, sizeof text, "%" PRIu32, value);
    attempt_env_add(env, name, text);
}

/* from: its name in the job. */
static bool copy(struct attempt_env *env, spank_t sp, const char *name, const char *from)
{
    char value[ATTEMPT_ENV_VALUE];
    if (spank_getenv(sp, from, value, sizeof value) != ESPANK_SUCCESS || !*value)
        return false;
    attempt_env_add(env, name, value);
    return has(env, name);
}

/* HOME is the job's, since skjob-pod finds the state below it: they must mean the same. The user
 * data base, which may be behind a network, is asked only when the job has not all three. */
static void add_user(struct attempt_env *env, spank_t sp, const struct job *job)
{
    char buf[4096];
    struct passwd entry, *user = NULL;
    bool home = copy(env, sp, "HOME", "HOME");
    bool name = copy(env, sp, "USER", "SLURM_JOB_USER");
    if (name)
        copy(env, sp, "LOGNAME", "SLURM_JOB_USER");
    if ((home && name) || getpwuid_r(job->uid, &entry, buf, sizeof buf, &user) || !user)
        return;
    attempt_env_add(env, "HOME", user->pw_dir);
    attempt_env_add(env, "USER", user->pw_name);
    attempt_env_add(env, "LOGNAME", user->pw_name);
}

void attempt_env_make(struct attempt_env *env, spank_t sp, const struct job *job, uint32_t restarts)
{
    const char *conf = getenv("SLURM_CONF"); /* slurmstepd's own */
    env->len = env->variables = 0;
    env->envp[0] = NULL;
    attempt_env_add(env, "PATH", "/usr/local/bin:/usr/bin:/bin");
    add_user(env, sp, job);
    if (conf && strlen(conf) < ATTEMPT_ENV_VALUE)
        attempt_env_add(env, "SLURM_CONF", conf);
    add_number(env, "SLURM_JOB_ID", job->id);
    if (job->array) {
        add_number(env, "SLURM_ARRAY_JOB_ID", job->array);
        add_number(env, "SLURM_ARRAY_TASK_ID", job->index);
    }
    if (restarts)
        add_number(env, "SLURM_RESTART_COUNT", restarts);
    for (size_t i = 0; i < sizeof copied / sizeof *copied; i++)
        copy(env, sp, copied[i], copied[i]);
}

static void set(spank_t sp, const struct job *job, const char *name, const char *value)
{
    spank_err_t rc = value ? spank_setenv(sp, name, value, 1) : ESPANK_SUCCESS;
    if (rc != ESPANK_SUCCESS)
        log_error(job->id, "%s: %s", name, spank_strerror(rc));
}

static void set_state(spank_t sp, const struct job *job, const struct options *options)
{
    char user[ATTEMPT_ENV_VALUE] = "", path[OPTIONS_PATH_MAX];
    struct error err;
    if (!options->state)
        return;
    if (spank_getenv(sp, "SLURM_JOB_USER", user, sizeof user) != ESPANK_SUCCESS)
        user[0] = '\0';
    if (options_state(options, user, job->uid, path, &err))
        log_error(job->id, "%s", err.text);
    else
        set(sp, job, "SKJOB_STATE", path);
}

void attempt_env_apply(spank_t sp, const struct job *job, const struct options *options)
{
    set(sp, job, "SKJOB_BACKOFF_BASE", options->backoff_base);
    set(sp, job, "SKJOB_BACKOFF_MAX", options->backoff_max);
    set(sp, job, "SKJOB_RETRY_MIN", options->retry_min);
    set_state(sp, job, options);
}
