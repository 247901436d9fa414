/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sbatch_oracle.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void sbatch_oracle_free(struct sbatch_oracle *o)
{
    for (size_t i = 0; i < o->len; i++)
        free(o->args[i]);
}

static const char *one_argument(struct sbatch_oracle *o, const char *p)
{
    char *arg = calloc(1, strlen(p) + 1), in = 0;
    size_t n = 0;
    bool escaped = false;
    while (*p && *p != '\n' && (in || !isspace((unsigned char)*p))) {
        if (escaped)
            escaped = false;
        else if (*p == '\\') {
            escaped = true;
            p++;
            continue;
        } else if (in && *p == in) {
            in = 0;
            p++;
            continue;
        } else if (!in && (*p == '"' || *p == '\'')) {
            in = *p++;
            continue;
        } else if (!in && *p == '#') {
            break;
        }
        arg[n++] = *p++;
    }
    o->fatal |= in != 0;
    if (n == 0 || o->len == SBATCH_ORACLE_MAX) {
        free(arg);
        return NULL;
    }
    o->args[o->len++] = arg;
    return p;
}

void sbatch_oracle_read(struct sbatch_oracle *o, const char *line)
{
    *o = (struct sbatch_oracle){0};
    for (const char *p = line + strlen("#SBATCH"); p;) {
        while (isspace((unsigned char)*p))
            p++;
        o->fatal |= *p == ':';
        p = *p ? one_argument(o, p) : NULL;
    }
}
