/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fold_random.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "journal_lines.h"
#include "strbuf.h"

static uint64_t random_state;

/* splitmix64 */
static uint64_t next_random(void)
{
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint32_t random_below(uint32_t n)
{
    return (uint32_t)(next_random() % n);
}

bool random_chance(uint32_t percent)
{
    return random_below(100) < percent;
}

static void make_job(struct scenario *s)
{
    struct strbuf spec = STRBUF_INIT;
    bool indexed = random_chance(70);
    bool never = random_chance(75);
    s->completions = 1 + random_below(6);
    strbuf_addf(&spec, "\"parallelism\":%u", 1 + random_below(6));
    if (indexed || random_chance(60))
        strbuf_addf(&spec, ",\"completions\":%u", s->completions);
    if (indexed)
        strbuf_adds(&spec, ",\"completionMode\":\"Indexed\"");
    if (random_chance(60))
        strbuf_addf(&spec, ",\"backoffLimit\":%u", random_below(8));
    if (indexed && random_chance(40))
        strbuf_addf(&spec, ",\"backoffLimitPerIndex\":%u", random_below(3));
    if (indexed && random_chance(20))
        strbuf_addf(&spec, ",\"maxFailedIndexes\":%u", random_below(3));
    if (random_chance(25))
        strbuf_addf(&spec, ",\"activeDeadlineSeconds\":%u", 1 + random_below(200));
    if (random_chance(10))
        strbuf_adds(&spec, ",\"suspend\":true");
    if (never && random_chance(50))
        strbuf_addf(&spec,
                    ",\"podFailurePolicy\":{\"rules\":[{\"action\":\"Ignore\",\"onPodConditions\":"
                    "[{\"type\":\"DisruptionTarget\"}]},{\"action\":\"%s\",\"onExitCodes\":"
                    "{\"operator\":\"In\",\"values\":[3]}}]}",
                    random_chance(50) ? "FailJob" : "Count");
    if (indexed && random_chance(20))
        strbuf_addf(&spec, ",\"successPolicy\":{\"rules\":[{\"succeededCount\":%u}]}",
                    1 + random_below(3));
    snprintf(
        s->job, sizeof s->job,
        "{\"metadata\":{\"name\":\"pi\",\"uid\":\"u-%u\"%s},\"spec\":{%s,\"template\":{\"spec\":"
        "{\"restartPolicy\":\"%s\",\"containers\":[{\"name\":\"main\"}]}}}}",
        random_below(1000),
        random_chance(50) ? ",\"creationTimestamp\":\"2026-01-02T03:04:05Z\"" : "",
        strbuf_str(&spec), never ? "Never" : "OnFailure");
    strbuf_free(&spec);
}

static double random_time(const struct scenario *s)
{
    return s->whole_seconds ? random_below(60) : random_below(300000000) / 1e6;
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
               outcomes[random_below(sizeof outcomes / sizeof outcomes[0])]);
}

static void add_attempt(struct scenario *s, uint32_t index, uint32_t attempt)
{
    double start = random_time(s);
    double end = random_chance(85) ? start + random_time(s) / 3 : random_time(s);
    if (s->whole_seconds)
        end = (double)(int)end;
    for (int i = 0; i < 3 && random_chance(i ? 5 : 80); i++)
        add_record(s, i ? random_time(s) : start, "event=started index=%u attempt=%u node=n%u",
                   index, attempt, random_below(3));
    for (int i = 0; i < 3 && random_chance(12); i++)
        add_record(s, random_time(s), "event=restarted index=%u attempt=%u restarts=%u", index,
                   attempt, 1 + random_below(3));
    if (random_chance(8))
        add_record(s, random_time(s), "event=deleted index=%u attempt=%u", index, attempt);
    for (int i = 0; i < 3 && random_chance(i ? 15 : 85); i++)
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
        "event=retried job=9 ahead=1",
        "event=retried job=11 ahead=2 indexes=0,2-3",
        "event=renewed job=13 ahead=1",
        "event=renewed job=15 ahead=3",
        "event=exploded index=0 attempt=0 phase=Failed",
    };
    for (int i = 0; i < 4 && random_chance(25); i++)
        add_record(s, random_time(s), "%s", events[random_below(sizeof events / sizeof events[0])]);
    if (random_chance(15))
        add_record(
            s, random_time(s),
            "event=grown job=12 ahead=%u indexes=%u-9 spec.completions=10 spec.parallelism=10",
            random_below(3), s->completions);
    if (random_chance(10))
        add_record(s, random_time(s), "event=changed spec.completions=1 spec.parallelism=1");
}

void scenario_make(struct scenario *s, uint64_t seed)
{
    random_state = seed * UINT64_C(0x2545f4914f6cdd1d) + 1;
    memset(s, 0, sizeof *s);
    s->whole_seconds = random_chance(30);
    make_job(s);
    for (uint32_t index = 0; index <= s->completions; index++)
        for (uint32_t attempt = 0; attempt < 4 && random_chance(index < s->completions ? 70 : 10);
             attempt++)
            add_attempt(s, index, attempt);
    add_globals(s);
    s->has_end = random_chance(30);
    s->end = (struct journal_end){T0 + (int64_t)(random_time(s) * 1e6), "", "Because", "Of that."};
    strcpy(s->end.condition, random_chance(50) ? "Failed" : "Complete");
}
