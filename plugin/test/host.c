/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct host host;

void host_reset(void)
{
    for (int i = 0; i < host.env_len; i++) {
        free(host.env[i].name);
        free(host.env[i].value);
    }
    free(host.env);
    host = (struct host){
        .context = S_CTX_REMOTE,
        .step = SLURM_BATCH_SCRIPT,
        .job = 107,
        .array = 100,
        .task = 7,
        .uid = 1000,
        .gid = 1000,
    };
}

static int find(const char *name)
{
    for (int i = 0; i < host.env_len; i++)
        if (strcmp(host.env[i].name, name) == 0)
            return i;
    return -1;
}

void host_putenv(const char *name, const char *value)
{
    int i = find(name);
    if (i < 0) {
        i = host.env_len++;
        host.env = realloc(host.env, (size_t)host.env_len * sizeof *host.env);
        cr_assert(host.env);
        host.env[i].name = strdup(name);
    } else {
        free(host.env[i].value);
    }
    host.env[i].value = strdup(value);
}

void host_fill(int n)
{
    char name[32];
    host.env = realloc(host.env, (size_t)(host.env_len + n) * sizeof *host.env);
    cr_assert(host.env);
    for (int i = 0; i < n; i++, host.env_len++) {
        snprintf(name, sizeof name, "V%d", i);
        host.env[host.env_len].name = strdup(name);
        host.env[host.env_len].value = strdup("x");
    }
}

const char *host_getenv(const char *name)
{
    int i = find(name);
    return i < 0 ? NULL : host.env[i].value;
}

static bool remote(void)
{
    host.calls++;
    return host.context == S_CTX_REMOTE;
}

/* What Slurm's libraries give to a plugin. */

spank_context_t spank_context(void)
{
    host.calls++;
    return host.context;
}

static spank_err_t get_argv(va_list ap)
{
    int *argc = va_arg(ap, int *);
    char ***argv = va_arg(ap, char ***);
    *argc = host.argv[0] ? 1 : 0;
    *argv = host.argv;
    return ESPANK_SUCCESS;
}

static spank_err_t get_groups(va_list ap)
{
    gid_t **groups = va_arg(ap, gid_t **);
    int *len = va_arg(ap, int *);
    *groups = host.groups;
    *len = host.groups_len;
    return ESPANK_SUCCESS;
}

static const uint32_t *number(spank_item_t item)
{
    switch (item) {
    case S_JOB_STEPID:
        return &host.step;
    case S_JOB_ID:
        return &host.job;
    case S_JOB_ARRAY_ID:
        return &host.array;
    case S_JOB_ARRAY_TASK_ID:
        return &host.task;
    case S_JOB_UID:
        return &host.uid;
    case S_JOB_GID:
        return &host.gid;
    case S_TASK_EXIT_STATUS:
        return (const uint32_t *)&host.task_status;
    default:
        cr_assert_fail("item %d is not expected", item);
        abort();
    }
}

spank_err_t spank_get_item(spank_t sp, spank_item_t item, ...)
{
    (void)sp;
    spank_err_t rc = ESPANK_SUCCESS;
    host.items++;
    if (!remote())
        return ESPANK_NOT_REMOTE;
    if (host.has_missing && host.missing == item)
        return ESPANK_NOT_AVAIL;
    va_list ap;
    va_start(ap, item);
    if (item == S_JOB_ARGV)
        rc = get_argv(ap);
    else if (item == S_JOB_SUPPLEMENTARY_GIDS)
        rc = get_groups(ap);
    else
        *va_arg(ap, uint32_t *) = *number(item);
    va_end(ap);
    return rc;
}

spank_err_t spank_getenv(spank_t sp, const char *name, char *buf, int len)
{
    (void)sp;
    if (!remote())
        return ESPANK_NOT_REMOTE;
    const char *value = host_getenv(name);
    if (!value)
        return ESPANK_ENV_NOEXIST;
    return snprintf(buf, (size_t)len, "%s", value) >= len ? ESPANK_NOSPACE : ESPANK_SUCCESS;
}

spank_err_t spank_setenv(spank_t sp, const char *name, const char *value, int overwrite)
{
    (void)sp;
    if (!remote())
        return ESPANK_NOT_REMOTE;
    if (host.setenv_fails)
        return ESPANK_BAD_ARG;
    if (!overwrite && host_getenv(name))
        return ESPANK_ENV_EXISTS;
    host_putenv(name, value);
    return ESPANK_SUCCESS;
}

spank_err_t spank_unsetenv(spank_t sp, const char *name)
{
    (void)sp;
    int i = find(name);
    if (!remote())
        return ESPANK_NOT_REMOTE;
    if (i < 0)
        return ESPANK_SUCCESS;
    free(host.env[i].name);
    free(host.env[i].value);
    host.env[i] = host.env[--host.env_len];
    return ESPANK_SUCCESS;
}

spank_err_t spank_option_register(spank_t sp, struct spank_option *option)
{
    (void)sp;
    host.calls++;
    cr_assert(option->name && option->usage && option->cb, "what Slurm wants of an option");
    cr_assert_lt(host.options_len, 16);
    host.options[host.options_len++] = option;
    return ESPANK_SUCCESS;
}

const char *spank_strerror(spank_err_t err)
{
    (void)err;
    return "refused by the test";
}

static void add_line(const char *format, va_list ap) __attribute__((format(printf, 1, 0)));
static void add_line(const char *format, va_list ap)
{
    size_t len = strlen(host.log);
    host.calls++;
    host.lines++;
    vsnprintf(host.log + len, sizeof host.log - len - 1, format, ap);
    strcat(host.log, "\n");
}

#define LOGGER(name)                                                                               \
    void name(const char *format, ...)                                                             \
    {                                                                                              \
        va_list ap;                                                                                \
        va_start(ap, format);                                                                      \
        add_line(format, ap);                                                                      \
        va_end(ap);                                                                                \
    }

LOGGER(slurm_error)
LOGGER(slurm_info)
LOGGER(slurm_debug)

/* Criterion loses 48 bytes when it runs many tests side by side; that is not our leak. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libcriterion";
}
