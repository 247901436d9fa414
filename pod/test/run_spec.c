/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * run_spec POD.json [ID]: runs the first container of a pod, given as {"spec": PodSpec, "objects":
 * {"ConfigMap/NAME": {…}}, "map": {"nfs SERVER PATH": FOLDER}}, with its volumes and nothing else:
 * no Slurm, no state. For the tests of volumes and mounts. It ends with the container's exit code;
 * 75 when the pod would wait, 125 for an error, 3 for an eviction.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../sandbox.h"
#include "../spawn.h"
#include "../volumes.h"
#include "cleanup.h"
#include "tree.h"

extern char **environ;

enum { EXIT_EVICTED = 3, EXIT_WAITS = 75, EXIT_ERROR = 125 };

static int say(const struct error *err, int code)
{
    fprintf(stderr, "%s\n", err->text);
    return code;
}

static int find(void *pod, enum object_kind kind, const char *name, json_t **object,
                struct error *err)
{
    char key[300];
    (void)err;
    snprintf(key, sizeof key, "%s/%s", kind == OBJECT_SECRET ? "Secret" : "ConfigMap", name);
    *object = json_incref(tree_get(tree_get(pod, "objects"), key));
    return *object ? 0 : 1;
}

static const char *map(void *pod, const char *kind, const char *name, const char *path)
{
    char key[600];
    snprintf(key, sizeof key, "%s %s %s", kind, name, path);
    const char *folder = tree_str(tree_get(pod, "map"), key);
    return *folder ? folder : NULL;
}

static const char *variable(void *arg, const char *name)
{
    (void)arg;
    return getenv(name);
}

/* The strings are the tree's. */
static char **words_of(const json_t *list)
{
    char **words = calloc(json_array_size(list) + 1, sizeof *words);
    for (size_t i = 0; words && i < json_array_size(list); i++)
        words[i] = (char *)json_string_value(json_array_get(list, i));
    return words;
}

/* Waits for the container, and looks at the limits meanwhile. */
static int wait_for(pid_t pid, const struct volumes *v)
{
    struct error why;
    int status;
    while (waitpid(pid, &status, volumes_have_limits(v) ? WNOHANG : 0) == 0) {
        if (volumes_check_limits(v, &why)) {
            kill(-pid, SIGKILL);
            waitpid(pid, &status, 0);
            return say(&why, EXIT_EVICTED);
        }
        usleep(20000);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int run(const json_t *pod, const json_t *container, const struct volumes *v,
               const struct mount_list *mounts)
{
    struct error err;
    struct sandbox sandbox = SANDBOX_INIT;
    cleanup_free char **argv = words_of(tree_get(container, "command"));
    const char *cwd = tree_str(container, "workingDir"), *host = tree_str(pod, "hostname");
    struct container c = {.name = tree_str(container, "name"),
                          .command = argv,
                          .envp = environ,
                          .cwd = *cwd ? cwd : NULL,
                          .mounts = mounts->items,
                          .n_mounts = mounts->n,
                          .hostname = *host ? host : NULL,
                          .read_only_root = tree_bool(tree_get(container, "securityContext"),
                                                      "readOnlyRootFilesystem")};
    if (sandbox_needed(&c) && sandbox_open(&sandbox, &c, getenv("RUN_LIBEXEC"), &err))
        return say(&err, EXIT_ERROR);
    struct spawn s = {.argv = argv,
                      .envp = environ,
                      .cwd = c.cwd,
                      .output = STDOUT_FILENO,
                      .sandbox = sandbox_needed(&c) ? &sandbox : NULL};
    sigemptyset(&s.mask);
    pid_t pid = spawn_container(&s, &err);
    sandbox_close(&sandbox);
    return pid < 0 ? say(&err, EXIT_ERROR) : wait_for(pid, v);
}

static int run_pod(json_t *pod, const char *id)
{
    struct error err;
    struct volumes v = VOLUMES_INIT;
    struct mount_list mounts = {0};
    const json_t *spec = tree_get(pod, "spec");
    const json_t *container = json_array_get(tree_get(spec, "containers"), 0);
    struct pod_facts facts = {.name = "pod",
                              .ns = "default",
                              .uid = "u",
                              .node = "node",
                              .service_account = "",
                              .host_ip = "",
                              .host_ips = "",
                              .annotations = tree_get(pod, "annotations"),
                              .spec = spec,
                              .find = find,
                              .find_arg = pod};
    struct volumes_ask ask = {.pod_spec = spec,
                              .facts = &facts,
                              .id = id,
                              .place = volumes_place_of(environ),
                              .map = map,
                              .map_arg = pod};
    volumes_sweep(&ask.place);
    int rc = volumes_prepare(&v, &ask, &err);
    if (rc == 0)
        rc = volumes_mounts(&v, container, variable, NULL, &mounts, &err);
    int code = rc ? say(&err, rc < 0 ? EXIT_ERROR : EXIT_WAITS) : run(pod, container, &v, &mounts);
    mount_list_free(&mounts);
    if (volumes_remove(&v, &err))
        code = say(&err, EXIT_ERROR);
    return code;
}

int main(int argc, char **argv)
{
    json_error_t why;
    cleanup_json json_t *pod = argc > 1 ? json_load_file(argv[1], 0, &why) : NULL;
    if (!pod) {
        fprintf(stderr, "usage: run_spec POD.json [ID]\n");
        return EXIT_ERROR;
    }
    return run_pod(pod, argc > 2 ? argv[2] : "1.0");
}
