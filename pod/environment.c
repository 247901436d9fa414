/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "environment.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct variable {
    char *text; /* NAME=value, owned */
    size_t name_len;
    bool declared;
};

/* The variables, and a hash table of their places (open addressing, 0 = free, else place + 1): a
 * manifest may hold as many as fit into its size limit. */
struct environment {
    struct variable *vars;
    size_t count;
    size_t cap;
    uint32_t *slots;
    size_t slot_mask;
    size_t budget;
};

static uint32_t hash_of(const char *name, size_t len)
{
    uint32_t h = 0x811c9dc5u;
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)name[i]) * 0x01000193u;
    return h ^ (h >> 15);
}

/* The slot that holds name, or the free one where it belongs. */
static uint32_t *slot_of(const struct environment *env, const char *name, size_t len)
{
    size_t i = hash_of(name, len) & env->slot_mask;
    for (;; i = (i + 1) & env->slot_mask) {
        uint32_t place = env->slots[i];
        if (!place)
            return &env->slots[i];
        const struct variable *v = &env->vars[place - 1];
        if (v->name_len == len && memcmp(v->text, name, len) == 0)
            return &env->slots[i];
    }
}

static struct variable *find(const struct environment *env, const char *name)
{
    uint32_t place = *slot_of(env, name, strlen(name));
    return place ? &env->vars[place - 1] : NULL;
}

static void refill(struct environment *env)
{
    memset(env->slots, 0, (env->slot_mask + 1) * sizeof *env->slots);
    for (size_t i = 0; i < env->count; i++)
        *slot_of(env, env->vars[i].text, env->vars[i].name_len) = (uint32_t)i + 1;
}

static int grow(struct environment *env)
{
    size_t cap = env->cap ? env->cap * 2 : 128;
    if (cap > UINT32_MAX / 4)
        return -1;
    struct variable *vars = reallocarray(env->vars, cap, sizeof *vars);
    if (!vars)
        return -1;
    env->vars = vars;
    uint32_t *slots = reallocarray(env->slots, cap * 2, sizeof *slots);
    if (!slots)
        return -1;
    env->slots = slots;
    env->slot_mask = cap * 2 - 1;
    env->cap = cap;
    refill(env);
    return 0;
}

/* Takes text over, also when it fails. */
static int put(struct environment *env, char *text, size_t name_len, bool declared)
{
    if (!text || (env->count == env->cap && grow(env))) {
        free(text);
        return -1;
    }
    uint32_t *slot = slot_of(env, text, name_len);
    if (!*slot) {
        env->vars[env->count++] = (struct variable){0};
        *slot = (uint32_t)env->count;
    }
    struct variable *v = &env->vars[*slot - 1];
    free(v->text);
    *v = (struct variable){text, name_len, declared};
    return 0;
}

struct environment *environment_new(char *const base[], size_t budget)
{
    struct environment *env = calloc(1, sizeof *env);
    if (!env)
        return NULL;
    env->budget = budget;
    if (grow(env)) {
        environment_free(env);
        return NULL;
    }
    for (char *const *p = base; p && *p; p++) {
        const char *equal = strchr(*p, '=');
        if (!equal || equal == *p)
            continue;
        if (put(env, strdup(*p), (size_t)(equal - *p), false)) {
            environment_free(env);
            return NULL;
        }
    }
    return env;
}

void environment_free(struct environment *env)
{
    if (!env)
        return;
    for (size_t i = 0; i < env->count; i++)
        free(env->vars[i].text);
    free(env->vars);
    free(env->slots);
    free(env);
}

void environment_drop(struct environment *env, const char *name)
{
    struct variable *v = find(env, name);
    if (!v)
        return;
    free(v->text);
    *v = env->vars[--env->count];
    refill(env); /* once or twice per container: the simplest way is right */
}

int environment_declare(struct environment *env, const char *name, const char *value,
                        struct error *err)
{
    char *text = NULL;
    size_t name_len = strlen(name);
    size_t size = name_len + strlen(value) + 2;
    if (!name_len || strchr(name, '='))
        return error_set(err, "env: the name \"%.100s\" cannot be a variable", name);
    if (size > env->budget)
        return error_set(err, "env: the values are too large together");
    env->budget -= size;
    if (asprintf(&text, "%s=%s", name, value) < 0 || put(env, text, name_len, true))
        return error_set(err, "out of memory");
    return 0;
}

int environment_set(struct environment *env, const char *name, const char *value, struct error *err)
{
    char *text = NULL;
    if (asprintf(&text, "%s=%s", name, value) < 0 || put(env, text, strlen(name), false))
        return error_set(err, "out of memory");
    return 0;
}

const char *environment_declared(void *env, const char *name)
{
    const struct variable *v = find(env, name);
    return v && v->declared ? v->text + v->name_len + 1 : NULL;
}

char **environment_list(const struct environment *env)
{
    char **list = calloc(env->count + 1, sizeof *list);
    if (!list)
        return NULL;
    for (size_t i = 0; i < env->count; i++)
        list[i] = env->vars[i].text;
    return list;
}
