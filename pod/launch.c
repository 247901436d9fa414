/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "files.h"
#include "program.h"
#include "runtime.h"
#include "site.h"
#include "spawn.h"
#include "tree.h"

#define AWAIT_PAUSE_MS 50

extern char **environ;

/* skjob-JOBID-PID-NAME: the process is there once at a time, and its Job's id keeps another's
 * leftovers apart. */
static char *make_id(const char *container)
{
    char *id;
    const char *job = runtime_getenv(environ, "SLURM_JOB_ID");
    int rc = asprintf(&id, "skjob-%s-%ld-%s", job ? job : "0", (long)getpid(), container);
    return rc < 0 ? NULL : id;
}

static int make_dir(struct launch *l, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    if (l->dir || !l->runtime->small_files)
        return 0;
    if (runtime_cache_folder(environ, &path, err) < 0)
        return -1;
    if (path.failed || files_make_parents(path.data) < 0)
        return error_set(err, "cannot make the folder %.300s: %s", strbuf_str(&path),
                         strerror(errno));
    l->dir = strbuf_steal(&path);
    return 0;
}

int launch_choose(struct launch *l, const json_t *job, const char *container, struct error *err)
{
    struct error broken;
    const struct conf *conf = site_conf(&broken);
    if (broken.text[0])
        return error_set(err, "the site's configuration cannot be used: %.900s", broken.text), 1;
    int which = runtime_choose(conf, job, err);
    if (which < 0)
        return -1;
    l->runtime = runtime_of((enum conf_runtime)which);
    if (!l->id)
        l->id = make_id(container);
    return l->id ? 0 : error_set(err, "out of memory");
}

int launch_image(struct launch *l, const json_t *spec, int64_t now_ms, int64_t until_ms,
                 const char **reason, struct error *err)
{
    const struct image_request r = {.runtime = l->runtime,
                                    .conf = site_conf(NULL),
                                    .image = tree_str(spec, "image"),
                                    .policy = tree_str(spec, "imagePullPolicy"),
                                    .node_env = environ,
                                    .until_ms = until_ms};
    if (!l->runtime->images)
        return 0;
    switch (image_get(&r, &l->image, now_ms)) {
    case IMAGE_READY:
        return 0;
    case IMAGE_HOST:
        l->runtime = runtime_of(RUNTIME_HOST);
        return 0;
    case IMAGE_STOPPED:
        *reason = "ContainerCreating";
        error_set(err, "the pull of image \"%.200s\" was ended", r.image);
        return 1;
    default:
        *reason = l->image.reason;
        *err = l->image.message;
        return 1;
    }
}

static struct runtime_request request(const struct launch *l, const struct container *c)
{
    return (struct runtime_request){.container = c,
                                    .conf = site_conf(NULL),
                                    .node_env = environ,
                                    .image = l->image.where,
                                    .id = l->id,
                                    .dir = l->dir};
}

static pid_t spawn(const struct runtime_call *call, const struct container_io *io,
                   struct error *err)
{
    const struct spawn s = {.argv = call->argv.v,
                            .envp = call->envp.v,
                            .with_stdin = io->with_stdin,
                            .output = io->output,
                            .mask = io->mask};
    return spawn_container(&s, err);
}

pid_t launch_start(struct launch *l, const struct container *c, const struct container_io *io,
                   struct error *err)
{
    cleanup_runtime_call struct runtime_call call = RUNTIME_CALL_INIT;
    if (make_dir(l, err) < 0)
        return -1;
    struct runtime_request r = request(l, c);
    if (runtime_make(l->runtime->start, &r, &call, err) < 0)
        return -1;
    l->is_used = true;
    return spawn(&call, io, err);
}

/* Where a runtime cannot enter a container that runs, the program gets a container of its own, with
 * the same image and volumes. */
pid_t launch_exec(const struct launch *l, const struct container *c, char *const argv[],
                  const struct container_io *io, struct error *err)
{
    cleanup_runtime_call struct runtime_call call = RUNTIME_CALL_INIT;
    struct container other = *c;
    struct runtime_request r = request(l, &other);
    other.command = argv;
    other.args = NULL;
    runtime_fn *make = l->runtime->enter ? l->runtime->enter : l->runtime->start;
    return runtime_make(make, &r, &call, err) < 0 ? -1 : spawn(&call, io, err);
}

static bool has_ended(pid_t pid)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == pid;
}

void launch_await(const struct launch *l, pid_t leader, int64_t until_ms)
{
    cleanup_runtime_call struct runtime_call call = RUNTIME_CALL_INIT;
    struct runtime_request r = request(l, NULL);
    if (!l->runtime->await || runtime_make(l->runtime->await, &r, &call, NULL) < 0)
        return;
    while (!has_ended(leader) &&
           program_run(call.argv.v, call.envp.v, until_ms, NULL) == PROGRAM_FAILED)
        poll(NULL, 0, AWAIT_PAUSE_MS);
}

void launch_clean(struct launch *l)
{
    cleanup_runtime_call struct runtime_call call = RUNTIME_CALL_INIT;
    cleanup_strbuf struct strbuf rc = STRBUF_INIT;
    struct error err;
    if (!l->is_used)
        return;
    l->is_used = false;
    struct runtime_request r = request(l, NULL);
    if (l->runtime->clean && (runtime_make(l->runtime->clean, &r, &call, &err) < 0 ||
                              program_finish(call.argv.v, call.envp.v, &err) == PROGRAM_FAILED))
        fprintf(stderr, "skjob-pod: %s cannot clean up: %s\n", l->runtime->name, err.text);
    if (l->dir)
        strbuf_addf(&rc, "%s%s.rc", l->dir, l->id);
    if (rc.data)
        unlink(rc.data);
}

void launch_free(struct launch *l)
{
    launch_clean(l);
    image_free(&l->image);
    free(l->id);
    free(l->dir);
    *l = (struct launch){0};
}
