/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_life.h"

#include <stdio.h>

#include "../pod_machine.h"
#include "facts.h"

static const char *const checks[CHECKS] = {"up", "live", "post", "pre"};

struct harness {
    const struct life *row;
    struct plan plan;
    struct pod_machine *m;
    struct strbuf out;
    int starts[8];
};

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
static void take_step(struct harness *h, const struct life_step *s)
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

static void lead(const struct life *row)
{
    const struct pod_machine_config config = {10000, 300000};
    char end[64];
    struct harness h = {.row = row};
    json_t *job = facts_job(row->pod);
    cr_assert_eq(plan_make(&h.plan, job, NULL), 0, "%s", row->proves);
    cr_assert_eq(pod_machine_new(&h.m, &h.plan, &config, NULL), 0);
    for (const struct life_step *s = row->steps; s->event; s++)
        take_step(&h, s);
    snprintf(end, sizeof end, "exit %d restarts %u", pod_machine_exit_code(h.m),
             pod_machine_restarts(h.m));
    cr_expect_eq(pod_machine_over(h.m), row->end != NULL, "%s", row->proves);
    if (row->end)
        cr_expect_str_eq(end, row->end, "%s: %s", row->proves, end);
    strbuf_free(&h.out);
    pod_machine_free(h.m);
    plan_free(&h.plan);
    json_decref(job);
}

void life_run(const struct life *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        lead(&rows[i]);
}
