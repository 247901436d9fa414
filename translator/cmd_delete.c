/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob delete job NAME..., skjob delete pod NAME...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "claim.h"
#include "cleanup.h"
#include "commands.h"
#include "delete_pod.h"
#include "job_view.h"
#include "object_delete.h"
#include "options.h"
#include "resource.h"
#include "slurm_api.h"
#include "tree.h"

#define INTERVAL_MS 100

static const char usage[] =
    "Cancel Jobs, and remove them with the logs of their pods; or end a pod, which the Job then\n"
    "replaces.\n"
    "\n"
    "  skjob delete job NAME ... [options]\n"
    "  skjob delete pod NAME ... [options]\n"
    "  skjob delete configmap|secret|service NAME ...\n"
    "\n"
    "      --timeout     how long to wait for the pods to end, default 30s\n"
    "  -n, --namespace   default: \"default\"\n";

static int wait_until_gone(uint32_t job_id, long seconds, struct error *err)
{
    int64_t until = job_view_now() + (int64_t)seconds * 1000000;
    for (;;) {
        int alive = slurm_api_is_alive(job_id, err);
        if (alive <= 0)
            return alive;
        if (job_view_now() >= until)
            return error_set(err, "timed out waiting for the pods of Slurm job %u to end", job_id);
        nanosleep(&(struct timespec){.tv_nsec = INTERVAL_MS * 1000000L}, NULL);
    }
}

/* A Job whose submission was not settled may still be there. */
static int job_id_of(const struct job_view *v, uint32_t *job_id, struct error *err)
{
    *job_id = job_view_slurm_job(v);
    const json_t *spec = tree_get(v->object, "spec");
    bool never = tree_has(spec, "completions") && tree_int(spec, "completions") == 0;
    if (*job_id || never)
        return 0;
    return claim_find_in_slurm(v->object, job_id, err) < 0 ? -1 : 0;
}

static int delete_one(const struct store *s, const struct options *o, const char *name,
                      struct error *err)
{
    cleanup_job_view struct job_view v = {0};
    uint32_t job_id;
    int rc = job_view_load(&v, s, o->ns, name, job_view_now(), err);
    if (rc == 1) {
        job_print_not_found(name);
        return 1;
    }
    if (rc < 0 || job_id_of(&v, &job_id, err) < 0)
        return -1;
    if (job_id &&
        (slurm_api_cancel(job_id, err) < 0 || wait_until_gone(job_id, o->timeout, err) < 0))
        return -1;
    if (store_remove(s, o->ns, name, err) < 0)
        return -1;
    printf("job.batch \"%s\" deleted from %s namespace\n", name, o->ns);
    return 0;
}

static int delete_config_map(const struct store *s, const struct options *o, const char *name,
                             struct error *err)
{
    return object_delete(s, o, OBJECT_CONFIG_MAP, name, err);
}

static int delete_secret(const struct store *s, const struct options *o, const char *name,
                         struct error *err)
{
    return object_delete(s, o, OBJECT_SECRET, name, err);
}

static int delete_service(const struct store *s, const struct options *o, const char *name,
                          struct error *err)
{
    return object_delete(s, o, OBJECT_SERVICE, name, err);
}

typedef int delete_fn(const struct store *s, const struct options *o, const char *name,
                      struct error *err);

static delete_fn *const delete_by_kind[RESOURCES] = {
    [RESOURCE_JOB] = delete_one,
    [RESOURCE_POD] = delete_pod,
    [RESOURCE_CONFIG_MAP] = delete_config_map,
    [RESOURCE_SECRET] = delete_secret,
    [RESOURCE_SERVICE] = delete_service,
};

static int delete_all(const struct store *s, const struct options *o, struct error *err)
{
    int failures = 0;
    int kind = o->names_len ? resource_find(o->names[0], strlen(o->names[0])) : -1;
    size_t first = kind >= 0;
    if (first == o->names_len)
        return error_set(err, "resource(s) were provided, but no name was specified");
    for (size_t i = first; i < o->names_len; i++) {
        const char *name;
        int k = resource_split(o->names[i], &name);
        k = name ? k : kind;
        if (k < 0)
            return error_set(err, "the server doesn't have a resource type \"%s\"", o->names[i]);
        if (!delete_by_kind[k])
            return error_set(err, "%s cannot be deleted", resource_plural((enum resource)k));
        int rc = delete_by_kind[k](s, o, name ? name : o->names[i], err);
        if (rc < 0)
            return -1;
        failures += rc;
    }
    return failures;
}

int cmd_delete(int argc, char **argv)
{
    struct error err;
    cleanup_options struct options o;
    cleanup_store struct store store = {0};
    int rc = options_parse(&o, argc, argv, " timeout namespace ", &err);
    if (rc == 0 && o.help) {
        fputs(usage, stdout);
        return 0;
    }
    if (rc == 0 && (rc = store_open(&store, &err)) == 0)
        rc = delete_all(&store, &o, &err);
    if (rc < 0)
        fprintf(stderr, "error: %s\n", err.text);
    return rc != 0;
}
