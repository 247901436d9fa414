/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Random Jobs with random journals: any distribution over files, any order, repetition, damage and
 * torn ends fold to the same state; no attempt counts twice; an ended Job has nothing that runs.
 *
 * A failing case prints its seed: SKJOB_SEED=<seed> runs it alone, SKJOB_CASES=<n> runs more.
 */
#include "cleanup.h"
#include "fold.h"
#include "fold_outcome.h"
#include "fold_random.h"
#include "journal_lines.h"
#include "status.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES    5
#define VARIANTS 5

static struct fold *new_fold_with(const struct scenario *s, const struct fold_config *config)
{
    struct error err;
    struct fold *f = NULL;
    cleanup_json json_t *job = json_loads(s->job, 0, NULL);
    cr_assert(job, "%s", s->job);
    cr_assert_eq(fold_new(job, config, &f, &err), 0, "%s: %s", err.text, s->job);
    if (s->has_end)
        fold_set_end(f, &s->end);
    return f;
}

static struct fold *new_fold(const struct scenario *s)
{
    return new_fold_with(s, NULL);
}

#define NOW (T0 + INT64_C(100000000))

/* Everything that can be seen of a fold, as a text. */
static char *print(struct fold *f)
{
    struct strbuf out = STRBUF_INIT;
    struct error err;
    size_t n;
    cr_assert_eq(fold_run(f, NOW, NULL, &err), 0, "%s", err.text);
    cleanup_json json_t *status = fold_status(f);
    cleanup_free char *text = json_dumps(status, JSON_INDENT(1) | JSON_SORT_KEYS);
    cleanup_free char *job = json_dumps(fold_job(f), JSON_SORT_KEYS);
    strbuf_addf(&out, "%s\n%s\n%s\n", text, job, fold_slurm_job(f));
    const struct fold_attempt *a = fold_attempts(f, &n);
    for (size_t i = 0; i < n; i++) {
        struct fold_outcome_parts parts;
        fold_outcome_of(f, &a[i], &parts);
        strbuf_addf(&out, "%u/%u %" PRId64 " %" PRId64 " %d%d%d %s %u %.*s\n", a[i].index,
                    a[i].attempt, a[i].started_us, a[i].phase ? a[i].ended_us : 0, a[i].phase,
                    a[i].inferred, a[i].superseded, fold_node(f, &a[i]), a[i].restarts,
                    (int)parts.containers.len, parts.containers.len ? parts.containers.data : "");
    }
    return strbuf_steal(&out);
}

static void add_line(struct fold *f, const char *text)
{
    char buf[JOURNAL_LINE_MAX + 1];
    struct journal_line line;
    cr_assert_eq(line_make(text, buf, &line), 0);
    cr_assert_eq(fold_add(f, &line), 0);
}

static char *fold_in_order(const struct scenario *s)
{
    cleanup_fold struct fold *f = new_fold(s);
    for (size_t i = 0; i < s->n; i++)
        add_line(f, s->records[i]);
    return print(f);
}

/* What a variant of the files holds, and which records are whole in them. */
struct files {
    struct strbuf text[FILES];
    bool whole[RECORDS_MAX];
};

static void put_record(struct files *v, const struct scenario *s, size_t i)
{
    char line[JOURNAL_LINE_MAX + 1];
    struct strbuf *file = &v->text[random_below(FILES)];
    strbuf_add(file, line, line_write(line, s->records[i]));
    strbuf_addc(file, '\n');
    v->whole[i] = true;
}

/* Half a line, as a crash leaves it; with a newline when somebody wrote after it. */
static void put_damage(struct files *v, const struct scenario *s, bool is_last)
{
    char line[JOURNAL_LINE_MAX + 1];
    struct strbuf *file = &v->text[random_below(FILES)];
    uint32_t len = (uint32_t)line_write(line, s->records[random_below((uint32_t)s->n)]);
    switch (random_below(3)) {
    case 0:
        strbuf_add(file, line, random_below(len));
        break;
    case 1:
        strbuf_adds(file, "garbage skj1 t= event=ended index=0 attempt=0 phase=Failed");
        break;
    case 2:
        line[random_below(len)] ^= 1;
        strbuf_add(file, line, len);
        break;
    }
    if (!is_last)
        strbuf_addc(file, '\n');
}

static void make_files(struct files *v, const struct scenario *s)
{
    size_t order[RECORDS_MAX];
    memset(v, 0, sizeof *v);
    for (size_t i = 0; i < s->n; i++) {
        size_t at = random_below((uint32_t)i + 1);
        order[i] = order[at];
        order[at] = i;
    }
    for (size_t i = 0; i < s->n; i++) {
        put_record(v, s, order[i]);
        while (random_chance(20))
            put_record(v, s, order[random_below((uint32_t)i + 1)]);
        if (random_chance(5))
            put_damage(v, s, false);
    }
    for (int i = 0; s->n > 0 && i < 2; i++)
        put_damage(v, s, true);
}

static void free_files(struct files *v)
{
    for (size_t i = 0; i < FILES; i++)
        strbuf_free(&v->text[i]);
}

/* Cuts the end off some files, then looks which records are still whole anywhere. */
static void truncate_files(struct files *v, const struct scenario *s)
{
    for (size_t i = 0; i < FILES; i++)
        if (v->text[i].len > 0 && random_chance(60)) {
            v->text[i].len = random_below((uint32_t)v->text[i].len);
            v->text[i].data[v->text[i].len] = '\0';
        }
    for (size_t i = 0; i < s->n; i++) {
        char line[JOURNAL_LINE_MAX + 1];
        line_write(line, s->records[i]);
        v->whole[i] = false;
        for (size_t k = 0; k < FILES; k++)
            v->whole[i] |= strstr(strbuf_str(&v->text[k]), line) != NULL;
    }
}

struct folder {
    char path[64];
    int fd;
};

static void write_files(const struct folder *folder, const struct files *v)
{
    for (size_t i = 0; i < FILES; i++) {
        char name[32];
        snprintf(name, sizeof name, "events/n%zu", i);
        int fd = openat(folder->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        cr_assert(fd >= 0);
        cr_assert(write(fd, strbuf_str(&v->text[i]), v->text[i].len) == (ssize_t)v->text[i].len);
        close(fd);
    }
}

static char *fold_files(const struct folder *folder, const struct scenario *s)
{
    struct error err;
    cleanup_fold struct fold *f = new_fold(s);
    cr_assert_eq(fold_read(f, folder->fd, NULL, NULL, &err), 0, "%s", err.text);
    return print(f);
}

static char *fold_whole(const struct scenario *s, const struct files *v)
{
    cleanup_fold struct fold *f = new_fold(s);
    for (size_t i = 0; i < s->n; i++)
        if (v->whole[i])
            add_line(f, s->records[i]);
    return print(f);
}

static void expect_same(const char *got, const char *want, const char *what, uint64_t seed)
{
    cr_assert_str_eq(got, want, "SKJOB_SEED=%" PRIu64 ": %s:\n%s\nwanted:\n%s", seed, what, got,
                     want);
}

static void check_invariants(const struct scenario *s, uint64_t seed)
{
    struct machine_view v;
    size_t n;
    cleanup_fold struct fold *f = new_fold(s);
    for (size_t i = 0; i < s->n; i++)
        add_line(f, s->records[i]);
    cr_assert_eq(fold_run(f, NOW, NULL, NULL), 0);
    fold_attempts(f, &n);
    machine_view(fold_machine(f), &v);
    bool ended = machine_finished(fold_machine(f));
    cr_expect(v.succeeded + v.failed + v.active <= n, "SKJOB_SEED=%" PRIu64 ": counts", seed);
    cr_expect(v.ready <= v.active, "SKJOB_SEED=%" PRIu64 ": ready", seed);
    cr_expect(!ended || v.active + v.terminating == 0, "SKJOB_SEED=%" PRIu64 ": active", seed);
    cr_expect(!ended || machine_decided(fold_machine(f)), "SKJOB_SEED=%" PRIu64 ": end", seed);
    if (v.completed_indexes && v.failed_indexes)
        cr_expect_eq(indexset_count_common(v.completed_indexes, v.failed_indexes), 0,
                     "SKJOB_SEED=%" PRIu64 ": indexes", seed);
}

static void check_files(const struct scenario *s, const struct folder *folder, uint64_t seed)
{
    cleanup_free char *want = fold_in_order(s);
    for (int i = 0; i < VARIANTS; i++) {
        struct files v;
        make_files(&v, s);
        write_files(folder, &v);
        cleanup_free char *got = fold_files(folder, s);
        expect_same(got, want, "shuffled, repeated and damaged files", seed);
        truncate_files(&v, s);
        write_files(folder, &v);
        cleanup_free char *cut = fold_files(folder, s);
        cleanup_free char *want_cut = fold_whole(s, &v);
        expect_same(cut, want_cut, "files that were cut", seed);
        free_files(&v);
    }
}

/* Lets each file grow by some bytes; returns whether there is more to come. */
static bool grow_files(struct files *now, const struct files *whole)
{
    bool more = false;
    for (size_t i = 0; i < FILES; i++) {
        uint32_t left = (uint32_t)(whole->text[i].len - now->text[i].len);
        uint32_t step = random_chance(30)   ? 0
                        : random_chance(10) ? left
                                            : random_below(left < 400 ? left + 1 : 400);
        strbuf_add(&now->text[i], strbuf_str(&whole->text[i]) + now->text[i].len, step);
        more |= step < left;
    }
    return more;
}

/* What Slurm said the last time, and a decision that was made of it, are forgotten. */
static void mislead(struct fold *f)
{
    struct error err;
    fold_live(f, random_below(4), random_below(3), (enum fold_liveness)random_below(3));
    if (random_chance(30))
        fold_set_end(f, &(struct journal_end){NOW, "Failed", "Gone", "All gone."});
    cr_assert_eq(fold_run(f, NOW + (int64_t)random_below(1000000000), NULL, &err), 0, "%s",
                 err.text);
}

/* A fold that is read on while the files grow is, each time, the fold of what they hold. */
static void check_growth(const struct scenario *s, const struct folder *folder, uint64_t seed)
{
    struct error err;
    struct files whole, now = {0};
    const struct fold_config config = {.goes_on = true};
    cleanup_fold struct fold *f = new_fold_with(s, &config);
    make_files(&whole, s);
    for (bool more = true, first = true; more; first = false) {
        more = grow_files(&now, &whole);
        write_files(folder, &now);
        int rc = first ? fold_read(f, folder->fd, NULL, NULL, &err)
                       : fold_read_on(f, folder->fd, NULL, NULL, &err);
        cr_assert_eq(rc, 0, "SKJOB_SEED=%" PRIu64 ": %s", seed, rc < 0 ? err.text : "replaced");
        if (s->has_end)
            fold_set_end(f, &s->end);
        cleanup_free char *got = print(f);
        cleanup_free char *want = fold_files(folder, s);
        expect_same(got, want, "read on", seed);
        if (random_chance(40))
            mislead(f);
    }
    free_files(&now);
    free_files(&whole);
}

static uint64_t number_of(const char *variable, uint64_t otherwise)
{
    const char *text = getenv(variable);
    return text ? strtoull(text, NULL, 10) : otherwise;
}

static void make_folder(struct folder *folder)
{
    *folder = (struct folder){.path = "/tmp/skjob-property-XXXXXX"};
    cr_assert(mkdtemp(folder->path));
    folder->fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert(mkdirat(folder->fd, "events", 0700) == 0);
}

static void remove_folder(struct folder *folder)
{
    char command[128];
    close(folder->fd);
    snprintf(command, sizeof command, "rm -rf %s", folder->path);
    cr_expect_eq(system(command), 0);
}

Test(fold_property, files_do_not_matter)
{
    static struct scenario s;
    struct folder folder;
    uint64_t first = number_of("SKJOB_SEED", 1);
    uint64_t cases = getenv("SKJOB_SEED") ? 1 : number_of("SKJOB_CASES", 300);
    make_folder(&folder);
    for (uint64_t seed = first; seed < first + cases; seed++) {
        scenario_make(&s, seed);
        check_invariants(&s, seed);
        check_files(&s, &folder, seed);
    }
    remove_folder(&folder);
}

Test(fold_property, reading_on_is_reading_all)
{
    static struct scenario s;
    uint64_t first = number_of("SKJOB_SEED", 1);
    uint64_t cases = getenv("SKJOB_SEED") ? 1 : number_of("SKJOB_CASES", 200);
    for (uint64_t seed = first; seed < first + cases; seed++) {
        struct folder folder;
        make_folder(&folder);
        scenario_make(&s, seed);
        check_growth(&s, &folder, seed);
        remove_folder(&folder);
    }
}

/* The fold with the decision that the machine makes of itself is the fold without it. */
Test(fold_property, a_decision_changes_nothing_when_it_is_written_down)
{
    static struct scenario s;
    uint64_t first = number_of("SKJOB_SEED", 1);
    uint64_t cases = getenv("SKJOB_SEED") ? 1 : number_of("SKJOB_CASES", 1000);
    size_t decided = 0;
    for (uint64_t seed = first; seed < first + cases; seed++) {
        scenario_make(&s, seed);
        s.has_end = false;
        cleanup_fold struct fold *f = new_fold(&s);
        for (size_t i = 0; i < s.n; i++)
            add_line(f, s.records[i]);
        cleanup_free char *want = print(f);
        s.has_end = fold_decision(f, &s.end);
        if (!s.has_end || s.whole_seconds)
            continue;
        decided++;
        cleanup_free char *got = fold_in_order(&s);
        expect_same(got, want, "with the decision", seed);
    }
    cr_expect(getenv("SKJOB_SEED") || decided > cases / 10, "only %zu decisions", decided);
}
