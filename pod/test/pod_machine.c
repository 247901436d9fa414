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
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../pod_machine.h"
#include "strbuf.h"

#define STEPS 12

struct step {
    double at;
    const char *event;
    const char *want;
};

struct row {
    const char *proves;
    const char *pod; /* fields of the pod, with ' for " */
    const char *odd;
    struct step steps[STEPS];
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

static const struct row rows[] = {
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

    /* ---- ending ---- */
    {"grace 0 is 2 s",
     NEVER GRACE(0) ONE,
     "",
     {{0, "", "start a"}, {1, "stop", "term a"}, {4, "", "kill a@3"}, {4, "a=137", ""}},
     "exit 137 restarts 0"},
    {"stopped, and it ends well: the pod has succeeded",
     NEVER ONE,
     "",
     {{0, "", "start a"}, {1, "stop", "term a"}, {2, "a=0", ""}},
     "exit 0 restarts 0"},
    {"nothing is restarted while it is stopped",
     ON_FAILURE ONE,
     "",
     {{0, "", "start a"}, {1, "stop", "term a"}, {2, "a=143", ""}},
     "exit 143 restarts 0"},
    {"stopped by Slurm, which does not wait as long as the grace period",
     NEVER GRACE(600) ONE,
     "",
     {{0, "", "start a"}, {1, "stop 25", "term a"}, {27, "", "kill a@26"}, {27, "a=137", ""}},
     "exit 137 restarts 0"},
    {"deleted with a grace period of its own, which is shorter",
     NEVER GRACE(600) ONE,
     "",
     {{0, "", "start a"}, {1, "stop/5", "term a"}, {7, "", "kill a@6"}, {7, "a=137", ""}},
     "exit 137 restarts 0"},
    {"deleted with a longer one",
     NEVER GRACE(600) ONE,
     "",
     {{0, "", "start a"}, {1, "stop/90", "term a"}, {92, "", "kill a@91"}, {92, "a=137", ""}},
     "exit 137 restarts 0"},
    {"first stopped otherwise",
     NEVER GRACE(600) ONE,
     "",
     {{0, "", "start a"},
      {1, "stop", "term a"},
      {10, "stop 25", ""},
      {36, "", "kill a@35"},
      {36, "a=137", ""}},
     "exit 137 restarts 0"},
    {"a grace period of thousands of years",
     NEVER GRACE(9223372036854775807) ONE,
     "",
     {{0, "", "start a"}, {1, "stop", "term a"}, {1e9, "", ""}},
     NULL},

    /* ---- hooks ---- */
    {"postStart holds the next container up, not this one",
     NEVER "'containers':[{'name':'a','lifecycle':{'postStart':" EXEC "}},{'name':'b'}]",
     "",
     {{0, "", "start a post a"}, {5, "a.post+", "start b"}, {6, "a=0", ""}, {7, "b=0", ""}},
     "exit 0 restarts 0"},
    {"a failed postStart ends the container, and its policy decides",
     ON_FAILURE GRACE(5) "'containers':[{'name':'a','lifecycle':{'postStart':" EXEC "}}]",
     "",
     {{0, "", "start a post a"},
      {1, "a.post-", "term a"},
      {6, "a=137", "kill a restart a post a"},
      {7, "a.post+", ""},
      {8, "a=0", ""}},
     "exit 0 restarts 1"},
    {"an exit during postStart ends the hook",
     NEVER "'containers':[{'name':'a','lifecycle':{'postStart':" EXEC "}},{'name':'b'}]",
     "",
     {{0, "", "start a post a"}, {1, "a=0", "cancel post a start b"}, {2, "b=0", ""}},
     "exit 0 restarts 0"},
    {"preStop comes before TERM and uses up the grace period",
     NEVER GRACE(10) "'containers':[{'name':'a','lifecycle':{'preStop':" EXEC "}}]",
     "",
     {{0, "", "start a"},
      {1, "stop", "pre a"},
      {7, "a.pre+", "term a"},
      {12, "", "kill a@11"},
      {12, "a=137", ""}},
     "exit 137 restarts 0"},
    {"a preStop that does not end is ended, and 2 s are left after TERM",
     NEVER GRACE(10) "'containers':[{'name':'a','lifecycle':{'preStop':" EXEC "}}]",
     "",
     {{0, "", "start a"},
      {1, "stop", "pre a"},
      {20, "", "cancel pre a@11 term a@11 kill a@13"},
      {21, "a=137", ""}},
     "exit 137 restarts 0"},
    {"a failed preStop changes nothing",
     NEVER "'containers':[{'name':'a','lifecycle':{'preStop':" EXEC "}}]",
     "",
     {{0, "", "start a"}, {1, "stop", "pre a"}, {2, "a.pre-", "term a"}, {3, "a=0", ""}},
     "exit 0 restarts 0"},
    {"preStop is not run when the container ends by itself, nor with grace 0",
     NEVER GRACE(0) "'containers':[{'name':'a','lifecycle':{'preStop':" EXEC
                    "}},{'name':'b','lifecycle':{'preStop':" EXEC "}}]",
     "",
     {{0, "", "start a start b"}, {1, "a=0", ""}, {2, "stop", "term b"}, {3, "b=1", ""}},
     "exit 1 restarts 0"},
    {"a sidecar's preStop runs at once, its TERM waits",
     NEVER "'initContainers':[{'name':'s','restartPolicy':'Always','lifecycle':{'preStop':" EXEC
           "}}]," ONE,
     "",
     {{0, "", "start s start a"},
      {1, "stop", "pre s term a"},
      {2, "s.pre+", ""},
      {3, "a=0", "term s"},
      {4, "s=0", ""}},
     "exit 0 restarts 0"},

    /* ---- probes ---- */
    {"liveness: three failures in a row, then killed and restarted",
     ON_FAILURE GRACE(4) "'containers':[{'name':'a','livenessProbe':" PROBE(
         "'initialDelaySeconds':2") "}]",
     "",
     {{0, "", "start a"},
      {2.5, "a.live-", "live a@2"},
      {12.5, "a.live-", "live a@12"},
      {22.5, "a.live+", "live a@22"},
      {32.5, "a.live-", "live a@32"},
      {42.5, "a.live-", "live a@42"},
      {52.5, "a.live-", "live a@52 term a"},
      {57, "a=137", "kill a@56.5 restart a"}},
     NULL},
    {"the probe's own grace period, and Never: the pod has failed",
     NEVER GRACE(600) "'containers':[{'name':'a','livenessProbe':" PROBE(
         "'failureThreshold':1,'terminationGracePeriodSeconds':3") "}]",
     "",
     {{0, "", "start a live a"}, {1, "a.live-", "term a"}, {5, "a=137", "kill a@4"}},
     "exit 137 restarts 0"},
    {"liveness waits for the startup probe",
     NEVER "'containers':[{'name':'a','startupProbe':" PROBE(
         "'periodSeconds':1") ",'livenessProbe':" EXEC "}]",
     "",
     {{0, "", "start a up a"},
      {0.5, "a.up-", ""},
      {1.5, "a.up+", "up a@1 live a"},
      {2, "a.live+", ""},
      {12, "", "live a@11.5"}},
     NULL},
    {"a startup probe that fails kills",
     NEVER "'containers':[{'name':'a','startupProbe':" PROBE(
         "'periodSeconds':1,'failureThreshold':2") "}]",
     "",
     {{0, "", "start a up a"},
      {0.5, "a.up-", ""},
      {1.5, "a.up-", "up a@1 term a"},
      {2, "a=143", ""}},
     "exit 143 restarts 0"},
    {"an exit ends the probe that is under way, and a late result counts for nothing",
     ON_FAILURE "'containers':[{'name':'a','livenessProbe':" PROBE("'failureThreshold':1") "}]",
     "",
     {{0, "", "start a live a"},
      {1, "a=1", "cancel live a restart a live a"},
      {2, "a=0", "cancel live a"}},
     "exit 0 restarts 1"},
    {"no rule is asked about a kill by a probe",
     NEVER "'containers':[{'name':'a'," RULE(
         "Never", "Restart", "In", 137) ",'livenessProbe':" PROBE("'failureThreshold':1") "}]",
     "",
     {{0, "", "start a live a"}, {1, "a.live-", "term a"}, {2, "a=137", ""}},
     "exit 137 restarts 0"},

    /* ---- restartPolicyRules ---- */
    {"Restart: in place, for that exit code alone",
     NEVER "'containers':[{'name':'a'," RULE("Never", "Restart", "In", 42) "}]",
     "",
     {{0, "", "start a"}, {1, "a=42", "restart a"}, {2, "a=41", ""}},
     "exit 41 restarts 1"},
    {"NotIn, and code 0 can match",
     NEVER "'containers':[{'name':'a'," RULE("Never", "Restart", "NotIn", 42) "}]",
     "",
     {{0, "", "start a"}, {1, "a=0", "restart a"}, {2, "a=42", ""}},
     "exit 42 restarts 1"},
    {"no rule matches: the container's own policy",
     NEVER "'containers':[{'name':'a'," RULE("OnFailure", "Restart", "In", 42) "}]",
     "",
     {{0, "", "start a"}, {1, "a=41", "restart a"}, {2, "a=0", ""}},
     "exit 0 restarts 1"},
    {"RestartAllContainers: all are killed, and the pod begins anew from its first init container",
     NEVER INIT_I "'containers':[{'name':'a'," RULE("Never", "RestartAllContainers", "In",
                                                    42) "},"
                                                        "{'name':'b'},{'name':'c'}]",
     "",
     {{0, "", "start i"},
      {1, "i=0", "start a start b start c"},
      {2, "c=0", ""},
      {3, "a=42", "kill b"},
      {4, "b=137", "restart i"},
      {5, "i=0", "restart a restart b restart c"},
      {6, "a=0", ""},
      {7, "b=0", ""},
      {8, "c=0", ""}},
     "exit 0 restarts 4"},
    {"RestartAllContainers again waits as long as CrashLoopBackOff",
     NEVER "'containers':[{'name':'a'," RULE("Never", "RestartAllContainers", "In", 42) "}]",
     "",
     {{0, "", "start a"}, {1, "a=42", "restart a"}, {2, "a=42", ""}, {13, "a=0", "restart a@12"}},
     "exit 0 restarts 2"},
    {"stopped while all are being killed",
     NEVER
     "'containers':[{'name':'a'," RULE("Never", "RestartAllContainers", "In", 42) "},"
                                                                                  "{'name':'b'}]",
     "",
     {{0, "", "start a start b"}, {1, "a=42", "kill b"}, {2, "stop", ""}, {3, "b=137", ""}},
     "exit 42 restarts 0"},
};

static const char *const checks[CHECKS] = {"up", "live", "post", "pre"};

struct harness {
    const struct row *row;
    struct plan plan;
    struct pod_machine *m;
    struct strbuf out;
    int starts[8];
};

static json_t *job_of(const char *pod)
{
    char text[4096];
    json_error_t why;
    snprintf(text, sizeof text, "{'spec':{'template':{'spec':{%s}}}}", pod);
    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    json_t *job = json_loads(text, 0, &why);
    cr_assert(job, "%s: %s", why.text, text);
    return job;
}

static char odd_of(struct harness *h, size_t i)
{
    const char *odd = h->row->odd;
    int n = ++h->starts[i];
    if (*odd != *h->plan.containers[i].name || n >= (int)strlen(odd))
        return 'r';
    return odd[n];
}

static void answer(struct harness *h, size_t i, int64_t now)
{
    struct pod_event ev = {.type = POD_STARTED, .i = i, .exit_code = 128, .reason = "StartError"};
    char odd = odd_of(h, i);
    if (odd == 'y')
        ev.type = POD_NOT_YET;
    if (odd == 'e')
        ev.type = POD_EXITED;
    pod_machine_event(h->m, &ev, now);
}

static void note(struct harness *h, const struct pod_action *a, double at, bool late)
{
    static const char *const words[] = {"start ", "term ", "kill ", "", "cancel "};
    bool check = a->type == POD_CHECK || a->type == POD_CANCEL;
    strbuf_addf(&h->out, "%s%s%s%s%s", h->out.len ? " " : "", a->is_restart ? "re" : "",
                words[a->type], check ? checks[a->check] : "", check ? " " : "");
    strbuf_adds(&h->out, h->plan.containers[a->i].name);
    if (late)
        strbuf_addf(&h->out, "@%g", at);
}

static void act(struct harness *h, int64_t now, bool late)
{
    struct pod_action a;
    for (int n = 0; pod_machine_next(h->m, now, &a); n++) {
        cr_assert_lt(n, 100, "%s: it does not end", h->row->proves);
        note(h, &a, (double)now / 1000, late);
        if (a.type == POD_START)
            answer(h, a.i, now);
    }
}

static void happen(struct harness *h, const char *event, int64_t now)
{
    struct pod_event ev = {.type = POD_STOP, .reason = "Error"};
    const char *rest = event + 1;
    if (!*event)
        return;
    if (strncmp(event, "stop", 4) == 0) {
        const char *grace = strchr(event, '/');
        ev.max_ms = atoi(event + 4) * 1000;
        ev.has_grace = grace != NULL;
        ev.grace_ms = grace ? atoi(grace + 1) * 1000 : 0;
    } else {
        while (*h->plan.containers[ev.i].name != *event)
            ev.i++;
        ev.type = *rest == '=' ? POD_EXITED : POD_CHECKED;
        ev.exit_code = atoi(rest + 1);
        ev.ok = event[strlen(event) - 1] == '+';
        while (ev.type == POD_CHECKED &&
               strncmp(rest + 1, checks[ev.check], strlen(checks[ev.check])) != 0)
            ev.check++;
    }
    pod_machine_event(h->m, &ev, now);
}

/* Everything that is due before the step's time happens at its own time. */
static void take_step(struct harness *h, const struct step *s)
{
    int64_t at = (int64_t)(s->at * 1000);
    int64_t due;
    strbuf_reset(&h->out);
    while ((due = pod_machine_due(h->m)) < at) {
        act(h, due, true);
        cr_assert_gt(pod_machine_due(h->m), due, "%s: time stands still", h->row->proves);
    }
    if (due == at)
        act(h, at, false);
    happen(h, s->event, at);
    act(h, at, false);
    cr_expect_str_eq(strbuf_str(&h->out), s->want, "%s: at %g, %s: got \"%s\", not \"%s\"",
                     h->row->proves, s->at, s->event, strbuf_str(&h->out), s->want);
}

Test(pod_machine, rows)
{
    const struct pod_machine_config config = {10000, 300000};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char end[64];
        struct harness h = {.row = &rows[i]};
        json_t *job = job_of(rows[i].pod);
        cr_assert_eq(plan_make(&h.plan, job, NULL), 0, "%s", rows[i].proves);
        cr_assert_eq(pod_machine_new(&h.m, &h.plan, &config, NULL), 0);
        for (const struct step *s = rows[i].steps; s->event; s++)
            take_step(&h, s);
        snprintf(end, sizeof end, "exit %d restarts %u", pod_machine_exit_code(h.m),
                 pod_machine_restarts(h.m));
        cr_expect_eq(pod_machine_over(h.m), rows[i].end != NULL, "%s", rows[i].proves);
        if (rows[i].end)
            cr_expect_str_eq(end, rows[i].end, "%s: %s", rows[i].proves, end);
        strbuf_free(&h.out);
        pod_machine_free(h.m);
        plan_free(&h.plan);
        json_decref(job);
    }
}

/* What a waiting container waits for. */
Test(pod_machine, views)
{
    const struct pod_machine_config config = {10000, 300000};
    struct pod_action a;
    struct plan plan;
    struct pod_machine *m;
    json_t *job = job_of(ON_FAILURE INIT_I ONE);
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
