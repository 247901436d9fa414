/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cronjob_jobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "cronjob_job.h"
#include "grow.h"
#include "input.h"
#include "job_view.h"
#include "manifest.h"
#include "sbatch_args.h"
#include "timezone.h"
#include "tree.h"

#define LINES     "skjob/sbatch-lines"
#define ARGUMENTS "skjob/sbatch-arguments"

static const char *ns_of(const json_t *cronjob)
{
    return tree_str(tree_get(cronjob, "metadata"), "namespace");
}

/* ---- those that exist ---- */

void cronjob_jobs_free(struct cronjob_jobs *jobs)
{
    while (jobs->len) {
        jobs->len--;
        free((char *)jobs->v[jobs->len].name);
        free((char *)jobs->v[jobs->len].uid);
        free(jobs->slurm[jobs->len]);
    }
    free(jobs->v);
    free(jobs->slurm);
    *jobs = (struct cronjob_jobs){0};
}

static enum cronjob_end end_of(const struct job_view *v)
{
    if (job_view_condition(v, "Complete"))
        return CRONJOB_COMPLETE;
    return job_view_condition(v, "Failed") ? CRONJOB_FAILED : CRONJOB_UNFINISHED;
}

/* As sbatch --dependency wants them. */
static char *slurm_ids(const struct job_view *v)
{
    char *ids = strdup(fold_slurm_job(v->fold));
    for (char *p = ids; p && (p = strchr(p, ',')); p++)
        *p = ':';
    return ids;
}

static int add(struct cronjob_jobs *jobs, const struct job_view *v, struct error *err)
{
    const json_t *meta = tree_get(v->object, "metadata"), *status = tree_get(v->object, "status");
    struct cronjob_job *jv = grow(jobs->v, jobs->len, sizeof *jv);
    jobs->v = jv ? jv : jobs->v;
    char **ids = jv ? grow(jobs->slurm, jobs->len, sizeof *ids) : NULL;
    jobs->slurm = ids ? ids : jobs->slurm;
    cleanup_free char *name = strdup(tree_str(meta, "name"));
    cleanup_free char *uid = strdup(tree_str(meta, "uid"));
    cleanup_free char *slurm = slurm_ids(v);
    if (!ids || !name || !uid || !slurm)
        return error_set(err, "out of memory");
    ids[jobs->len] = steal_ptr(&slurm);
    jv[jobs->len++] = (struct cronjob_job){steal_ptr(&name), steal_ptr(&uid), end_of(v),
                                           cronjob_plan_time(status, "startTime"),
                                           cronjob_plan_time(status, "completionTime")};
    return 0;
}

static bool is_of(const struct store *s, const json_t *cronjob, const char *name)
{
    struct error err;
    cleanup_json json_t *object = NULL;
    return store_read(s, ns_of(cronjob), name, &object, &err) == 0 &&
           cronjob_job_is_of(object, cronjob);
}

int cronjob_jobs_each(const struct store *s, const json_t *cronjob,
                      int (*each)(void *arg, const char *name, struct error *err), void *arg,
                      struct error *err)
{
    char **names;
    size_t n;
    int rc = 0;
    if (store_list(s, ns_of(cronjob), &names, &n, err) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (is_of(s, cronjob, names[i]) && each(arg, names[i], err) < 0)
            rc = error_prefix(err, "job.batch/%s", names[i]);
        free(names[i]);
    }
    free(names);
    return rc;
}

struct collecting {
    struct cronjob_jobs *jobs;
    const struct store *store;
    const char *ns;
};

/* One that cannot be read, or is being deleted, is none. */
static int collect(void *arg, const char *name, struct error *err)
{
    struct error lost;
    const struct collecting *c = arg;
    cleanup_job_view struct job_view v = {0};
    if (job_view_load(&v, c->store, c->ns, name, job_view_now(), &lost) != 0 ||
        job_remove_asked_for(&v) >= 0)
        return 0;
    return add(c->jobs, &v, err);
}

int cronjob_jobs_list(struct cronjob_jobs *jobs, const struct store *s, const json_t *cronjob,
                      struct error *err)
{
    struct collecting c = {jobs, s, ns_of(cronjob)};
    *jobs = (struct cronjob_jobs){0};
    return cronjob_jobs_each(s, cronjob, collect, &c, err);
}

static bool is_active(const struct store *s, const json_t *ref)
{
    struct error err;
    cleanup_job_view struct job_view v = {0};
    return job_view_load(&v, s, tree_str(ref, "namespace"), tree_str(ref, "name"), job_view_now(),
                         &err) == 0 &&
           tree_is(tree_get(v.object, "metadata"), "uid", tree_str(ref, "uid")) &&
           end_of(&v) == CRONJOB_UNFINISHED && job_remove_asked_for(&v) < 0;
}

json_t *cronjob_jobs_status(const struct store *s, const json_t *status)
{
    json_t *now = status ? json_deep_copy(status) : json_object();
    json_t *active = tree_get(now, "active");
    for (size_t i = json_array_size(active); i > 0; i--)
        if (!is_active(s, json_array_get(active, i - 1)))
            json_array_remove(active, i - 1);
    if (active && !json_array_size(active))
        json_object_del(now, "active");
    return now;
}

int cronjob_jobs_remove(const struct store *s, const char *ns, const char *name,
                        const struct job_removal *how, struct error *err)
{
    cleanup_job_view struct job_view v = {0};
    int rc = job_view_load_keep(&v, s, ns, name, job_view_now(), err);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    return job_remove(s, &v, how, err) < 0 ? -1 : 0;
}

/* ---- options for sbatch ---- */

static const char *annotation(const json_t *cronjob, const char *key)
{
    return tree_str(tree_at(cronjob, "metadata", "annotations", NULL), key);
}

static int annotate(json_t *cronjob, const char *key, const char *value, struct error *err)
{
    json_t *meta = tree_get(cronjob, "metadata");
    if (!tree_has(meta, "annotations"))
        json_object_set_new(meta, "annotations", json_object());
    return json_object_set_new(tree_get(meta, "annotations"), key, json_string(value)) < 0
               ? error_set(err, "an option for sbatch is not UTF-8")
               : 0;
}

int cronjob_jobs_keep_options(json_t *cronjob, const struct head *head, char *const *extra,
                              size_t n, struct error *err)
{
    cleanup_strbuf struct strbuf lines = STRBUF_INIT;
    cleanup_json json_t *words = json_array();
    for (size_t i = 0; i < head->sbatch_len; i++)
        strbuf_addf(&lines, "%s\n", head->sbatch[i].text);
    for (size_t i = 0; i < n; i++)
        if (json_array_append_new(words, json_string(extra[i])) < 0)
            return error_set(err, "an option for sbatch is not UTF-8");
    cleanup_free char *arguments = json_dumps(words, JSON_COMPACT);
    if (!arguments)
        return error_set(err, "out of memory");
    if (lines.len && annotate(cronjob, LINES, strbuf_str(&lines), err) < 0)
        return -1;
    return n ? annotate(cronjob, ARGUMENTS, arguments, err) : 0;
}

static json_t *arguments_of(const json_t *cronjob)
{
    const char *text = annotation(cronjob, ARGUMENTS);
    json_t *words = *text ? json_loads(text, 0, NULL) : NULL;
    return json_is_array(words) ? words : (json_decref(words), json_array());
}

static int head_of(const json_t *cronjob, struct head *head, struct error *err)
{
    const char *text = annotation(cronjob, LINES);
    return head_parse(head, LINES, text, strlen(text), err);
}

static int add_words(const char *line, json_t *list, struct error *err)
{
    int rc;
    cleanup_strbuf struct strbuf word = STRBUF_INIT;
    line += strlen("#SBATCH");
    while ((rc = sbatch_args_word(&line, &word, err)) == 1)
        json_array_append_new(list, json_string(strbuf_str(&word)));
    return rc;
}

int cronjob_jobs_options(const json_t *cronjob, json_t *list, struct error *err)
{
    cleanup_head struct head head = {0};
    cleanup_json json_t *arguments = arguments_of(cronjob);
    if (head_of(cronjob, &head, err) < 0)
        return -1;
    for (size_t i = 0; i < head.sbatch_len; i++)
        if (add_words(head.sbatch[i].text, list, err) < 0)
            return -1;
    return json_array_extend(list, arguments) < 0 ? error_set(err, "out of memory") : 0;
}

/* ---- a new one ---- */

struct making {
    const struct store *store;
    const json_t *raw;
    struct manifest manifest;
    struct translation translation;
    struct head head;
    json_t *arguments;
    char **extra; /* the arguments as sbatch_args and submit want them */
};

static void discard(struct making *m)
{
    manifest_free(&m->manifest);
    translation_free(&m->translation);
    head_free(&m->head);
    json_decref(m->arguments);
    free(m->extra);
}

/* The API server's answer, in one line. */
static int explain(const struct making *m, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    manifest_explain(&m->manifest, m->raw, "creating", "the jobTemplate", &text);
    for (char *p = text.data; p && *p; p++)
        *p = *p == '\n' ? ' ' : *p;
    return error_set(err, "%s", strbuf_str(&text));
}

static int check(struct making *m, struct error *err)
{
    const struct manifest_options any = {UNKNOWN_IGNORE, TIMEZONE_ROOT, NULL};
    return manifest_load(&m->manifest, m->raw, &any) == MANIFEST_OK ? 0 : explain(m, err);
}

/* Fields that cannot be run; nobody is there to be warned of the others. */
static int translate(struct making *m, struct error *err)
{
    cleanup_conf struct conf conf;
    cleanup_report struct report report = {0};
    const struct input_object in = {.source = "jobTemplate", .raw = m->raw, .at = ""};
    if (conf_load(&conf, getenv(CONF_VARIABLE), err) < 0 ||
        translation_make_for(&m->translation, m->manifest.object, &conf, err) < 0 ||
        report_make(&report, &m->translation, &in, false, err) < 0)
        return -1;
    for (size_t i = 0; i < report.len; i++)
        if (report.rows[i].verdict.fate == FATE_REFUSED)
            return error_set(err, "%s cannot be run on Slurm: %s", report.rows[i].path,
                             report.rows[i].verdict.reason);
    return 0;
}

static int take_options(struct making *m, const json_t *cronjob, bool *output, struct error *err)
{
    size_t i;
    json_t *word;
    m->arguments = arguments_of(cronjob);
    m->extra = calloc(json_array_size(m->arguments) + 1, sizeof *m->extra);
    if (!m->extra)
        return error_set(err, "out of memory");
    json_array_foreach (m->arguments, i, word)
        m->extra[i] = (char *)(json_is_string(word) ? json_string_value(word) : "");
    return head_of(cronjob, &m->head, err) < 0 ? -1 : sbatch_args_check(m->extra, i, output, err);
}

/* Whether Slurm has it, or never needs to: a create that was killed leaves a Job that is none. */
static bool is_submitted(const struct job_view *v)
{
    size_t attempts;
    const json_t *spec = tree_get(v->created, "spec");
    bool never = tree_has(spec, "completions") && tree_int(spec, "completions") == 0;
    (void)fold_attempts(v->fold, &attempts);
    return never || attempts || job_view_is_submitted(v);
}

/* The Job that has the name already. err says so when it is unfinished. */
static void look_at_existing(const struct making *m, const json_t *cronjob, const char *name,
                             char uid[64], struct error *err)
{
    struct error lost;
    cleanup_job_view struct job_view v = {0};
    int rc = job_view_load_journal(&v, m->store, ns_of(cronjob), name, job_view_now(), &lost);
    if (rc == 0 && !cronjob_job_is_of(v.created, cronjob))
        return;
    if (rc == 0)
        snprintf(uid, 64, "%s", tree_str(tree_get(v.created, "metadata"), "uid"));
    if (rc != 0 || !is_submitted(&v))
        error_set(err, "Slurm has not got it yet");
}

static enum job_created submit(struct making *m, const json_t *cronjob, bool output, bool test_only,
                               struct error *err)
{
    struct submission *ahead = NULL;
    struct job_create j = {
        .store = m->store,
        .object = m->manifest.object,
        .translation = &m->translation,
        .head = &m->head,
        .output = output,
        .ns = ns_of(cronjob),
        .extra = m->extra,
        .extra_len = json_array_size(m->arguments),
        .ahead = &ahead,
        .now = time(NULL),
        .test_only = test_only,
    };
    submission_hold_signals();
    enum job_created made = job_create(&j, err);
    submission_release_signals();
    return made;
}

enum job_created cronjob_jobs_create(const struct store *s, const json_t *cronjob,
                                     const json_t *job, bool test_only, char uid[64],
                                     struct error *err)
{
    __attribute__((cleanup(discard))) struct making m = {.store = s, .raw = job};
    bool output = false;
    uid[0] = '\0';
    if (check(&m, err) < 0 || translate(&m, err) < 0 || take_options(&m, cronjob, &output, err) < 0)
        return JOB_FAILED;
    enum job_created made = submit(&m, cronjob, output, test_only, err);
    if (made == JOB_CREATED)
        snprintf(uid, 64, "%s", tree_str(tree_get(m.manifest.object, "metadata"), "uid"));
    else if (made == JOB_EXISTS)
        look_at_existing(&m, cronjob, manifest_name(&m.manifest), uid, err);
    return made;
}
