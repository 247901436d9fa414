/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "retry_rule.h"

#include <string.h>

#include "quantity.h"
#include "tree.h"

#define FACTOR_MAX 100

static int set_exclude(struct retry_rule *r, const char *value, struct error *err)
{
    bool yes = strcmp(value, "true") == 0;
    if (!yes && strcmp(value, "false") != 0)
        return error_set(err, "\"%s\" is neither true nor false", value);
    r->exclude_node = yes;
    return 0;
}

static int set_factor(struct retry_rule *r, const char *value, struct error *err)
{
    struct quantity q;
    int64_t milli = quantity_parse(&q, value, NULL) == 0 ? quantity_ceil_milli(&q) : 0;
    if (milli < 1000 || milli > FACTOR_MAX * 1000)
        return error_set(err, "\"%s\" is not a number from 1 to %d", value, FACTOR_MAX);
    r->memory_milli = (uint32_t)milli;
    return 0;
}

static int set_max(struct retry_rule *r, const char *value, struct error *err)
{
    struct quantity q;
    const char *why = "must be greater than 0";
    if (quantity_parse(&q, value, &why) < 0 || quantity_sign(&q) <= 0)
        return error_set(err, "\"%s\": %s", value, why);
    r->memory_max = (uint64_t)quantity_ceil_mib(&q);
    return 0;
}

static const struct {
    const char *key;
    int (*set)(struct retry_rule *r, const char *value, struct error *err);
} rules[] = {
    {"skjob/retry-exclude-node", set_exclude},
    {"skjob/retry-memory-factor", set_factor},
    {"skjob/retry-memory-max", set_max},
};
#define RULES (sizeof rules / sizeof *rules)

int retry_rule_set(struct retry_rule *r, const char *key, const char *value, struct error *err)
{
    for (size_t i = 0; i < RULES; i++)
        if (strcmp(key, rules[i].key) == 0)
            return rules[i].set(r, value, err);
    return 1;
}

static void take_all(struct retry_rule *r, const json_t *annotations)
{
    for (size_t i = 0; i < RULES; i++)
        if (tree_has(annotations, rules[i].key))
            rules[i].set(r, tree_str(annotations, rules[i].key), NULL);
}

#define NO_FACTOR 1000 /* thousandths */

static struct retry_rule rule_of_site(const struct conf *conf)
{
    struct retry_rule r = {0};
    if (!conf)
        return r;
    r.exclude_node = conf->retry_exclude_node;
    r.memory_milli = conf->retry_memory_milli > NO_FACTOR ? (uint32_t)conf->retry_memory_milli : 0;
    r.memory_max = (uint64_t)conf->retry_memory_max_mb;
    return r;
}

struct retry_rule retry_rule_of(const json_t *job, const struct conf *conf)
{
    struct retry_rule r = rule_of_site(conf);
    take_all(&r, tree_at(job, "spec", "template", "metadata", "annotations", NULL));
    take_all(&r, tree_at(job, "metadata", "annotations", NULL));
    return r;
}

uint64_t retry_rule_memory(const struct retry_rule *r, uint64_t before)
{
    uint64_t next;
    if (!r->memory_milli || !before ||
        __builtin_mul_overflow(before, (uint64_t)r->memory_milli, &next) ||
        __builtin_add_overflow(next, 999u, &next))
        return 0;
    next /= 1000;
    if (r->memory_max && next > r->memory_max)
        next = r->memory_max;
    return next > before ? next : before;
}

/* A list of Slurm's may hold ranges; a name that is written out is found. */
static bool is_listed(const char *list, const char *node, size_t *n)
{
    size_t len = strlen(node);
    bool found = false;
    *n = 0;
    for (const char *p = list; *p; p += *p == ',') {
        size_t word = strcspn(p, ",");
        found |= word == len && strncmp(p, node, len) == 0;
        p += word;
        (*n)++;
    }
    return found;
}

bool retry_rule_exclude(const char *before, const char *node, struct strbuf *out)
{
    size_t n;
    before = before ? before : "";
    if (!*node || is_listed(before, node, &n) || n >= RETRY_EXCLUDE_MAX)
        return false;
    strbuf_addf(out, "%s%s%s", before, *before ? "," : "", node);
    return true;
}
