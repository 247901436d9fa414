/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "peers.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "grow.h"
#include "journal_read.h"

/* What a record says of an attempt. */
struct entry {
    uint32_t index, attempt;
    int64_t time_us;
    enum journal_phase phase; /* JOURNAL_PHASE_NONE for a start */
    char address[48];         /* "" = the record has none */
};

struct entries {
    struct entry *v;
    size_t n;
};

/* What is no address goes into no hosts file. */
static bool is_address(const char *text)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static int add_record(void *arg, const struct journal_line *line)
{
    struct entries *e = arg;
    bool ended = line->event == JOURNAL_ENDED;
    if ((!ended && line->event != JOURNAL_STARTED) || !line->has_attempt)
        return 0;
    struct entry *v = grow(e->v, e->n, sizeof *v);
    if (!v)
        return -1;
    e->v = v;
    struct entry *new = &v[e->n++];
    *new = (struct entry){.index = line->index,
                          .attempt = line->attempt,
                          .time_us = line->time_us,
                          .phase = ended ? line->phase : JOURNAL_PHASE_NONE};
    if (!ended && (!journal_decode(line->address, new->address, sizeof new->address) ||
                   !is_address(new->address)))
        *new->address = '\0';
    return 0;
}

/* By index, then attempt; its ends last, failures after all, and an address before none. */
static int compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->index != y->index)
        return x->index < y->index ? -1 : 1;
    if (x->attempt != y->attempt)
        return x->attempt < y->attempt ? -1 : 1;
    if (x->phase != y->phase)
        return x->phase < y->phase ? -1 : 1;
    return strcmp(y->address, x->address);
}

/* v is one index' entries. NULL = nobody is to find it. */
static const struct entry *newest(const struct entry *v, size_t n)
{
    size_t first = n - 1;
    while (first > 0 && v[first - 1].attempt == v[n - 1].attempt)
        first--;
    return v[n - 1].phase == JOURNAL_FAILED || !*v[first].address ? NULL : &v[first];
}

static void reduce(struct peers *out, const struct entry *v, size_t n)
{
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && v[to].index == v[from].index; to++)
            ;
        const struct entry *e = newest(v + from, to - from);
        if (!e)
            continue;
        struct peer *peer = &out->v[out->n++];
        bool is_over = v[to - 1].phase == JOURNAL_SUCCEEDED;
        *peer = (struct peer){
            .index = e->index, .is_over = is_over, .ended_us = is_over ? v[to - 1].time_us : 0};
        strcpy(peer->address, e->address);
    }
}

static int latest_first(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x > y ? -1 : x < y;
}

/* Times are microseconds: that two are the same at the limit does no harm. */
static int drop_old(struct peers *p)
{
    size_t n = 0, kept = 0;
    cleanup_free int64_t *ends = calloc(p->n + 1, sizeof *ends);
    if (!ends)
        return -1;
    for (size_t i = 0; i < p->n; i++)
        if (p->v[i].is_over)
            ends[n++] = p->v[i].ended_us;
    if (n <= PEERS_OVER_MAX)
        return 0;
    qsort(ends, n, sizeof *ends, latest_first);
    for (size_t i = 0; i < p->n; i++)
        if (!p->v[i].is_over || p->v[i].ended_us >= ends[PEERS_OVER_MAX - 1])
            p->v[kept++] = p->v[i];
    p->n = kept;
    return 0;
}

int peers_read(struct peers *out, const char *dir, struct error *err)
{
    struct entries e = {0};
    const struct journal_visitor visitor = {.arg = &e, .record = add_record};
    cleanup_close int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *out = (struct peers){0};
    error_set(err, "the Job's journal cannot be read");
    int rc = fd < 0 ? -1 : journal_read_job(fd, &visitor, err);
    out->v = rc ? NULL : calloc(e.n + 1, sizeof *out->v);
    if (!rc && !out->v)
        rc = error_set(err, "out of memory");
    if (!rc && e.n) {
        qsort(e.v, e.n, sizeof *e.v, compare);
        reduce(out, e.v, e.n);
        rc = drop_old(out) ? error_set(err, "out of memory") : 0;
    }
    free(e.v);
    return rc;
}

void peers_free(struct peers *p)
{
    free(p->v);
    *p = (struct peers){0};
}

static uint64_t mix(uint64_t mark, uint64_t value)
{
    return (mark ^ value) * UINT64_C(0x100000001b3);
}

/* Independent of the order in which the folder lists them. */
static uint64_t mark_of(int folder, const char *name)
{
    struct stat st;
    uint64_t mark = UINT64_C(0xcbf29ce484222325);
    cleanup_close int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st))
        return 0;
    mark = mix(mark, (uint64_t)st.st_ino);
    mark = mix(mark, (uint64_t)st.st_size);
    mark = mix(mark, (uint64_t)st.st_mtim.tv_sec);
    return mix(mark, (uint64_t)st.st_mtim.tv_nsec);
}

uint64_t peers_mark(const char *folder)
{
    uint64_t mark = 0;
    const struct dirent *entry;
    DIR *dir = opendir(folder);
    if (!dir)
        return 0;
    while ((entry = readdir(dir)))
        if (*entry->d_name != '.')
            mark += mark_of(dirfd(dir), entry->d_name);
    closedir(dir);
    return mark;
}
