/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_options.h"

#include <errno.h>
#include <slurm/slurm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLUGIN "skjob" /* as in SPANK_PLUGIN() */

/* Slurm's names for an option that travels: to slurmstepd, and, with SLURM_SPANK_ before it, to
 * prologs and (so it happens) to whatever the job submits. */
#define TRAVELS      "_SLURM_SPANK_OPTION_" PLUGIN "_"
#define LEAKS        "SLURM_SPANK_" TRAVELS
#define NAME_MAX_LEN 128

/* By id; owned. */
static char *words[PLAIN_OPTIONS];
static const char *argv[PLAIN_OPTIONS + 1];

/* ---- in sbatch ---- */

/* One line. Returning an error would make Slurm add one that repeats the value. */
__attribute__((noreturn, format(printf, 1, 2))) static void refuse(const char *fmt, ...)
{
    char text[1200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    slurm_error("skjob: %s", text);
    exit(EXIT_FAILURE);
}

static void check_program(const char *name)
{
    if (strcmp(program_invocation_short_name, "sbatch") != 0)
        refuse("--%s is an option for sbatch: what is retried is a batch script", name);
}

static void check_value(enum plain_option_id id, const char *value)
{
    struct plain_options o;
    struct error err;
    plain_options_init(&o);
    if (plain_options_set(&o, id, value, &err))
        refuse("%s", err.text);
}

void job_options_finish(void)
{
    struct plain_options o;
    struct error err;
    plain_options_init(&o);
    for (int id = 0; id < PLAIN_OPTIONS; id++) {
        const char *value;
        if (words[id] && plain_options_word(words[id], &value) == id &&
            plain_options_set(&o, (enum plain_option_id)id, value, &err))
            refuse("%s", err.text);
    }
    if (plain_options_check(&o, &err))
        refuse("%s", err.text);
}

/* ---- everywhere ---- */

/* The last one counts, as for all of sbatch's options. Returns 0, or -1 when out of memory. */
static int keep(enum plain_option_id id, const char *value)
{
    const struct plain_option *o = &plain_option_table[id];
    char *word;
    if (asprintf(&word, "--%s%s%s", o->name, o->value ? "=" : "", o->value ? value : "") < 0)
        return -1;
    free(words[id]);
    words[id] = word;
    return 0;
}

/* Slurm hands us the text of its own environment: it is copied, and bounded. */
static int on_option(int val, const char *value, int remote)
{
    enum plain_option_id id = (enum plain_option_id)val;
    const char *name = plain_option_table[id].name;
    if (!value)
        value = "";
    if (!remote) {
        check_program(name);
        check_value(id, value);
    } else if (strlen(value) > PLAIN_VALUE_MAX) {
        slurm_error("skjob: --%s is too long and ignored", name);
        return 0;
    }
    if (keep(id, value))
        slurm_error("skjob: --%s: out of memory", name);
    return 0;
}

static const char *variable(char out[NAME_MAX_LEN], const char *prefix, enum plain_option_id id)
{
    snprintf(out, NAME_MAX_LEN, "%s%s", prefix, plain_option_table[id].name);
    for (char *p = out; *p; p++)
        *p = *p == '-' ? '_' : *p;
    return out;
}

static void forget_inherited(void)
{
    char name[NAME_MAX_LEN];
    for (int id = 0; id < PLAIN_OPTIONS; id++) {
        unsetenv(variable(name, TRAVELS, (enum plain_option_id)id));
        unsetenv(variable(name, LEAKS, (enum plain_option_id)id));
    }
}

void job_options_register(spank_t sp)
{
    static struct spank_option options[PLAIN_OPTIONS];
    if (spank_context() != S_CTX_REMOTE)
        forget_inherited();
    for (int id = 0; id < PLAIN_OPTIONS; id++) {
        const struct plain_option *o = &plain_option_table[id];
        options[id] = (struct spank_option){.name = (char *)(uintptr_t)o->name,
                                            .arginfo = (char *)(uintptr_t)o->value,
                                            .usage = (char *)(uintptr_t)o->usage,
                                            .has_arg = o->value != NULL,
                                            .val = id,
                                            .cb = on_option};
        spank_err_t rc = spank_option_register(sp, &options[id]);
        if (rc != ESPANK_SUCCESS)
            slurm_error("skjob: --%s: %s", o->name, spank_strerror(rc));
    }
}

/* What a flag has for a value is Slurm's affair. */
static void collect(spank_t sp, enum plain_option_id id)
{
    char name[NAME_MAX_LEN], value[PLAIN_VALUE_MAX + 1];
    spank_err_t rc = spank_getenv(sp, variable(name, LEAKS, id), value, sizeof value);
    if (rc == ESPANK_ENV_NOEXIST)
        return;
    if (rc == ESPANK_SUCCESS && !words[id])
        on_option((int)id, value, 1);
    spank_unsetenv(sp, name);
}

void job_options_collect(spank_t sp)
{
    for (int id = 0; id < PLAIN_OPTIONS; id++)
        collect(sp, (enum plain_option_id)id);
}

bool job_options_has(enum plain_option_id id)
{
    return words[id] != NULL;
}

bool job_options_given(void)
{
    return *job_options_argv() != NULL;
}

bool job_options_retry(void)
{
    for (int id = 0; id < PLAIN_OPTIONS; id++)
        if (id != PLAIN_COMPLETION_INDEX && words[id])
            return true;
    return false;
}

const char *const *job_options_argv(void)
{
    size_t n = 0;
    for (int id = 0; id < PLAIN_OPTIONS; id++)
        if (words[id])
            argv[n++] = words[id];
    argv[n] = NULL;
    return argv;
}

void job_options_forget(void)
{
    for (int id = 0; id < PLAIN_OPTIONS; id++) {
        free(words[id]);
        words[id] = NULL;
    }
}
