/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * enroot 3.4 and later, starting SquashFS images directly. Its /etc/rc runs the image's entrypoint
 * with the words behind the image as arguments; a command needs an rc of its own. Variables and
 * mounts are lines of files there: no newline in the one, no blank in the other.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "runtime.h"

#define DOCKER "docker://"

static int add_mount(void *arg, const struct mount *m, struct error *err)
{
    static const char awkward[] = ": \t\n\\";
    struct arglist *argv = arg;
    if (strpbrk(m->target, awkward) || (m->source && strpbrk(m->source, awkward)))
        return error_set(err, "enroot cannot mount at %.200s: a blank or colon in a path",
                         m->target);
    if (m->kind == MOUNT_TMPFS)
        arglist_addf(argv, "--mount=tmpfs:%s:tmpfs:x-create=dir,mode=1777", m->target);
    else
        arglist_addf(argv, "--mount=%s:%s:none:x-create=auto,bind,%s", m->source, m->target,
                     m->read_only ? "ro" : "rw");
    return 0;
}

static int check_env(const struct container *c, struct error *err)
{
    for (char *const *v = c->envp; *v; v++)
        if (strchr(*v, '\n'))
            return error_set(err, "enroot cannot take the variable %.*s: a newline in its value",
                             (int)strcspn(*v, "="), *v);
    return 0;
}

/* As one word of a shell. */
static void add_quoted(struct strbuf *b, const char *s)
{
    strbuf_addc(b, '\'');
    for (; *s; s++)
        if (*s == '\'')
            strbuf_adds(b, "'\\''");
        else
            strbuf_addc(b, *s);
    strbuf_addc(b, '\'');
}

/* Writes the rc that starts the command in its folder. Under another name first: a container that
 * is being started may read it, since a hook or a probe of it comes here as well. */
static int write_rc(const struct runtime_request *r, struct strbuf *path, struct error *err)
{
    const struct container *c = r->container;
    cleanup_strbuf struct strbuf text = STRBUF_INIT, fresh = STRBUF_INIT;
    strbuf_addf(path, "%s%s.rc", r->dir, r->id);
    strbuf_addf(&fresh, "%s%s.new", r->dir, r->id);
    if (c->cwd) {
        strbuf_adds(&text, "cd -- ");
        add_quoted(&text, c->cwd);
        strbuf_adds(&text, " || exit 128\n");
    }
    strbuf_adds(&text, "exec \"$@\"\n");
    if (text.failed || fresh.failed || path->failed)
        return error_set(err, "out of memory");
    cleanup_close int fd = open(fresh.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
    errno = fd < 0 ? errno : ENOSPC; /* of a write that is short */
    if (fd < 0 || write(fd, text.data, text.len) != (ssize_t)text.len ||
        rename(fresh.data, path->data) < 0)
        return error_set(err, "%.300s: %s", path->data, strerror(errno));
    return 0;
}

static int start(const struct runtime_request *r, struct runtime_call *call, struct error *err)
{
    cleanup_strbuf struct strbuf rc = STRBUF_INIT;
    const struct container *c = r->container;
    struct arglist *argv = &call->argv;
    arglist_add(argv, "enroot");
    arglist_add(argv, "start");
    if (!c->read_only_root)
        arglist_add(argv, "--rw");
    if (!runtime_has_command(c) && c->cwd)
        return error_set(err,
                         "enroot cannot set the workingDir of container \"%s\": it has no command",
                         c->name);
    if (runtime_has_command(c)) {
        if (write_rc(r, &rc, err) < 0)
            return -1;
        arglist_addf(argv, "--rc=%s", strbuf_str(&rc));
    }
    if (check_env(c, err) < 0 || runtime_each_mount(r, add_mount, argv, err) < 0)
        return -1;
    runtime_pass_env(r, "--env", call);
    runtime_add_options(r, RUNTIME_ENROOT, NULL, argv);
    arglist_add(argv, "--");
    arglist_add(argv, r->image);
    runtime_add_command(c, argv);
    return 0;
}

static int locate(const char *name, char *const *node_env, struct strbuf *where, struct error *err)
{
    return runtime_cache_file(name, ".sqsh", node_env, where, err);
}

static void pull(const char *name, const char *where, struct arglist *argv)
{
    static const char *const words[] = {"enroot", "import", "--output", NULL};
    arglist_add_all(argv, (char *const *)words);
    arglist_add(argv, where);
    arglist_add(argv, "--");
    arglist_addf(argv, "%s%s", strstr(name, "://") ? "" : DOCKER, name);
}

const struct runtime runtime_enroot = {
    .name = "enroot",
    .images = true,
    .small_files = true,
    .start = start,
    .locate = locate,
    .files = true,
    .pull = pull,
};
