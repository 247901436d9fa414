/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cronjob_clock.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "cronjob_job.h"
#include "grow.h"
#include "manifest.h"
#include "pragma.h"
#include "random.h"
#include "sbatch_args.h"
#include "slurm_api.h"
#include "slurm_change.h"
#include "slurm_task.h"
#include "submit.h"
#include "timefmt.h"
#include "timezone.h"
#include "tree.h"

#define NAME_LINE      "#SKJOB-CRONJOB "
#define MARK_LINE      "#SKJOB-SUBMISSION "
#define SHEBANG_MAX    127 /* kernels before 5.1 cut the line here */
#define OPTION         "clock.skjob/"
#define ANSWER_SECONDS 10   /* for which an answer about all jobs serves */
#define CLOCK_SLACK    3600 /* between this host and slurmctld, when jobs are searched */

/* A job that does nothing but look: little memory, and minutes only because slurmctld may be away.
 */
static const char *const fixed[] = {
    "--nodes=1", "--ntasks=1",           "--mem=200M",
    "--time=10", "--open-mode=truncate", "--comment=the clock of a CronJob of skjob"};

/* Of the Jobs' options, those that say who pays and where jobs may go. */
static const struct {
    const char *name;
    char letter;
} shared[] = {{"partition", 'p'}, {"account", 'A'}, {"qos", 'q'}, {"reservation", 0}, {"wckey", 0}};

#define N_SHARED (sizeof shared / sizeof *shared)

/* ---- the script ---- */

static int interpreter(struct strbuf *out, struct error *err)
{
    char path[PATH_MAX] = "";
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    size_t len = n > 0 ? (size_t)n : 0;
    if (!len || strpbrk(path, " \t\n\r") || len + strlen("#! " CRONJOB_CLOCK_VERB) > SHEBANG_MAX)
        return error_set(err,
                         "%.200s cannot be the interpreter of a script: the path must be without "
                         "blanks, and shorter than %d characters",
                         path, SHEBANG_MAX);
    strbuf_addf(out, "#!%s " CRONJOB_CLOCK_VERB "\n", path);
    return 0;
}

int cronjob_clock_print(const struct cronjob_clock_script *s, struct strbuf *out, struct error *err)
{
    struct pragma pragma = {0};
    if (strlen(s->state) > PRAGMA_STATE_MAX)
        return error_set(err, "the path of the state folder is too long: %s", s->state);
    snprintf(pragma.uid, sizeof pragma.uid, "%.*s", PRAGMA_UID_MAX, s->uid);
    snprintf(pragma.namespace_, sizeof pragma.namespace_, "%.*s", PRAGMA_NAMESPACE_MAX, s->ns);
    snprintf(pragma.state, sizeof pragma.state, "%s", s->state);
    if (interpreter(out, err) < 0 || pragma_print(&pragma, out, err) < 0)
        return -1;
    strbuf_addf(out, NAME_LINE "%s\n", s->name);
    return out->failed ? error_set(err, "out of memory") : 0;
}

static int parse_name(const char *text, size_t len, char name[256])
{
    const char *at = memmem(text, len, "\n" NAME_LINE, strlen("\n" NAME_LINE));
    const char *from = at ? at + strlen("\n" NAME_LINE) : NULL;
    const char *end = from ? memchr(from, '\n', (size_t)(text + len - from)) : NULL;
    if (!end || end == from || end - from > 255)
        return -1;
    memcpy(name, from, (size_t)(end - from));
    name[end - from] = '\0';
    return 0;
}

int cronjob_clock_parse(const char *text, size_t len, struct cronjob_clock_script *s,
                        struct error *err)
{
    struct pragma pragma;
    size_t line_len;
    const char *line = pragma_find(text, len, &line_len);
    if (!line || pragma_parse(line, line_len, &pragma, err) < 0 ||
        parse_name(text, len, s->name) < 0 || !*pragma.uid || !*pragma.state)
        return error_set(err, "this is not the script of a clock of skjob");
    snprintf(s->uid, sizeof s->uid, "%s", pragma.uid);
    snprintf(s->ns, sizeof s->ns, "%s", pragma.namespace_);
    snprintf(s->state, sizeof s->state, "%s", pragma.state);
    return 0;
}

/* ---- the arguments of sbatch ---- */

static void add(json_t *list, const char *word)
{
    json_array_append_new(list, json_string(word));
}

static void add_option(json_t *list, const char *name, const char *value)
{
    json_array_append_new(list, json_sprintf("--%s=%s", name, value));
}

/* What the Job's fields, its annotations and the site's maps ask for. */
static int add_translated(json_t *list, const json_t *cronjob, struct error *err)
{
    cleanup_manifest struct manifest m = {0};
    cleanup_translation struct translation t = {0};
    cleanup_conf struct conf conf;
    cleanup_json json_t *job = cronjob_job_template(cronjob);
    const struct manifest_options any = {UNKNOWN_IGNORE, TIMEZONE_ROOT, NULL};
    if (conf_load(&conf, getenv(CONF_VARIABLE), err) < 0)
        return -1;
    json_object_set_new(tree_get(job, "metadata"), "name", json_string("x"));
    if (manifest_load(&m, job, &any) != MANIFEST_OK)
        return 0; /* told when the Job is created */
    if (translation_make_for(&t, m.object, &conf, err) < 0)
        return -1;
    for (size_t i = 0; i < N_SHARED; i++) {
        const char *value = translation_value(&t, shared[i].name);
        if (value)
            add_option(list, shared[i].name, value);
    }
    return 0;
}

/* The shared option that the word is, or -1. *value is NULL when it is the next word. */
static long find_shared(const char *word, const char **value)
{
    for (size_t i = 0; i < N_SHARED; i++) {
        size_t n = strlen(shared[i].name);
        bool is_long = strncmp(word, "--", 2) == 0 && strncmp(word + 2, shared[i].name, n) == 0;
        bool is_short = shared[i].letter && word[0] == '-' && word[1] == shared[i].letter;
        if (is_long && (word[2 + n] == '=' || !word[2 + n])) {
            *value = word[2 + n] ? word + 3 + n : NULL;
            return (long)i;
        }
        if (is_short) {
            *value = word[2] ? word + 2 : NULL;
            return (long)i;
        }
    }
    return -1;
}

static int add_given(json_t *list, const json_t *cronjob, struct error *err)
{
    cleanup_json json_t *words = json_array();
    struct sbatch_args look = {0};
    size_t i;
    json_t *word;
    if (cronjob_jobs_options(cronjob, words, err) < 0)
        return -1;
    json_array_foreach (words, i, word) {
        const char *value, *why, *text = json_string_value(word);
        bool is_option = text && sbatch_args_look(&look, text, &why) == SBATCH_OPTION;
        long at = is_option ? find_shared(text, &value) : -1;
        if (at >= 0 && !value)
            value = json_string_value(json_array_get(words, i + 1));
        if (at >= 0 && value)
            add_option(list, shared[at].name, value);
    }
    return 0;
}

/* What belongs to the script itself: an array, another command, … */
static bool is_refused(const char *option, const char **why)
{
    struct sbatch_args look = {0};
    cleanup_strbuf struct strbuf word = STRBUF_INIT;
    strbuf_addf(&word, "--%s", option);
    return sbatch_args_look(&look, strbuf_str(&word), why) != SBATCH_OPTION || *why;
}

/* Annotations of the CronJob: the last word. */
static int add_own(json_t *list, const json_t *cronjob, struct error *err)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz-";
    const char *key, *why;
    json_t *value;
    json_object_foreach (tree_at(cronjob, "metadata", "annotations", NULL), key, value) {
        const char *name = key + strlen(OPTION), *text = json_string_value(value);
        if (strncmp(key, OPTION, strlen(OPTION)) != 0)
            continue;
        if (!*name || name[strspn(name, letters)])
            return error_set(err, "annotation %s: not the name of an option of sbatch", key);
        if (is_refused(name, &why))
            return error_set(err, "annotation %s cannot be used: %s", key, why);
        if (text && *text)
            add_option(list, name, text);
        else
            json_array_append_new(list, json_sprintf("--%s", name));
    }
    return 0;
}

/* Its log is the last run's alone. */
static void add_output(json_t *list, const struct cronjob_state *state)
{
    bool is_plain = !strpbrk(state->dir, "%\\"); /* in file names sbatch replaces these */
    json_array_append_new(list, is_plain ? json_sprintf("--output=%s/log", state->dir)
                                         : json_string("--output=/dev/null"));
}

json_t *cronjob_clock_arguments(const struct cronjob_state *state, const json_t *cronjob,
                                struct error *err)
{
    cleanup_json json_t *list = json_array();
    json_array_append_new(list, json_sprintf("--job-name=cronjob/%s",
                                             tree_str(tree_get(cronjob, "metadata"), "name")));
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        add(list, fixed[i]);
    add_output(list, state);
    if (add_translated(list, cronjob, err) < 0 || add_given(list, cronjob, err) < 0 ||
        add_own(list, cronjob, err) < 0)
        return NULL;
    return steal_ptr(&list);
}

/* ---- submission ---- */

static int script_of(const struct store *s, const json_t *cronjob, struct strbuf *out,
                     struct error *err)
{
    const json_t *meta = tree_get(cronjob, "metadata");
    struct cronjob_clock_script script = {0};
    snprintf(script.uid, sizeof script.uid, "%s", tree_str(meta, "uid"));
    snprintf(script.ns, sizeof script.ns, "%s", tree_str(meta, "namespace"));
    snprintf(script.name, sizeof script.name, "%s", tree_str(meta, "name"));
    if (strlen(s->root) >= sizeof script.state)
        return error_set(err, "the path of the state folder is too long: %s", s->root);
    snprintf(script.state, sizeof script.state, "%s", s->root);
    return cronjob_clock_print(&script, out, err);
}

/* An answer that was lost: Slurm may have it all the same. The mark is this submission's alone:
 * scripts of the clock before, and of the one that waits for a Job, are otherwise the same. */
static bool find(const json_t *cronjob, int64_t since, const char *mark, uint32_t *job)
{
    struct error lost;
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    strbuf_addf(&name, "cronjob/%s", tree_str(tree_get(cronjob, "metadata"), "name"));
    return slurm_api_find_script(getuid(), strbuf_str(&name), since, false, mark, job, &lost) == 1;
}

/* extra: an option that distinguishes this one, or NULL. */
static int submit(const struct cronjob_state *state, const struct store *s, const json_t *cronjob,
                  const char *extra, uint32_t *job, struct error *err)
{
    struct submission *submission;
    char mark[RANDOM_UUID_SIZE];
    cleanup_strbuf struct strbuf script = STRBUF_INIT;
    int64_t since = (int64_t)time(NULL) - CLOCK_SLACK;
    cleanup_json json_t *list = cronjob_clock_arguments(state, cronjob, err);
    size_t n = json_array_size(list);
    cleanup_free char **argv = list ? calloc(n + 2, sizeof *argv) : NULL;
    if (!argv || random_uuid(mark, err) < 0 || script_of(s, cronjob, &script, err) < 0)
        return list && !argv ? error_set(err, "out of memory") : -1;
    strbuf_addf(&script, MARK_LINE "%s\n", mark);
    for (size_t i = 0; i < n; i++)
        argv[i] = (char *)json_string_value(json_array_get(list, i));
    argv[n++] = (char *)"--requeue";
    if (extra)
        argv[n++] = (char *)extra;
    if (submission_start(&submission, argv, n, false, err) < 0)
        return -1;
    enum submit_outcome outcome =
        submission_finish(submission, strbuf_str(&script), script.len, NULL, NULL, job, err);
    bool is_there = outcome == SUBMIT_UNCERTAIN && find(cronjob, since, mark, job);
    return outcome == SUBMIT_DONE || is_there ? 0 : -1;
}

static int64_t not_too_far(int64_t at)
{
    int64_t far = (int64_t)time(NULL) + CRONJOB_CLOCK_FAR;
    return at < far ? at : far;
}

int64_t cronjob_clock_begin(int64_t at)
{
    int64_t near = (int64_t)time(NULL) + CRONJOB_CLOCK_NEAR;
    return at > near ? not_too_far(at) : near;
}

int cronjob_clock_submit(struct cronjob_state *state, const struct store *s, const json_t *cronjob,
                         int64_t at, struct error *err)
{
    char begin[48], when[TIMEFMT_MAX];
    uint32_t job;
    int64_t wait = not_too_far(at) - (int64_t)time(NULL);
    snprintf(begin, sizeof begin, "--begin=now+%" PRId64, wait);
    if (submit(state, s, cronjob, wait > 0 ? begin : NULL, &job, err) < 0)
        return error_prefix(err, "the clock of cronjob.batch/%s cannot be submitted",
                            tree_str(tree_get(cronjob, "metadata"), "name"));
    cronjob_state_set_timer(state, CRONJOB_CLOCK, job, timefmt_rfc3339(at, when));
    return 0;
}

/* A begin time alone does not start one that is held. */
static enum slurm_answer set_begin(uint32_t job, time_t begin, struct error *err)
{
    char id[16];
    struct slurm_task t;
    snprintf(id, sizeof id, "%u", job);
    enum slurm_answer answer = slurm_task_read(job, &t, err);
    if (answer == SLURM_DONE && t.state == SLURM_TASK_PENDING && t.held)
        return slurm_change_release(id, begin, err);
    return answer == SLURM_DONE ? slurm_task_begin(id, begin, err) : answer;
}

int cronjob_clock_set(struct cronjob_state *state, const struct store *s, const json_t *cronjob,
                      int64_t at, struct error *err)
{
    char when[TIMEFMT_MAX];
    uint32_t job = cronjob_state_timer(state, CRONJOB_CLOCK);
    if (at == CRONJOB_NEVER)
        return cronjob_clock_cancel(state, err);
    if (!job)
        return cronjob_clock_submit(state, s, cronjob, at, err);
    switch (set_begin(job, (time_t)cronjob_clock_begin(at), err)) {
    case SLURM_DONE:
        cronjob_state_set_timer(state, CRONJOB_CLOCK, job, timefmt_rfc3339(at, when));
        return 0;
    case SLURM_UNAVAILABLE:
        return -1;
    case SLURM_REFUSED:
        break;
    }
    int alive = slurm_api_is_alive(job, err);
    return alive ? (alive < 0 ? -1 : 0) : cronjob_clock_submit(state, s, cronjob, at, err);
}

int cronjob_clock_wake(struct cronjob_state *state, const struct store *s, const json_t *cronjob,
                       const struct cronjob_jobs *jobs, const json_t *status, struct error *err)
{
    cleanup_strbuf struct strbuf after = STRBUF_INIT;
    const json_t *ref;
    size_t i;
    uint32_t job = cronjob_state_timer(state, CRONJOB_WAKE);
    strbuf_adds(&after, "--dependency=afterany");
    json_array_foreach (tree_get(status, "active"), i, ref)
        for (size_t k = 0; k < jobs->len; k++)
            if (tree_is(ref, "uid", jobs->v[k].uid) && *jobs->slurm[k])
                strbuf_addf(&after, ":%s", jobs->slurm[k]);
    if (!strchr(strbuf_str(&after), ':'))
        return error_set(err, "Slurm has none of the active Jobs");
    bool same = strcmp(cronjob_state_timer_for(state, CRONJOB_WAKE), strbuf_str(&after)) == 0;
    if (job && same && slurm_api_is_alive(job, err) != 0)
        return 0;
    if (submit(state, s, cronjob, strbuf_str(&after), &job, err) < 0)
        return -1;
    cronjob_state_set_timer(state, CRONJOB_WAKE, job, strbuf_str(&after));
    return 0;
}

int cronjob_clock_cancel(struct cronjob_state *state, struct error *err)
{
    static const enum cronjob_timer timers[] = {CRONJOB_CLOCK, CRONJOB_WAKE};
    for (size_t i = 0; i < 2; i++) {
        uint32_t job = cronjob_state_timer(state, timers[i]);
        if (job && slurm_api_cancel(job, err) < 0)
            return -1;
        cronjob_state_set_timer(state, timers[i], 0, "");
    }
    return 0;
}

/* A command that watches asks again. */
static bool is_old(time_t *asked)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    bool old = t.tv_sec - *asked >= ANSWER_SECONDS;
    if (old)
        *asked = t.tv_sec;
    return old;
}

/* Jobs that will run, or do. */
struct at_work {
    uint32_t *ids;
    size_t n;
};

static int add_id(void *arg, const struct slurm_task *t)
{
    struct at_work *w = arg;
    bool waits = t->state == SLURM_TASK_PENDING && !t->held;
    if (t->array || (!waits && t->state != SLURM_TASK_RUNNING && !t->completing))
        return 0;
    uint32_t *ids = grow(w->ids, w->n, sizeof *ids);
    if (!ids)
        return -1;
    w->ids = ids;
    ids[w->n++] = t->job;
    return 0;
}

int cronjob_clock_is_there(const struct cronjob_state *state, struct error *err)
{
    static struct at_work work;
    static bool known;
    static time_t asked;
    uint32_t job = cronjob_state_timer(state, CRONJOB_CLOCK);
    if (!job)
        return 0;
    if (is_old(&asked) || !known) {
        free(work.ids);
        work = (struct at_work){0};
        known = slurm_task_read_mine(add_id, &work, err) == SLURM_DONE;
    }
    for (size_t i = 0; i < work.n; i++)
        if (work.ids[i] == job)
            return 1;
    return known ? 0 : -1;
}
