/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob logs POD | job/NAME [-c CONTAINER] [--all-pods]
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "job_view.h"
#include "options.h"
#include "plain_options.h"
#include "tree.h"

static const char usage[] =
    "Print the logs of a Job's pods.\n"
    "\n"
    "  skjob logs job/NAME [options]\n"
    "  skjob logs POD [options]\n"
    "\n"
    "      --all-pods    the logs of all pods of the Job, each line with its pod's name\n"
    "      --prefix      put the pod's name before each line\n"
    "  -c, --container   default: the first container\n"
    "  -n, --namespace   default: \"default\"\n";

struct logs {
    const struct options *options;
    struct store store;
};

static int print_file(FILE *f, const char *pod, const char *container, bool prefix)
{
    cleanup_free char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    while ((n = getline(&line, &cap, f)) > 0) {
        if (prefix)
            printf("[pod/%s/%s] ", pod, container);
        fwrite(line, 1, (size_t)n, stdout);
    }
    return ferror(f) ? -1 : 0;
}

static int print_log(const struct logs *l, const char *job, const char *container, const char *pod,
                     struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    store_path(&l->store, l->options->ns, job, &path);
    strbuf_addf(&path, "/pods/%s/%s.log", pod, container);
    cleanup_file FILE *f = fopen(strbuf_str(&path), "re");
    if (!f && errno == ENOENT)
        return error_set(err, "container %s is not valid for pod %s", container, pod);
    if (!f || print_file(f, pod, container, l->options->prefix) < 0)
        return error_set(err, "cannot read %s: %s", strbuf_str(&path), strerror(errno));
    return 0;
}

static int is_pod(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

/* The index in <job>-<index>-<suffix>, for sorting; 0 for other names. */
static unsigned long index_of(const char *pod)
{
    const char *suffix = strrchr(pod, '-');
    const char *p = suffix;
    while (p && p > pod && strchr("0123456789", p[-1]))
        p--;
    return p && p < suffix && p > pod && p[-1] == '-' ? strtoul(p, NULL, 10) : 0;
}

static int by_index(const struct dirent **a, const struct dirent **b)
{
    unsigned long i = index_of((*a)->d_name), j = index_of((*b)->d_name);
    return i != j ? (i > j) - (i < j) : strcmp((*a)->d_name, (*b)->d_name);
}

static int list_pods(const struct logs *l, const char *job, struct dirent ***pods)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    store_path(&l->store, l->options->ns, job, &path);
    strbuf_adds(&path, "/pods");
    int n = scandir(strbuf_str(&path), pods, is_pod, by_index);
    return n < 0 ? 0 : n;
}

/* The container asked for, or the Job's first one. Borrowed from the object. */
static const char *container_of(const struct logs *l, const json_t *object)
{
    const json_t *list = tree_at(object, "spec", "template", "spec", "containers", NULL);
    return l->options->container ? l->options->container
                                 : tree_str(json_array_get(list, 0), "name");
}

/* Why there is no log. */
static void tell_missing(const char *job, const json_t *object, struct error *err)
{
    if (tree_at(object, "metadata", "annotations", PLAIN_TASKS, NULL))
        error_set(err,
                  "job %s is an array without a manifest: its output is where sbatch --output said",
                  job);
    else
        error_set(err, "no pod of job %s has started yet", job);
}

static int logs_of_job(const struct logs *l, const char *job, struct error *err)
{
    cleanup_json json_t *object = NULL;
    int rc = store_read(&l->store, l->options->ns, job, &object, err);
    if (rc == 1)
        job_print_not_found(job);
    if (rc != 0)
        return rc;
    struct dirent **pods = NULL;
    int n = list_pods(l, job, &pods);
    if (n == 0)
        tell_missing(job, object, err);
    if (n > 1 && !l->options->all_pods)
        fprintf(stderr, "Found %d pods, using pod/%s\n", n, pods[0]->d_name);
    rc = n == 0 ? -1 : 0;
    for (int i = 0; i < n; i++) {
        if (rc == 0 && (i == 0 || l->options->all_pods))
            rc = print_log(l, job, container_of(l, object), pods[i]->d_name, err);
        free(pods[i]);
    }
    free(pods);
    return rc;
}

/* Finds the Job that a pod belongs to. Returns 0, 1 when there is no such pod. */
static int logs_of_pod(const struct logs *l, const char *pod, struct error *err)
{
    char **jobs;
    size_t n;
    int rc = 1;
    if (store_list(&l->store, l->options->ns, &jobs, &n, err) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        cleanup_strbuf struct strbuf path = STRBUF_INIT;
        store_path(&l->store, l->options->ns, jobs[i], &path);
        strbuf_addf(&path, "/pods/%s", pod);
        cleanup_json json_t *object = NULL;
        if (rc == 1 && !strchr(pod, '/') && access(strbuf_str(&path), F_OK) == 0 &&
            store_read(&l->store, l->options->ns, jobs[i], &object, err) == 0)
            rc = print_log(l, jobs[i], container_of(l, object), pod, err);
        free(jobs[i]);
    }
    free(jobs);
    if (rc == 1)
        fprintf(stderr,
                "error: error from server (NotFound): pods \"%s\" not found in namespace \"%s\"\n",
                pod, l->options->ns);
    return rc;
}

static int logs_of(const struct logs *l, const char *word, struct error *err)
{
    const char *job = job_name_of(word);
    if (job && job != word)
        return logs_of_job(l, job, err);
    if (strncmp(word, "pod/", 4) == 0 || strncmp(word, "pods/", 5) == 0)
        word = strchr(word, '/') + 1;
    return logs_of_pod(l, word, err);
}

int cmd_logs(int argc, char **argv)
{
    struct error err;
    cleanup_options struct options o;
    struct logs l = {.options = &o};
    int rc = options_parse(&o, argc, argv, " namespace container all-pods prefix ", &err);
    if (rc == 0 && o.help) {
        fputs(usage, stdout);
        return 0;
    }
    if (rc == 0 && o.names_len != 1)
        rc = error_set(&err, "expected 'logs POD' or 'logs job/NAME'");
    if (rc == 0 && (rc = store_open(&l.store, &err)) == 0)
        rc = logs_of(&l, o.names[0], &err);
    store_close(&l.store);
    if (rc < 0)
        fprintf(stderr, "error: %s\n", err.text);
    return rc != 0;
}
