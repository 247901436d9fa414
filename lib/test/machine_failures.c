/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Failures, back-off, restarts in place, podFailurePolicy. The numbers are those of the list of
 * scenarios that was derived from the unit tests of Kubernetes' Job controller.
 */
#include "machine_script.h"

#include "machine_backoff.h"

#include <criterion/criterion.h>

#define PC(p, c) "'parallelism':" #p ",'completions':" #c
#define BL(n)    ",'backoffLimit':" #n
#define EXCEEDED "FailureTarget:BackoffLimitExceeded,Failed:BackoffLimitExceeded"
#define TARGET   "FailureTarget:BackoffLimitExceeded"
#define KEEP     ",'podReplacementPolicy':'Failed'"
#define INDEXED  ",'completionMode':'Indexed'"

static const struct machine_row failures[] = {
    {"21 replaced", PC(2, 5) BL(6), "R0@-900 F1@-600 . created=1 A=2 F=1"},
    {"22 limit 0, no failure", PC(1, 1) BL(0), "R0 . A=1 F=0 C=-"},
    {"23 limit 1, one failure", PC(1, 1) BL(1), "F0@-600 . created=1 F=1 C=-"},
    {"24 limit 1, two failures", PC(1, 1) BL(1),
     "F0 F1 . F=2 created=0 C=" EXCEEDED " msg=Job_has_reached_the_specified_backoff_limit"},
    {"25 as many as the limit", PC(2, 2) BL(6),
     "F0 F1 F2 F3 F4 F5 R6 . F=6 C=- t+600 . A=2 created=1"},
    {"26 one more", PC(2, 2) BL(6), "F0 F1 F2 F3 F4 F5 F6 . F=7 C=" EXCEEDED},
    {"27 the others are killed and count", PC(2, 3) BL(0),
     "Y0 Y1 F2 . deleted=2 F=3 A=0 ready=0 T=2 C=" TARGET " F0 . F=3 T=1 C=" TARGET
     " S1 . F=3 S=0 T=0 C=" EXCEEDED},
    {"28 unsettled: counted, not decided", PC(2, 3) BL(0), "Y0 Y1 F2 .u F=1 C=- . F=3 C=" TARGET},
    {"29 Indexed", PC(2, 3) BL(0) INDEXED,
     "S0 F1 R2 . S=1 F=2 done=0 deleted=1 C=" TARGET " F2 . C=" EXCEEDED},
    {"30 a success after the failure resets", PC(1, 3), "F0@-0.002 S1@-0.001 . created=1 n=0"},
    {"31 waits", PC(1, 1), "F0 . created=0 A=0 create=10 wake=10 F=1 t+10 . created=1"},
    {"32 no failures since", PC(1, 3), "F0 . n=1 S1 . n=0 created=1"},
    {"34 one more", PC(9, 9), "F0 F1 . n=2 F2 . n=3"},
    {"34 success last", PC(9, 9), "F0@-0.002 F1@-0.001 S2 . n=0"},
    {"34 success in the middle", PC(9, 9), "F0@-4 F1@-3 S2@-2 F3@-1 F4 . n=2 F=4"},
    {"34 success at the same instant", PC(9, 9), "F0@-1 S1@-1 . n=0"},
    {"35 deleted: from the deletion on", PC(1, 1), ". t+5 D* . F=1 T=1 create=10"},
    {"36 deleted, then succeeds", PC(1, 2), "R0 D0 . F=1 t+600 S0 . F=1 S=0"},
    {"37 TerminatingOrFailed: at once", PC(1, 1), "P0@-9 D0@-600 . F=1 T=1"},
    {"37 replaced at once after the back-off", PC(1, 1), "R0 D0 . F=1 T=1 t+10 . created=1 T=1"},
    {"37 Failed: when it has ended", PC(1, 1) KEEP,
     "R0 D0 . F=0 T=1 created=0 t+60 . F=0 F0@-600 . F=1 T=0 created=1"},
    {"37 Failed: a success after all", PC(1, 1) KEEP, "R0 D0 . S0 . S=1 F=0"},
    {"deleted pods, policy changed", PC(1, 2) KEEP,
     "R0 D0 . F=0 {'podReplacementPolicy':'TerminatingOrFailed'} . F=1 S0 . F=1 S=0"},
    {"delays", PC(1, 1) BL(99),
     ". F* . create=10 t+10 . F* . create=20 t+20 . F* . create=40 t+40 . F* . create=80 t+80 . "
     "F* . create=160 t+160 . F* . create=320 t+320 . F* . create=360 t+360 . F* . create=360"},
    {"three at once", PC(3, 3), ". F0 F1 F2 . n=3 create=40 A=0 F=3"},
    {"while it waits, no pod at all", PC(3, 9), ". F0 . A=2 created=0 t+5 S1 . created=2 A=3 n=0"},
    {"limit is for life", PC(1, 9) BL(1), ". F* . t+10 . S* . F* . F=2 S=1 C=" EXCEEDED},
    {"limit lowered", PC(1, 1) BL(5), "F0 F1 . C=- {'backoffLimit':1} . C=" EXCEEDED},
    {"restart record ignores nothing", PC(2, 2), "F0@-30 F1@-20 . create=- n=2 created=2"},
};

Test(machine_failures, backoff_limit)
{
    machine_rows_run(failures);
}

/* 33 */
Test(machine_failures, formula)
{
    static const struct {
        int64_t base, cap;
        uint64_t failures;
        int64_t delay;
    } rows[] = {
        {5, 700, 0, 0},
        {5, 700, 1, 5},
        {5, 700, 3, 20},
        {5, 700, 8, 640},
        {5, 700, 9, 700},
        {10, 360, 6, 320},
        {10, 360, 7, 360},
        {10, 600, 7, 600},
        {10, 3, 1, 3},
        {0, 360, 5, 0},
        {10, 360, UINT64_MAX, 360},
        {INT64_MAX / 2 + 1, INT64_MAX, 9, INT64_MAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(backoff_delay(rows[i].base, rows[i].cap, rows[i].failures), rows[i].delay,
                     "row %zu", i);
}

#define ONFAILURE ",'restartPolicy':'OnFailure'"

static const struct machine_row restarts[] = {
    {"40 limit 0, no restart", PC(1, 1) BL(0) ONFAILURE, "R0 . A=1 C=-"},
    {"40 limit 0, one restart", PC(1, 1) BL(0) ONFAILURE, "R0 r0=1 . F=1 C=" TARGET},
    {"41 limit 1, no restart", PC(1, 1) BL(1) ONFAILURE, "R0 . A=1 C=-"},
    {"41 limit 1, one restart", PC(1, 1) BL(1) ONFAILURE,
     "R0 r0=1 . deleted=1 F=1 C=" TARGET " F0 . C=" EXCEEDED},
    {"41 while Pending", PC(1, 1) BL(1) ONFAILURE, "P0 r0=1 . deleted=1 F=1"},
    {"42 restarts of one pod", PC(1, 5) BL(2) ONFAILURE, "R0 r0=1 . C=- r0=2 . F=1 C=" TARGET},
    {"43 sum of two pods", PC(2, 5) BL(2) ONFAILURE, "R0 R1 r0=1 r1=1 . F=2 C=" TARGET},
    {"44 below the limit", PC(2, 5) BL(3) ONFAILURE, "R0 R1 r0=1 r1=1 . A=2 C=-"},
    {"restarts of pods that have ended", PC(2, 5) BL(2) ONFAILURE,
     "R0 R1 r0=1 S0 . S=1 r1=1 . C=- A=2"},
    {"restarts under Never", PC(1, 1) BL(1), "R0 r0=9 . A=1 C=-"},
    {"failed pods count as well", PC(1, 1) BL(1) ONFAILURE, "F0 F1 . F=2 C=" EXCEEDED},
};

Test(machine_failures, restarts_in_place)
{
    machine_rows_run(restarts);
}

#define POLICY(rules) ",'podFailurePolicy':{'rules':[" rules "]}"
#define CODES(action, op, values)                                                                  \
    "{'action':'" action "','onExitCodes':{'operator':'" op "','values':[" values "]}}"
#define MAIN_CODES(action, op, values)                                                             \
    "{'action':'" action "','onExitCodes':{'containerName':'main','operator':'" op                 \
    "','values':[" values "]}}"
#define CONDITION(action, status)                                                                  \
    "{'action':'" action "','onPodConditions':[{'type':'DisruptionTarget'" status "}]}"
#define AB         CODES("Ignore", "In", "1,2,3") "," CODES("FailJob", "In", "5,6,7")
#define POLICY_END "FailureTarget:PodFailurePolicy,Failed:PodFailurePolicy"

static const struct machine_row policy[] = {
    {"53 FailJob", PC(1, 1) INDEXED POLICY(AB),
     "R0 F0:5 . F=1 C=" POLICY_END " msg=Container_main_for_pod_default/mypod-0_failed_with_exit_"
     "code_5_matching_FailJob_rule_at_index_1"},
    {"54 not failed yet", PC(1, 1) POLICY(AB), "R0 . A=1 C=-"},
    {"55 others are killed", PC(2, 5) INDEXED POLICY(AB),
     "R0 F1:5 . F=2 deleted=1 C=FailureTarget:PodFailurePolicy F0:143 . F=2 C=" POLICY_END},
    {"56 the first rule wins", PC(1, 1) POLICY(AB),
     "F0:main=2,side=6@-9 . F=0 C=- t+10 . created=1"},
    {"57 another container", PC(1, 1) POLICY(MAIN_CODES("FailJob", "In", "5,6,7")),
     "F0:main=42,side=5 . F=1 C=-"},
    {"58 NotIn", PC(1, 1) POLICY(CODES("FailJob", "NotIn", "5,6,7")),
     "F0:5 . F=1 C=- F1:42 . C=" POLICY_END},
    {"59 zeros are not looked at", PC(1, 1) POLICY(CODES("FailJob", "NotIn", "111")),
     "F0:main=0,side=111 . F=1 C=-"},
    {"60 NotIn 0", PC(1, 1) POLICY(CODES("FailJob", "NotIn", "0")),
     "F0:main=0,side=1 . C=" POLICY_END
     " msg=Container_side_for_pod_default/mypod_failed_with_exit_code_1_matching_FailJob_rule_at_"
     "index_0"},
    {"61 init container", PC(1, 1) INDEXED POLICY(AB),
     "F0:init/prep=5,main=143 . msg=Container_prep_for_pod_default/mypod-0_failed_with_exit_code_5_"
     "matching_FailJob_rule_at_index_1"},
    {"61 containers come before init containers", PC(1, 1) INDEXED POLICY(AB),
     "F0:init/prep=5,main=6 . msg=Container_main_for_pod_default/mypod-0_failed_with_exit_code_6_"
     "matching_FailJob_rule_at_index_1"},
    {"62 limit 0, ignored", PC(1, 1) BL(0) POLICY(AB), "F0:1 . F=0 C=- t+10 . created=1"},
    {"62 limit 0, no rule", PC(1, 1) BL(0) POLICY(AB), "F0:10 . F=1 C=" EXCEEDED},
    {"63 Count before Ignore",
     PC(1, 1) POLICY(CODES("Count", "In", "1,2") "," CODES("Ignore", "In", "2,3")),
     "F0:2 . F=1 C=-"},
    {"64 condition", PC(1, 1) POLICY(CONDITION("Ignore", "")),
     "F0:main=143,cond/DisruptionTarget=True . F=0 t+10 . created=1"},
    {"64 condition is False", PC(1, 1) POLICY(CONDITION("Ignore", "")),
     "F0:main=143,cond/DisruptionTarget=False . F=1"},
    {"64 pattern False", PC(1, 1) POLICY(CONDITION("Ignore", ",'status':'False'")),
     "F0:cond/DisruptionTarget=False . F=0 F1:cond/DisruptionTarget=True . F=1 "
     "F2:cond/DisruptionTarget=Unknown . F=2"},
    {"64 pattern Unknown", PC(1, 1) POLICY(CONDITION("Ignore", ",'status':'Unknown'")),
     "F0:cond/DisruptionTarget=Unknown . F=0"},
    {"65 ignored, but it waits", PC(1, 1) POLICY(AB), "R0 F0:1 . F=0 created=0 A=0 create=10 n=1"},
    {"66 FailJob on a condition", PC(1, 1) INDEXED POLICY(CONDITION("FailJob", "")),
     "F0:main=143,cond/DisruptionTarget=True . C=" POLICY_END " msg=Pod_default/mypod-0_has_"
     "condition_DisruptionTarget_matching_FailJob_rule_at_index_0"},
    {"67 terminating is not failed", PC(1, 1) POLICY(AB),
     "R0 D0 . F=0 T=1 created=0 C=- F0:5 . C=" POLICY_END},
    {"68 unknown action",
     PC(1, 1) POLICY(CODES("Explode", "In", "5") "," CODES("Ignore", "In", "5")), "F0:5 . F=0"},
    {"68 unknown operator",
     PC(1, 1) POLICY(CODES("FailJob", "About", "5") "," CODES("Ignore", "In", "5")),
     "F0:5 . F=0 C=-"},
    {"68 negative exit code", PC(1, 1) POLICY(CODES("FailJob", "In", "-1073741510")),
     "F0:-1073741510 . C=" POLICY_END},
    {"69 the message stays", PC(2, 2) INDEXED POLICY(AB),
     "R0 F1:7 . C=FailureTarget:PodFailurePolicy F0:6 . C=" POLICY_END
     " msg=Container_main_for_pod_"
     "default/mypod-1_failed_with_exit_code_7_matching_FailJob_rule_at_index_1"},
    {"FailJob comes before the limit", PC(1, 1) BL(0) POLICY(AB), "F0:9 F1:5 . C=" POLICY_END},
    {"FailIndex without a limit per index counts", PC(1, 1) POLICY(CODES("FailIndex", "In", "3")),
     "F0:3 . F=1 C=-"},
    {"no rules: count, and replace when failed", PC(1, 1) POLICY(""), "R0 D0 . F=0 T=1 created=0"},
    {"killed while disrupted and ignored", PC(2, 2) BL(0) POLICY(CONDITION("Ignore", "")),
     "R0 R1 D0:cond/DisruptionTarget=True F1:9 . F=1 C=" TARGET " F0:143 . F=1 C=" EXCEEDED},
};

Test(machine_failures, pod_failure_policy)
{
    machine_rows_run(policy);
}
