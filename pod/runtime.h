/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The container runtimes that a site may choose from: host (no image: the container runs on the
 * node itself), apptainer, podman, charliecloud and enroot. A row each in one table; a row knows
 * how its program is called and does not call it.
 *
 * All of them: the container gets exactly its own environment, and shares the network and the
 * processes of the node; values of variables stand in no argument vector where they can be handed
 * on otherwise, since all users of a node can read those. `command` replaces the image's entrypoint
 * and discards its arguments, `args` alone keeps the entrypoint.
 */
#ifndef SKJOB_POD_RUNTIME_H
#define SKJOB_POD_RUNTIME_H

#include <jansson.h>
#include <stdbool.h>

#include "arglist.h"
#include "conf.h"
#include "container.h"
#include "error.h"
#include "runtime_choice.h"

/* What is started where. Everything is borrowed. */
struct runtime_request {
    const struct container *container;
    const struct conf *conf;
    char *const *node_env; /* the environment of the task: the runtime's own program runs in it */
    const char *image;     /* what image_get() found */
    const char *id;        /* names the container: unique on the node, [a-zA-Z0-9_.-] */
    const char *dir;       /* for small files, absolute; NULL where rt->small_files is false */
};

/* A program to run. */
struct runtime_call {
    struct arglist argv;
    struct arglist envp;
};

#define RUNTIME_CALL_INIT                                                                          \
    {                                                                                              \
        0                                                                                          \
    }

void runtime_call_free(struct runtime_call *call);

#define cleanup_runtime_call __attribute__((cleanup(runtime_call_free)))

/* Puts a call together. Returns 0, or -1 with err. */
typedef int runtime_fn(const struct runtime_request *r, struct runtime_call *call,
                       struct error *err);

struct runtime {
    const char *name;
    bool images; /* false: what the container runs is on the node, and so are its variables; then
                  * nothing of what follows is there (container_start.h) */
    bool small_files; /* start leaves a file ID.rc in request.dir */

    /* The container's process; an error: it cannot be created. */
    runtime_fn *start;

    /* A program that ends with 0 when the container runs, and otherwise while it is not there yet;
     * NULL = it runs as soon as start's program does. */
    runtime_fn *await;

    /* Another program, container->command, in the container that runs; NULL = cannot be done. */
    runtime_fn *enter;

    /* To be called after the container has ended, however it did; NULL = nothing stays behind. */
    runtime_fn *clean;

    /* ---- images ---- */

    /* The image that a name stands for, where it is kept: appends it to where. */
    int (*locate)(const char *name, char *const *node_env, struct strbuf *where, struct error *err);
    /* Exits with 0 when the image is there; NULL: where is a path to look at. */
    void (*probe)(const char *where, struct arglist *argv);
    bool files; /* where is a file that pull makes: an unfinished one is not to be seen there */
    /* Gets name and puts it at where. */
    void (*pull)(const char *name, const char *where, struct arglist *argv);
};

/* What make, a row's start, await, enter or clean, puts together, with the runtime's program found
 * in PATH of node_env. */
int runtime_make(runtime_fn *make, const struct runtime_request *r, struct runtime_call *call,
                 struct error *err);

const struct runtime *runtime_of(enum conf_runtime which);

/* The variables of the task that the container's own are laid over: all of them on the node; with
 * an image Slurm's, and those that say which devices are the task's. A NULL-terminated array of
 * borrowed strings, to be freed. NULL when out of memory. */
char **runtime_base_env(const struct runtime *rt, char *const *node_env);

/* The value of a variable, or NULL. */
const char *runtime_getenv(char *const *envp, const char *name);

/* ---- for the rows ---- */

extern const struct runtime runtime_apptainer, runtime_podman, runtime_charliecloud, runtime_enroot;

/* The site's options for this runtime, then those for GPUs (otherwise: where it names none) when
 * Slurm gave the task one. */
void runtime_add_options(const struct runtime_request *r, enum conf_runtime which,
                         const char *gpu_otherwise, struct arglist *argv);

/* The site's binds and the container's mounts, one after the other. Stops at the first -1. */
int runtime_each_mount(const struct runtime_request *r,
                       int (*fn)(void *arg, const struct mount *m, struct error *err), void *arg,
                       struct error *err);

bool runtime_has_command(const struct container *c);

/* command, then args. */
void runtime_add_command(const struct container *c, struct arglist *argv);

/* The container's variables by name for a program that takes "OPTION=NAME" from its own
 * environment: into envp goes node_env with the container's variables above it. Variables that the
 * program itself would take for its own, or for a pattern, go by value into argv. */
void runtime_pass_env(const struct runtime_request *r, const char *option,
                      struct runtime_call *call);

/* The user's own folder, where others cannot put a file: appends "$XDG_CACHE_HOME/skjob/". */
int runtime_cache_folder(char *const *node_env, struct strbuf *path, struct error *err);

/* The place of an image that one file holds: "images" in there, with a name made of the image's. */
int runtime_cache_file(const char *name, const char *suffix, char *const *node_env,
                       struct strbuf *where, struct error *err);

#endif
