/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From records to the state of a Job. That order and number of records do not matter is tested in
 * fold_property.c, what else a fold can be asked in fold_answers.c.
 */
#include "fold_rows.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

static void print_set(struct strbuf *out, const char *name, const struct indexset *set)
{
    if (!set || indexset_count(set) == 0)
        return;
    strbuf_addf(out, " %s=", name);
    indexset_print(set, out);
}

static void print_time(struct strbuf *out, const char *name, int64_t time_us)
{
    if (time_us != MACHINE_NO_TIME)
        strbuf_addf(out, " %s=%g", name, (double)(time_us - T0) / 1e6);
}

/* The state as a short text. */
static char *print(const struct fold *f)
{
    struct strbuf out = STRBUF_INIT;
    struct machine_view v;
    machine_view(fold_machine(f), &v);
    strbuf_addf(&out, "A%u T%u S%llu F%llu", v.active, v.terminating,
                (unsigned long long)v.succeeded, (unsigned long long)v.failed);
    print_set(&out, "done", v.completed_indexes);
    print_set(&out, "lost", v.failed_indexes);
    print_time(&out, "start", v.start_us);
    print_time(&out, "end", v.completion_us);
    for (size_t i = 0; i < v.n_conditions; i++)
        strbuf_addf(&out, " %s%s:%s@%g", v.conditions[i].status ? "" : "!",
                    machine_condition_name(v.conditions[i].type), v.conditions[i].reason,
                    (double)(v.conditions[i].time_us - T0) / 1e6);
    return strbuf_steal(&out);
}

static const char ignore_disruptions[] =
    INDEXED(1) ",\"podFailurePolicy\":{\"rules\":[{\"action\":\"Ignore\",\"onPodConditions\":"
               "[{\"type\":\"DisruptionTarget\"}]}]}";
static const char fail_on_3[] =
    INDEXED(2) ",\"podFailurePolicy\":{\"rules\":[{\"action\":\"FailJob\",\"onExitCodes\":"
               "{\"operator\":\"In\",\"values\":[3]}}]}";

static const struct {
    const char *proves;
    const char *spec;
    const char *records[8];
    struct journal_end end; /* time_us counts from T0; 0 = no decision */
    double now;
    const char *want;
} cases[] = {
    {"nothing has happened", INDEXED(2), {NULL}, {0}, 5, "A0 T0 S0 F0"},
    {"started attempts are active",
     INDEXED(3),
     {STARTED(1, 0, 0), STARTED(2, 1, 0), SUCCEEDED(3, 0, 0)},
     {0},
     5,
     "A1 T0 S1 F0 done=0 start=1"},
    {"ends alone count; the Job starts with its first sign of life",
     INDEXED(3),
     {SUCCEEDED(3, 2, 0), FAILED(2, 0, 0)},
     {0},
     5,
     "A0 T0 S1 F1 done=2 start=2"},
    {"complete",
     INDEXED(2),
     {STARTED(1, 0, 0), SUCCEEDED(3, 0, 0), SUCCEEDED(4, 1, 0)},
     {0},
     9,
     "A0 T0 S2 F0 done=0,1 start=1 end=4 SuccessCriteriaMet:CompletionsReached@4 "
     "Complete:CompletionsReached@4"},
    {"the limit is exceeded, others still run",
     INDEXED(3) ",\"backoffLimit\":1",
     {STARTED(1, 0, 0), STARTED(1, 1, 0), FAILED(2, 0, 0), STARTED(13, 0, 1), FAILED(14, 0, 1)},
     {0},
     20,
     "A0 T1 S0 F3 start=1 FailureTarget:BackoffLimitExceeded@14"},
    {"and have stopped",
     INDEXED(3) ",\"backoffLimit\":1",
     {STARTED(1, 0, 0), STARTED(1, 1, 0), FAILED(2, 0, 0), STARTED(13, 0, 1), FAILED(14, 0, 1),
      FAILED(16, 1, 0)},
     {0},
     20,
     "A0 T0 S0 F3 start=1 FailureTarget:BackoffLimitExceeded@14 Failed:BackoffLimitExceeded@16"},
    {"a retry forgets what failed, keeps what succeeded, and starts the clock anew",
     INDEXED(3) ",\"backoffLimit\":0",
     {STARTED(1, 0, 0), STARTED(1, 1, 0), SUCCEEDED(2, 0, 0), FAILED(3, 1, 0),
      "8 event=retried job=77 ahead=1", STARTED(9, 1, 1)},
     {4 * S, "Failed", "BackoffLimitExceeded", ""},
     10,
     "A1 T0 S1 F0 done=0 start=9"},
    {"and what fails after it counts",
     INDEXED(3) ",\"backoffLimit\":0",
     {STARTED(1, 1, 0), FAILED(3, 1, 0), "8 event=retried job=77 ahead=1", STARTED(9, 1, 1),
      FAILED(10, 1, 1)},
     {4 * S, "Failed", "BackoffLimitExceeded", ""},
     11,
     "A0 T0 S0 F1 start=9 FailureTarget:BackoffLimitExceeded@10 Failed:BackoffLimitExceeded@10"},
    {"a decision after the retry stands",
     INDEXED(2),
     {FAILED(3, 1, 0), "8 event=retried job=77 ahead=1", STARTED(9, 1, 1), FAILED(10, 1, 1)},
     {12 * S, "Failed", "Cancelled", "by hand"},
     13,
     "A0 T0 S0 F1 start=9 FailureTarget:Cancelled@12 Failed:Cancelled@12"},
    {"indexes that are not retried with the others leave the Job failed in the end",
     INDEXED(3),
     {SUCCEEDED(1, 0, 0), FAILED(2, 1, 0), FAILED(3, 2, 0),
      "8 event=retried job=77 ahead=1 indexes=2", STARTED(9, 2, 1), SUCCEEDED(10, 2, 1)},
     {4 * S, "Failed", "BackoffLimitExceeded", ""},
     11,
     "A0 T0 S2 F0 done=0,2 start=9 FailureTarget:FailedIndexes@10 Failed:FailedIndexes@10"},
    {"of two retries the last one counts, and names what runs",
     INDEXED(3) ",\"backoffLimitPerIndex\":0",
     {FAILED(1, 0, 0), FAILED(2, 1, 0), SUCCEEDED(3, 2, 0),
      "8 event=retried job=77 ahead=1 indexes=0", SUCCEEDED(9, 0, 1),
      "12 event=retried job=78 ahead=2 indexes=1", SUCCEEDED(13, 1, 2)},
     {10 * S, "Failed", "FailedIndexes", ""},
     20,
     "A0 T0 S3 F0 done=0-2 start=13 end=13 SuccessCriteriaMet:CompletionsReached@13 "
     "Complete:CompletionsReached@13"},
    {"a work queue that is retried waits for its tasks again",
     "\"parallelism\":2",
     {STARTED(1, 0, 0), STARTED(1, 1, 0), FAILED(2, 0, 0), FAILED(2, 1, 0),
      "8 event=retried job=77 ahead=1", STARTED(9, 0, 1), STARTED(9, 1, 1), SUCCEEDED(10, 0, 1)},
     {4 * S, "Failed", "BackoffLimitExceeded", ""},
     11,
     "A1 T0 S1 F0 start=9"},
    {"changes of before hold",
     INDEXED(3) ",\"backoffLimit\":0",
     {"1 event=changed spec.completions=2 spec.parallelism=2", SUCCEEDED(2, 0, 0), FAILED(3, 1, 0),
      "8 event=retried job=77 ahead=1", SUCCEEDED(10, 1, 1)},
     {4 * S, "Failed", "BackoffLimitExceeded", ""},
     11,
     "A0 T0 S2 F0 done=0,1 start=10 end=10 SuccessCriteriaMet:CompletionsReached@10 "
     "Complete:CompletionsReached@10"},
    {"on a node whose clock is behind, pods of the new array come after the retry all the same",
     "\"completions\":2,\"parallelism\":2,\"backoffLimit\":0",
     {SUCCEEDED(1, 0, 0), FAILED(2, 1, 0), "8 event=retried job=77 ahead=1", STARTED(6, 1, 1),
      SUCCEEDED(7, 1, 1)},
     {4 * S, "Failed", "BackoffLimitExceeded", ""},
     9,
     "A0 T0 S2 F0 start=8 end=8 SuccessCriteriaMet:CompletionsReached@8 "
     "Complete:CompletionsReached@8"},
    {"a work queue likewise, which is not complete while one of them runs",
     "\"parallelism\":2,\"backoffLimit\":0",
     {FAILED(2, 0, 0), "8 event=retried job=77 ahead=1", STARTED(4, 0, 1), STARTED(5, 1, 1),
      SUCCEEDED(6, 0, 1)},
     {4 * S, "Failed", "BackoffLimitExceeded", ""},
     9,
     "A1 T0 S1 F0 start=8"},
    {"and so do deletions of them",
     INDEXED(1) ",\"backoffLimit\":1",
     {FAILED(1, 0, 0), FAILED(2, 0, 1), "8 event=retried job=77 ahead=2", STARTED(4, 0, 2),
      "5 event=deleted index=0 attempt=2"},
     {3 * S, "Failed", "BackoffLimitExceeded", ""},
     9,
     "A0 T1 S0 F1 start=8"},
    {"another array after a change of the template: what failed stays counted",
     INDEXED(2) ",\"backoffLimit\":1",
     {STARTED(1, 0, 0), FAILED(2, 0, 0), "3 event=suspended", "5 event=renewed job=77 ahead=1",
      "6 event=resumed", STARTED(7, 0, 1)},
     {0},
     9,
     "A1 T0 S0 F1 start=6 !Suspended:JobResumed@6"},
    {"and the limit is that of all arrays",
     INDEXED(2) ",\"backoffLimit\":1",
     {STARTED(1, 0, 0), FAILED(2, 0, 0), "3 event=suspended", "5 event=renewed job=77 ahead=1",
      "6 event=resumed", STARTED(7, 1, 1), FAILED(8, 1, 1)},
     {0},
     9,
     "A0 T0 S0 F2 start=6 !Suspended:JobResumed@6 FailureTarget:BackoffLimitExceeded@8 "
     "Failed:BackoffLimitExceeded@8"},
    {"indexes that have failed or succeeded stay so",
     INDEXED(3) ",\"backoffLimitPerIndex\":0",
     {FAILED(1, 0, 0), SUCCEEDED(2, 1, 0), "3 event=suspended", "5 event=renewed job=77 ahead=1",
      "6 event=resumed", SUCCEEDED(8, 2, 1)},
     {0},
     9,
     "A0 T0 S2 F1 done=1,2 lost=0 start=6 !Suspended:JobResumed@6 FailureTarget:FailedIndexes@8 "
     "Failed:FailedIndexes@8"},
    {"an attempt of an earlier array that never closed is over, and counts as nothing",
     INDEXED(2),
     {STARTED(1, 0, 0), STARTED(1, 1, 0), "3 event=suspended", "5 event=renewed job=77 ahead=1",
      "6 event=resumed", STARTED(7, 1, 1)},
     {0},
     9,
     "A1 T0 S0 F0 start=6 !Suspended:JobResumed@6"},
    {"a retry after it forgets what failed in both arrays",
     INDEXED(2) ",\"backoffLimit\":0",
     {SUCCEEDED(1, 0, 0), "3 event=suspended", "4 event=renewed job=77 ahead=1", "5 event=resumed",
      FAILED(6, 1, 1), "10 event=retried job=78 ahead=2", STARTED(11, 1, 2)},
     {7 * S, "Failed", "BackoffLimitExceeded", ""},
     12,
     "A1 T0 S1 F0 done=0 start=11"},
    {"what failed before an earlier retry stays forgotten",
     INDEXED(2) ",\"backoffLimit\":1",
     {FAILED(1, 1, 0), "3 event=retried job=77 ahead=1", FAILED(4, 1, 1), "5 event=suspended",
      "6 event=renewed job=78 ahead=2", "7 event=resumed", STARTED(8, 1, 2)},
     {2 * S, "Failed", "BackoffLimitExceeded", ""},
     9,
     "A1 T0 S0 F1 start=7 !Suspended:JobResumed@7"},
    {"a work queue whose second task waited while it was suspended",
     "\"parallelism\":2",
     {STARTED(1, 0, 0), "3 event=suspended", FAILED(4, 0, 0), "5 event=renewed job=77 ahead=1",
      "6 event=resumed", STARTED(7, 0, 1), STARTED(8, 1, 1), FAILED(9, 1, 1)},
     {0},
     10,
     "A1 T0 S0 F1 start=6 !Suspended:JobResumed@6"},
    {"a retry forgets the clock of before, also after a suspension",
     INDEXED(1) ",\"activeDeadlineSeconds\":10,\"backoffLimit\":0",
     {"1 event=suspended", "2 event=resumed", FAILED(6, 0, 0), "30 event=retried job=78 ahead=1",
      STARTED(31, 0, 1)},
     {7 * S, "Failed", "BackoffLimitExceeded", ""},
     35,
     "A1 T0 S0 F0 start=31"},
    {"a task of a work queue that waited while it was suspended is a pod like others",
     "\"parallelism\":2",
     {STARTED(1, 0, 0), "3 event=suspended", FAILED(4, 0, 0), "6 event=resumed", STARTED(7, 0, 1),
      STARTED(8, 1, 0), FAILED(9, 1, 0)},
     {0},
     10,
     "A1 T0 S0 F1 start=6 !Suspended:JobResumed@6"},
    {"a decision of somebody else is the one, and has its time",
     INDEXED(2),
     {STARTED(1, 0, 0), FAILED(2, 0, 0)},
     {3 * S, "Failed", "DeadlineExceeded", "late"},
     9,
     "A0 T0 S0 F1 start=1 FailureTarget:DeadlineExceeded@3 Failed:DeadlineExceeded@3"},
    {"also where the records say something else",
     INDEXED(1),
     {STARTED(1, 0, 0), SUCCEEDED(2, 0, 0)},
     {3 * S, "Failed", "DeadlineExceeded", "late"},
     9,
     "A0 T0 S1 F0 done=0 start=1 FailureTarget:DeadlineExceeded@3 Failed:DeadlineExceeded@3"},
    {"also where a clock dates records later than the decision",
     INDEXED(1),
     {STARTED(1, 0, 0), SUCCEEDED(7, 0, 0)},
     {3 * S, "Complete", "CompletionsReached", "x"},
     9,
     "A0 T0 S0 F0 start=1 end=7 SuccessCriteriaMet:CompletionsReached@3 "
     "Complete:CompletionsReached@7"},
    {"the deadline passes while nothing happens",
     INDEXED(2) ",\"activeDeadlineSeconds\":10",
     {STARTED(1, 0, 0)},
     {0},
     12,
     "A0 T1 S0 F1 start=1 FailureTarget:DeadlineExceeded@11"},
    {"an attempt that never closed is active",
     INDEXED(1),
     {STARTED(1, 0, 0)},
     {0},
     99,
     "A1 T0 S0 F0 start=1"},
    {"until the next one of its index starts: then it failed",
     INDEXED(1),
     {STARTED(1, 0, 0), STARTED(5, 0, 1)},
     {0},
     9,
     "A1 T0 S0 F1 start=1"},
    {"as a disruption, which a policy may ignore",
     ignore_disruptions,
     {STARTED(1, 0, 0), STARTED(5, 0, 1)},
     {0},
     9,
     "A1 T0 S0 F0 start=1"},
    {"its own late report counts instead",
     ignore_disruptions,
     {STARTED(1, 0, 0), DISRUPTED(5, 0, 0), STARTED(5, 0, 1), FAILED(7, 0, 0)},
     {0},
     9,
     "A1 T0 S0 F1 start=1"},
    {"a rule that fails the Job",
     fail_on_3,
     {STARTED(1, 0, 0), "2 event=ended index=0 attempt=0 phase=Failed containers=main:3:Error"},
     {0},
     9,
     "A0 T0 S0 F1 start=1 FailureTarget:PodFailurePolicy@2 Failed:PodFailurePolicy@2"},
    {"failures per index go on through attempts whose starts are not recorded",
     INDEXED(2) ",\"backoffLimitPerIndex\":1,\"backoffLimit\":2147483647",
     {FAILED(1, 0, 0), FAILED(20, 0, 1), SUCCEEDED(21, 1, 0)},
     {0},
     30,
     "A0 T0 S1 F2 done=1 lost=0 start=1 FailureTarget:FailedIndexes@21 Failed:FailedIndexes@21"},
    {"and where clocks make attempts overlap",
     INDEXED(2) ",\"backoffLimitPerIndex\":1,\"backoffLimit\":2147483647",
     {STARTED(1, 0, 0), FAILED(9, 0, 0), STARTED(5, 0, 1), FAILED(20, 0, 1)},
     {0},
     30,
     "A0 T0 S0 F2 lost=0 start=1"},
    {"restarts in place count against the limit",
     "\"restartPolicy\":\"OnFailure\",\"backoffLimit\":2," INDEXED(2),
     {STARTED(1, 0, 0), STARTED(1, 1, 0), "2 event=restarted index=0 attempt=0 restarts=1",
      "3 event=restarted index=1 attempt=0 restarts=1"},
     {0},
     9,
     "A0 T2 S0 F2 start=1 FailureTarget:BackoffLimitExceeded@3"},
    {"suspended: the clock stops, what runs is stopped",
     INDEXED(2),
     {STARTED(1, 0, 0), "2 event=suspended", FAILED(3, 0, 0)},
     {0},
     9,
     "A0 T0 S0 F0 Suspended:JobSuspended@2"},
    {"created suspended",
     "\"suspend\":true," INDEXED(2),
     {"7 event=submitted job=77"},
     {0},
     9,
     "A0 T0 S0 F0 Suspended:JobSuspended@0"},
    {"created suspended, then resumed",
     "\"suspend\":true," INDEXED(2),
     {"7 event=resumed", STARTED(8, 0, 0)},
     {0},
     9,
     "A1 T0 S0 F0 start=7 !Suspended:JobResumed@7"},
    {"resumed",
     INDEXED(2),
     {STARTED(1, 0, 0), "2 event=suspended", FAILED(3, 0, 0), "5 event=resumed"},
     {0},
     9,
     "A0 T0 S0 F0 start=5 !Suspended:JobResumed@5"},
    {"a limit that is raised in time",
     INDEXED(2) ",\"backoffLimit\":0",
     {"1 event=changed spec.backoffLimit=1", FAILED(2, 0, 0)},
     {0},
     9,
     "A0 T0 S0 F1 start=2"},
    {"a deadline that comes too late for what has passed",
     INDEXED(2),
     {STARTED(1, 0, 0), "20 event=changed spec.activeDeadlineSeconds=5"},
     {0},
     30,
     "A0 T1 S0 F1 start=1 FailureTarget:DeadlineExceeded@20"},
    {"a deadline that is raised after it has passed",
     INDEXED(2) ",\"activeDeadlineSeconds\":5",
     {STARTED(1, 0, 0), "20 event=changed spec.activeDeadlineSeconds=50"},
     {0},
     30,
     "A0 T1 S0 F1 start=1 FailureTarget:DeadlineExceeded@6"},
    {"what starts after the Job has ended is not active",
     INDEXED(2),
     {FAILED(1, 0, 0), STARTED(9, 0, 1), STARTED(9, 1, 0)},
     {3 * S, "Failed", "BackoffLimitExceeded", "x"},
     30,
     "A0 T0 S0 F1 start=1 FailureTarget:BackoffLimitExceeded@3 Failed:BackoffLimitExceeded@3"},
    {"fewer completions",
     INDEXED(3),
     {SUCCEEDED(1, 2, 0), SUCCEEDED(2, 0, 0),
      "3 event=changed spec.completions=1 spec.parallelism=1"},
     {0},
     9,
     "A0 T0 S1 F0 done=0 start=1 end=3 SuccessCriteriaMet:CompletionsReached@3 "
     "Complete:CompletionsReached@3"},
    {"a deleted pod counts once",
     INDEXED(2),
     {STARTED(1, 0, 0), "2 event=deleted index=0 attempt=0", FAILED(3, 0, 0)},
     {0},
     9,
     "A0 T0 S0 F1 start=1"},
    {"indexes beyond completions count as nothing",
     INDEXED(2),
     {SUCCEEDED(1, 7, 0), FAILED(1, 2147483646, 0)},
     {0},
     9,
     "A0 T0 S0 F0 start=1"},
    {"a work queue",
     "\"parallelism\":2",
     {STARTED(1, 0, 0), STARTED(1, 1, 0), SUCCEEDED(2, 0, 0), SUCCEEDED(3, 1, 0)},
     {0},
     9,
     "A0 T0 S2 F0 start=1 end=3 SuccessCriteriaMet:CompletionsReached@3 "
     "Complete:CompletionsReached@3"},
};

Test(fold, folds)
{
    for (size_t i = 0; i < N(cases); i++) {
        cleanup_fold struct fold *f = make_fold(cases[i].spec);
        struct journal_end end = cases[i].end;
        struct error err;
        for (size_t k = 0; k < 8 && cases[i].records[k]; k++)
            add(f, cases[i].records[k]);
        end.time_us += T0;
        if (end.time_us != T0)
            fold_set_end(f, &end);
        for (int again = 0; again < 2; again++) {
            cr_assert_eq(fold_run(f, T0 + (int64_t)(cases[i].now * 1e6), NULL, &err), 0, "%s",
                         err.text);
            cleanup_free char *text = print(f);
            cr_expect_str_eq(text, cases[i].want, "%s:\n%s\n%s", cases[i].proves, text,
                             cases[i].want);
        }
    }
}

/* The tasks of a work queue are its pods from the beginning. */
Test(fold, a_work_queue_waits_for_its_tasks)
{
    static const struct {
        const char *proves;
        const char *records[4];
        bool second_waits; /* Slurm says so */
        const char *want;
    } rows[] = {
        {"its second task waits in Slurm",
         {STARTED(1, 0, 0), SUCCEEDED(2, 0, 0)},
         true,
         "A1 T0 S1 F0 start=1"},
        {"nobody knows of a second task",
         {STARTED(1, 0, 0), SUCCEEDED(2, 0, 0)},
         false,
         "A0 T0 S1 F0 start=1 end=2 SuccessCriteriaMet:CompletionsReached@2 "
         "Complete:CompletionsReached@2"},
        {"its second task starts after the first success",
         {STARTED(1, 0, 0), SUCCEEDED(2, 0, 0), STARTED(3, 1, 0)},
         false,
         "A1 T0 S1 F0 start=1"},
        {"and ends",
         {STARTED(1, 0, 0), SUCCEEDED(2, 0, 0), STARTED(3, 1, 0), SUCCEEDED(4, 1, 0)},
         false,
         "A0 T0 S2 F0 start=1 end=4 SuccessCriteriaMet:CompletionsReached@4 "
         "Complete:CompletionsReached@4"},
    };
    for (size_t i = 0; i < N(rows); i++) {
        cleanup_fold struct fold *f = make_fold("\"parallelism\":2");
        for (size_t k = 0; k < 4 && rows[i].records[k]; k++)
            add(f, rows[i].records[k]);
        if (rows[i].second_waits)
            cr_assert_eq(fold_live(f, 1, 0, FOLD_PENDING), 0);
        cr_assert_eq(fold_run(f, T0 + 9 * S, NULL, NULL), 0);
        cleanup_free char *text = print(f);
        cr_expect_str_eq(text, rows[i].want, "%s: %s", rows[i].proves, text);
    }
}

Test(fold, hears_what_slurm_says)
{
    static const struct {
        const char *proves;
        uint32_t index;
        enum fold_liveness liveness;
        const char *want;
    } hints[] = {
        {"a running attempt that is gone", 0, FOLD_GONE, "A0 T0 S0 F1 start=1"},
        {"a running attempt that runs", 0, FOLD_RUNNING, "A1 T0 S0 F1 start=1"},
        {"an attempt that ended stays ended", 1, FOLD_RUNNING, "A1 T0 S0 F1 start=1"},
        {"a queued attempt", 2, FOLD_PENDING, "A2 T0 S0 F1 start=1"},
        {"a running attempt whose start is not recorded", 2, FOLD_RUNNING, "A2 T0 S0 F1 start=1"},
        {"an attempt that nobody knows", 2, FOLD_GONE, "A1 T0 S0 F1 start=1"},
    };
    for (size_t i = 0; i < N(hints); i++) {
        cleanup_fold struct fold *f = make_fold(INDEXED(3));
        add(f, STARTED(1, 0, 0));
        add(f, FAILED(2, 1, 0));
        cr_assert_eq(fold_live(f, hints[i].index, 0, hints[i].liveness), 0);
        cr_assert_eq(fold_run(f, T0 + 4 * S, NULL, NULL), 0);
        cleanup_free char *text = print(f);
        cr_expect_str_eq(text, hints[i].want, "%s: %s", hints[i].proves, text);
    }
}

Test(fold, starts_at_submission_when_told)
{
    cleanup_json json_t *job = json_loads(
        "{\"metadata\":{\"name\":\"pi\"},\"spec\":{\"completions\":1,\"template\":{}}}", 0, NULL);
    for (int at_submission = 0; at_submission < 2; at_submission++) {
        const struct fold_config config = {.start_at_submission = at_submission};
        cleanup_fold struct fold *f = NULL;
        struct machine_view view;
        cr_assert_eq(fold_new(job, &config, &f, NULL), 0);
        add(f, "1 event=submitted job=77");
        add(f, STARTED(5, 0, 0));
        cr_assert_eq(fold_run(f, T0 + 10 * S, NULL, NULL), 0);
        machine_view(fold_machine(f), &view);
        cr_expect_eq(view.start_us, T0 + (at_submission ? 1 : 5) * S);
    }
}
