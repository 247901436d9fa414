/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How long the status of a big Job takes: reading its journal, folding it, printing the status.
 *
 *   bench_fold [-s] [-f FILES] [-r RUNS] INDEXES
 *
 * Makes the journal of an Indexed Job in a temporary folder: every index succeeds, every tenth
 * after one failure; -s adds a record "started" for each attempt. Events go to FILES files (64), in
 * each in the order of time. Each run is a process of its own; the fastest of RUNS (3) is printed:
 *
 *   events bytes files read_ms fold_ms status_ms total_ms ns_per_event peak_kb on_ms
 *
 * on_ms: what it takes to bring the fold up to date after one more record (fold_read_on).
 * The status is checked; a wrong one is an error.
 */
#include "cleanup.h"
#include "fold.h"
#include "journal.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define T0         INT64_C(1767323045000000)
#define FILES_MAX  512
#define PER_SECOND 500 /* attempts of the whole Job that end */
#define RUN_US     INT64_C(45000000)
#define RETRY_US   INT64_C(60000000)

struct options {
    uint32_t indexes;
    unsigned files;
    unsigned runs;
    bool started;
};

struct result {
    double read_ms, fold_ms, status_ms;
    double on_ms;
    uint64_t peak_kb;
};

static int fail(const char *what)
{
    fprintf(stderr, "bench_fold: %s: %s\n", what, strerror(errno));
    return 1;
}

/* A generator is enough: the same journal in each run. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static json_t *make_job(uint32_t indexes)
{
    return json_pack("{s:s,s:s,s:{s:s,s:s,s:s},s:{s:s,s:I,s:i,s:i,s:{s:{s:s,s:[{s:s,s:s}]}}}}",
                     "apiVersion", "batch/v1", "kind", "Job", "metadata", "name", "bench",
                     "namespace", "default", "uid", "7b0dd0e4-1c1c-4d8b-8f5b-2f1f3d5a9a11", "spec",
                     "completionMode", "Indexed", "completions", (json_int_t)indexes, "parallelism",
                     1000, "backoffLimit", 2147483647, "template", "spec", "restartPolicy", "Never",
                     "containers", "name", "main", "image", "busybox");
}

/* One event of the plan; sorted by time before it is written. */
struct event {
    int64_t time_us;
    uint32_t index;
    uint8_t attempt;
    bool started;
    bool failed;
    uint16_t file;
};

static int by_time(const void *left, const void *right)
{
    const struct event *a = left;
    const struct event *b = right;
    return (a->time_us > b->time_us) - (a->time_us < b->time_us);
}

static size_t plan(const struct options *o, struct event *events)
{
    uint64_t random = 88172645463325252;
    size_t n = 0;
    for (uint32_t i = 0; i < o->indexes; i++) {
        int64_t end = T0 + RUN_US + (int64_t)i * 1000000 / PER_SECOND;
        end += (int64_t)(next_random(&random) % 20000000);
        unsigned failures = i % 10 == 3;
        for (uint8_t attempt = 0; attempt <= failures; attempt++, end += RETRY_US) {
            struct event e = {.index = i, .attempt = attempt};
            e.file = (uint16_t)(next_random(&random) % o->files);
            e.failed = attempt < failures;
            e.time_us = end;
            events[n++] = e;
            e.started = true;
            e.time_us = end - RUN_US;
            if (o->started)
                events[n++] = e;
        }
    }
    qsort(events, n, sizeof *events, by_time);
    return n;
}

static int write_event(const struct event *e, FILE *const files[])
{
    const struct journal_container container = {"main", e->failed,
                                                e->failed ? "Error" : "Completed"};
    char pod[64], node[32], job[32], line[JOURNAL_LINE_MAX + 1];
    snprintf(pod, sizeof pod, "bench-%" PRIu32 "-abcde", e->index);
    snprintf(node, sizeof node, "node%03u", e->file);
    snprintf(job, sizeof job, "4711_%" PRIu32, e->index);
    struct journal_record r = {
        .event = JOURNAL_ENDED,
        .time_us = e->time_us,
        .index = e->index,
        .attempt = e->attempt,
        .phase = e->failed ? JOURNAL_FAILED : JOURNAL_SUCCEEDED,
        .containers = &container,
        .n_containers = 1,
    };
    if (e->started)
        r = (struct journal_record){.event = JOURNAL_STARTED,
                                    .time_us = e->time_us,
                                    .index = e->index,
                                    .attempt = e->attempt,
                                    .pod = pod,
                                    .node = node,
                                    .job = job};
    int len = journal_format(&r, line, NULL);
    return len > 0 && fwrite(line, (size_t)len, 1, files[e->file]) == 1 ? 0 : -1;
}

static int generate(const struct options *o, int job_fd)
{
    FILE *files[FILES_MAX];
    cleanup_free struct event *events = calloc((size_t)o->indexes * 22 / 5 + 8, sizeof *events);
    if (!events || mkdirat(job_fd, JOURNAL_EVENTS_DIR, 0700) < 0)
        return fail("generate");
    size_t n = plan(o, events);
    for (unsigned i = 0; i < o->files; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s/node%03u", JOURNAL_EVENTS_DIR, i);
        int fd = openat(job_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        files[i] = fd >= 0 ? fdopen(fd, "w") : NULL;
        if (!files[i])
            return fail(name);
    }
    for (size_t i = 0; i < n; i++)
        if (write_event(&events[i], files) < 0)
            return fail("write");
    for (unsigned i = 0; i < o->files; i++)
        if (fclose(files[i]) != 0)
            return fail("close");
    return 0;
}

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static bool is_right(const struct options *o, const json_t *status)
{
    return tree_int(status, "succeeded") == o->indexes &&
           tree_int(status, "failed") == (o->indexes + 6) / 10 &&
           json_array_size(tree_get(status, "conditions")) == 2;
}

static int append_record(int job_fd)
{
    struct error err;
    const struct journal_record r = {
        .event = JOURNAL_STARTED, .time_us = T0, .index = 0, .pod = "p", .node = "n", .job = "1"};
    cleanup_close int fd = openat(job_fd, JOURNAL_EVENTS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -1 : journal_append(fd, "node000", &r, &err);
}

/* The same fold again, one that goes on: a record more. */
static int measure_on(const struct options *o, int job_fd, struct result *result)
{
    struct error err = {""};
    const struct fold_config config = {.goes_on = true};
    const int64_t now = T0 + INT64_C(1000000000000);
    cleanup_json json_t *job = make_job(o->indexes);
    cleanup_fold struct fold *f = NULL;
    if (!job || fold_new(job, &config, &f, &err) < 0 ||
        fold_read(f, job_fd, NULL, NULL, &err) != 0 || fold_run(f, now, NULL, &err) < 0 ||
        append_record(job_fd) < 0)
        return 1;
    double start = now_ms();
    if (fold_read_on(f, job_fd, NULL, NULL, &err) != 0 || fold_run(f, now, NULL, &err) < 0)
        return 1;
    result->on_ms = now_ms() - start;
    return 0;
}

static int measure(const struct options *o, int job_fd, struct result *result)
{
    struct error err = {""};
    struct rusage usage;
    cleanup_json json_t *job = make_job(o->indexes);
    cleanup_fold struct fold *f = NULL;
    double start = now_ms();
    if (!job || fold_new(job, NULL, &f, &err) < 0 || fold_read(f, job_fd, NULL, NULL, &err) < 0) {
        fprintf(stderr, "bench_fold: %s\n", err.text);
        return 1;
    }
    double read = now_ms();
    if (fold_run(f, T0 + INT64_C(1000000000000), NULL, &err) < 0) {
        fprintf(stderr, "bench_fold: %s\n", err.text);
        return 1;
    }
    double folded = now_ms();
    cleanup_json json_t *status = fold_status(f);
    cleanup_free char *text = json_dumps(status, JSON_INDENT(2));
    double end = now_ms();
    if (!text || !is_right(o, status)) {
        fprintf(stderr, "bench_fold: the status is wrong: %s\n", text ? text : "none");
        return 1;
    }
    getrusage(RUSAGE_SELF, &usage);
    *result =
        (struct result){read - start, folded - read, end - folded, 0, (uint64_t)usage.ru_maxrss};
    return measure_on(o, job_fd, result);
}

/* Runs in a child, so that each run has its own memory. */
static int measure_apart(const struct options *o, int job_fd, struct result *result)
{
    int pipe_fd[2], status = 1;
    if (pipe2(pipe_fd, O_CLOEXEC) < 0)
        return fail("pipe");
    pid_t pid = fork();
    if (pid == 0) {
        int rc = measure(o, job_fd, result);
        if (rc == 0 && write(pipe_fd[1], result, sizeof *result) != sizeof *result)
            rc = 1;
        _exit(rc);
    }
    close(pipe_fd[1]);
    ssize_t n = read(pipe_fd[0], result, sizeof *result);
    close(pipe_fd[0]);
    if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0 || n != sizeof *result)
        return 1;
    return 0;
}

static int generate_apart(const struct options *o, int job_fd)
{
    int status = 1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(generate(o, job_fd));
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 ? 0 : 1;
}

static double total(const struct result *r)
{
    return r->read_ms + r->fold_ms + r->status_ms;
}

static uint64_t count_bytes(const struct options *o, int job_fd)
{
    uint64_t bytes = 0;
    for (unsigned i = 0; i < o->files; i++) {
        char name[64];
        struct stat st;
        snprintf(name, sizeof name, "%s/node%03u", JOURNAL_EVENTS_DIR, i);
        if (fstatat(job_fd, name, &st, 0) == 0)
            bytes += (uint64_t)st.st_size;
    }
    return bytes;
}

static void remove_files(const struct options *o, int job_fd, const char *path)
{
    for (unsigned i = 0; i < o->files; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s/node%03u", JOURNAL_EVENTS_DIR, i);
        unlinkat(job_fd, name, 0);
    }
    unlinkat(job_fd, JOURNAL_EVENTS_DIR, AT_REMOVEDIR);
    rmdir(path);
}

static int bench(const struct options *o, int job_fd)
{
    struct result best = {.read_ms = 1e12}, r;
    if (generate_apart(o, job_fd) != 0)
        return 1;
    for (unsigned i = 0; i < o->runs; i++) {
        if (measure_apart(o, job_fd, &r) != 0)
            return 1;
        if (total(&r) < total(&best))
            best = r;
    }
    uint64_t events = ((uint64_t)o->indexes + (o->indexes + 6) / 10) * (o->started ? 2 : 1);
    printf("%" PRIu64 " %" PRIu64 " %u %.2f %.2f %.2f %.2f %.0f %" PRIu64 " %.2f\n", events,
           count_bytes(o, job_fd), o->files, best.read_ms, best.fold_ms, best.status_ms,
           total(&best), total(&best) * 1e6 / (double)events, best.peak_kb, best.on_ms);
    return 0;
}

int main(int argc, char **argv)
{
    struct options o = {.files = 64, .runs = 3};
    char path[] = "/tmp/bench-fold-XXXXXX";
    int c;
    while ((c = getopt(argc, argv, "sf:r:")) != -1) {
        if (c == 's')
            o.started = true;
        else if (c == 'f')
            o.files = (unsigned)strtoul(optarg, NULL, 10);
        else if (c == 'r')
            o.runs = (unsigned)strtoul(optarg, NULL, 10);
        else
            return 2;
    }
    o.indexes = optind < argc ? (uint32_t)strtoul(argv[optind], NULL, 10) : 0;
    if (o.indexes == 0 || o.indexes > 100000000 || o.files == 0 || o.files > FILES_MAX) {
        fprintf(stderr, "usage: bench_fold [-s] [-f FILES] [-r RUNS] INDEXES\n");
        return 2;
    }
    cleanup_close int job_fd = mkdtemp(path) ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (job_fd < 0)
        return fail(path);
    int rc = bench(&o, job_fd);
    remove_files(&o, job_fd, path);
    return rc;
}
