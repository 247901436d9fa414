/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Creating, scaling, completing; deadlines; suspension and the rest. The numbers are those of the
 * list of scenarios that was derived from the unit tests of Kubernetes' Job controller.
 */
#include "machine_script.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define P(p)     "'parallelism':" #p
#define PC(p, c) "'parallelism':" #p ",'completions':" #c
#define INDEXED  ",'completionMode':'Indexed'"
#define DONE     "SuccessCriteriaMet:CompletionsReached,Complete:CompletionsReached"

static const struct machine_row creating[] = {
    {"1 first pass", PC(2, 5), ". A=2 created=2 ready=0 S=0 F=0 start=0 C=-"},
    {"2 work queue", P(2), ". A=2 created=2"},
    {"3 nothing to do", PC(2, 5), "P0 P1 . created=0 deleted=0 A=2 ready=0"},
    {"4 ready pods", PC(3, 5), "Y0 Y1 R2 . A=3 ready=2 created=0"},
    {"5 success replaced", PC(2, 5), "R0 S1 . created=1 A=2 S=1 F=0"},
    {"6 one too many", PC(2, 5), "R0 R1 R2 . deleted=1 A=2 T=1 F=0"},
    {"7 many too many", PC(2, 5), "R0 R1 R2 R3 R4 R5 R6 R7 R8 R9 . deleted=8 A=2 T=8 F=0"},
    {"8 less is left than runs", PC(3, 4), "R0 R1 R2 S3 S4 . deleted=1 A=2 S=2"},
    {"9 as many as are left", PC(2, 5), "R0 R1 S2 S3 . created=0 deleted=0 A=2 S=2"},
    {"10 all succeed", PC(2, 5), "S0 S1 S2 S3 S4 . S=5 A=0 C=" DONE " end=0 created=0"},
    {"10 the message", PC(2, 2), "S0 S1 . msg=Reached_expected_number_of_succeeded_pods"},
    {"11 queue: success, one runs", P(2), "R0 S1 . created=0 A=1 S=1 C=-"},
    {"12 queue: two successes", P(2), "S0 S1 . S=2 A=0 C=" DONE},
    {"13 queue: failure beside success", P(2), "S0 F1 . S=1 F=1 C=" DONE},
    {"13 queue: failure after success", P(2), "R0 S1 . F0 . S=1 F=1 C=" DONE " created=0"},
    {"13 queue: too many failures all the same", P(3) ",'backoffLimit':0",
     "R0 S1 . F0 . S=1 F=1 C=FailureTarget:BackoffLimitExceeded,Failed:BackoffLimitExceeded"},
    {"14 queue: fill up", P(2), "R0 . created=1 A=2 C=-"},
    {"15 a pod could not be created", PC(2, 5), ". G* . created=1 A=2 F=0"},
    {"17 Job being deleted", PC(2, 5), "X R0 R1 S2 . created=0 deleted=0 A=2 S=1"},
    {"18 no completions", PC(1, 0), ". A=0 S=0 created=0 C=" DONE},
    {"18 no completions, suspended", PC(1, 0) ",'suspend':true", ". C=" DONE},
    {"19 parallelism to 0", PC(5, 9),
     "R0 R1 R2 R3 R4 . A=5 {'parallelism':0} . deleted=5 A=0 F=0 C=- created=0"},
    {"19 and up again", PC(5, 9), ". {'parallelism':0} . A=0 {'parallelism':2} . created=2"},
    {"20 unsettled: nothing", PC(2, 5), ".u created=0 deleted=0 C=-"},
    {"20 unsettled: no deletion", PC(1, 5), "R0 R1 .u deleted=0 A=2 . deleted=1"},
    {"20 unsettled: no end", PC(1, 1), "S0 .u S=1 C=- . C=" DONE},
    {"parallelism above completions", PC(9, 3), ". created=3 A=3"},
    {"parallelism 0", PC(0, 3), ". created=0 A=0 C=- wake=-"},
    {"500 at a time", PC(1200, 1200), ". A=500 . A=1000 . A=1200 created=200"},
    {"38 500 counted at a time", PC(1, 1), "S0 . S=1"},
};

Test(machine, creating)
{
    machine_rows_run(creating);
}

/* 38: one pass counts 500 finished pods; the Job cannot end in it. */
Test(machine, counts_500_at_a_time)
{
    static char script[16384];
    size_t n = 0;
    for (int i = 0; i < 502; i++)
        n += (size_t)sprintf(script + n, "S%d ", i);
    sprintf(script + n, ". S=500 C=SuccessCriteriaMet:CompletionsReached wake=0 . S=502 C=" DONE);
    machine_row_run(&(struct machine_row){"38", PC(1, 502), script});
}

#define DEADLINE(s) ",'activeDeadlineSeconds':" #s
#define EXCEEDED(r) "FailureTarget:" #r ",Failed:" #r

static const struct machine_row deadlines[] = {
    {"47 kills what runs", PC(1, 1) DEADLINE(10),
     ". t+15 . deleted=1 A=0 F=1 T=1 C=FailureTarget:DeadlineExceeded F* . T=0 F=1 "
     "C=" EXCEEDED(DeadlineExceeded) " msg=Job_was_active_longer_than_specified_deadline"},
    {"48 with a success", PC(2, 2) DEADLINE(10),
     ". Y0 t+15 S1 . S=1 F=1 deleted=1 C=FailureTarget:DeadlineExceeded"},
    {"49 exactly, no pods", PC(0, 1) DEADLINE(10),
     ". wake=10 t+9.999999 . C=- t+0.000001 . C=" EXCEEDED(DeadlineExceeded) " F=0"},
    {"49 zero", PC(1, 1) DEADLINE(0), ". created=0 C=" EXCEEDED(DeadlineExceeded)},
    {"50 the limit comes first", PC(1, 1) DEADLINE(1) ",'backoffLimit':0",
     ". t+10 F* . F=1 C=" EXCEEDED(BackoffLimitExceeded)},
    {"51 suspended", PC(1, 1) DEADLINE(10),
     ". t+15 {'suspend':true} . C=Suspended:JobSuspended F=0 start=- wake=-"},
    {"51 resumed: anew", PC(1, 1) DEADLINE(10),
     ". t+9 {'suspend':true} . F* {'suspend':false} . wake=10 t+9 . A=1 t+1 . A=0 F=1"},
    {"52 changed while running", PC(1, 1),
     ". wake=- t+4 {'activeDeadlineSeconds':10} . wake=6 {'activeDeadlineSeconds':5} . wake=1 "
     "{'activeDeadlineSeconds':3} . C=FailureTarget:DeadlineExceeded"},
    {"a success in the same pass is too late", PC(1, 1) DEADLINE(10),
     ". t+10 S* . S=1 C=" EXCEEDED(DeadlineExceeded)},
    {"runs over back-off", PC(1, 1) DEADLINE(15), ". F* . create=10 wake=10 t+10 . wake=5"},
};

Test(machine, deadlines)
{
    machine_rows_run(deadlines);
}

static const struct machine_row suspension[] = {
    {"101 kills, does not count", PC(2, 4),
     ". Y0 Y1 t+1 {'suspend':true} . deleted=2 A=0 T=2 F=0 ready=0 C=Suspended:JobSuspended "
     "msg=Job_suspended start=- F0 F1 . F=0 T=0 C=Suspended:JobSuspended"},
    {"101 also when the killed pod succeeds", PC(1, 1),
     ". {'suspend':true} . S* . S=0 C=Suspended:JobSuspended"},
    {"102 unsettled", PC(2, 4), "R0 R1 R2 {'suspend':true} .u A=3 C=- deleted=0"},
    {"103 resumed", PC(2, 4) ",'suspend':true",
     ". created=0 start=- C=Suspended:JobSuspended t+5 {'suspend':false} . created=2 start=0 "
     "C=!Suspended:JobResumed msg=Job_resumed"},
    {"103 replaced at once while terminating", PC(2, 4),
     ". {'suspend':true} . T=2 {'suspend':false} . created=2 T=2 A=2"},
    {"103 Failed: only when gone", PC(2, 4) ",'podReplacementPolicy':'Failed'",
     "R0 R1 . {'suspend':true} . T=2 {'suspend':false} . created=0 F0 . created=1 F1 . created=1"},
    {"104 Job being deleted", PC(1, 2), ". X {'suspend':true} . A=1 deleted=0 C=-"},
    {"what has finished counts", PC(2, 4), ". S0 F1 {'suspend':true} . S=1 F=1 A=0"},
    {"46 completes while suspended", PC(2, 4) ",'suspend':true", "S0 S1 S2 S3 . S=4 C=" DONE},
    {"45 OnFailure: restarts below the limit", PC(2, 4) ",'restartPolicy':'OnFailure'",
     "R0 R1 r0=1 r1=1 {'suspend':true} . deleted=2 F=0 C=Suspended:JobSuspended"},
    {"fails while suspended", PC(2, 4) ",'backoffLimit':0",
     ". F0 {'suspend':true} . C=FailureTarget:BackoffLimitExceeded F=2"},
    {"never suspended: no condition", PC(1, 1), ". {'suspend':false} . C=-"},
    {"the clock of a finished Job", PC(1, 1), ". t+3 S* . start=3 end=0 t+5 . start=8 end=5"},
};

Test(machine, suspension)
{
    machine_rows_run(suspension);
}

static const struct machine_row others[] = {
    {"105 managed elsewhere", PC(1, 1) ",'managedBy':'acme.io/x'", ". S0 . A=0 S=0 created=0 C=-"},
    {"105 managed here", PC(1, 1) ",'managedBy':'kubernetes.io/job-controller'", ". created=1"},
    {"106 ttl 0", PC(1, 1) ",'ttlSecondsAfterFinished':0", ". S* . expire=1 C=" DONE},
    {"106 ttl of a failed Job", PC(1, 1) ",'backoffLimit':0,'ttlSecondsAfterFinished':5",
     ". F* . expire=0 wake=5 t+5 . expire=1"},
    {"106 no ttl", PC(1, 1), ". S* . expire=0 wake=-"},
    {"106 extended", PC(1, 1) ",'ttlSecondsAfterFinished':5",
     ". S* . wake=5 t+4 {'ttlSecondsAfterFinished':50} . wake=46 t+46 . expire=1"},
    {"106 set later", PC(1, 1), ". S* . t+9 {'ttlSecondsAfterFinished':3} . expire=1"},
    {"unknown completionMode", PC(1, 1) ",'completionMode':'Random'", ". created=0 C=-"},
    {"finished is final", PC(1, 1), ". S* . C=" DONE " F7 {'parallelism':9} . F=0 created=0"},
};

Test(machine, others)
{
    machine_rows_run(others);
}
