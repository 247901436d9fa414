/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include <stddef.h>
#include <string.h>

static int parse_uid(struct options *out, const char *value)
{
    uint32_t n = 0;
    const char *p = value;
    for (; *p >= '0' && *p <= '9'; p++)
        if (__builtin_mul_overflow(n, 10u, &n) ||
            __builtin_add_overflow(n, (uint32_t)(*p - '0'), &n))
            return -1;
    out->minimum_uid = n;
    return *p || p == value ? -1 : 0;
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

static const struct {
    const char *name;
    int (*parse)(struct options *out, const char *value);
    const char *want;
} table[] = {
    {"minimum_uid", parse_uid, "a user id"},
    {"sbatch", parse_sbatch, "yes or no"},
    {"skjob", parse_skjob, "an absolute path"},
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

int options_parse(struct options *out, int ac, char *const av[], struct error *err)
{
    *out = (struct options){.sbatch = true, .skjob = SKJOB_BINDIR "/skjob"};
    for (int i = 0; i < ac; i++)
        if (parse_one(out, av[i], err))
            return -1;
    return 0;
}
