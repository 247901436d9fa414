/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "container_start.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "launch.h"
#include "sandbox.h"
#include "site.h"
#include "spawn.h"

static pid_t run(const struct container *c, char *const argv[], const struct container_io *io,
                 struct error *err)
{
    struct sandbox sandbox = SANDBOX_INIT;
    bool is_boxed = sandbox_needed(c);
    if (is_boxed && sandbox_open(&sandbox, c, NULL, err))
        return -1;
    const struct spawn s = {.argv = argv,
                            .envp = c->envp,
                            .cwd = c->cwd,
                            .with_stdin = io->with_stdin,
                            .output = io->output,
                            .mask = io->mask,
                            .sandbox = is_boxed ? &sandbox : NULL};
    pid_t pid = spawn_container(&s, err);
    sandbox_close(&sandbox);
    return pid;
}

static size_t count(char *const list[])
{
    size_t n = 0;
    while (list && list[n])
        n++;
    return n;
}

/* What the site says that runs for an image on the node itself, when that is a program. */
static const char *program_of(const char *image)
{
    struct stat st;
    const char *mapped = image ? conf_image(site_conf(NULL), image) : NULL;
    return mapped && *mapped == '/' && stat(mapped, &st) == 0 && S_ISREG(st.st_mode) ? mapped
                                                                                     : NULL;
}

pid_t container_start(const struct container *c, const struct container_io *io, struct error *err)
{
    size_t n_command = count(c->command);
    size_t n_args = count(c->args);
    if (c->launch && c->launch->runtime->images)
        return launch_start(c->launch, c, io, err);
    const char *program = n_command ? NULL : program_of(c->image);
    if (n_command == 0 && !program)
        return error_set(err,
                         "the container has no command: it would run the entrypoint of its "
                         "image %.200s, and that needs a container runtime",
                         c->image);
    cleanup_free char **argv = calloc(n_command + n_args + 2, sizeof *argv);
    if (!argv)
        return error_set(err, "out of memory");
    for (size_t i = 0; i < n_command; i++)
        argv[i] = c->command[i];
    if (program)
        argv[n_command++] = (char *)(uintptr_t)program;
    for (size_t i = 0; i < n_args; i++)
        argv[n_command + i] = c->args[i];
    return run(c, argv, io, err);
}

pid_t container_exec(const struct container *c, pid_t in, char *const argv[],
                     const struct container_io *io, struct error *err)
{
    (void)in; /* there is one set of processes; and mounts are made anew, from the same volumes */
    if (!argv[0])
        return error_set(err, "the command is empty");
    if (c->launch && c->launch->runtime->images)
        return launch_exec(c->launch, c, argv, io, err);
    return run(c, argv, io, err);
}
