/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * podman 4 and later, rootless. The container's root is the user. conmon and the container stay in
 * the task's cgroup, and write to the runner's own descriptors. podman passes signals on to the
 * container's first process.
 */
#include <jansson.h>
#include <string.h>

#include "cleanup.h"
#include "runtime.h"

#define DOCKER "docker://"

static int add_mount(void *arg, const struct mount *m, struct error *err)
{
    struct arglist *argv = arg;
    const char *ro = m->read_only ? ",ro" : "";
    bool colon = strchr(m->target, ':') || (m->source && strchr(m->source, ':'));
    bool comma = strchr(m->target, ',') || (m->source && strchr(m->source, ','));
    if (comma && (colon || m->kind == MOUNT_TMPFS))
        return error_set(err, "podman cannot mount at %.200s: a comma in a path", m->target);
    if (m->kind == MOUNT_TMPFS)
        arglist_addf(argv, "--mount=type=tmpfs,destination=%s,tmpfs-mode=1777%s", m->target, ro);
    else if (comma)
        arglist_addf(argv, "--volume=%s:%s%s", m->source, m->target, m->read_only ? ":ro" : "");
    else
        arglist_addf(argv, "--mount=type=bind,source=%s,destination=%s%s", m->source, m->target,
                     ro);
    return 0;
}

/* The program as a list in JSON, which has no place for a word that is not UTF-8. So its arguments
 * are not in there: behind the image they replace the image's own as well. */
static int add_entrypoint(const char *program, struct arglist *argv, struct error *err)
{
    cleanup_json json_t *list = json_pack("[s]", program);
    cleanup_free char *text = list ? json_dumps(list, JSON_COMPACT) : NULL;
    if (!text)
        return error_set(err, "podman cannot take the program \"%.200s\": it is not UTF-8",
                         program);
    arglist_addf(argv, "--entrypoint=%s", text);
    return 0;
}

static void add_run(const struct runtime_request *r, struct arglist *argv)
{
    static const char *const always[] = {
        "podman",
        "run",
        "--rm",
        "--pull=never", /* image_get() has pulled it */
        "--network=host",
        "--cgroups=disabled",
        "--log-driver=passthrough",
        "--http-proxy=false",
        "--env-host=false",
        "--security-opt=label=disable",
        NULL,
    };
    arglist_add_all(argv, (char *const *)always);
    arglist_addf(argv, "--name=%s", r->id);
}

/* Podman 5 warns of cgroups version 1, in the midst of what the container says. */
static void add_quiet(struct runtime_call *call)
{
    arglist_add(&call->envp, "PODMAN_IGNORE_CGROUPSV1_WARNING=true");
}

static void add_node_env(const struct runtime_request *r, struct runtime_call *call)
{
    arglist_add_all(&call->envp, r->node_env);
    add_quiet(call);
}

static int start(const struct runtime_request *r, struct runtime_call *call, struct error *err)
{
    const struct container *c = r->container;
    struct arglist *argv = &call->argv;
    add_run(r, argv);
    if (c->hostname)
        arglist_addf(argv, "--hostname=%s", c->hostname);
    if (c->cwd)
        arglist_addf(argv, "--workdir=%s", c->cwd);
    if (c->read_only_root)
        arglist_add(argv, "--read-only=true");
    if (runtime_each_mount(r, add_mount, argv, err) < 0)
        return -1;
    runtime_pass_env(r, "--env", call);
    add_quiet(call);
    runtime_add_options(r, RUNTIME_PODMAN, NULL, argv);
    if (runtime_has_command(c) && add_entrypoint(c->command[0], argv, err) < 0)
        return -1;
    arglist_add(argv, r->image);
    arglist_add_all(argv, runtime_has_command(c) ? c->command + 1 : NULL);
    arglist_add_all(argv, c->args);
    return 0;
}

static int await(const struct runtime_request *r, struct runtime_call *call, struct error *err)
{
    static const char *const words[] = {"podman", "wait", "--condition=running", "--interval=100ms",
                                        NULL};
    (void)err;
    arglist_add_all(&call->argv, (char *const *)words);
    arglist_add(&call->argv, r->id);
    add_node_env(r, call);
    return 0;
}

static int enter(const struct runtime_request *r, struct runtime_call *call, struct error *err)
{
    const struct container *c = r->container;
    (void)err;
    arglist_add(&call->argv, "podman");
    arglist_add(&call->argv, "exec");
    if (c->cwd)
        arglist_addf(&call->argv, "--workdir=%s", c->cwd);
    arglist_add(&call->argv, r->id); /* it has the container's variables */
    arglist_add_all(&call->argv, c->command);
    add_node_env(r, call);
    return 0;
}

static int clean(const struct runtime_request *r, struct runtime_call *call, struct error *err)
{
    static const char *const words[] = {"podman", "rm", "--force", "--ignore", "--time=0", NULL};
    (void)err;
    arglist_add_all(&call->argv, (char *const *)words);
    arglist_add(&call->argv, r->id);
    add_node_env(r, call);
    return 0;
}

static int locate(const char *name, char *const *node_env, struct strbuf *where, struct error *err)
{
    (void)node_env, (void)err;
    strbuf_adds(where, strncmp(name, DOCKER, strlen(DOCKER)) == 0 ? name + strlen(DOCKER) : name);
    return 0;
}

static void probe(const char *where, struct arglist *argv)
{
    static const char *const words[] = {"podman", "image", "exists", NULL};
    arglist_add_all(argv, (char *const *)words);
    arglist_add(argv, where);
}

static void pull(const char *name, const char *where, struct arglist *argv)
{
    static const char *const words[] = {"podman", "pull", "--quiet", NULL};
    (void)where;
    arglist_add_all(argv, (char *const *)words);
    arglist_add(argv, name);
}

const struct runtime runtime_podman = {
    .name = "podman",
    .images = true,
    .start = start,
    .await = await,
    .enter = enter,
    .clean = clean,
    .locate = locate,
    .probe = probe,
    .pull = pull,
};
