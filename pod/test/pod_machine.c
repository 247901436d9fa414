/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How containers start and are started again, until the pod is over.
 */
#include "facts.h"
#include "pod_life.h"

#include "../pod_machine.h"

static const struct life rows[] = {
    /* ---- one container ---- */
    {"success", NEVER ONE, "", {{0, "", "start a"}, {9, "a=0", ""}}, "exit 0 restarts 0"},
    {"failure", NEVER ONE, "", {{0, "", "start a"}, {9, "a=3", ""}}, "exit 3 restarts 0"},
    {"it runs", NEVER ONE, "", {{0, "", "start a"}, {99999, "", ""}}, NULL},
    {"cannot be started", NEVER ONE, "ae", {{0, "", "start a"}}, "exit 128 restarts 0"},
    {"not yet: tried again every 5 s, which is no restart",
     NEVER ONE,
     "ayy",
     {{0, "", "start a"}, {12, "", "start a@5 start a@10"}, {13, "a=0", ""}},
     "exit 0 restarts 0"},
    {"stopped while it waits for its values",
     NEVER ONE,
     "ayyy",
     {{0, "", "start a"}, {7, "stop", "start a@5"}},
     "exit 143 restarts 0"},

    /* ---- OnFailure ---- */
    {"OnFailure: at once, then 10 s, 20 s, 40 s after the exit; success ends it",
     ON_FAILURE ONE,
     "",
     {{0, "", "start a"},
      {1, "a=1", "restart a"},
      {2, "a=1", ""},
      {13, "a=1", "restart a@12"},
      {34, "a=1", "restart a@33"},
      {75, "a=0", "restart a@74"}},
     "exit 0 restarts 4"},
    {"the wait is 300 s at most",
     ON_FAILURE ONE,
     "",
     {{0, "", "start a"},
      {0, "a=1", "restart a"},
      {0, "a=1", ""},
      {10, "a=1", "restart a"},
      {30, "a=1", "restart a"},
      {70, "a=1", "restart a"},
      {150, "a=1", "restart a"},
      {310, "a=1", "restart a"},
      {610, "a=1", "restart a"},
      {910, "", "restart a"}},
     NULL},
    {"who has run for more than 600 s begins at the start",
     ON_FAILURE ONE,
     "",
     {{0, "", "start a"},
      {1, "a=1", "restart a"},
      {2, "a=1", ""},
      {612, "a=1", "restart a@12"},
      {640, "a=1", "restart a@632"},
      {1300, "a=1", "restart a@680 restart a"}},
     NULL},
    {"an error at the start is restarted as a failure",
     ON_FAILURE ONE,
     "ae",
     {{0, "", "start a restart a"}, {1, "a=0", ""}},
     "exit 0 restarts 1"},
    {"stopped in CrashLoopBackOff: the last exit counts",
     ON_FAILURE ONE,
     "",
     {{0, "", "start a"}, {1, "a=4", "restart a"}, {2, "a=5", ""}, {3, "stop", ""}},
     "exit 5 restarts 1"},

    /* ---- several containers ---- */
    {"all regular containers start together; the first failed one counts",
     NEVER TWO,
     "",
     {{0, "", "start a start b"}, {1, "b=2", ""}, {2, "a=0", ""}},
     "exit 2 restarts 0"},
    {"a failed one does not end the other (Never)",
     NEVER TWO,
     "",
     {{0, "", "start a start b"}, {1, "a=2", ""}, {9999, "", ""}},
     NULL},
    {"only the failed one is restarted (OnFailure)",
     ON_FAILURE TWO,
     "",
     {{0, "", "start a start b"}, {1, "a=0", ""}, {2, "b=2", "restart b"}, {3, "b=0", ""}},
     "exit 0 restarts 1"},
    {"one that waits for its values does not hold the others up",
     NEVER TWO,
     "ay",
     {{0, "", "start a start b"}, {6, "", "start a@5"}},
     NULL},
    {"a container's own policy is above the pod's",
     NEVER "'containers':[{'name':'a','restartPolicy':'OnFailure'},{'name':'b'}]",
     "",
     {{0, "", "start a start b"}, {1, "a=1", "restart a"}, {2, "a=0", ""}, {3, "b=0", ""}},
     "exit 0 restarts 1"},

    /* ---- init containers ---- */
    {"one after the other, then the regular ones",
     NEVER "'initContainers':[{'name':'i'},{'name':'j'}]," TWO,
     "",
     {{0, "", "start i"},
      {1, "i=0", "start j"},
      {2, "j=0", "start a start b"},
      {3, "a=0", ""},
      {4, "b=0", ""}},
     "exit 0 restarts 0"},
    {"Never: its failure is the pod's, nothing else starts",
     NEVER INIT_I TWO,
     "",
     {{0, "", "start i"}, {1, "i=7", ""}},
     "exit 7 restarts 0"},
    {"OnFailure: it is tried again, with CrashLoopBackOff",
     ON_FAILURE INIT_I ONE,
     "",
     {{0, "", "start i"},
      {1, "i=7", "restart i"},
      {2, "i=7", ""},
      {13, "i=0", "restart i@12 start a"},
      {14, "a=0", ""}},
     "exit 0 restarts 2"},
    {"stopped during init: the regular ones never start",
     NEVER INIT_I ONE,
     "",
     {{0, "", "start i"}, {1, "stop", "term i"}, {2, "i=0", ""}},
     "exit 143 restarts 0"},
    {"an init container that cannot be started",
     NEVER INIT_I ONE,
     "ie",
     {{0, "", "start i"}},
     "exit 128 restarts 0"},

    /* ---- sidecars ---- */
    {"a sidecar starts in its place and ends last",
     NEVER "'initContainers':[" SIDECAR ",{'name':'i'}]," ONE,
     "",
     {{0, "", "start s start i"}, {1, "i=0", "start a"}, {2, "a=0", "term s"}, {3, "s=143", ""}},
     "exit 0 restarts 0"},
    {"it is restarted on any exit, under Never too, and its exit codes do not matter",
     NEVER "'initContainers':[" SIDECAR "]," ONE,
     "",
     {{0, "", "start s start a"},
      {1, "s=0", "restart s"},
      {2, "s=9", ""},
      {13, "a=0", "restart s@12 term s"},
      {14, "s=9", ""}},
     "exit 0 restarts 2"},
    {"it is not restarted once the regular ones are done",
     NEVER "'initContainers':[" SIDECAR "]," ONE,
     "",
     {{0, "", "start s start a"}, {1, "s=1", "restart s"}, {2, "s=1", ""}, {3, "a=0", ""}},
     "exit 0 restarts 1"},
    {"the next one waits for its startup probe",
     NEVER "'initContainers':[{'name':'s','restartPolicy':'Always','startupProbe':" PROBE(
         "'periodSeconds':5") "}]," ONE,
     "",
     {{0, "", "start s up s"},
      {1, "s.up-", ""},
      {6, "s.up+", "up s@5 start a"},
      {7, "a=0", "term s"},
      {8, "s=0", ""}},
     "exit 0 restarts 0"},
    {"sidecars end in reverse order",
     NEVER "'initContainers':[" SIDECAR ",{'name':'t','restartPolicy':'Always'}]," ONE,
     "",
     {{0, "", "start s start t start a"},
      {1, "a=0", "term t"},
      {2, "t=0", "term s"},
      {3, "s=0", ""}},
     "exit 0 restarts 0"},
    {"stopped: regular ones first, then the sidecars, within one grace period",
     NEVER GRACE(10) "'initContainers':[" SIDECAR "]," ONE,
     "",
     {{0, "", "start s start a"},
      {5, "stop", "term a"},
      {16, "", "term s@15 kill a@15"},
      {17.5, "a=137", "kill s@17"},
      {18, "s=137", ""}},
     "exit 137 restarts 0"},
    {"a failed init container ends the sidecars",
     NEVER "'initContainers':[" SIDECAR ",{'name':'i'}]," ONE,
     "",
     {{0, "", "start s start i"}, {1, "i=1", "term s"}, {2, "s=0", ""}},
     "exit 1 restarts 0"},
};

Test(pod_machine, starting)
{
    life_run(rows, sizeof rows / sizeof *rows);
}

/* What a waiting container waits for. */
Test(pod_machine, views)
{
    const struct pod_machine_config config = {10000, 300000};
    struct pod_action a;
    struct plan plan;
    struct pod_machine *m;
    json_t *job = facts_job(ON_FAILURE INIT_I ONE);
    cr_assert_eq(plan_make(&plan, job, NULL), 0);
    cr_assert_eq(pod_machine_new(&m, &plan, &config, NULL), 0);
    cr_assert(pod_machine_next(m, 0, &a));
    cr_expect_str_eq(pod_machine_view(m, 1).waiting, "PodInitializing");
    pod_machine_event(m, &(struct pod_event){.type = POD_NOT_YET, .reason = "ErrImagePull"}, 0);
    cr_expect_str_eq(pod_machine_view(m, 0).waiting, "ErrImagePull");
    cr_expect(!pod_machine_next(m, 4999, &a));
    cr_expect_eq(pod_machine_due(m), POD_MACHINE_AGAIN);
    cr_expect(pod_machine_next(m, 5000, &a) && !a.is_restart);
    pod_machine_event(m, &(struct pod_event){.type = POD_STARTED}, 5000);
    cr_expect(pod_machine_view(m, 0).is_up);
    pod_machine_event(m, &(struct pod_event){.type = POD_EXITED, .exit_code = 2, .reason = "Error"},
                      6000);
    cr_expect_str_eq(pod_machine_view(m, 0).waiting, "CrashLoopBackOff");
    cr_expect_str_eq(pod_machine_view(m, 0).reason, "Error");
    cr_expect(pod_machine_may_start(m));
    pod_machine_event(m, &(struct pod_event){.type = POD_STOP}, 6000);
    cr_expect(!pod_machine_may_start(m));
    cr_expect(pod_machine_over(m));
    pod_machine_free(m);
    plan_free(&plan);
    json_decref(job);
}
