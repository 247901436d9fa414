/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * apptainer 1.1 and later. The container's process is ours: the program becomes it. Variables go
 * through APPTAINERENV_NAME, which takes any text (--env would part it at commas).
 */
#include <string.h>

#include "cleanup.h"
#include "runtime.h"

#define DOCKER "docker://"

/* --mount takes one line of CSV. */
static void add_csv(struct strbuf *b, const char *key, const char *value)
{
    strbuf_addf(b, ",\"%s=", key);
    for (; *value; value++)
        strbuf_adds(b, *value == '"' ? "\"\"" : (const char[]){*value, '\0'});
    strbuf_addc(b, '"');
}

static int add_mount(void *arg, const struct mount *m, struct error *err)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    struct arglist *argv = arg;
    if (m->kind == MOUNT_TMPFS) {
        if (strchr(m->target, ',') || strchr(m->target, ':'))
            return error_set(err, "apptainer cannot mount at %.200s: a comma or colon", m->target);
        arglist_addf(argv, "--scratch=%s", m->target);
        return 0;
    }
    strbuf_adds(&b, "type=bind");
    add_csv(&b, "source", m->source);
    add_csv(&b, "destination", m->target);
    strbuf_adds(&b, m->read_only ? ",ro" : "");
    arglist_addf(argv, "--mount=%s", strbuf_str(&b));
    return 0;
}

/* The container's variables; the task's are for apptainer itself, and stay out (--cleanenv). */
static void add_env(const struct runtime_request *r, struct runtime_call *call)
{
    for (char *const *v = r->node_env; *v; v++)
        if (strncmp(*v, "APPTAINERENV_", 13) != 0 && strncmp(*v, "SINGULARITYENV_", 15) != 0)
            arglist_add(&call->envp, *v);
    for (char *const *v = r->container->envp; *v; v++)
        if (strncmp(*v, "HOME=", 5) == 0) /* refused there */
            arglist_addf(&call->argv, "--env=%s", *v);
        else
            arglist_addf(&call->envp, "APPTAINERENV_%s", *v);
}

static int start(const struct runtime_request *r, struct runtime_call *call, struct error *err)
{
    static const char *const always[] = {
        "--contain", "--cleanenv", "--ipc", "--no-init", "--no-umask", "--no-eval", NULL,
    };
    const struct container *c = r->container;
    struct arglist *argv = &call->argv;
    arglist_add(argv, "apptainer");
    arglist_add(argv, "--silent");
    arglist_add(argv, runtime_has_command(c) ? "exec" : "run");
    arglist_add_all(argv, (char *const *)always);
    if (!c->read_only_root)
        arglist_add(argv, "--writable-tmpfs");
    if (c->hostname)
        arglist_addf(argv, "--hostname=%s", c->hostname);
    if (c->cwd)
        arglist_addf(argv, "--pwd=%s", c->cwd);
    if (runtime_each_mount(r, add_mount, argv, err) < 0)
        return -1;
    add_env(r, call);
    runtime_add_options(r, RUNTIME_APPTAINER, "--nv", argv);
    arglist_add(argv, r->image);
    runtime_add_command(c, argv);
    return 0;
}

static int locate(const char *name, char *const *node_env, struct strbuf *where, struct error *err)
{
    return runtime_cache_file(name, ".sif", node_env, where, err);
}

static void pull(const char *name, const char *where, struct arglist *argv)
{
    static const char *const words[] = {"apptainer", "--silent", "pull", "--force", NULL};
    arglist_add_all(argv, (char *const *)words);
    arglist_add(argv, where);
    arglist_addf(argv, "%s%s", strstr(name, "://") ? "" : DOCKER, name);
}

const struct runtime runtime_apptainer = {
    .name = "apptainer",
    .images = true,
    .start = start,
    .locate = locate,
    .files = true,
    .pull = pull,
};
