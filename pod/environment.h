/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The environment of a container: the variables of the task (Slurm's and the user's), and those of
 * the manifest above them. Only the latter are "known" to $(VAR): in Kubernetes the variables of
 * the image are not, and the task's are their counterpart here.
 */
#ifndef SKJOB_POD_ENVIRONMENT_H
#define SKJOB_POD_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

struct environment;

/* Starts from base (an environ; NULL = empty), which is copied. budget bounds the sum of all texts
 * that are declared later, in bytes. NULL when out of memory. */
struct environment *environment_new(char *const base[], size_t budget);
void environment_free(struct environment *env);

/* Takes name away, if it is there. */
void environment_drop(struct environment *env, const char *name);

/* Sets a variable as the manifest does: a later one of the same name wins; known to $(VAR) from now
 * on. */
int environment_declare(struct environment *env, const char *name, const char *value,
                        struct error *err);

/* Sets a variable of the task, below those of the manifest: $(VAR) does not know it. */
int environment_set(struct environment *env, const char *name, const char *value,
                    struct error *err);

/* The value if the manifest declared the variable, else NULL. Usable as an expand_lookup. */
const char *environment_declared(void *env, const char *name);

/* The list for execve(): NULL-terminated, allocated as one array whose strings belong to env. It
 * is valid until env changes. The caller frees the array. NULL when out of memory. */
char **environment_list(const struct environment *env);

#define cleanup_environment __attribute__((cleanup(environment_freep)))
static inline void environment_freep(struct environment **env)
{
    environment_free(*env);
}

#endif
