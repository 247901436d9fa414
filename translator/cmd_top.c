/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob top: all Jobs of the namespace, again and again.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "duration.h"
#include "grow.h"
#include "job_summary.h"
#include "job_watch.h"
#include "options.h"
#include "status_show.h"
#include "terminal.h"
#include "top_screen.h"

static const char usage[] =
    "Show all Jobs of a namespace on the whole screen, those that go on first. q quits.\n"
    "\n"
    "  skjob top [options]\n"
    "\n"
    "      --interval N   seconds between two looks; default 2\n"
    "  -n, --namespace    default: \"default\"\n"
    "\n"
    "Only the Jobs' journals are read, and only those that have changed; slurmctld is not asked.\n"
    "\n"
    "Examples:\n"
    "  skjob top\n"
    "  skjob top -n thesis --interval 10\n";

#define CONTROL_C 3
#define NAME_MIN  12
#define REST      60 /* the columns behind the name */
#define BAR       10

enum job_state { STATE_RUNNING, STATE_SUSPENDED, STATE_FAILED, STATE_COMPLETE };

static const struct {
    const char *word, *color;
} states[] = {[STATE_RUNNING] = {"Running", "\033[34m"},
              [STATE_SUSPENDED] = {"Suspended", "\033[33m"},
              [STATE_FAILED] = {"Failed", "\033[31m"},
              [STATE_COMPLETE] = {"Complete", "\033[32m"}};

struct row {
    char *name; /* owned */
    struct job_watch watch;
    bool found; /* by the last look at the folder */
    enum job_state state;
    uint64_t succeeded, failed, running, wanted;
    int64_t left_us;
    int64_t start_us; /* MACHINE_NO_TIME = not started */
    int64_t end_us;
};

struct top {
    const struct options *options;
    struct store store;
    struct row *rows;
    size_t len;
    struct terminal terminal;
};

static enum job_state state_of(const struct fold *f)
{
    const struct machine *m = fold_machine(f);
    const struct journal_end *end = fold_end(f);
    if (end)
        return strcmp(end->condition, "Complete") == 0 ? STATE_COMPLETE : STATE_FAILED;
    if (machine_condition(m, MACHINE_COMPLETE))
        return STATE_COMPLETE;
    if (machine_condition(m, MACHINE_FAILED_CONDITION))
        return STATE_FAILED;
    return machine_condition(m, MACHINE_SUSPENDED) ? STATE_SUSPENDED : STATE_RUNNING;
}

static void fill(struct row *r, int64_t now)
{
    struct error err;
    struct machine_view view;
    cleanup_job_summary struct job_summary s = {0};
    const struct fold *f = r->watch.view.fold;
    machine_view(fold_machine(f), &view);
    r->state = state_of(f);
    r->succeeded = view.succeeded;
    r->failed = view.failed;
    r->start_us = view.start_us;
    r->wanted = view.spec->completions == JOB_UNSET ? 1 : (uint64_t)view.spec->completions;
    r->running = 0;
    r->left_us = -1;
    r->end_us = now;
    if (job_summary_make(f, now, &s, &err) < 0)
        return;
    bool goes_on = r->state == STATE_RUNNING || r->state == STATE_SUSPENDED;
    r->running = goes_on ? s.counts[INDEX_RUNNING] : 0;
    r->left_us = s.left_us;
    r->end_us = s.end_us;
}

static struct row *row_of(struct top *t, const char *name)
{
    for (size_t i = 0; i < t->len; i++)
        if (strcmp(t->rows[i].name, name) == 0)
            return &t->rows[i];
    struct row *v = grow(t->rows, t->len, sizeof *v);
    char *copy = strdup(name);
    if (v)
        t->rows = v;
    if (!v || !copy) {
        free(copy);
        return NULL;
    }
    v[t->len] = (struct row){.name = copy, .watch.journal_only = true};
    return &v[t->len++];
}

static void drop_lost(struct top *t)
{
    size_t kept = 0;
    for (size_t i = 0; i < t->len; i++) {
        if (t->rows[i].found) {
            t->rows[kept++] = t->rows[i];
            continue;
        }
        job_watch_free(&t->rows[i].watch);
        free(t->rows[i].name);
    }
    t->len = kept;
}

/* Those that go on first, the youngest before. */
static int by_interest(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    bool a_ended = a->state >= STATE_FAILED, b_ended = b->state >= STATE_FAILED;
    if (a_ended != b_ended)
        return a_ended ? 1 : -1;
    int64_t at = a_ended ? a->end_us : a->start_us, bt = b_ended ? b->end_us : b->start_us;
    return at != bt ? (at < bt) - (at > bt) : strcmp(a->name, b->name);
}

static int look(struct top *t, struct error *err)
{
    char **names;
    size_t n;
    int64_t now = job_view_now();
    if (store_list(&t->store, t->options->ns, &names, &n, err) < 0)
        return -1;
    for (size_t i = 0; i < t->len; i++)
        t->rows[i].found = false;
    for (size_t i = 0; i < n; i++) {
        struct error ignored;
        struct row *r = row_of(t, names[i]);
        if (r && job_watch_look(&r->watch, &t->store, t->options->ns, names[i], &ignored) == 0) {
            r->found = true;
            if (r->watch.changed)
                fill(r, now);
        }
        free(names[i]);
    }
    free(names);
    drop_lost(t);
    if (t->len)
        qsort(t->rows, t->len, sizeof *t->rows, by_interest);
    return 0;
}

static void bar(const struct row *r, char out[BAR + 1])
{
    uint64_t full = r->succeeded >= r->wanted ? BAR : r->succeeded * BAR / r->wanted;
    memset(out, '.', BAR);
    memset(out, '#', (size_t)full);
    out[BAR] = '\0';
}

static void print_row(const struct top *t, const struct row *r, int name_width, int64_t now)
{
    char graph[BAR + 1], done[32], time[DURATION_HUMAN_MAX] = "-", left[32] = "";
    bool goes_on = r->state < STATE_FAILED;
    bar(r, graph);
    snprintf(done, sizeof done, "%llu/%llu", (unsigned long long)r->succeeded,
             (unsigned long long)r->wanted);
    if (r->start_us != MACHINE_NO_TIME)
        duration_human(((goes_on ? now : r->end_us) - r->start_us) / 1000000, time);
    if (goes_on && r->left_us > 0)
        status_duration(r->left_us, left);
    printf("\r\n\033[K%-*.*s %s%-9s%s %s %15.15s %5llu %5llu %5s %5s", name_width, name_width,
           r->name, t->terminal.color ? states[r->state].color : "", states[r->state].word,
           t->terminal.color ? "\033[0m" : "", graph, done, (unsigned long long)r->running,
           (unsigned long long)r->failed, time, left);
}

static void draw(struct top *t)
{
    int64_t now = job_view_now();
    size_t going = 0;
    terminal_look(STDOUT_FILENO, &t->terminal);
    int width = t->terminal.columns - REST - 2;
    int name_width = width < NAME_MIN ? NAME_MIN : width > 63 ? 63 : width;
    size_t room = t->terminal.rows > 3 ? (size_t)t->terminal.rows - 3 : 1;
    for (size_t i = 0; i < t->len; i++)
        going += t->rows[i].state < STATE_FAILED;
    printf("\033[H\033[K%zu Jobs in %.40s, %zu not ended; q quits\r\n\033[K%s%-*.*s %-9s %-10s "
           "%15s %5s "
           "%5s %5s %5s%s",
           t->len, t->options->ns, going, t->terminal.color ? "\033[1m" : "", name_width,
           name_width, "NAME", "STATUS", "", "DONE", "RUN", "FAIL", "TIME", "LEFT",
           t->terminal.color ? "\033[0m" : "");
    for (size_t i = 0; i < t->len && i < room; i++)
        print_row(t, &t->rows[i], name_width, now);
    fputs("\033[J", stdout);
    fflush(stdout);
}

static int show(struct top *t, int64_t interval, struct error *err)
{
    for (;;) {
        if (look(t, err) < 0)
            return -1;
        draw(t);
        int64_t until = job_view_now() + interval * 1000000;
        for (int64_t left; (left = until - job_view_now()) > 0;) {
            int key = top_screen_key((int)(left / 1000) + 1);
            if (key == 'q' || key == 'Q' || key == CONTROL_C || key < 0)
                return 0;
            draw(t);
        }
    }
}

static int top(const struct options *o, struct error *err)
{
    struct top t = {.options = o};
    int64_t interval = 2;
    if (o->names_len)
        return error_set(err, "top shows all Jobs; of one: skjob status %s", o->names[0]);
    if (options_bounded("interval", o->interval, 1, 3600, &interval, err) < 0 ||
        store_open(&t.store, err) < 0)
        return -1;
    int rc = top_screen_open(err);
    if (rc == 0) {
        rc = show(&t, interval, err);
        top_screen_close();
    }
    for (size_t i = 0; i < t.len; i++)
        t.rows[i].found = false;
    drop_lost(&t);
    free(t.rows);
    store_close(&t.store);
    return rc;
}

/* A signal ends it as it would have ended it without a screen to be put back. */
static int run(struct options *o, struct error *err)
{
    int rc = top(o, err);
    if (top_screen_signal())
        raise(top_screen_signal());
    return rc;
}

const struct verb verb_top = {
    .name = "top",
    .what = "show all Jobs on the whole screen, live",
    .usage = usage,
    .options = " namespace interval ",
    .run = run,
};
