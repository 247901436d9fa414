/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_slurm.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "journal_read.h"

struct fake_slurm fake;

static void note(const char *what, const char *tasks)
{
    strbuf_addf(&fake.calls, "%s%s %s", fake.calls.len ? "; " : "", what, tasks);
}

static bool is_away(void)
{
    if (fake.unavailable == 0)
        return false;
    fake.unavailable--;
    return true;
}

static enum slurm_answer fake_read(uint32_t job_id, struct slurm_task *out, struct error *err)
{
    char id[16];
    snprintf(id, sizeof id, "%u", job_id);
    if (is_away())
        return error_set(err, "away"), SLURM_UNAVAILABLE;
    note("read", id);
    *out = fake.task;
    return SLURM_DONE;
}

static enum slurm_answer fake_requeue(const char *task, bool only_running, struct error *err)
{
    if (is_away())
        return error_set(err, "away"), SLURM_UNAVAILABLE;
    note(only_running ? "requeue?" : "requeue", task);
    return SLURM_DONE;
}

static enum slurm_answer fake_begin(const char *task, time_t begin, struct error *err)
{
    if (is_away())
        return error_set(err, "away"), SLURM_UNAVAILABLE;
    note("begin", task);
    strbuf_addf(&fake.calls, " +%lld", (long long)begin - T0 / S);
    error_set(err, "not pending");
    return fake.begin;
}

static enum slurm_answer fake_cancel(const char *tasks, struct error *err)
{
    if (is_away())
        return error_set(err, "away"), SLURM_UNAVAILABLE;
    note("cancel", tasks);
    return SLURM_DONE;
}

static enum slurm_answer fake_amend(uint32_t job_id, const char *task,
                                    const struct retry_rule *rule, const char *node,
                                    bool more_memory, struct error *err)
{
    (void)job_id, (void)err;
    note("amend", task);
    if (*node)
        strbuf_addf(&fake.calls, " not %s", node);
    if (more_memory)
        strbuf_addf(&fake.calls, " memory*%u", rule->memory_milli);
    return SLURM_DONE;
}

static int64_t fake_now(void)
{
    return fake.now_us;
}

static void fake_sleep(int ms)
{
    fake.now_us += ms * INT64_C(1000);
}

const struct slurm_ops fake_ops = {fake_read,  fake_requeue, fake_begin, fake_cancel,
                                   fake_amend, fake_now,     fake_sleep};

void fake_reset(double seconds)
{
    fake_free();
    fake = (struct fake_slurm){.now_us = T0 + (int64_t)(seconds * 1e6)};
}

void fake_free(void)
{
    strbuf_free(&fake.calls);
}

char *folder_make(const char *spec)
{
    char *dir = strdup("/tmp/skjob-attempt-XXXXXX");
    char path[128];
    cr_assert(dir && mkdtemp(dir));
    snprintf(path, sizeof path, "%s/object.json", dir);
    cleanup_file FILE *f = fopen(path, "we");
    cr_assert(f);
    fprintf(f,
            "{\"metadata\":{\"name\":\"pi\",\"uid\":\"u\",\"creationTimestamp\":"
            "\"2027-01-15T08:00:00Z\"},\"spec\":{%s%s\"template\":{\"spec\":{\"restartPolicy\":"
            "\"Never\",\"containers\":[{\"name\":\"main\"}]}}}}",
            spec, *spec ? "," : "");
    return dir;
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
};
#define WORDS (sizeof words / sizeof *words)

void folder_add(const char *dir, const char *record)
{
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
    char node[16] = "";
    const char *ahead = strstr(record, " ahead=");
    if (ahead && sscanf(ahead, " ahead=%u on %15s", &r.ahead, node) == 2)
        r.node = node;
    if (r.phase == JOURNAL_FAILED) {
        r.containers = &main_container;
        r.n_containers = 1;
    }
    cr_assert_eq(journal_append_path(dir, "host", &r, &err), 0, "%s", err.text);
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
