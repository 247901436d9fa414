/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_status.h"

#include <jansson.h>
#include <stdlib.h>

#include "cleanup.h"
#include "timefmt.h"

static const char *const kinds[] = {
    [PLAN_INIT] = "init", [PLAN_SIDECAR] = "sidecar", [PLAN_MAIN] = "main"};

static void set_time(json_t *line, const char *name, int64_t us)
{
    char text[TIMEFMT_MAX];
    if (us)
        json_object_set_new(line, name, json_string(timefmt_rfc3339(us / 1000000, text)));
}

static void set_exit(json_t *line, const struct pod_view *v, const char *code, const char *reason)
{
    json_object_set_new(line, code, json_integer(v->exit_code));
    json_object_set_new(line, reason, json_string(v->reason));
}

static void set_state(json_t *line, const struct pod_view *v, const struct pod_times *t)
{
    if (v->state == POD_DONE) {
        json_object_set_new(line, "state", json_string("terminated"));
        set_exit(line, v, "exitCode", "reason");
        set_time(line, "startedAt", t->started_us);
        set_time(line, "finishedAt", t->ended_us);
        return;
    }
    bool running = v->state == POD_RUNNING;
    json_object_set_new(line, "state", json_string(running ? "running" : "waiting"));
    if (running)
        set_time(line, "startedAt", t->started_us);
    else
        json_object_set_new(line, "reason", json_string(v->waiting));
    if (v->has_exited)
        set_exit(line, v, "lastExitCode", "lastReason");
}

static void add_line(struct strbuf *out, const struct plan_container *p, const struct pod_view *v,
                     const struct pod_times *t)
{
    cleanup_json json_t *line = json_pack("{s:s, s:s}", "name", p->name, "kind", kinds[p->kind]);
    set_state(line, v, t);
    json_object_set_new(line, "restartCount", json_integer(v->restarts));
    json_object_set_new(line, "started", json_boolean(v->state == POD_RUNNING && v->is_up));
    cleanup_free char *text = json_dumps(line, JSON_COMPACT);
    strbuf_adds(out, text ? text : "{}");
    strbuf_addc(out, '\n');
}

void pod_status_render(struct strbuf *out, const struct plan *plan, const struct pod_machine *m,
                       const struct pod_times *times)
{
    for (size_t i = 0; i < plan->n; i++) {
        const struct pod_view v = pod_machine_view(m, i);
        add_line(out, &plan->containers[i], &v, &times[i]);
    }
}

bool pod_status_matters(const struct plan *plan, const struct pod_machine *m)
{
    const struct pod_view v = pod_machine_view(m, 0);
    return plan->n > 1 || v.restarts || v.state == POD_WAITING || v.state == POD_IDLE;
}
