/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob create job|cronjob NAME --image=IMAGE -- COMMAND..., skjob run NAME --image=IMAGE --
 * COMMAND...: Jobs without a file (k8s.io/kubectl/pkg/cmd/create/create_job.go, cmd/run).
 */
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "cronjob_job.h"
#include "input.h"
#include "job_watch.h"
#include "objects.h"
#include "options.h"
#include "print.h"
#include "resource.h"
#include "strbuf.h"
#include "tree.h"

static const char run_usage[] =
    "Run a command once, as a Job of one pod that has the Job's name. (kubectl run makes a bare "
    "Pod;\n"
    "on Slurm, a pod belongs to a Job.)\n"
    "\n"
    "  skjob run NAME --image=IMAGE [options] [--] COMMAND [ARGUMENT ...]\n"
    "\n"
    "      --image       as in a manifest\n"
    "      --restart     Never (default: it is not tried again) or OnFailure\n"
    "      --env         NAME=VALUE, repeatable\n"
    "  -i, --stdin       follow the output until the end; exit 0 when the Job completes. There is "
    "no\n"
    "                    input\n"
    "      --command     as with kubectl; here the words are the command in any case\n"
    "  -t, --tty         refused: a pod has no terminal here\n"
    "      --rm          remove the Job at the end; with -i\n"
    "      --dry-run     client or server: create nothing\n"
    "  -o, --output      json, yaml or name\n"
    "  -n, --namespace   default: \"default\"\n"
    "\n"
    "Examples:\n"
    "  skjob run hello --image=busybox -i --rm -- echo hello\n";

static const struct head no_head;

/* ---- the object ---- */

static json_t *words(char *const *v, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_string(v[i]));
    return list;
}

static int add_env(json_t *container, const struct options *o, struct error *err)
{
    for (size_t i = 0; i < o->env.len; i++) {
        const char *value = strchr(o->env.v[i], '=');
        if (!value || value == o->env.v[i])
            return error_set(err, "invalid env: %s", o->env.v[i]);
        if (!tree_has(container, "env"))
            json_object_set_new(container, "env", json_array());
        json_array_append_new(tree_get(container, "env"),
                              json_pack("{s:s%, s:s}", "name", o->env.v[i],
                                        (size_t)(value - o->env.v[i]), "value", value + 1));
    }
    return 0;
}

/* The words behind "--"; as with kubectl, some of them may stand before it, the last ones. */
static int add_command(json_t *container, const struct options *o, size_t before, struct error *err)
{
    json_t *list = words(o->names + o->names_len - before, before);
    cleanup_json json_t *more = words(o->extra, o->extra_len);
    if (json_array_extend(list, more) < 0 || json_array_size(list) != before + o->extra_len)
        return json_decref(list), error_set(err, "the command must be UTF-8");
    if (json_array_size(list))
        return json_object_set_new(container, "command", list);
    json_decref(list);
    return 0;
}

/* before: how many of the last names belong to the command. NULL with err. */
static json_t *make_job(const char *name, const struct options *o, size_t before,
                        const char *restart, struct error *err)
{
    cleanup_json json_t *container =
        json_pack("{s:s, s:s, s:{}}", "name", name, "image", o->image, "resources");
    if (!container) {
        error_set(err, "the name and the image must be UTF-8");
        return NULL;
    }
    if (add_command(container, o, before, err) < 0)
        return NULL;
    if (add_env(container, o, err) < 0)
        return NULL;
    return json_pack("{s:s, s:s, s:{s:s}, s:{s:{s:{}, s:{s:s, s:[O]}}}, s:{}}", "apiVersion",
                     "batch/v1", "kind", "Job", "metadata", "name", name, "spec", "template",
                     "metadata", "spec", "restartPolicy", restart, "containers", container,
                     "status");
}

/* On a client's dry run it is shown as it is, to be edited: kubectl's way to a manifest. */
static int create(const json_t *job, const struct options *o)
{
    struct error err;
    size_t printed = 0;
    struct options own = *o;
    own.extra_len = 0; /* the command, no options of sbatch */
    bool is_shown = o->output == OUTPUT_JSON || o->output == OUTPUT_YAML;
    const struct input_object in = {.source = tree_str(tree_get(job, "metadata"), "name"),
                                    .raw = job,
                                    .at = "",
                                    .head = &no_head};
    if (o->dry_run != DRY_RUN_CLIENT || !is_shown)
        return cmd_create_input(&own, &in, &printed);
    if (print_object(job, o->output, &printed, &err) == 0)
        return 0;
    verb_tell(&err);
    return -1;
}

static int one_name(const struct options *o, size_t at, const char **name, struct error *err)
{
    size_t n = o->names_len - at;
    if (n != 1)
        return error_set(err, "exactly one NAME is required, got %zu", n);
    *name = o->names[at];
    return 0;
}

/* ---- create job ---- */

bool cmd_create_is_job(const struct options *o)
{
    static const char *const kinds[] = {"job", "cronjob", "cj"};
    for (size_t i = 0; o->names_len && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(o->names[0], kinds[i]) == 0)
            return true;
    return false;
}

static int check_create(const struct options *o, struct error *err)
{
    if (o->schedule || o->restart)
        return error_set(err, "unknown flag: --%s", o->schedule ? "schedule" : "restart");
    if (o->from && o->extra_len)
        return error_set(err, "cannot specify --from and command");
    if (o->from && o->image)
        return error_set(err, "specify either --image or --from, not both");
    return o->image || o->from ? 0 : error_set(err, "either --image or --from must be specified");
}

/* The Job of a CronJob, now. NULL with err. */
static json_t *make_job_from(const char *name, const struct options *o, struct error *err)
{
    const char *cronjob;
    cleanup_store struct store store = {0};
    cleanup_json json_t *from = NULL;
    if (resource_split(o->from, &cronjob) != RESOURCE_CRON_JOB || !cronjob)
        return (void)error_set(err, "from must be an existing cronjob: --from=cronjob/NAME"), NULL;
    if (store_open(&store, err) < 0)
        return NULL;
    int rc = objects_read(store.root, OBJECT_CRON_JOB, o->ns, cronjob, &from, err);
    if (rc == 1)
        error_set(err, "Error from server (NotFound): cronjobs.batch \"%s\" not found", cronjob);
    json_t *job = rc == 0 ? cronjob_job_manual(from, name) : NULL;
    if (rc == 0 && !job)
        error_set(err, "out of memory");
    return job;
}

/* kubectl create cronjob: the container has the CronJob's name. */
static json_t *make_cronjob(const char *name, const struct options *o, struct error *err)
{
    const char *restart = o->restart ? o->restart : "OnFailure";
    cleanup_json json_t *job = make_job(name, o, 0, restart, err);
    if (!job)
        return NULL;
    json_t *made =
        json_pack("{s:s, s:s, s:{s:s}, s:{s:s, s:{s:{s:s}, s:O}}, s:{}}", "apiVersion", "batch/v1",
                  "kind", "CronJob", "metadata", "name", name, "spec", "schedule", o->schedule,
                  "jobTemplate", "metadata", "name", name, "spec", tree_get(job, "spec"), "status");
    if (!made)
        error_set(err, "the schedule must be UTF-8");
    return made;
}

static int check_cronjob(const struct options *o, struct error *err)
{
    if (o->from)
        return error_set(err, "unknown flag: --from");
    if (!o->image || !o->schedule)
        return error_set(err, "required flag(s) \"%s\" not set", o->image ? "schedule" : "image");
    return 0;
}

int cmd_create_job(const struct options *o, struct error *err)
{
    const char *name = NULL;
    cleanup_json json_t *job = NULL;
    if (one_name(o, 1, &name, err) < 0)
        return -1;
    if (strcmp(o->names[0], "job") != 0)
        job = check_cronjob(o, err) == 0 ? make_cronjob(name, o, err) : NULL;
    else if (check_create(o, err) == 0)
        job = o->from ? make_job_from(name, o, err) : make_job(name, o, 0, "Never", err);
    return job ? create(job, o) < 0 : -1;
}

/* ---- run ---- */

/* Waits for a pod to begin, or for the Job to end; started: only for the end. Returns 1 when the
 * Job is complete, 0 when it is not, -1 with err. */
static int watch(const struct options *o, const char *name, bool started, struct error *err)
{
    cleanup_store struct store store = {0};
    cleanup_job_watch struct job_watch w = {0};
    if (store_open(&store, err) < 0)
        return -1;
    for (;;) {
        size_t n;
        int rc = job_watch_look(&w, &store, o->ns, name, err);
        if (rc != 0)
            return rc < 0 ? -1 : error_set(err, "job.batch/%s was deleted meanwhile", name);
        (void)fold_attempts(w.view.fold, &n);
        if (job_watch_ended(&w) || (!started && n))
            return job_view_condition(&w.view, "Complete");
        job_watch_sleep(&w, INT64_MAX);
    }
}

/* Another verb, on this Job. */
static int call(const struct verb *verb, const char *const *argv)
{
    int n = 0;
    while (argv[n])
        n++;
    return verb_call(verb, n, (char **)argv);
}

static int attend(const struct options *o, const char *name, struct error *err)
{
    cleanup_strbuf struct strbuf ref = STRBUF_INIT, ns = STRBUF_INIT;
    strbuf_addf(&ref, "job/%s", name);
    strbuf_addf(&ns, "--namespace=%s", o->ns);
    const char *const logs[] = {"logs", "--follow", strbuf_str(&ref), strbuf_str(&ns), NULL};
    const char *const del[] = {"delete", strbuf_str(&ref), strbuf_str(&ns), NULL};
    if (watch(o, name, false, err) < 0)
        return -1;
    call(&verb_logs, logs);
    fflush(stdout);
    int complete = watch(o, name, true, err);
    if (complete < 0)
        return -1;
    if (!complete)
        fprintf(stderr, "error: job.batch/%s failed\n", name);
    return (o->remove && call(&verb_delete, del) != 0) || !complete;
}

static int check_run(const struct options *o, struct error *err)
{
    const char *restart = o->restart ? o->restart : "Never";
    if (o->tty)
        return error_set(err, "--tty: a pod on Slurm has no terminal; -i follows its output, and "
                              "srun --pty COMMAND is a terminal on a node");
    if (!o->image)
        return error_set(err, "--image is required");
    if (strcmp(restart, "Always") == 0)
        return error_set(err, "--restart=Always is for what never ends; a Job takes Never or "
                              "OnFailure");
    if (strcmp(restart, "Never") != 0 && strcmp(restart, "OnFailure") != 0)
        return error_set(err, "invalid restart policy: %s", restart);
    if (o->remove && !o->interactive)
        return error_set(err, "--rm should only be used for attached containers");
    return o->dry_run && o->interactive
               ? error_set(err, "--dry-run=server|client can't be used with attached containers "
                                "options (--stdin)")
               : 0;
}

static int run(struct options *o, struct error *err)
{
    const char *name = NULL;
    const char *restart = o->restart ? o->restart : "Never";
    if (check_run(o, err) < 0)
        return -1;
    if (!o->names_len)
        return error_set(err, "NAME is required for run");
    name = o->names[0];
    cleanup_json json_t *job = make_job(name, o, o->names_len - 1, restart, err);
    if (!job)
        return -1;
    if (strcmp(restart, "Never") == 0)
        json_object_set_new(tree_get(job, "spec"), "backoffLimit", json_integer(0));
    if (create(job, o) < 0)
        return 1;
    return o->interactive ? attend(o, name, err) : 0;
}

const struct verb verb_run = {
    .name = "run",
    .what = "run a command once, as a Job",
    .usage = run_usage,
    .options = " namespace output dry-run image env command restart rm stdin tty ",
    .run = run,
};
