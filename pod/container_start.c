/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "container_start.h"

#include <stdlib.h>

#include "cleanup.h"
#include "spawn.h"

static pid_t run(const struct container *c, char *const argv[], const struct container_io *io,
                 struct error *err)
{
    const struct spawn s = {.argv = argv,
                            .envp = c->envp,
                            .cwd = c->cwd,
                            .with_stdin = io->with_stdin,
                            .output = io->output,
                            .mask = io->mask};
    return spawn_container(&s, err);
}

static size_t count(char *const list[])
{
    size_t n = 0;
    while (list && list[n])
        n++;
    return n;
}

pid_t container_start(const struct container *c, const struct container_io *io, struct error *err)
{
    size_t n_command = count(c->command);
    size_t n_args = count(c->args);
    if (n_command == 0)
        return error_set(err,
                         "the container has no command: it would run the entrypoint of its "
                         "image %.200s, and that needs a container runtime",
                         c->image);
    cleanup_free char **argv = calloc(n_command + n_args + 1, sizeof *argv);
    if (!argv)
        return error_set(err, "out of memory");
    for (size_t i = 0; i < n_command; i++)
        argv[i] = c->command[i];
    for (size_t i = 0; i < n_args; i++)
        argv[n_command + i] = c->args[i];
    return run(c, argv, io, err);
}

pid_t container_exec(const struct container *c, pid_t in, char *const argv[],
                     const struct container_io *io, struct error *err)
{
    (void)in; /* there is one file system and one set of processes */
    if (!argv[0])
        return error_set(err, "the command is empty");
    return run(c, argv, io, err);
}
