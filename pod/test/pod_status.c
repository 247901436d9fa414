/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts.h"

#include "../pod_status.h"

Test(pod_status, lines)
{
    struct plan plan;
    struct pod_machine *m;
    struct pod_action action;
    const struct pod_machine_config config = {10000, 300000};
    const struct pod_times times[3] = {{1000000, 2000000}, {3000000, 0}, {0, 0}};
    json_t *job = facts_job("'initContainers':[{'name':'i'}],"
                            "'containers':[{'name':'a','restartPolicy':'OnFailure'},{'name':'b'}]");
    cr_assert_eq(plan_make(&plan, job, NULL), 0);
    json_decref(job);
    cr_assert_eq(pod_machine_new(&m, &plan, &config, NULL), 0);
    for (size_t i = 0; i < 2; i++) {
        cr_assert(pod_machine_next(m, 0, &action));
        pod_machine_event(m, &(struct pod_event){.type = POD_STARTED, .i = i}, 0);
        if (i == 0)
            pod_machine_event(m, &(struct pod_event){.type = POD_EXITED, .reason = "Completed"}, 0);
    }
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    pod_status_render(&out, &plan, m, times);
    cr_expect_str_eq(
        strbuf_str(&out),
        "{\"name\":\"i\",\"kind\":\"init\",\"state\":\"terminated\",\"exitCode\":0,\"reason\":"
        "\"Completed\",\"startedAt\":\"1970-01-01T00:00:01Z\",\"finishedAt\":"
        "\"1970-01-01T00:00:02Z\",\"restartCount\":0,\"started\":false}\n"
        "{\"name\":\"a\",\"kind\":\"main\",\"state\":\"running\",\"startedAt\":"
        "\"1970-01-01T00:00:03Z\",\"restartCount\":0,\"started\":true}\n"
        "{\"name\":\"b\",\"kind\":\"main\",\"state\":\"waiting\",\"reason\":\"ContainerCreating\","
        "\"restartCount\":0,\"started\":false}\n");
    cr_expect(pod_status_matters(&plan, m));
    pod_machine_free(m);
    plan_free(&plan);
}
