/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A given/when/then in one line. The given is a spec (JSON with ' for ", the braces and the
 * template left out) and a script of words:
 *
 *   P3 R3 Y3      a pod of index 3 is Pending, Running, Running and Ready; R3.1 = attempt 1;
 *                 R3@-20 created 20 s ago; R3#2,1 = 2 earlier failures and 1 ignored one
 *   S3 F3 F3:5    it succeeds, fails with exit code 1, with 5; F3@-20 ended 20 s ago;
 *                 F3:main=5,side=0,init/prep=1,cond/DisruptionTarget=True
 *   D3 G3 r3=2    it is deleted (may end later), vanishes, has been restarted twice
 *   t+10          10 s pass
 *   .  .u  ./     a pass of the controller; one with unsettled expectations; until nothing changes
 *   {suspend:true}     the spec changes
 *   X             the Job is being deleted
 *
 * "?" and "*" stand for an index: no index, and the pod created last. Everything else checks what
 * is so after the last pass:
 *
 *   A=1 ready=1 S=1 F=1 T=1    the counts
 *   done=0,2-4 bad=1           completedIndexes, failedIndexes ("-" = empty)
 *   new=0,3  created=2         the indexes, or the number, of pods created in the last pass
 *   deleted=1 kill=3           the number, or the indexes, of pods deleted in the last pass
 *   C=-  C=FailureTarget:DeadlineExceeded,Failed:DeadlineExceeded   conditions; !Suspended = False
 *   msg=TEXT_WITH_UNDERSCORES  the message of the last condition
 *   wake=10 create=10          seconds until the next pass is needed, until a pod is due; - = never
 *   start=0  start=-           seconds since startTime; none
 *   c=1 i=1                    earlier (ignored) failures of the pod created last
 *   expire=1                   the Job is to be deleted
 */
#ifndef SKJOB_TEST_MACHINE_SCRIPT_H
#define SKJOB_TEST_MACHINE_SCRIPT_H

#include <stddef.h>

struct machine_row {
    const char *what; /* the number and the words of the scenario */
    const char *spec;
    const char *script;
};

/* Runs a row in a test of Criterion; every failing check is reported with the row's what. */
void machine_row_run(const struct machine_row *row);

#define machine_rows_run(rows)                                                                     \
    for (size_t i_ = 0; i_ < sizeof(rows) / sizeof *(rows); i_++)                                  \
    machine_row_run(&(rows)[i_])

#endif
