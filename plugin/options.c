/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int parse_number(const char *value, uint32_t *out)
{
    uint32_t n = 0;
    const char *p = value;
    for (; *p >= '0' && *p <= '9'; p++)
        if (__builtin_mul_overflow(n, 10u, &n) ||
            __builtin_add_overflow(n, (uint32_t)(*p - '0'), &n))
            return -1;
    *out = n;
    return *p || p == value ? -1 : 0;
}

/* Of what becomes a path or a part of the environment: one word of printable characters. */
static bool is_word(const char *value, size_t max)
{
    size_t len = 0;
    for (; value[len]; len++)
        if ((unsigned char)value[len] <= ' ' || value[len] == 0x7f || len + 1 >= max)
            return false;
    return len > 0;
}

static bool is_path(const char *value)
{
    return value[0] == '/' && is_word(value, OPTIONS_PATH_MAX);
}

static int parse_uid(struct options *out, const char *value)
{
    return parse_number(value, &out->minimum_uid);
}

static int parse_sbatch(struct options *out, const char *value)
{
    out->sbatch = strcmp(value, "yes") == 0;
    return out->sbatch || strcmp(value, "no") == 0 ? 0 : -1;
}

static int parse_skjob(struct options *out, const char *value)
{
    out->skjob = value;
    return value[0] == '/' ? 0 : -1;
}

static int parse_partitions(struct options *out, const char *value)
{
    size_t len = strlen(value);
    out->partitions = value;
    bool empty_name = !len || value[0] == ',' || value[len - 1] == ',' || strstr(value, ",,");
    return empty_name || !is_word(value, len + 1) ? -1 : 0;
}

static int parse_state(struct options *out, const char *value)
{
    out->state = value;
    if (!is_path(value))
        return -1;
    for (const char *p = strchr(value, '%'); p; p = strchr(p + 2, '%'))
        if (p[1] != 'u' && p[1] != 'U' && p[1] != '%')
            return -1;
    return 0;
}

static int parse_libexec(struct options *out, const char *value)
{
    out->libexec = value;
    return is_path(value) ? 0 : -1;
}

static int parse_seconds(const char **out, const char *value)
{
    uint32_t n;
    *out = value;
    return parse_number(value, &n) || n > OPTIONS_BACKOFF_MAX ? -1 : 0;
}

static int parse_backoff_base(struct options *out, const char *value)
{
    return parse_seconds(&out->backoff_base, value);
}

static int parse_backoff_max(struct options *out, const char *value)
{
    return parse_seconds(&out->backoff_max, value);
}

static int parse_retry_min(struct options *out, const char *value)
{
    return parse_seconds(&out->retry_min, value);
}

static int parse_log(struct options *out, const char *value)
{
    static const char *const levels[] = {
        [OPTIONS_LOG_QUIET] = "quiet", [OPTIONS_LOG_INFO] = "info", [OPTIONS_LOG_DEBUG] = "debug"};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (strcmp(value, levels[i]) == 0) {
            out->log = (enum options_log)i;
            return 0;
        }
    return -1;
}

static const struct {
    const char *name;
    int (*parse)(struct options *out, const char *value);
    const char *want;
} table[] = {
    {"minimum_uid", parse_uid, "a user id"},
    {"sbatch", parse_sbatch, "yes or no"},
    {"skjob", parse_skjob, "an absolute path"},
    {"partitions", parse_partitions, "a list of partitions"},
    {"state", parse_state, "an absolute path, with %u, %U and %% alone"},
    {"libexec", parse_libexec, "an absolute path"},
    {"backoff_base", parse_backoff_base, "a number of seconds"},
    {"backoff_max", parse_backoff_max, "a number of seconds"},
    {"retry_min", parse_retry_min, "a number of seconds"},
    {"log", parse_log, "quiet, info or debug"},
};

static int parse_one(struct options *out, const char *arg, struct error *err)
{
    size_t len = strcspn(arg, "=");
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strlen(table[i].name) != len || strncmp(table[i].name, arg, len) != 0)
            continue;
        if (arg[len] != '=' || table[i].parse(out, arg + len + 1))
            return error_set(err, "plugstack argument \"%.100s\": not %s", arg, table[i].want);
        return 0;
    }
    return error_set(err, "plugstack argument \"%.100s\": unknown", arg);
}

static int check_backoff(const struct options *o, struct error *err)
{
    uint32_t base, max;
    if (!o->backoff_base || !o->backoff_max || parse_number(o->backoff_base, &base) ||
        parse_number(o->backoff_max, &max) || base <= max)
        return 0;
    return error_set(err, "plugstack argument \"backoff_base=%s\": more than backoff_max=%s",
                     o->backoff_base, o->backoff_max);
}

int options_parse(struct options *out, int ac, char *const av[], struct error *err)
{
    *out = (struct options){.sbatch = true,
                            .skjob = SKJOB_BINDIR "/skjob",
                            .libexec = SKJOB_LIBEXECDIR,
                            .log = OPTIONS_LOG_INFO};
    for (int i = 0; i < ac; i++)
        if (parse_one(out, av[i], err))
            return -1;
    return check_backoff(out, err);
}

bool options_has_partition(const struct options *options, const char *partition)
{
    size_t len = strlen(partition);
    const char *p = options->partitions;
    while (p) {
        size_t n = strcspn(p, ",");
        if (n == len && strncmp(p, partition, len) == 0)
            return true;
        p = p[n] ? p + n + 1 : NULL;
    }
    return !options->partitions;
}

static bool is_component(const char *name)
{
    return is_word(name, 256) && !strchr(name, '/') && strcmp(name, ".") != 0 &&
           strcmp(name, "..") != 0;
}

int options_state(const struct options *options, const char *user, uid_t uid,
                  char out[static OPTIONS_PATH_MAX], struct error *err)
{
    char number[16];
    size_t len = 0;
    snprintf(number, sizeof number, "%" PRIu32, (uint32_t)uid);
    for (const char *p = options->state; *p; p++) {
        char one[2] = {*p, '\0'};
        const char *piece = one;
        if (*p == '%')
            piece = *++p == 'u' ? user : *p == 'U' ? number : "%";
        if (piece == user && !is_component(user))
            return error_set(err, "state=%.100s: the user's name is no name of a folder",
                             options->state);
        size_t n = strlen(piece);
        if (n >= OPTIONS_PATH_MAX - len)
            return error_set(err, "state=%.100s: the path is too long", options->state);
        memcpy(out + len, piece, n);
        len += n;
    }
    out[len] = '\0';
    return 0;
}
