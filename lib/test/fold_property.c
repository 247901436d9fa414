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
#include "journal_lines.h"
#include "status.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECORDS_MAX 160
#define FILES       5
#define VARIANTS    5

static uint64_t random_state;

/* splitmix64 */
static uint64_t next_random(void)
{
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint32_t below(uint32_t n)
{
    return (uint32_t)(next_random() % n);
}

static bool chance(uint32_t percent)
{
    return below(100) < percent;
}

/* A case: a Job, its records as texts for line_write(), and perhaps a decision. */
struct scenario {
    char job[2048];
    char records[RECORDS_MAX][256];
    size_t n;
    struct journal_end end;
    bool has_end;
    bool whole_seconds; /* so that many times are the same */
    uint32_t completions;
};

static void make_job(struct scenario *s)
{
    struct strbuf spec = STRBUF_INIT;
    bool indexed = chance(70);
    bool never = chance(75);
    s->completions = 1 + below(6);
    strbuf_addf(&spec, "\"parallelism\":%u", 1 + below(6));
    if (indexed || chance(60))
        strbuf_addf(&spec, ",\"completions\":%u", s->completions);
    if (indexed)
        strbuf_adds(&spec, ",\"completionMode\":\"Indexed\"");
    if (chance(60))
        strbuf_addf(&spec, ",\"backoffLimit\":%u", below(8));
    if (indexed && chance(40))
        strbuf_addf(&spec, ",\"backoffLimitPerIndex\":%u", below(3));
    if (indexed && chance(20))
        strbuf_addf(&spec, ",\"maxFailedIndexes\":%u", below(3));
    if (chance(25))
        strbuf_addf(&spec, ",\"activeDeadlineSeconds\":%u", 1 + below(200));
    if (chance(10))
        strbuf_adds(&spec, ",\"suspend\":true");
    if (never && chance(50))
        strbuf_addf(&spec,
                    ",\"podFailurePolicy\":{\"rules\":[{\"action\":\"Ignore\",\"onPodConditions\":"
                    "[{\"type\":\"DisruptionTarget\"}]},{\"action\":\"%s\",\"onExitCodes\":"
                    "{\"operator\":\"In\",\"values\":[3]}}]}",
                    chance(50) ? "FailJob" : "Count");
    if (indexed && chance(20))
        strbuf_addf(&spec, ",\"successPolicy\":{\"rules\":[{\"succeededCount\":%u}]}",
                    1 + below(3));
    snprintf(
        s->job, sizeof s->job,
        "{\"metadata\":{\"name\":\"pi\",\"uid\":\"u-%u\"%s},\"spec\":{%s,\"template\":{\"spec\":"
        "{\"restartPolicy\":\"%s\",\"containers\":[{\"name\":\"main\"}]}}}}",
        below(1000), chance(50) ? ",\"creationTimestamp\":\"2026-01-02T03:04:05Z\"" : "",
        strbuf_str(&spec), never ? "Never" : "OnFailure");
    strbuf_free(&spec);
}

static double random_time(const struct scenario *s)
{
    return s->whole_seconds ? below(60) : below(300000000) / 1e6;
}

__attribute__((format(printf, 3, 4))) static void add_record(struct scenario *s, double time,
                                                             const char *fmt, ...)
{
    va_list ap;
    if (s->n == RECORDS_MAX)
        return;
    int n = snprintf(s->records[s->n], sizeof s->records[0], "%.6f ", time);
    va_start(ap, fmt);
    vsnprintf(s->records[s->n++] + n, sizeof s->records[0] - (size_t)n, fmt, ap);
    va_end(ap);
}

static void add_ended(struct scenario *s, double time, uint32_t index, uint32_t attempt)
{
    static const char *const outcomes[] = {
        "Succeeded containers=main:0:Completed",
        "Succeeded containers=main:0:Completed",
        "Failed containers=main:1:Error",
        "Failed containers=main:3:Error",
        "Failed containers=main:3:Error init=setup:0:Completed restarts=2",
        "Failed containers=main:143:Error conditions=DisruptionTarget:True:PreemptionByScheduler",
        "Failed inferred=1 conditions=DisruptionTarget:True:DeletionByPodGC",
        "Failed reason=DeadlineExceeded",
    };
    add_record(s, time, "event=ended index=%u attempt=%u phase=%s", index, attempt,
               outcomes[below(sizeof outcomes / sizeof outcomes[0])]);
}

static void add_attempt(struct scenario *s, uint32_t index, uint32_t attempt)
{
    double start = random_time(s);
    double end = chance(85) ? start + random_time(s) / 3 : random_time(s);
    if (s->whole_seconds)
        end = (double)(int)end;
    for (int i = 0; i < 3 && chance(i ? 5 : 80); i++)
        add_record(s, i ? random_time(s) : start, "event=started index=%u attempt=%u node=n%u",
                   index, attempt, below(3));
    for (int i = 0; i < 3 && chance(12); i++)
        add_record(s, random_time(s), "event=restarted index=%u attempt=%u restarts=%u", index,
                   attempt, 1 + below(3));
    if (chance(8))
        add_record(s, random_time(s), "event=deleted index=%u attempt=%u", index, attempt);
    for (int i = 0; i < 3 && chance(i ? 15 : 85); i++)
        add_ended(s, i ? random_time(s) : end, index, attempt);
}

static void add_globals(struct scenario *s)
{
    static const char *const events[] = {
        "event=suspended",
        "event=resumed",
        "event=submitted job=7",
        "event=submitted job=9",
        "event=changed spec.backoffLimit=3",
        "event=changed spec.parallelism=2 spec.backoffLimit=0",
        "event=changed spec.activeDeadlineSeconds=40",
        "event=changed spec.activeDeadlineSeconds=null",
        "event=changed spec.parallelism=%22x%22",
        "event=exploded index=0 attempt=0 phase=Failed",
    };
    for (int i = 0; i < 4 && chance(25); i++)
        add_record(s, random_time(s), "%s", events[below(sizeof events / sizeof events[0])]);
}

static void make_scenario(struct scenario *s, uint64_t seed)
{
    random_state = seed * UINT64_C(0x2545f4914f6cdd1d) + 1;
    memset(s, 0, sizeof *s);
    s->whole_seconds = chance(30);
    make_job(s);
    for (uint32_t index = 0; index <= s->completions; index++)
        for (uint32_t attempt = 0; attempt < 4 && chance(index < s->completions ? 70 : 10);
             attempt++)
            add_attempt(s, index, attempt);
    add_globals(s);
    s->has_end = chance(30);
    s->end = (struct journal_end){T0 + (int64_t)(random_time(s) * 1e6), "", "Because", "Of that."};
    strcpy(s->end.condition, chance(50) ? "Failed" : "Complete");
}

static struct fold *new_fold(const struct scenario *s)
{
    struct error err;
    struct fold *f = NULL;
    cleanup_json json_t *job = json_loads(s->job, 0, NULL);
    cr_assert(job, "%s", s->job);
    cr_assert_eq(fold_new(job, NULL, &f, &err), 0, "%s: %s", err.text, s->job);
    if (s->has_end)
        fold_set_end(f, &s->end);
    return f;
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
    struct strbuf *file = &v->text[below(FILES)];
    strbuf_add(file, line, line_write(line, s->records[i]));
    strbuf_addc(file, '\n');
    v->whole[i] = true;
}

/* Half a line, as a crash leaves it; with a newline when somebody wrote after it. */
static void put_damage(struct files *v, const struct scenario *s, bool is_last)
{
    char line[JOURNAL_LINE_MAX + 1];
    struct strbuf *file = &v->text[below(FILES)];
    uint32_t len = (uint32_t)line_write(line, s->records[below((uint32_t)s->n)]);
    switch (below(3)) {
    case 0:
        strbuf_add(file, line, below(len));
        break;
    case 1:
        strbuf_adds(file, "garbage skj1 t= event=ended index=0 attempt=0 phase=Failed");
        break;
    case 2:
        line[below(len)] ^= 1;
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
        size_t at = below((uint32_t)i + 1);
        order[i] = order[at];
        order[at] = i;
    }
    for (size_t i = 0; i < s->n; i++) {
        put_record(v, s, order[i]);
        while (chance(20))
            put_record(v, s, order[below((uint32_t)i + 1)]);
        if (chance(5))
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
        if (v->text[i].len > 0 && chance(60)) {
            v->text[i].len = below((uint32_t)v->text[i].len);
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

static uint64_t number_of(const char *variable, uint64_t otherwise)
{
    const char *text = getenv(variable);
    return text ? strtoull(text, NULL, 10) : otherwise;
}

Test(fold_property, files_do_not_matter)
{
    static struct scenario s;
    struct folder folder = {.path = "/tmp/skjob-property-XXXXXX"};
    char command[128];
    uint64_t first = number_of("SKJOB_SEED", 1);
    uint64_t cases = getenv("SKJOB_SEED") ? 1 : number_of("SKJOB_CASES", 300);
    cr_assert(mkdtemp(folder.path));
    folder.fd = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert(mkdirat(folder.fd, "events", 0700) == 0);
    for (uint64_t seed = first; seed < first + cases; seed++) {
        make_scenario(&s, seed);
        check_invariants(&s, seed);
        check_files(&s, &folder, seed);
    }
    close(folder.fd);
    snprintf(command, sizeof command, "rm -rf %s", folder.path);
    cr_expect_eq(system(command), 0);
}

/* The fold with the decision that the machine makes of itself is the fold without it. */
Test(fold_property, a_decision_changes_nothing_when_it_is_written_down)
{
    static struct scenario s;
    uint64_t first = number_of("SKJOB_SEED", 1);
    uint64_t cases = getenv("SKJOB_SEED") ? 1 : number_of("SKJOB_CASES", 1000);
    size_t decided = 0;
    for (uint64_t seed = first; seed < first + cases; seed++) {
        make_scenario(&s, seed);
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
