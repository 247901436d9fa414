/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_view.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

#include "cleanup.h"
#include "site.h"
#include "job_live.h"
#include "job_remove.h"
#include "printable.h"
#include "resource.h"
#include "template_file.h"
#include "reconcile.h"
#include "timefmt.h"
#include "tree.h"

int64_t job_view_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void damaged(void *arg, const char *file, size_t line, const char *why)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    strbuf_addf(&b, "Warning: %s/events/%s:%zu: %s; the line is skipped\n", (const char *)arg, file,
                line, why);
    printable_tell(&b);
}

/* The back-off is the one that the pods were given, as far as we know it. */
static int fold_new_one(struct job_view *v, int fd, bool tell, struct error *err)
{
    struct fold_config config = site_fold_config();
    config.goes_on = v->follows;
    fold_free(v->fold);
    v->fold = NULL;
    v->template_number = 0;
    return fold_new(v->created, &config, &v->fold, err) < 0 ||
                   fold_read(v->fold, fd, tell ? damaged : NULL, v->dir, err) != 0
               ? -1
               : 0;
}

int job_view_template(const struct job_view *v, uint32_t attempt, json_t **out, struct error *err)
{
    uint32_t number = fold_template_of(v->fold, attempt);
    if (number)
        return template_file_read(v->dir, number, out, err);
    *out = json_incref(tree_at(v->created, "spec", "template", NULL));
    return *out ? 0 : error_set(err, "%s/object.json has no template", v->dir);
}

/* What the journal says of the template is only which one it is. */
static int take_template(struct job_view *v, struct error *err)
{
    cleanup_json json_t *now = NULL;
    uint32_t number = fold_template_of(v->fold, FOLD_NOW);
    if (number == v->template_number)
        return 0;
    if (job_view_template(v, FOLD_NOW, &now, err) < 0)
        return -1;
    fold_set_template(v->fold, now);
    v->template_number = number;
    return 0;
}

/* A fold that goes on reads each line once: then it is told whenever that is. */
static int fold_once(struct job_view *v, bool tell, int64_t now_us, struct error *err)
{
    cleanup_close int fd = open(v->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return error_set(err, "cannot open %s", v->dir);
    int rc = v->follows && v->fold ? fold_read_on(v->fold, fd, damaged, v->dir, err) : 1;
    if (rc > 0)
        rc = fold_new_one(v, fd, tell, err);
    return rc < 0 || fold_run(v->fold, now_us, NULL, err) < 0 ? -1 : take_template(v, err);
}

int job_view_refold(struct job_view *v, int64_t now_us, struct error *err)
{
    return fold_once(v, false, now_us, err);
}

static bool is_journal_only;

bool job_view_is_journal_only(void)
{
    return is_journal_only;
}

/* While the Job goes on, Slurm knows what the journal does not: what waits, and what is gone. What
 * the journal lacks for good is written down. The journal is read again after Slurm was asked. */
static int add_live(struct job_view *v, int64_t now_us, struct error *err)
{
    bool matters = job_view_is_submitted(v) && job_live_matters(v->fold);
    const struct job_live *live = matters ? job_live_ask(v->fold) : NULL;
    int done = 1;
    if (matters)
        is_journal_only = !live || (is_journal_only && !v->follows);
    v->partition = live && live->len ? live->tasks[0].partition : NULL;
    if (!live)
        return 0;
    cleanup_free char *asked = strdup(fold_slurm_job(v->fold));
    if (!asked)
        return error_set(err, "out of memory");
    if (job_live_is_new() && reconcile_may(v))
        done = reconcile_run(v, live, now_us, NULL, err);
    if (done < 0 || (done > 0 && fold_once(v, false, now_us, err) < 0))
        return -1;
    /* Of an array that it has got meanwhile nothing was asked: it is not gone. */
    bool is_same = strcmp(asked, fold_slurm_job(v->fold)) == 0;
    return is_same && job_live_matters(v->fold) ? job_live_apply(live, v->fold, now_us, err) : 0;
}

static int add_status(struct job_view *v, struct error *err)
{
    json_t *spec = tree_get(fold_job(v->fold), "spec");
    json_t *status = fold_status(v->fold);
    if (!status || json_object_set_new(v->object, "status", status) < 0 ||
        json_object_set(v->object, "spec", spec) < 0)
        return error_set(err, "out of memory");
    return 0;
}

bool job_view_is_submitted(const struct job_view *v)
{
    size_t n;
    (void)fold_arrays(v->fold, &n);
    return n > 0;
}

const struct job_live *job_view_live(const struct job_view *v)
{
    return job_view_is_submitted(v) && job_live_matters(v->fold) ? job_live_ask(v->fold) : NULL;
}

static int add_slurm_job(struct job_view *v, struct error *err)
{
    json_t *meta = tree_get(v->object, "metadata");
    const char *id = fold_slurm_job(v->fold);
    if (!*id)
        return 0;
    if (!tree_has(meta, "annotations"))
        json_object_set_new(meta, "annotations", json_object());
    return json_object_set_new(tree_get(meta, "annotations"), STORE_JOB_ID_ANNOTATION,
                               json_string(id)) < 0
               ? error_set(err, "out of memory")
               : 0;
}

/* 0 when it is not there. */
static uint64_t look_at_object(const struct job_view *v)
{
    struct stat st;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/object.json", v->dir);
    if (stat(strbuf_str(&path), &st) < 0)
        return 0;
    return ((uint64_t)st.st_ino << 32) ^ (uint64_t)st.st_size ^
           ((uint64_t)st.st_mtim.tv_sec * 1000000000u + (uint64_t)st.st_mtim.tv_nsec);
}

static int load_journal(struct job_view *v, const struct store *s, const char *ns, const char *name,
                        bool follows, int64_t now_us, struct error *err)
{
    struct strbuf path = STRBUF_INIT;
    *v = (struct job_view){.follows = follows};
    store_path(s, ns, name, &path);
    if (!store_is_mine(s))
        job_live_others();
    v->dir = strbuf_steal(&path);
    v->object_seen = v->dir ? look_at_object(v) : 0;
    int rc = store_read(s, ns, name, &v->object, err);
    v->created = rc == 0 ? json_copy(v->object) : NULL;
    if (rc == 0 && (!v->dir || !v->created))
        rc = error_set(err, "out of memory");
    if (rc == 0)
        rc = fold_once(v, true, now_us, err);
    if (rc != 0)
        job_view_free(v);
    return rc;
}

int job_view_load_journal(struct job_view *v, const struct store *s, const char *ns,
                          const char *name, int64_t now_us, struct error *err)
{
    return load_journal(v, s, ns, name, false, now_us, err);
}

/* A Job that waits for its last pods to end is shown as Kubernetes shows it. */
static int add_deletion(struct job_view *v, struct error *err)
{
    char when[TIMEFMT_MAX];
    int64_t asked = job_remove_asked_for(v);
    json_t *meta = tree_get(v->object, "metadata");
    if (asked < 0)
        return 0;
    timefmt_rfc3339(asked, when);
    return json_object_set_new(meta, "deletionTimestamp", json_string(when)) < 0
               ? error_set(err, "out of memory")
               : 0;
}

/* What there is to add to the journal. */
static int add_rest(struct job_view *v, int64_t now_us, struct error *err)
{
    if (add_live(v, now_us, err) == 0 && add_status(v, err) == 0 && add_slurm_job(v, err) == 0 &&
        add_deletion(v, err) == 0)
        return 0;
    job_view_free(v);
    return -1;
}

/* Removes a Job that is due. */
static int keep_or_remove(struct job_view *v, const struct store *s, int64_t now_us)
{
    if (job_remove_due(s, v, now_us) == 0)
        return 0;
    job_view_free(v);
    return 1;
}

int job_view_load_keep(struct job_view *v, const struct store *s, const char *ns, const char *name,
                       int64_t now_us, struct error *err)
{
    int rc = job_view_load_journal(v, s, ns, name, now_us, err);
    return rc != 0 ? rc : add_rest(v, now_us, err);
}

int job_view_load(struct job_view *v, const struct store *s, const char *ns, const char *name,
                  int64_t now_us, struct error *err)
{
    int rc = job_view_load_keep(v, s, ns, name, now_us, err);
    return rc != 0 ? rc : keep_or_remove(v, s, now_us);
}

int job_view_follow(struct job_view *v, const struct store *s, const char *ns, const char *name,
                    bool journal_only, int64_t now_us, struct error *err)
{
    int rc = 0;
    if (v->fold && look_at_object(v) != v->object_seen)
        job_view_free(v);
    if (!v->fold)
        rc = load_journal(v, s, ns, name, true, now_us, err);
    else if (fold_once(v, true, now_us, err) < 0) {
        job_view_free(v);
        rc = -1;
    }
    if (rc == 0 && !journal_only)
        rc = add_rest(v, now_us, err);
    return rc == 0 && !journal_only ? keep_or_remove(v, s, now_us) : rc;
}

void job_view_free(struct job_view *v)
{
    json_decref(v->object);
    json_decref(v->created);
    fold_free(v->fold);
    free(v->dir);
    *v = (struct job_view){0};
}

bool job_view_condition(const struct job_view *v, const char *type)
{
    const json_t *c;
    size_t i;
    json_array_foreach (tree_at(v->object, "status", "conditions", NULL), i, c)
        if (strcasecmp(tree_str(c, "type"), type) == 0 && tree_is(c, "status", "True"))
            return true;
    return false;
}

const char *job_view_name(const struct job_view *v)
{
    return tree_str(tree_get(v->created, "metadata"), "name");
}

const struct job_spec *job_view_spec(const struct job_view *v)
{
    struct machine_view view;
    machine_view(fold_machine(v->fold), &view);
    return view.spec;
}

int job_view_record(const struct job_view *v, const struct journal_record *r, struct error *err)
{
    char host[256];
    store_host(host);
    return journal_append_path(v->dir, host, r, err);
}

const char *job_view_state(const struct job_view *v)
{
    static const char *const order[] = {"Complete", "Failed", "Suspended", "FailureTarget",
                                        "SuccessCriteriaMet"};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (i == 2 && tree_has(tree_get(v->object, "metadata"), "deletionTimestamp"))
            return "Terminating";
        else if (job_view_condition(v, order[i]))
            return order[i];
    return "Running";
}

const char *job_name_of(const char *word)
{
    const char *name;
    int resource = resource_split(word, &name);
    return !name ? word : resource == RESOURCE_JOB ? name : NULL;
}

void job_print_not_found(const char *name)
{
    resource_print_not_found(RESOURCE_JOB, name);
}
