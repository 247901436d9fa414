/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../environment.h"

static char *base[] = {"PATH=/bin", "EMPTY=", "noequal", "=odd", "A=task", "A=twice", NULL};

static const char *in_list(char **list, const char *name)
{
    size_t len = strlen(name);
    const char *found = NULL;
    for (char **p = list; *p; p++) {
        if (strncmp(*p, name, len) != 0 || (*p)[len] != '=')
            continue;
        cr_expect_null(found, "%s is there twice", name);
        found = *p + len + 1;
    }
    return found;
}

static const char *value_of(const struct environment *env, const char *name)
{
    char **list = environment_list(env);
    const char *value = in_list(list, name);
    free(list);
    return value;
}

Test(environment, base_is_visible_but_not_declared)
{
    cleanup_environment struct environment *env = environment_new(base, 100);
    cr_expect_str_eq(value_of(env, "PATH"), "/bin");
    cr_expect_str_eq(value_of(env, "EMPTY"), "");
    cr_expect_str_eq(value_of(env, "A"), "twice");
    cr_expect_null(value_of(env, "noequal"));
    cr_expect_null(value_of(env, "PAT"));
    cr_expect_null(value_of(env, ""));
    cr_expect_null(environment_declared(env, "PATH"));
}

Test(environment, later_wins_and_is_listed_once)
{
    cleanup_environment struct environment *env = environment_new(base, 100);
    cr_assert_eq(environment_declare(env, "A", "1", NULL), 0);
    cr_assert_eq(environment_declare(env, "B", "2", NULL), 0);
    cr_assert_eq(environment_declare(env, "A", "3=4", NULL), 0);
    cr_expect_str_eq(environment_declared(env, "A"), "3=4");
    cr_expect_str_eq(value_of(env, "A"), "3=4");
    cr_expect_str_eq(value_of(env, "B"), "2");
    cr_expect_str_eq(value_of(env, "PATH"), "/bin");
}

Test(environment, drop)
{
    cleanup_environment struct environment *env = environment_new(base, 100);
    environment_drop(env, "PATH");
    environment_drop(env, "PATH");
    environment_drop(env, "NEVER");
    cr_expect_null(value_of(env, "PATH"));
    cr_expect_str_eq(value_of(env, "A"), "twice");
    cr_expect_str_eq(value_of(env, "EMPTY"), "");
    cr_assert_eq(environment_declare(env, "PATH", "/x", NULL), 0);
    cr_expect_str_eq(value_of(env, "PATH"), "/x");
}

Test(environment, names_that_cannot_be)
{
    struct error err;
    cleanup_environment struct environment *env = environment_new(NULL, 100);
    cr_expect_eq(environment_declare(env, "", "x", &err), -1);
    cr_expect_eq(environment_declare(env, "A=B", "x", &err), -1);
    cr_expect_str_eq(err.text, "env: the name \"A=B\" cannot be a variable");
    cr_expect_eq(environment_declare(env, "a.b-c d", "x", &err), 0, "Kubernetes allows it");
}

Test(environment, budget)
{
    struct error err;
    cleanup_environment struct environment *env = environment_new(base, 8);
    cr_expect_eq(environment_declare(env, "A", "12", &err), 0); /* A=12 and its NUL: 5 */
    cr_expect_eq(environment_declare(env, "A", "12", &err), -1);
    cr_expect_str_eq(err.text, "env: the values are too large together");
    cr_expect_eq(environment_declare(env, "B", "", &err), 0); /* 3 */
    cr_expect_eq(environment_declare(env, "C", "", &err), -1);
}

/* Enough to grow several times; also that looking up stays fast. */
Test(environment, many, .timeout = 300)
{
    char name[32];
    cleanup_environment struct environment *env = environment_new(base, 100u << 20);
    for (unsigned i = 0; i < 200000; i++) {
        snprintf(name, sizeof name, "V%u", i % 100000);
        cr_assert_eq(environment_declare(env, name, name, NULL), 0);
    }
    for (unsigned i = 0; i < 100000; i++) {
        snprintf(name, sizeof name, "V%u", i);
        cr_assert_str_eq(environment_declared(env, name), name);
    }
    char **list = environment_list(env);
    size_t n = 0;
    while (list[n])
        n++;
    cr_expect_eq(n, 100003);
    free(list);
}
