/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "container_start.h"

#include <sys/stat.h>

#include "launch.h"
#include "runtime.h"
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
    cleanup_arglist struct arglist argv = {0};
    if (c->launch && c->launch->runtime->images)
        return launch_start(c->launch, c, io, err);
    const char *program = runtime_has_command(c) ? NULL : program_of(c->image);
    if (!runtime_has_command(c) && !program)
        return error_set(err,
                         "the container has no command: it would run the entrypoint of its "
                         "image %.200s, and that needs a container runtime",
                         c->image);
    if (program)
        arglist_add(&argv, program);
    runtime_add_command(c, &argv);
    return arglist_check(&argv, err) < 0 ? -1 : run(c, argv.v, io, err);
}

/* On the node there is one set of processes, and mounts are made anew, from the same volumes. */
pid_t container_exec(const struct container *c, char *const argv[], const struct container_io *io,
                     struct error *err)
{
    if (!argv[0])
        return error_set(err, "the command is empty");
    if (c->launch && c->launch->runtime->images)
        return launch_exec(c->launch, c, argv, io, err);
    return run(c, argv, io, err);
}
