/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "program.h"

static const struct runtime host = {.name = "host"};

static const struct runtime *const table[RUNTIMES] = {
    [RUNTIME_HOST] = &host,
    [RUNTIME_APPTAINER] = &runtime_apptainer,
    [RUNTIME_PODMAN] = &runtime_podman,
    [RUNTIME_CHARLIECLOUD] = &runtime_charliecloud,
    [RUNTIME_ENROOT] = &runtime_enroot,
};

const struct runtime *runtime_of(enum conf_runtime which)
{
    return table[which];
}

void runtime_call_free(struct runtime_call *call)
{
    arglist_free(&call->argv);
    arglist_free(&call->envp);
}

/* The program's name becomes its path: call->envp may be the container's, with a PATH of its own.
 */
int runtime_make(runtime_fn *make, const struct runtime_request *r, struct runtime_call *call,
                 struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    if (make(r, call, err) < 0 || arglist_check(&call->argv, err) < 0 ||
        arglist_check(&call->envp, err) < 0)
        return -1;
    if (program_find(call->argv.v[0], r->node_env, &path, err) < 0)
        return -1;
    free(call->argv.v[0]);
    call->argv.v[0] = strbuf_steal(&path);
    return call->argv.v[0] ? 0 : error_set(err, "out of memory");
}

/* ---- environments ---- */

static bool has_prefix(const char *s, const char *const *prefixes)
{
    for (; *prefixes; prefixes++)
        if (strncmp(s, *prefixes, strlen(*prefixes)) == 0)
            return true;
    return false;
}

/* Slurm's own, and those that say which devices are the task's. */
static bool is_passed(const char *name)
{
    static const char *const prefixes[] = {
        "SLURM_",
        "SLURMD_",
        "CUDA_VISIBLE_DEVICES",
        "NVIDIA_VISIBLE_DEVICES",
        "ROCR_VISIBLE_DEVICES",
        "HIP_VISIBLE_DEVICES",
        "GPU_DEVICE_ORDINAL",
        "ZE_AFFINITY_MASK",
        NULL,
    };
    return has_prefix(name, prefixes);
}

char **runtime_base_env(const struct runtime *rt, char *const *node_env)
{
    size_t n = 0, k = 0;
    while (node_env[n])
        n++;
    char **out = calloc(n + 1, sizeof *out);
    for (size_t i = 0; out && i < n; i++)
        if (!rt->images || is_passed(node_env[i]))
            out[k++] = node_env[i];
    return out;
}

const char *runtime_getenv(char *const *envp, const char *name)
{
    size_t n = strlen(name);
    for (; *envp; envp++)
        if (strncmp(*envp, name, n) == 0 && (*envp)[n] == '=')
            return *envp + n + 1;
    return NULL;
}

/* What podman, enroot, their helpers and libc look at themselves. A container may have variables of
 * these names; they must not reach the program that starts it. */
static bool is_own(const char *variable)
{
    static const char *const prefixes[] = {
        "PATH=",     "HOME=",      "USER=",      "LOGNAME=",  "SHELL=",      "TMPDIR=",
        "TMP=",      "TEMP=",      "XDG_",       "LD_",       "MALLOC_",     "GLIBC_",
        "CONTAINER", "_CONTAINER", "STORAGE_",   "REGISTRY_", "REGISTRIES",  "BUILDAH_",
        "PODMAN_",   "_PODMAN",    "DBUS_",      "NOTIFY_",   "LISTEN_",     "GO",
        "SSL_",      "http_",      "https_",     "no_proxy",  "HTTP_",       "HTTPS_",
        "NO_PROXY",  "all_proxy",  "ALL_PROXY",  "DOCKER_",   "ENROOT_",     "BASH",
        "ENV=",      "IFS=",       "SHELLOPTS=", "LC_",       "LANG",        "TZ=",
        "OCI_",      "NETAVARK_",  "PIDFILE=",   "TERM=",     "SINGULARITY", "APPTAINER",
        "AWKPATH",   "POSIXLY_",   "GREP_",      "CDPATH=",   "PS4=",        "KUBECONFIG=",
        NULL,
    };
    return has_prefix(variable, prefixes);
}

/* podman would take NAME* for all variables that begin so. */
static bool is_pattern(const char *variable)
{
    size_t n = strcspn(variable, "=");
    return n > 0 && variable[n - 1] == '*';
}

void runtime_pass_env(const struct runtime_request *r, const char *option,
                      struct runtime_call *call)
{
    char *const *declared = r->container->envp;
    for (char *const *v = r->node_env; *v; v++) {
        cleanup_free char *name = strndup(*v, strcspn(*v, "="));
        if (is_own(*v) || (name && !runtime_getenv(declared, name)))
            arglist_add(&call->envp, *v);
    }
    for (char *const *v = declared; *v; v++) {
        if (is_own(*v) || is_pattern(*v)) {
            arglist_addf(&call->argv, "%s=%s", option, *v);
            continue;
        }
        arglist_addf(&call->argv, "%s=%.*s", option, (int)strcspn(*v, "="), *v);
        arglist_add(&call->envp, *v);
    }
}

/* ---- arguments ---- */

void runtime_add_options(const struct runtime_request *r, enum conf_runtime which,
                         const char *gpu_otherwise, struct arglist *argv)
{
    cleanup_strbuf struct strbuf key = STRBUF_INIT;
    strbuf_addf(&key, "%s:gpu", table[which]->name);
    arglist_add_words(argv, conf_find(r->conf, CONF_RUNTIME_OPTIONS, table[which]->name));
    if (!runtime_getenv(r->node_env, "SLURM_JOB_GPUS"))
        return;
    const char *gpu = conf_find(r->conf, CONF_RUNTIME_OPTIONS, strbuf_str(&key));
    arglist_add_words(argv, gpu ? gpu : gpu_otherwise);
}

int runtime_each_mount(const struct runtime_request *r,
                       int (*fn)(void *arg, const struct mount *m, struct error *err), void *arg,
                       struct error *err)
{
    for (size_t i = 0; i < r->conf->n_binds; i++) {
        const struct conf_bind *b = &r->conf->binds[i];
        struct mount m = {MOUNT_BIND, b->source, b->target, b->read_only};
        if (fn(arg, &m, err) < 0)
            return -1;
    }
    for (size_t i = 0; i < r->container->n_mounts; i++)
        if (fn(arg, &r->container->mounts[i], err) < 0)
            return -1;
    return 0;
}

bool runtime_has_command(const struct container *c)
{
    return c->command && c->command[0];
}

void runtime_add_command(const struct container *c, struct arglist *argv)
{
    arglist_add_all(argv, c->command);
    arglist_add_all(argv, c->args);
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
}

int runtime_cache_folder(char *const *node_env, struct strbuf *path, struct error *err)
{
    const char *cache = runtime_getenv(node_env, "XDG_CACHE_HOME");
    const char *home = runtime_getenv(node_env, "HOME");
    if (cache && cache[0] == '/')
        strbuf_addf(path, "%s/skjob/", cache);
    else if (home && home[0] == '/')
        strbuf_addf(path, "%s/.cache/skjob/", home);
    else
        return error_set(err, "no folder for the runtime's files: neither XDG_CACHE_HOME nor HOME "
                              "is an absolute path");
    return 0;
}

int runtime_cache_file(const char *name, const char *suffix, char *const *node_env,
                       struct strbuf *where, struct error *err)
{
    if (runtime_cache_folder(node_env, where, err) < 0)
        return -1;
    strbuf_adds(where, "images/");
    for (; *name; name++)
        if (is_plain(*name))
            strbuf_addc(where, *name);
        else
            strbuf_addf(where, "_%02x", (unsigned char)*name); /* no two images share a file */
    strbuf_adds(where, suffix);
    return 0;
}
