/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Charliecloud 0.31 and later. ch-run becomes the container's process and hands its environment on,
 * but for the variables that it sets itself. An image is a folder or a SquashFS file; its root is
 * read-only, so a volume's target must be in it; a volume cannot be read-only; there is no
 * entrypoint, and no hostname.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "runtime.h"

struct mounts {
    const struct runtime_request *r;
    struct arglist *argv;
};

/* Whether the image can be looked into, and has no such file. */
static bool lacks(const char *image, const char *target)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    struct stat st;
    if (stat(image, &st) < 0 || !S_ISDIR(st.st_mode))
        return false;
    strbuf_addf(&b, "%s%s", image, target);
    return lstat(strbuf_str(&b), &st) < 0;
}

static int add_mount(void *arg, const struct mount *m, struct error *err)
{
    struct mounts *mounts = arg;
    if (m->kind == MOUNT_TMPFS)
        return strcmp(m->target, "/tmp") == 0
                   ? 0 /* it is one already */
                   : error_set(err, "charliecloud has no memory volume at %.200s, only at /tmp",
                               m->target);
    if (strchr(m->source, ':') || strchr(m->target, ':'))
        return error_set(err, "charliecloud cannot mount at %.200s: a colon in a path", m->target);
    /* The container's /dev is the node's. What is asked for there is the termination message at its
     * default place, and no container needs that. */
    if (strncmp(m->target, "/dev/", 5) == 0)
        return 0;
    if (strncmp(m->target, "/tmp/", 5) != 0 && lacks(mounts->r->image, m->target))
        return error_set(err,
                         "charliecloud cannot mount at %.200s: the image has no such file or "
                         "folder, and it cannot make one",
                         m->target);
    arglist_addf(mounts->argv, "--bind=%s:%s", m->source, m->target);
    return 0;
}

/* What ch-run sets itself (0.31: USER must be there, HOME and PATH are changed, TMPDIR is taken
 * away) is set again, or taken away again. */
static void add_env(const struct runtime_request *r, struct runtime_call *call)
{
    static const char *const touched[] = {"HOME", "PATH", "TMPDIR", "USER"};
    char *const *declared = r->container->envp;
    for (char *const *v = declared; *v; v++)
        if (strncmp(*v, "USER=", 5) != 0 && strncmp(*v, "HOME=", 5) != 0)
            arglist_add(&call->envp, *v);
    const char *user = runtime_getenv(r->node_env, "USER");
    const char *home = runtime_getenv(r->node_env, "HOME");
    arglist_addf(&call->envp, "USER=%s", user ? user : "skjob");
    arglist_addf(&call->envp, "HOME=%s", home ? home : "/");
    if (!runtime_getenv(declared, "PATH")) /* the program is looked up with it */
        arglist_add(&call->envp,
                    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    arglist_add(&call->argv, "--env-no-expand");
    for (size_t i = 0; i < sizeof touched / sizeof *touched; i++) {
        const char *value = runtime_getenv(declared, touched[i]);
        /* One pair of quotes around the value is taken away. */
        if (value)
            arglist_addf(&call->argv, "--set-env=%s='%s'", touched[i], value);
        else if (strcmp(touched[i], "USER") == 0)
            arglist_addf(&call->argv, "--unset-env=%s", touched[i]);
    }
}

static int start(const struct runtime_request *r, struct runtime_call *call, struct error *err)
{
    const struct container *c = r->container;
    struct mounts mounts = {r, &call->argv};
    if (!runtime_has_command(c))
        return error_set(err,
                         "container \"%s\" has no command: charliecloud does not know the "
                         "entrypoint of an image",
                         c->name);
    arglist_add(&call->argv, "ch-run");
    arglist_add(&call->argv, "--private-tmp");
    if (c->cwd)
        arglist_addf(&call->argv, "--cd=%s", c->cwd);
    if (runtime_each_mount(r, add_mount, &mounts, err) < 0)
        return -1;
    add_env(r, call);
    runtime_add_options(r, RUNTIME_CHARLIECLOUD, NULL, &call->argv);
    arglist_add(&call->argv, r->image);
    arglist_add(&call->argv, "--");
    runtime_add_command(c, &call->argv);
    return 0;
}

/* ch-image keeps an image in its storage folder under its name, with % for / and + for :. */
static int locate(const char *name, char *const *node_env, struct strbuf *where, struct error *err)
{
    const char *storage = runtime_getenv(node_env, "CH_IMAGE_STORAGE");
    const char *user = runtime_getenv(node_env, "USER");
    if (storage)
        strbuf_adds(where, storage);
    else if (user)
        strbuf_addf(where, "/var/tmp/%s.ch", user);
    else
        return error_set(err, "no folder for images: neither CH_IMAGE_STORAGE nor USER is set");
    strbuf_adds(where, "/img/");
    for (; *name; name++)
        strbuf_addc(where, (char)(*name == '/' ? '%' : *name == ':' ? '+' : *name));
    return 0;
}

static void pull(const char *name, const char *where, struct arglist *argv)
{
    static const char *const words[] = {"ch-image", "pull", NULL};
    (void)where;
    arglist_add_all(argv, (char *const *)words);
    arglist_add(argv, name);
}

const struct runtime runtime_charliecloud = {
    .name = "charliecloud",
    .images = true,
    .start = start,
    .locate = locate,
    .pull = pull,
};
