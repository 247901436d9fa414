/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Indexed Jobs, backoffLimitPerIndex, successPolicy. The numbers are those of the list of scenarios
 * that was derived from the unit tests of Kubernetes' Job controller.
 */
#include "machine_script.h"

#include <criterion/criterion.h>

#define PC(p, c) "'parallelism':" #p ",'completions':" #c ",'completionMode':'Indexed'"
#define KEEP     ",'podReplacementPolicy':'Failed'"
#define DONE     "SuccessCriteriaMet:CompletionsReached,Complete:CompletionsReached"
#define END(r)   "FailureTarget:" #r ",Failed:" #r

static const struct machine_row indexed[] = {
    {"70 first indexes", PC(2, 5), ". new=0,1"},
    {"71 the lowest free ones", PC(8, 20),
     "R0 P3 S2 S4 S5 S7 S8 S9 . new=1,6,10,11,12,13 S=6 done=2,4,5,7-9"},
    {"72 recreates", PC(3, 4), "F0@-600 P1 F2@-600 . new=0,2 F=2"},
    {"73 an index twice", PC(2, 3), "S0 S1 S1.1 . S=2 done=0,1 new=2"},
    {"74 failure, then success", PC(3, 3), "S0 F1 S1.1 S2 . F=1 done=0-2 C=" DONE},
    {"75 duplicate and invalid", PC(5, 5),
     "R2 P2.1 R?.9 . deleted=2 created=0 A=1 F=0 . new=0,1,3,4"},
    {"75 the best duplicate stays", PC(1, 5), "P2 Y2.1 R2.2 . deleted=2 kill=2 A=1 ready=1"},
    {"76 indexes out of range", PC(2, 5), "R5 R7 S6 F8 . kill=5,7 F=0 S=0 done=- . new=0,1"},
    {"79 scale down", PC(4, 4),
     "S3 . done=3 S=1 {'completions':2,'parallelism':2} . done=- S=0 "
     "S1.9 . S=1 done=1"},
    {"79 scale down removes pods", PC(4, 4),
     ". new=0,1,2,3 {'completions':2,'parallelism':2} . kill=2,3 F=0 A=2 C=-"},
    {"79 scale down to what is done", PC(4, 4),
     "R2 S0 S1 . {'completions':2,'parallelism':2} . A=0 T=2 "
     "C=SuccessCriteriaMet:CompletionsReached "
     "F2 S3.4 . S=2 F=0"},
    {"scale up runs them again", PC(2, 2),
     "R0 S1 . {'completions':1,'parallelism':1} . done=- {'completions':3,'parallelism':3} . "
     "new=1,2"},
    {"80 next five", PC(8, 20), "R3 R5 R8 S2 S3.1 S4 S9 . new=0,1,6,7,10"},
    {"81 Failed: one terminates", PC(2, 5) KEEP, "R0 D0 . new=1 A=1 T=1 F0@-600 . new=0 F=1"},
    {"81 TerminatingOrFailed", PC(2, 5), "R0 D0@-600 . F=1 new=0,1 T=1"},
    {"82 Failed: surplus while terminating", PC(1, 1) KEEP,
     "R0 R0.1 R0.2 R0.3 R0.4 R0.5 D0 D0.1 D0.2 D0.3 . deleted=1 A=1 T=5 created=0 F=0"},
    {"95 order of removal: ready for a shorter time", PC(3, 3),
     "Y2 t+5 Y1 t+5 Y0 . {'parallelism':2} . kill=0 {'parallelism':1} . kill=1"},
    {"order of removal: not ready, Pending first", PC(3, 3),
     "P2 R1 Y0 . {'parallelism':2} . kill=2 {'parallelism':1} . kill=1"},
    {"order of removal: equal ones by index", PC(3, 3), ". {'parallelism':2} . kill=0"},
    {"order of removal: more restarts first", PC(3, 3) ",'restartPolicy':'OnFailure'",
     "R0 R1 R2 r1=1 . {'parallelism':2} . kill=1"},
    {"100 all succeed", PC(2, 2),
     "S0 S1 . C=" DONE " msg=Reached_expected_number_of_succeeded_pods"},
};

Test(machine_indexed, indexes)
{
    machine_rows_run(indexed);
}

#define LIMIT(n) ",'backoffLimitPerIndex':" #n
#define MAX(n)   ",'maxFailedIndexes':" #n
#define RULE(action, value)                                                                        \
    ",'podFailurePolicy':{'rules':[{'action':'" action                                             \
    "','onExitCodes':{'operator':'In','values':[" #value "]}}]}"

static const struct machine_row per_index[] = {
    {"84 limit 0", PC(2, 2) LIMIT(0), "R0 F0 R1 . bad=0 F=1 created=0 C=-"},
    {"84 limit 1: one failure", PC(1, 1) LIMIT(1), "F0@-10 . bad=- new=0 c=1"},
    {"84 limit 1: two failures", PC(2, 2) LIMIT(1), "R1 F0#1,0 . bad=0 F=1 C=-"},
    {"85 goes on", PC(2, 2) LIMIT(1), "F0#1,0 . A=1 F=1 bad=0 new=1 C=-"},
    {"86 all are done", PC(2, 2) LIMIT(1),
     "F0#1,0 S1 . F=1 S=1 bad=0 done=1 C=" END(FailedIndexes) " msg=Job_has_failed_indexes"},
    {"87 too many failed indexes", PC(4, 4) LIMIT(1) MAX(1),
     "F0#1,0 S1 F2#1,0 R3 . F=3 S=1 bad=0,2 done=1 deleted=1 "
     "C=FailureTarget:MaxFailedIndexesExceeded "
     "F3 . F=3 C=" END(MaxFailedIndexesExceeded) " msg=Job_has_exceeded_the_specified_maximal_"
                                                 "number_of_failed_indexes"},
    {"87 none allowed", PC(2, 2) LIMIT(0) MAX(0),
     "F0 R1 . F=2 C=FailureTarget:MaxFailedIndexesExceeded"},
    {"87 as many as allowed", PC(3, 3) LIMIT(0) MAX(2), "F0 F1 R2 . bad=0,1 C=-"},
    {"88 counted when replaced", PC(2, 2) LIMIT(1), "F0@-10 . F=0 A=2 new=0,1 wake=0 . F=1 A=2"},
    {"88 not while it waits", PC(1, 1) LIMIT(1),
     "F0 . F=0 A=0 create=10 . F=0 t+10 . F=0 A=1 . F=1"},
    {"88 not when the replacement could not be made", PC(1, 1) LIMIT(2),
     "F0@-10 . c=1 G* . F=0 new=0 c=1 . F=1"},
    {"89 the limit of all", PC(2, 2) LIMIT(1) ",'backoffLimit':1",
     "F0 F1 . F=2 bad=- C=" END(BackoffLimitExceeded)},
    {"89 no limit of all", PC(2, 2) LIMIT(9), "F0#5,0 F1#5,0 . C=-"},
    {"90 FailIndex", PC(2, 2) LIMIT(5) RULE("FailIndex", 3), "F0:3 R1 . bad=0 F=1 C=-"},
    {"90 another exit code", PC(2, 2) LIMIT(5) RULE("FailIndex", 3),
     "F0:4@-10 R1 . bad=- new=0 c=1"},
    {"90 Ignore", PC(1, 1) LIMIT(0) RULE("Ignore", 3), "F0:3@-10 . F=0 bad=- new=0 c=0 i=1 . F=0"},
    {"91 counts of a replacement", PC(1, 1) LIMIT(9), "F0#3,0@-900 . c=4 i=0"},
    {"91 ignored", PC(1, 1) LIMIT(9) RULE("Ignore", 3), "F0:3@-900#3,0 . c=3 i=1"},
    {"91 exponent", PC(1, 1) LIMIT(9), "F0#2,0 . create=40"},
    {"91 exponent with ignored ones", PC(1, 1) LIMIT(9), "F0#1,1 . create=40"},
    {"92 others do not wait", PC(2, 3) LIMIT(9), "S0 F1 . new=2 create=10 A=1"},
    {"92 no other index in its place", PC(2, 9) LIMIT(9), "S0 R1 F2 . created=0 create=10 A=1"},
    {"92 the shortest", PC(3, 4) LIMIT(9),
     "S0 F1#1,0 F2 F3#2,0 . created=0 create=10 t+1 . create=9 t+9 . new=2 create=10"},
    {"92 no job-wide delay", PC(3, 4) LIMIT(9), "F0 F1@-90 S2 . new=1,3 create=10"},
    {"93 counts that are no int32", PC(1, 1) LIMIT(9), "F0@-10#2147483648,0 . c=1 i=0"},
    {"93 the largest", PC(2, 2) LIMIT(9), "F0@-10#2147483647,0 R1 . bad=0"},
    {"94 the highest count is replaced", PC(1, 1) LIMIT(9), "F0@-900 F0.1@-800#1,0 . c=2"},
    {"94 in any order", PC(1, 1) LIMIT(9), "F0.1@-800#1,0 F0@-900 . c=2 . F=2"},
    {"suspension keeps failed indexes", PC(2, 2) LIMIT(0),
     "F0 R1 . bad=0 {'suspend':true} . bad=0 F=1 {'suspend':false} . new=1 bad=0"},
    {"scale-down forgets them", PC(3, 3) LIMIT(0),
     "F2 R0 R1 . bad=2 {'completions':2,'parallelism':2} . bad=- F=1"},
    {"scale-down forgets what waits", PC(3, 3) LIMIT(1),
     "F2 R0 R1 . create=10 {'completions':2,'parallelism':2} . create=- F=0"},
    {"a success elsewhere settles it", PC(1, 2) LIMIT(5), "F0 . F=0 S0.7 . F=1 done=0"},
    {"deadline counts what waits", PC(1, 1) LIMIT(5) ",'activeDeadlineSeconds':5",
     ". F* . F=0 t+5 . F=1 C=" END(DeadlineExceeded)},
    {"deleting the Job counts what waits", PC(1, 1) LIMIT(5), ". F* . F=0 X . F=1"},
};

Test(machine_indexed, backoff_limit_per_index)
{
    machine_rows_run(per_index);
}

#define SUCCESS(rules) ",'successPolicy':{'rules':[" rules "]}"
#define INDEXES(text)  "{'succeededIndexes':'" text "'}"
#define MET            "SuccessCriteriaMet:SuccessPolicy"
#define MET_AND_DONE   MET ",Complete:SuccessPolicy"
#define BOTH(text, n)  "{'succeededIndexes':'" text "','succeededCount':" #n "}"

static const struct machine_row success[] = {
    {"95 others are stopped, not counted", PC(3, 3) SUCCESS(BOTH("0,1", 1)),
     "F0@-20 R0.1 S1 R2 . S=1 F=1 T=2 A=0 deleted=2 done=1 C=" MET " msg=Matched_rules_at_index_0 "
     "F0.1 . F=1 C=" MET " S2 . S=1 C=" MET_AND_DONE " end=0"},
    {"96 the second rule", PC(1, 10) SUCCESS(INDEXES("9") "," INDEXES("4,6")),
     "S0 S1 S2 S4 S5 S6 S7 . C=" MET_AND_DONE " msg=Matched_rules_at_index_1"},
    {"96 the first rule", PC(1, 10) SUCCESS(INDEXES("0,1") "," INDEXES("5")),
     "S0 S1 S2 S4 S5 S6 S7 . msg=Matched_rules_at_index_0"},
    {"97 enough of them", PC(1, 10) SUCCESS(BOTH("3-6", 2)),
     "S0 S1 S2 S4 S5 S6 S7 . C=" MET_AND_DONE},
    {"97 too few of them", PC(1, 10) SUCCESS(BOTH("3-6", 2)), "S0 S1 S2 S6 S7 . C=-"},
    {"97 count", PC(1, 10) SUCCESS("{'succeededCount':4}"), "S0 S1 S2 . C=- S* . C=" MET_AND_DONE},
    {"97 empty", PC(1, 10) SUCCESS(BOTH("", 1)), "S0 . C=-"},
    {"97 no intervals", PC(1, 10) SUCCESS(INDEXES("invalid-form")), "S0 . C=-"},
    {"count 0 with indexes: any success", PC(1, 10) SUCCESS(BOTH("5", 0)), "S0 . C=" MET_AND_DONE},
    {"nothing has succeeded", PC(1, 10) SUCCESS("{'succeededCount':0}"), "R0 . C=-"},
    {"98 FailJob too late", PC(2, 3) SUCCESS(INDEXES("0")) RULE("FailJob", 5),
     "R1 S0 . C=" MET " F1:5 . C=" MET_AND_DONE " F=0"},
    {"98 seen with the end: counted", PC(2, 4) SUCCESS(INDEXES("0")) LIMIT(0),
     "R1 S0 . C=" MET " F2 . F=1 bad=2 F1 . F=1 C=" MET_AND_DONE},
    {"99 too late for the success policy", PC(2, 3) SUCCESS(INDEXES("1")) ",'backoffLimit':0",
     "R2 F0 . C=FailureTarget:BackoffLimitExceeded S1 . S=1 done=1 F2 . F=2 "
     "C=" END(BackoffLimitExceeded)},
    {"failures come first", PC(2, 3) SUCCESS(INDEXES("1")) ",'backoffLimit':0",
     "F0 S1 . C=" END(BackoffLimitExceeded) " done=1"},
    {"100 all succeed, no rule matches", PC(2, 2) SUCCESS(INDEXES("7")), "S0 S1 . C=" DONE},
    {"a rule that holds all", PC(2, 2) SUCCESS(INDEXES("0-1")), "S0 S1 . C=" MET_AND_DONE},
    {"rules after a scale-down", PC(4, 4) SUCCESS(INDEXES("0,3")),
     "S0 R1 . C=- {'completions':2,'parallelism':2} . C=" MET},
};

Test(machine_indexed, success_policy)
{
    machine_rows_run(success);
}
