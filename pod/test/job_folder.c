/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_folder.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "journal.h"
#include "journal_read.h"
#include "strbuf.h"

struct slurm_env folder_task(uint32_t restarts)
{
    return (struct slurm_env){.array = true,
                              .index = 1,
                              .restarts = restarts,
                              .attempt = restarts,
                              .job_id = 10,
                              .own_id = 12,
                              .last = 3,
                              .live = true,
                              .id = "10_1",
                              .host = "other",
                              .node = "node1"};
}

char *folder_make_annotated(const char *spec, const char *annotations)
{
    char *dir = strdup("/tmp/skjob-attempt-XXXXXX");
    char path[128];
    cr_assert(dir && mkdtemp(dir));
    snprintf(path, sizeof path, "%s/object.json", dir);
    cleanup_file FILE *f = fopen(path, "we");
    cr_assert(f);
    fprintf(f,
            "{\"metadata\":{\"name\":\"pi\",\"uid\":\"u\",\"annotations\":{%s},"
            "\"creationTimestamp\":\"2027-01-15T08:00:00Z\"},\"spec\":{%s%s\"template\":{"
            "\"spec\":{\"restartPolicy\":\"Never\",\"containers\":[{\"name\":\"main\"}]}}}}",
            annotations, spec, *spec ? "," : "");
    return dir;
}

char *folder_make(const char *spec)
{
    return folder_make_annotated(spec, "");
}

void folder_remove(char *dir)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    cr_expect(system(command) == 0);
    free(dir);
}

static const struct {
    const char *word;
    enum journal_event event;
    enum journal_phase phase;
} words[] = {
    {"started", JOURNAL_STARTED, JOURNAL_PHASE_NONE},
    {"failed", JOURNAL_ENDED, JOURNAL_FAILED},
    {"succeeded", JOURNAL_ENDED, JOURNAL_SUCCEEDED},
    {"suspended", JOURNAL_SUSPENDED, JOURNAL_PHASE_NONE},
    {"resumed", JOURNAL_RESUMED, JOURNAL_PHASE_NONE},
    {"retried", JOURNAL_RETRIED, JOURNAL_PHASE_NONE},
    {"submitted", JOURNAL_SUBMITTED, JOURNAL_PHASE_NONE},
    {"scaled", JOURNAL_CHANGED, JOURNAL_PHASE_NONE},
    {"grown", JOURNAL_GROWN, JOURNAL_PHASE_NONE},
};
#define WORDS (sizeof words / sizeof *words)

/* Of a record about arrays, the numbers are the array, its first index, and the completions. */
struct array_texts {
    char job[16];
    char first[16];
    char completions[16];
    struct journal_change changes[2];
};

static void make_array_record(struct journal_record *r, int completions, struct array_texts *t)
{
    snprintf(t->job, sizeof t->job, "%u", r->index);
    snprintf(t->first, sizeof t->first, "%u", r->attempt);
    snprintf(t->completions, sizeof t->completions, "%d", completions);
    t->changes[0] = (struct journal_change){"completions", t->completions};
    t->changes[1] = (struct journal_change){"parallelism", t->completions};
    *r = (struct journal_record){.event = r->event, .time_us = r->time_us, .job = t->job};
    if (r->event == JOURNAL_SUBMITTED)
        return;
    r->changes = t->changes;
    r->n_changes = 2;
    if (r->event == JOURNAL_CHANGED)
        return;
    r->indexes = t->first;
    r->ahead = 1;
}

void folder_add(const char *dir, const char *record)
{
    struct array_texts texts;
    double at;
    char word[16];
    unsigned index = 0, attempt = 0;
    int code = 1;
    struct error err;
    cr_assert_geq(sscanf(record, "%lf %15s %u %u %d", &at, word, &index, &attempt, &code), 2);
    struct journal_record r = {
        .time_us = T0 + (int64_t)(at * 1e6), .index = index, .attempt = attempt};
    const struct journal_container main_container = {"main", code, NULL};
    for (size_t i = 0; i < WORDS; i++) {
        if (strcmp(words[i].word, word) != 0)
            continue;
        r.event = words[i].event;
        r.phase = words[i].phase;
    }
    char node[16] = "", job[16];
    snprintf(job, sizeof job, "%u", index);
    if (r.event == JOURNAL_RETRIED) {
        r.job = job;
        r.ahead = attempt;
    }
    if (r.event == JOURNAL_SUBMITTED || r.event == JOURNAL_GROWN || r.event == JOURNAL_CHANGED)
        make_array_record(&r, code, &texts);
    const char *ahead = strstr(record, " ahead=");
    if (ahead && sscanf(ahead, " ahead=%u on %15s", &r.ahead, node) == 2)
        r.node = node;
    if (r.phase == JOURNAL_FAILED) {
        r.containers = &main_container;
        r.n_containers = 1;
    }
    cr_assert_eq(journal_append_path(dir, "host", &r, &err), 0, "%s", err.text);
}

static void add_end(const char *dir)
{
    const struct journal_end end = {T0 + 5 * S, "Failed", "BackoffLimitExceeded", ""};
    cleanup_close int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert_eq(journal_end_make(fd, "host", &end, NULL), 1);
}

char *folder_make_with(const char *spec, const char *const *records, size_t max)
{
    char *dir = folder_make(spec);
    for (size_t i = 0; i < max && records[i]; i++)
        if (strcmp(records[i], "end") == 0)
            add_end(dir);
        else
            folder_add(dir, records[i]);
    return dir;
}

static void print_text(struct strbuf *out, const char *name, struct journal_text text)
{
    if (text.data)
        strbuf_addf(out, " %s=%.*s", name, (int)text.len, text.data);
}

static int print_record(void *arg, const struct journal_line *line)
{
    struct strbuf *out = arg;
    strbuf_addf(out, "%s%g ", out->len ? "; " : "", (double)(line->time_us - T0) / 1e6);
    for (size_t i = 0; i < WORDS; i++)
        if (words[i].event == line->event && words[i].phase == line->phase)
            strbuf_adds(out, words[i].word);
    if (line->has_attempt)
        strbuf_addf(out, " %u %u", line->index, line->attempt);
    if (line->ahead)
        strbuf_addf(out, " ahead=%u", line->ahead);
    print_text(out, "containers", line->containers);
    print_text(out, "conditions", line->conditions);
    print_text(out, "reason", line->reason);
    strbuf_adds(out, line->inferred ? " inferred" : "");
    return 0;
}

char *folder_print(const char *dir)
{
    struct error err;
    struct journal_end end;
    struct strbuf out = STRBUF_INIT;
    const struct journal_visitor visitor = {&out, print_record, NULL};
    cleanup_close int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert_eq(journal_read_job(fd, &visitor, &err), 0, "%s", err.text);
    if (journal_end_read(fd, &end, &err) == 1)
        strbuf_addf(&out, "; end %s %s", end.condition, end.reason);
    strbuf_adds(&out, "");
    return strbuf_steal(&out);
}

const char *folder_added(const char *before, const char *text)
{
    size_t n = 0;
    while (before[n] && before[n] == text[n])
        n++;
    return text + n + strspn(text + n, "; ");
}
