/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_watch.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "job_live.h"
#include "journal.h"
#include "tree.h"

#define LOOK_US   200000
#define SECOND_US 1000000

static void mix(uint64_t *h, uint64_t value)
{
    *h = (*h ^ value) * 0x9e3779b97f4a7c15u;
    *h ^= *h >> 29;
}

static void mix_file(uint64_t *h, int dir, const char *name)
{
    struct stat st;
    if (fstatat(dir, name, &st, 0) < 0)
        return;
    mix(h, (uint64_t)st.st_ino);
    mix(h, (uint64_t)st.st_size);
    mix(h, (uint64_t)st.st_mtim.tv_sec * 1000000000u + (uint64_t)st.st_mtim.tv_nsec);
}

/* What the journal's files look like from outside; the order of the folder does not matter. */
static uint64_t signature(const char *job_dir)
{
    uint64_t sum = 1;
    int dir = open(job_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return 0;
    mix_file(&sum, dir, "end");
    mix_file(&sum, dir, "deleted");
    mix_file(&sum, dir, "object.json");
    int events = openat(dir, JOURNAL_EVENTS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    close(dir);
    DIR *d = events < 0 ? NULL : fdopendir(events);
    for (struct dirent *e; d && (e = readdir(d));) {
        uint64_t one = 0;
        if (e->d_name[0] != '.')
            mix_file(&one, dirfd(d), e->d_name);
        sum += one;
    }
    if (d)
        closedir(d);
    return sum;
}

int64_t job_watch_interval(int64_t spent_us)
{
    int64_t tenth = spent_us / 10;
    return tenth < SECOND_US ? SECOND_US : tenth > 10 * SECOND_US ? 10 * SECOND_US : tenth;
}

/* A Job that has ended, and is not to be removed, stays as it is. */
static bool may_change_by_itself(const struct job_watch *w)
{
    return !w->journal_only &&
           (!w->view.fold || job_live_matters(w->view.fold) ||
            tree_has(tree_get(w->view.object, "spec"), "ttlSecondsAfterFinished") ||
            tree_has(tree_get(w->view.object, "metadata"), "deletionTimestamp"));
}

static bool is_due(struct job_watch *w, const char *dir, int64_t now)
{
    uint64_t seen = signature(dir);
    bool old = may_change_by_itself(w) && now - w->full_us >= job_watch_interval(now - w->began_us);
    bool news = seen != w->seen || seen == 0;
    if (old)
        w->full_us = now;
    w->seen = seen;
    return old || news;
}

int job_watch_look(struct job_watch *w, const struct store *s, const char *ns, const char *name,
                   struct error *err)
{
    int64_t now = job_view_now();
    cleanup_strbuf struct strbuf dir = STRBUF_INIT;
    store_path(s, ns, name, &dir);
    if (!w->began_us)
        w->began_us = now;
    w->changed = is_due(w, strbuf_str(&dir), now) || !w->view.fold;
    if (!w->changed)
        return 0;
    job_live_keep(job_watch_interval(now - w->began_us) / 1000);
    int rc = job_view_follow(&w->view, s, ns, name, w->journal_only, now, err);
    w->read_us = job_view_now();
    w->took_us = w->read_us - now;
    return rc;
}

/* A Job that takes long to read is read less often. */
void job_watch_sleep(const struct job_watch *w, int64_t until_us)
{
    int64_t now = job_view_now();
    int64_t wait = w->took_us * 5 > LOOK_US ? w->took_us * 5 : LOOK_US;
    if (wait > 10 * SECOND_US)
        wait = 10 * SECOND_US;
    if (wait > until_us - now)
        wait = until_us - now;
    if (wait <= 0)
        return;
    struct timespec t = {.tv_sec = wait / SECOND_US, .tv_nsec = wait % SECOND_US * 1000};
    nanosleep(&t, NULL);
}

bool job_watch_ended(const struct job_watch *w)
{
    return job_view_condition(&w->view, "Complete") || job_view_condition(&w->view, "Failed");
}

void job_watch_free(struct job_watch *w)
{
    job_view_free(&w->view);
}
