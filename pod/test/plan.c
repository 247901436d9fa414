/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts.h"

#include <stdio.h>

#include "../plan.h"

static const char *const kinds[] = {"init", "sidecar", "main"};
static const char *const policies[] = {"never", "onfailure", "always"};

/* "name:kind:policy ..." */
static void render(const struct plan *plan, char *out, size_t size)
{
    size_t len = 0;
    *out = '\0';
    for (size_t i = 0; i < plan->n; i++) {
        const struct plan_container *c = &plan->containers[i];
        len += (size_t)snprintf(out + len, size - len, "%s%s:%s:%s", i ? " " : "", c->name,
                                kinds[c->kind], policies[c->restart]);
    }
}

Test(plan, kinds_and_policies)
{
    static const struct {
        const char *pod, *want, *error;
    } rows[] = {
        {"'containers':[{'name':'a'}]", "a:main:never", NULL},
        {"'restartPolicy':'OnFailure','containers':[{'name':'a'},{'name':'b','restartPolicy':"
         "'Never'}]",
         "a:main:onfailure b:main:never", NULL},
        {"'restartPolicy':'Never','initContainers':[{'name':'i'},{'name':'s','restartPolicy':"
         "'Always'},{'name':'j','restartPolicy':'OnFailure'}],'containers':[{'name':'a',"
         "'restartPolicy':'Always'}]",
         "i:init:never s:sidecar:always j:init:onfailure a:main:always", NULL},
        {"'initContainers':[{'name':'i'}]", NULL, "the Job has no container"},
        {"'containers':[]", NULL, "the Job has no container"},
        {"'containers':[{'name':'a','livenessProbe':{'grpc':{'port':1}}}]", NULL,
         "container a: livenessProbe: grpc is not supported"},
        {"'containers':[{'name':'a','lifecycle':{'preStop':{'tcpSocket':{'port':1}}}}]", NULL,
         "container a: lifecycle.preStop: tcpSocket is not supported"},
        {"'containers':[{'name':'a','livenessProbe':{'tcpSocket':{'port':'web'}}}]", NULL,
         "container a: livenessProbe: port \"web\" is no port of the container"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[512];
        struct plan plan;
        struct error err = {""};
        json_t *job = facts_job(rows[i].pod);
        cr_expect_eq(plan_make(&plan, job, &err), rows[i].want ? 0 : -1, "row %zu: %s", i,
                     err.text);
        render(&plan, text, sizeof text);
        if (rows[i].want)
            cr_expect_str_eq(text, rows[i].want, "row %zu", i);
        else
            cr_expect(strstr(err.text, rows[i].error), "row %zu: %s", i, err.text);
        plan_free(&plan);
        json_decref(job);
    }
}

Test(plan, grace)
{
    static const struct {
        const char *pod;
        int64_t ms;
    } rows[] = {
        {"", 30000},
        {"'terminationGracePeriodSeconds':600,", 600000},
        {"'terminationGracePeriodSeconds':0,", 0},
        {"'terminationGracePeriodSeconds':-5,", 1000},
        {"'terminationGracePeriodSeconds':9223372036854775807,", PLAN_LONG_MS},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char pod[256];
        struct plan plan;
        snprintf(pod, sizeof pod, "%s'containers':[{'name':'a'}]", rows[i].pod);
        json_t *job = facts_job(pod);
        cr_assert_eq(plan_make(&plan, job, NULL), 0);
        cr_expect_eq(plan.grace_ms, rows[i].ms, "row %zu", i);
        plan_free(&plan);
        json_decref(job);
    }
}

Test(plan, probe_numbers_and_their_defaults)
{
    struct plan plan;
    json_t *job = facts_job(
        "'containers':[{'name':'a','startupProbe':{'exec':{'command':['x','y']}},"
        "'livenessProbe':{'tcpSocket':{'port':'web'},'initialDelaySeconds':3,"
        "'periodSeconds':4,'timeoutSeconds':5,'failureThreshold':6,"
        "'terminationGracePeriodSeconds':7},'ports':[{'name':'web','containerPort':8080}]}]");
    cr_assert_eq(plan_make(&plan, job, NULL), 0);
    const struct plan_probe *s = &plan.containers[0].startup;
    const struct plan_probe *l = &plan.containers[0].liveness;
    cr_expect(s->action.kind == PLAN_EXEC && strcmp(s->action.argv[1], "y") == 0 &&
              !s->action.argv[2]);
    cr_expect(s->delay_ms == 0 && s->period_ms == 10000 && s->timeout_ms == 1000 &&
              s->failure == 3 && s->success == 1 && s->grace_ms == -1);
    cr_expect(l->action.kind == PLAN_TCP && l->action.port == 8080);
    cr_expect_str_eq(l->action.host, "127.0.0.1");
    cr_expect(l->delay_ms == 3000 && l->period_ms == 4000 && l->timeout_ms == 5000 &&
              l->failure == 6 && l->grace_ms == 7000);
    plan_free(&plan);
    json_decref(job);
}

static void render_argv(char **argv, char *out, size_t size)
{
    size_t len = 0;
    for (; *argv; argv++)
        len += (size_t)snprintf(out + len, size - len, "%s ", *argv);
}

#define CURL "curl -q -s -g -k --noproxy * -o /dev/null "

Test(plan, http_is_curl)
{
    static const struct {
        const char *container, *want;
    } rows[] = {
        {"'livenessProbe':{'httpGet':{'port':80}}",
         CURL "-f -A kube-probe/1.36 --url http://127.0.0.1:80/ "},
        {"'livenessProbe':{'httpGet':{'port':80,'path':'a?b','scheme':'HTTPS','host':'h.org'}}",
         CURL "-f -A kube-probe/1.36 --url https://h.org:80/a?b "},
        {"'livenessProbe':{'httpGet':{'port':80,'path':'/x','host':'::1','httpHeaders':[{'name':"
         "'X-A','value':'1 2'},{'name':'X-B','value':''}]}}",
         CURL "-f -A kube-probe/1.36 -H X-A: 1 2 -H X-B; --url http://[::1]:80/x "},
        {"'livenessProbe':{'httpGet':{'port':80,'path':'/a b%2F\\u00fc?q=\\n'}}",
         CURL "-f -A kube-probe/1.36 --url http://127.0.0.1:80/a%20b%2F%C3%BC?q=%0A "},
        {"'lifecycle':{'postStart':{'httpGet':{'port':80,'host':'localhost'}}}",
         CURL "-A kube-probe/1.36 --url http://127.0.0.1:80/ "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[512];
        char pod[1024];
        struct plan plan;
        snprintf(pod, sizeof pod, "'containers':[{'name':'a',%s}]", rows[i].container);
        json_t *job = facts_job(pod);
        cr_assert_eq(plan_make(&plan, job, NULL), 0);
        const struct plan_container *c = &plan.containers[0];
        render_argv(c->post_start.kind ? c->post_start.argv : c->liveness.action.argv, text,
                    sizeof text);
        cr_expect_str_eq(text, rows[i].want, "row %zu", i);
        plan_free(&plan);
        json_decref(job);
    }
}

Test(plan, rests_and_wakes)
{
    struct plan plan;
    json_t *job = facts_job(
        "'initContainers':[{'name':'i','image':'x'}],'containers':[{'name':'a','image':'y'}]");
    cr_assert_eq(plan_make(&plan, job, NULL), 0);
    json_decref(job);
    for (int round = 0; round < 3; round++) {
        cr_expect_str_eq(json_string_value(json_object_get(plan_spec(&plan, 0), "image")), "x");
        cr_expect_str_eq(json_string_value(json_object_get(plan_spec(&plan, 1), "image")), "y");
        plan_rest(&plan, true);
        plan_rest(&plan, true);
        cr_expect_null(plan.job);
    }
    plan_rest(&plan, false);
    cr_expect_null(plan_spec(&plan, 0));
    plan_free(&plan);
}

Test(plan, no_job)
{
    json_t *job = json_object();
    cr_expect(!plan_indexed(job));
    cr_expect_null(plan_container(job));
    json_decref(job);
}
