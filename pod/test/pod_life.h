/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The life of a pod, without running anything. A row is a pod and what happens to it; each step
 * names what the machine asks for, with "@seconds" where that is before the step's own time.
 *
 * Events: "a=3" a ends with exit code 3, "a.up+" "a.live-" "a.post-" "a.pre+" a check of a is over,
 * "stop", "stop 25" with a limit in seconds, "stop/5" with another grace period. A START is
 * answered at once: row.odd holds, a letter per start of the container x, "y" for not yet and "e"
 * for an error; the others run.
 */
#ifndef SKJOB_TEST_POD_LIFE_H
#define SKJOB_TEST_POD_LIFE_H

#include <stddef.h>

#define LIFE_STEPS 12

struct life_step {
    double at;
    const char *event;
    const char *want;
};

struct life {
    const char *proves;
    const char *pod; /* fields of the pod, with ' for " */
    const char *odd;
    struct life_step steps[LIFE_STEPS];
    const char *end; /* "exit CODE restarts N", or NULL: the pod is not over */
};

#define NEVER      "'restartPolicy':'Never',"
#define ON_FAILURE "'restartPolicy':'OnFailure',"
#define ONE        "'containers':[{'name':'a'}]"
#define TWO        "'containers':[{'name':'a'},{'name':'b'}]"
#define INIT_I     "'initContainers':[{'name':'i'}],"
#define SIDECAR    "{'name':'s','restartPolicy':'Always'}"
#define GRACE(n)   "'terminationGracePeriodSeconds':" #n ","
#define EXEC       "{'exec':{'command':['x']}}"
#define PROBE(...) "{'exec':{'command':['x']}," __VA_ARGS__ "}"
#define RULE(policy, action, op, code)                                                             \
    "'restartPolicy':'" policy "','restartPolicyRules':[{'action':'" action                        \
    "','exitCodes':{'operator':'" op "','values':[" #code "]}}]"

/* Leads the lives of n rows. */
void life_run(const struct life *rows, size_t n);

#endif
