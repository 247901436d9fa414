/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is kept of an attempt: the same, whatever the order and number of its records.
 */
#include "fold_table.h"
#include "fold_outcome.h"
#include "fold_sort.h"
#include "journal_lines.h"

#include <criterion/criterion.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))

static void add(struct fold_table *t, const char *text)
{
    char buf[JOURNAL_LINE_MAX + 1];
    struct journal_line line;
    cr_assert_eq(line_make(text, buf, &line), 0);
    cr_assert_eq(fold_table_add(t, &line), 0);
}

static void print_attempt(const struct fold_table *t, const struct fold_attempt *a, char *out)
{
    int n = sprintf(out, "%u/%u", a->index, a->attempt);
    if (a->started_us != FOLD_NO_TIME)
        n += sprintf(out + n, " start %.9g %s", (double)(a->started_us - T0) / 1e6,
                     textpool_get(&t->pool, a->node, NULL));
    if (a->phase)
        n += sprintf(out + n, " end %.9g %s%s%s %s", (double)(a->ended_us - T0) / 1e6,
                     a->phase == JOURNAL_FAILED ? "F" : "S", a->inferred ? " inferred" : "",
                     a->superseded ? " superseded" : "", textpool_get(&t->pool, a->outcome, NULL));
    if (a->restarts)
        n += sprintf(out + n, " restarts %u", a->restarts);
    if (a->ahead)
        n += sprintf(out + n, " ahead %u", a->ahead);
    sprintf(out + n, ";");
}

/* The table as a text. */
static void print(const struct fold_table *t, char *out)
{
    *out = '\0';
    for (uint32_t i = 0; i < t->n_attempts; i++)
        print_attempt(t, &t->attempts[i], out + strlen(out));
    for (uint32_t i = 0; i < t->n_notes; i++) {
        const struct fold_note *n = &t->notes[i];
        sprintf(out + strlen(out), "%g %s %u/%u %s;", (double)(n->time_us - T0) / 1e6,
                journal_kind(n->event)->name, n->index, n->attempt,
                textpool_get(&t->pool, n->text, NULL));
    }
}

#define END "event=ended index=1 attempt=0 phase="

static const struct {
    const char *proves;
    const char *records[5];
    const char *want;
} cases[] = {
    {"a number ahead of Slurm's restart count, said by any of the records",
     {"1 event=started index=1 attempt=2 node=n1 ahead=1", "2 event=deleted index=1 attempt=2"},
     "1/2 start 1 n1 ahead 1;2 deleted 1/2 ;"},
    {"never ahead by more than the number, nor than there is room for",
     {"1 event=started index=1 attempt=2 node=n1 ahead=3",
      "1 event=started index=2 attempt=90000 node=n1 ahead=90000"},
     "1/2 start 1 n1 ahead 2;2/90000 start 1 n1 ahead 65535;"},
    {"an attempt from its start to its end",
     {"1 event=started index=1 attempt=0 node=n1",
      "2 " END "Succeeded containers=main:0:Completed"},
     "1/0 start 1 n1 end 2 S main:0:Completed   ;"},
    {"an end alone counts",
     {"2 " END "Failed containers=main:1:Error reason=x"},
     "1/0 end 2 F main:1:Error   x;"},
    {"the same record three times",
     {"2 " END "Failed", "2 " END "Failed", "2 " END "Failed"},
     "1/0 end 2 F    ;"},
    {"an attempt's own report wins over an earlier inferred one",
     {"2 " END "Failed inferred=1 conditions=DisruptionTarget:True:P", "3 " END "Succeeded"},
     "1/0 end 3 S    ;"},
    {"of two own reports the earlier one stays",
     {"3 " END "Failed", "2 " END "Succeeded", "4 " END "Failed"},
     "1/0 end 2 S    ;"},
    {"of two inferred ones too",
     {"3 " END "Failed inferred=1 reason=a", "2 " END "Failed inferred=1 reason=b"},
     "1/0 end 2 F inferred    b;"},
    {"at the same time a failure stays",
     {"2 " END "Succeeded", "2 " END "Failed containers=a:1"},
     "1/0 end 2 F a:1   ;"},
    {"conditions that the user gave the pod join its end",
     {"2 " END "Failed containers=main:1 conditions=D:True",
      "1 event=marked index=1 attempt=0 conditions=ConfigIssue:True:r"},
     "1/0 start 1  end 2 F main:1  D:True,ConfigIssue:True:r ;1 marked 1/0 ConfigIssue:True:r;"},
    {"but not those that came later",
     {"2 " END "Failed", "2 event=marked index=1 attempt=0 conditions=C:True"},
     "1/0 start 2  end 2 F    ;2 marked 1/0 C:True;"},
    {"then the text decides",
     {"2 " END "Failed containers=b:1", "2 " END "Failed containers=a:1",
      "2 " END "Failed containers=a:12"},
     "1/0 end 2 F a:1   ;"},
    {"the earliest start stays, with its node",
     {"2 event=started index=1 attempt=0 node=a", "1 event=started index=1 attempt=0 node=c",
      "1 event=started index=1 attempt=0 node=b", "1 event=started index=1 attempt=0 node=d"},
     "1/0 start 1 b;"},
    {"the highest number of restarts stays",
     {"1 event=started index=1 attempt=0", "2 event=restarted index=1 attempt=0 restarts=3",
      "3 event=restarted index=1 attempt=0 restarts=2",
      "3 event=restarted index=1 attempt=0 restarts=2"},
     "1/0 start 1  restarts 3;2 restarted 1/0 ;3 restarted 1/0 ;"},
    {"restarts of an end count",
     {"2 " END "Failed restarts=4", "1 event=restarted index=1 attempt=0 restarts=3"},
     "1/0 start 1  end 2 F     restarts 4;1 restarted 1/0 ;"},
    {"attempts are in order",
     {"9 event=started index=1 attempt=0", "8 event=started index=0 attempt=1",
      "7 event=started index=0 attempt=0", "5 event=ended index=0 attempt=0 phase=Failed",
      "6 event=started index=2147483646 attempt=2147483646"},
     "0/0 start 5  end 5 F    ;0/1 start 8 ;1/0 start 9 ;2147483646/2147483646 start 6 ;"},
    {"an attempt without end is closed when a later one exists",
     {"1 event=started index=1 attempt=0 node=a", "5 event=started index=1 attempt=2",
      "2 event=started index=2 attempt=1"},
     "1/0 start 1 a end 5 F inferred superseded   DisruptionTarget:True:DeletionByPodGC ;"
     "1/2 start 5 ;2/1 start 2 ;"},
    {"also when the later one has an end only",
     {"1 event=started index=1 attempt=0", "5 event=ended index=1 attempt=1 phase=Succeeded"},
     "1/0 start 1  end 4.999999 F inferred superseded   DisruptionTarget:True:DeletionByPodGC ;"
     "1/1 end 5 S    ;"},
    {"a late report of its own takes the place of that",
     {"1 event=started index=1 attempt=0", "5 event=started index=1 attempt=1",
      "9 " END "Failed containers=a:3"},
     "1/0 start 1  end 5 F a:3   ;1/1 start 5 ;"},
    {"attempts of one index do not overlap",
     {"7 event=started index=1 attempt=0", "9 " END "Failed", "6 event=started index=1 attempt=1",
      "5 event=ended index=1 attempt=1 phase=Failed", "4 event=started index=1 attempt=2"},
     "1/0 start 3.999999  end 3.999999 F    ;1/1 start 4  end 4 F    ;1/2 start 4 ;"},
    {"a deletion alone shows that the pod was there",
     {"4 event=deleted index=1 attempt=0", "3 event=deleted index=1 attempt=0"},
     "1/0 start 3 ;3 deleted 1/0 ;4 deleted 1/0 ;"},
    {"notes in the order of time, then of their kind, then of their text",
     {"2 event=changed spec.parallelism=5", "2 event=changed spec.parallelism=4",
      "2 event=suspended", "1 event=resumed", "1 event=submitted job=77"},
     "1 submitted 0/0 77;1 resumed 0/0 ;2 suspended 0/0 ;2 changed 0/0 event=changed "
     "spec.parallelism=4;2 changed 0/0 event=changed spec.parallelism=5;"},
    {"unknown events and the decision are no notes",
     {"1 event=exploded index=1 attempt=0", "2 event=end condition=Failed"},
     ""},
};

static size_t count_records(const char *const *records)
{
    size_t n = 0;
    while (n < 5 && records[n])
        n++;
    return n;
}

/* The k-th order of n things, as a text of digits. */
static void permutation(size_t n, size_t k, char *out)
{
    char left[] = "01234";
    for (size_t i = n; i > 0; i--) {
        size_t at = k % i;
        k /= i;
        *out++ = left[at];
        memmove(left + at, left + at + 1, 5 - at);
    }
    *out = '\0';
}

Test(fold_table, keeps_the_same_in_any_order_and_number)
{
    for (size_t i = 0; i < N(cases); i++) {
        size_t n = count_records(cases[i].records), orders = 1;
        for (size_t k = 2; k <= n; k++)
            orders *= k;
        for (size_t k = 0; k < orders * 2; k++) {
            struct fold_table t = {0};
            char order[6], text[2048];
            permutation(n, k % orders, order);
            for (size_t twice = 0; twice <= k / orders; twice++)
                for (const char *p = order; *p; p++)
                    add(&t, cases[i].records[*p - '0']);
            cr_assert_eq(fold_table_settle(&t), 0);
            print(&t, text);
            cr_expect_str_eq(text, cases[i].want, "%s, order %s:\n%s\n%s", cases[i].proves, order,
                             text, cases[i].want);
            fold_table_free(&t);
        }
    }
}

/* An attempt comes again long after it was put into the table. */
#define ATTEMPTS 10000u
#define RECORDS  60000u

static void add_many(struct fold_table *t, int64_t earliest[ATTEMPTS])
{
    struct journal_line line = {.event = JOURNAL_ENDED, .phase = JOURNAL_FAILED};
    for (uint32_t i = 0; i < ATTEMPTS; i++)
        earliest[i] = INT64_MAX;
    for (uint32_t i = 0; i < RECORDS; i++) {
        line.index = i * 7919 % ATTEMPTS;
        line.time_us = T0 + (int64_t)(i * UINT64_C(104729) % 60013);
        cr_assert_eq(fold_table_add(t, &line), 0);
        if (line.time_us < earliest[line.index])
            earliest[line.index] = line.time_us;
    }
}

/* Merging early keeps the table small and changes nothing. */
Test(fold_table, holds_each_attempt_once_however_often_it_comes)
{
    static const uint32_t when[] = {1, 0};
    static int64_t earliest[ATTEMPTS];
    for (size_t k = 0; k < 2; k++) {
        struct fold_table t = {.compact_at = when[k]};
        add_many(&t, earliest);
        cr_expect(when[k] ? t.attempts_cap <= 32768 : t.attempts_cap >= RECORDS, "%u",
                  t.attempts_cap);
        cr_assert_eq(fold_table_settle(&t), 0);
        cr_expect_eq(t.n_attempts, ATTEMPTS);
        for (uint32_t index = 0; index < ATTEMPTS; index++)
            cr_expect_eq(t.attempts[index].ended_us, earliest[index]);
        fold_table_free(&t);
    }
}

/* What comes soon after it was put into the table takes no place of its own. */
Test(fold_table, a_start_and_its_end_are_one_entry)
{
    struct fold_table t = {0};
    for (uint32_t i = 0; i < 1000; i++) {
        char start[64], end[64];
        snprintf(start, sizeof start, "5 event=started index=%u attempt=0", i);
        snprintf(end, sizeof end, "6 event=ended index=%u attempt=0 phase=Failed", i);
        add(&t, start);
        add(&t, end);
    }
    cr_expect_eq(t.n_attempts, 1000);
    fold_table_free(&t);
}

Test(fold_table, finds_attempts_of_a_big_table)
{
    struct fold_table t = {0};
    struct journal_line line = {.event = JOURNAL_ENDED, .phase = JOURNAL_FAILED, .time_us = T0};
    for (uint32_t i = 0; i < 20000; i++) {
        line.index = i * 7919 % 20000 / 2;
        line.attempt = i * 7919 % 20000 % 2 * 1000000;
        cr_assert_eq(fold_table_add(&t, &line), 0);
    }
    cr_assert_eq(fold_table_settle(&t), 0);
    cr_expect_eq(t.n_attempts, 20000);
    for (uint32_t i = 0; i < 20000; i++) {
        const struct fold_attempt *a = fold_table_find(&t, i / 2, i % 2 * 1000000);
        cr_expect(a && a == &t.attempts[i] && a->index == i / 2);
    }
    cr_expect_null(fold_table_find(&t, 10000, 0));
    cr_expect_null(fold_table_find(&t, 5, 1));
    fold_table_free(&t);
}

Test(fold_sort, sorts_and_keeps_the_order_of_equals)
{
    static const uint64_t masks[] = {0, 1, 0xff, 0x3ff000, 0xffffffff00000000, UINT64_MAX};
    static struct fold_item items[5000];
    uint64_t random = 88172645463325252;
    for (size_t m = 0; m < N(masks); m++) {
        for (uint32_t i = 0; i < N(items); i++) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            items[i] = fold_item(random & masks[m], i);
        }
        cr_assert_eq(fold_sort(items, N(items)), 0);
        for (size_t i = 1; i < N(items); i++) {
            uint64_t a = fold_item_key(items[i - 1]), b = fold_item_key(items[i]);
            cr_expect(a < b || (a == b && items[i - 1].ref < items[i].ref), "mask %zu", m);
        }
    }
    cr_expect_eq(fold_sort(items, 0), 0);
}

Test(fold_outcome, goes_there_and_back)
{
    char buf[JOURNAL_LINE_MAX + 1], text[JOURNAL_LINE_MAX];
    struct journal_line line;
    struct fold_outcome o = {0};
    line_make("0 " END
              "Failed containers=a:1:E,b%2C:-5,c:x init=i:0 conditions=T:False:R,U reason=z",
              buf, &line);
    size_t len = fold_outcome_text(&line, text);
    cr_assert_eq(fold_outcome_decode(&o, text, len), 0);
    const struct machine_outcome *v = &o.view;
    cr_assert(v->n_containers == 2 && v->n_init == 1 && v->n_conditions == 2);
    cr_expect(!strcmp(v->containers[0].name, "a") && v->containers[0].exit_code == 1);
    cr_expect(!strcmp(v->containers[1].name, "b,") && v->containers[1].exit_code == -5);
    cr_expect(!strcmp(v->init[0].name, "i") && v->init[0].exit_code == 0);
    cr_expect(!strcmp(v->conditions[0].type, "T") && !strcmp(v->conditions[0].status, "False"));
    cr_expect(!strcmp(v->conditions[1].type, "U") && !strcmp(v->conditions[1].status, "True"));
    struct fold_outcome_parts parts;
    fold_outcome_split(text, len, &parts);
    cr_expect(parts.reason.len == 1 && parts.reason.data[0] == 'z');
    cr_assert_eq(fold_outcome_decode(&o, "", 0), 0);
    cr_expect(o.view.n_containers + o.view.n_init + o.view.n_conditions == 0);
    fold_outcome_free(&o);
}
