/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A Job that gets more completions: its arrays, and what counts of indexes that were lost and came
 * back.
 */
#include "fold_rows.h"

#define SUBMITTED    "0 event=submitted job=10"
#define SCALED(t, n) #t " event=changed spec.completions=" #n " spec.parallelism=" #n
#define GROWN(t, j, b, i, l, n)                                                                    \
#t " event=grown job=" #j " ahead=" #b " indexes=" #i "-" #l " spec.completions=" #n           \
       " spec.parallelism=" #n

/* "completions: active terminating succeeded failed completed | arrays as job:first:base". */
static char *print(const struct fold *f)
{
    size_t n;
    struct strbuf out = STRBUF_INIT;
    struct machine_view v;
    const struct fold_array *arrays = fold_arrays(f, &n);
    machine_view(fold_machine(f), &v);
    strbuf_addf(&out, "%d: A%u T%u S%llu F%llu ", v.spec->completions, v.active, v.terminating,
                (unsigned long long)v.succeeded, (unsigned long long)v.failed);
    indexset_print(v.completed_indexes, &out);
    if (machine_finished(fold_machine(f)))
        strbuf_adds(&out,
                    machine_condition(fold_machine(f), MACHINE_COMPLETE) ? " Complete" : " Failed");
    strbuf_adds(&out, " |");
    for (size_t i = 0; i < n; i++)
        strbuf_addf(&out, " %u:%u:%u", arrays[i].job, arrays[i].first, arrays[i].base);
    return strbuf_steal(&out);
}

static const struct {
    const char *proves;
    const char *spec;
    const char *records[10];
    struct journal_end end; /* time_us counts from T0; 0 = no decision */
    const char *want;
} cases[] = {
    {"the new indexes are another array's, the others go on",
     INDEXED(2),
     {SUBMITTED, STARTED(1, 0, 0), STARTED(1, 1, 0), SUCCEEDED(2, 0, 0), GROWN(5, 12, 1, 2, 3, 4),
      STARTED(6, 3, 1)},
     {0},
     "4: A2 T0 S1 F0 0 | 10:0:0 12:2:1"},
    {"complete when all of them are",
     INDEXED(1),
     {SUBMITTED, STARTED(1, 0, 0), GROWN(5, 12, 1, 1, 1, 2), SUCCEEDED(6, 1, 1),
      SUCCEEDED(7, 0, 0)},
     {0},
     "2: A0 T0 S2 F0 0,1 Complete | 10:0:0 12:1:1"},
    {"several times",
     INDEXED(1),
     {SUBMITTED, GROWN(5, 12, 1, 1, 1, 2), GROWN(6, 13, 2, 2, 6, 7), SUCCEEDED(7, 6, 2)},
     {0},
     "7: A0 T0 S1 F0 6 | 10:0:0 12:1:1 13:2:2"},
    {"on a node whose clock is behind, pods of the new array come after the growth all the same",
     INDEXED(1),
     {SUBMITTED, STARTED(1, 0, 0), GROWN(5, 12, 1, 1, 2, 3), STARTED(2, 1, 1), SUCCEEDED(3, 1, 1),
      STARTED(4, 2, 1)},
     {0},
     "3: A2 T0 S1 F0 1 | 10:0:0 12:1:1"},
    {"one that comes after the end changes nothing, but its array is to be ended",
     INDEXED(1),
     {SUBMITTED, SUCCEEDED(4, 0, 0), GROWN(5, 12, 1, 1, 1, 2)},
     {0},
     "1: A0 T0 S1 F0 0 Complete | 10:0:0 12:1:1"},
    {"also where the end was made by somebody else",
     INDEXED(2),
     {SUBMITTED, GROWN(5, 12, 1, 2, 2, 3)},
     {4 * S, "Failed", "Cancelled", ""},
     "2: A0 T0 S0 F0  Failed | 10:0:0 12:2:1"},
    {"one that does not begin where the Job ends by then is none",
     INDEXED(4),
     {SUBMITTED, SCALED(4, 2), GROWN(5, 12, 1, 4, 5, 6)},
     {0},
     "2: A0 T0 S0 F0  | 10:0:0"},
    {"a completed index that was lost and comes back runs again",
     INDEXED(3),
     {SUBMITTED, SUCCEEDED(1, 2, 0), SCALED(3, 2), GROWN(5, 12, 1, 2, 2, 3), STARTED(6, 0, 0)},
     {0},
     "3: A1 T0 S0 F0  | 10:0:0 12:2:1"},
    {"so does one that has failed for good",
     INDEXED(3) ",\"backoffLimitPerIndex\":0",
     {SUBMITTED, FAILED(1, 2, 0), SCALED(3, 2), GROWN(5, 12, 1, 2, 2, 3), SUCCEEDED(6, 2, 1)},
     {0},
     "3: A0 T0 S1 F1 2 | 10:0:0 12:2:1"},
    {"the end of a pod that went with its index counts as nothing, however late it is heard of",
     INDEXED(3) ",\"backoffLimit\":0",
     {SUBMITTED, STARTED(1, 2, 0), SCALED(3, 2), GROWN(5, 12, 1, 2, 2, 3), FAILED(6, 2, 0),
      STARTED(7, 2, 1)},
     {0},
     "3: A1 T0 S0 F0  | 10:0:0 12:2:1"},
    {"nor does it when it is never heard of",
     INDEXED(3) ",\"backoffLimit\":0",
     {SUBMITTED, STARTED(1, 2, 0), SCALED(3, 2), GROWN(5, 12, 1, 2, 2, 3), STARTED(7, 2, 1)},
     {0},
     "3: A1 T0 S0 F0  | 10:0:0 12:2:1"},
    {"nor while it is",
     INDEXED(3) ",\"backoffLimit\":0",
     {SUBMITTED, STARTED(1, 2, 0), SCALED(3, 2), GROWN(5, 12, 1, 2, 2, 3)},
     {0},
     "3: A0 T0 S0 F0  | 10:0:0 12:2:1"},
    {"an array that has lost all of its indexes to another one is the Job's no more",
     INDEXED(2),
     {SUBMITTED, GROWN(1, 11, 1, 2, 5, 6), SCALED(3, 4), GROWN(4, 12, 2, 4, 4, 5), SCALED(5, 2),
      GROWN(6, 13, 3, 2, 3, 4)},
     {0},
     "4: A0 T0 S0 F0  | 10:0:0 13:2:3"},
    {"after a retry the Job is one array, of all completions; what was void before stays so",
     INDEXED(2),
     {SUBMITTED, SUCCEEDED(1, 0, 0), SUCCEEDED(2, 1, 0), SCALED(2, 1),
      "9 event=retried job=14 ahead=3"},
     {0},
     "1: A0 T0 S1 F0 0 Complete | 14:0:3"},
    {"what was void before a retry stays so",
     INDEXED(3) ",\"backoffLimit\":0",
     {SUBMITTED, SUCCEEDED(1, 2, 0), SUCCEEDED(1, 1, 0), SCALED(3, 2), GROWN(4, 12, 1, 2, 2, 3),
      FAILED(5, 2, 1), "9 event=retried job=14 ahead=3", STARTED(10, 2, 3)},
     {6 * S, "Failed", "BackoffLimitExceeded", ""},
     "3: A1 T0 S1 F0 1 | 14:0:3"},
    {"and it may grow again",
     INDEXED(2) ",\"backoffLimit\":0",
     {SUBMITTED, GROWN(1, 12, 1, 2, 2, 3), SUCCEEDED(2, 2, 1), FAILED(5, 1, 0),
      "9 event=retried job=14 ahead=3", GROWN(10, 15, 4, 3, 3, 4)},
     {6 * S, "Failed", "BackoffLimitExceeded", ""},
     "4: A0 T0 S1 F0 2 | 14:0:3 15:3:4"},
    {"without a known submission there is no array",
     INDEXED(2),
     {STARTED(1, 0, 0)},
     {0},
     "2: A1 T0 S0 F0  |"},
};

Test(fold_grow, arrays_and_counts)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cleanup_fold struct fold *f = make_fold(cases[i].spec);
        for (size_t k = 0; k < 10 && cases[i].records[k]; k++)
            add(f, cases[i].records[k]);
        struct journal_end end = cases[i].end;
        end.time_us += T0;
        if (cases[i].end.time_us)
            fold_set_end(f, &end);
        for (int again = 0; again < 2; again++) {
            cr_assert_eq(fold_run(f, T0 + 20 * S, NULL, NULL), 0);
            char *got = print(f);
            cr_expect_str_eq(got, cases[i].want, "%s: %s", cases[i].proves, got);
            free(got);
        }
    }
}

Test(fold_grow, each_index_has_its_array_and_its_numbers)
{
    cleanup_fold struct fold *f = make_fold(INDEXED(3));
    add(f, SUBMITTED);
    add(f, SUCCEEDED(1, 2, 0));
    add(f, SCALED(2, 2));
    add(f, GROWN(3, 12, 1, 2, 3, 4));
    add(f, STARTED(4, 3, 1) " ahead=1");
    cr_assert_eq(fold_run(f, T0 + 9 * S, NULL, NULL), 0);
    cr_expect_str_eq(fold_slurm_job(f), "10,12");
    cr_expect_eq(fold_array_of(f, 1)->job, 10);
    cr_expect_eq(fold_array_of(f, 2)->job, 12);
    cr_expect_eq(fold_array_of(f, 9)->job, 12);
    cr_expect_eq(fold_base_of(f, 1), 0);
    cr_expect_eq(fold_next_attempt(f, 1, 0), 0);
    cr_expect_eq(fold_next_attempt(f, 2, 0), 1);
    cr_expect_null(fold_attempt_of_run(f, 2, 0), "the one that has succeeded is of another array");
    cr_expect_eq(fold_attempt_of_run(f, 3, 0)->attempt, 1);
    cr_expect(fold_is_void(f, fold_attempt_of(f, 2, 0)));
    cr_expect_not(fold_is_void(f, fold_attempt_of(f, 3, 1)));
    cr_expect_eq(fold_last_change(f), T0 + 3 * S);
}
