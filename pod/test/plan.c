/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "../plan.h"

static char *task_env[] = {"PATH=/bin", "JOB_COMPLETION_INDEX=99", "SLURM_SKJOB_JOB_ID=5",
                           "HOST=node1", NULL};

/* A Job around the fields of its container and of its pod (each "" or ending in a comma). */
static json_t *job_of(const char *mode, const char *pod, const char *container)
{
    char text[4096];
    json_error_t why;
    snprintf(text, sizeof text,
             "{'metadata':{'name':'j'},'spec':{'completionMode':'%s','template':{'spec':{%s"
             "'containers':[{%s'name':'main','image':'i'}]}}}}",
             mode, pod, container);
    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    json_t *job = json_loads(text, 0, &why);
    cr_assert(job, "%s: %s", why.text, text);
    return job;
}

/* The arguments, then the variables that the test looks at: "a|b;A=1;B=2". */
static void render(const struct plan *plan, const char *const names[], char *out, size_t size)
{
    size_t len = 0;
    for (char **p = plan->argv; *p; p++)
        len += (size_t)snprintf(out + len, size - len, "%s%s", p == plan->argv ? "" : "|", *p);
    for (; *names; names++) {
        const char *value = environment_get(plan->env, *names);
        len += (size_t)snprintf(out + len, size - len, ";%s=%s", *names, value ? value : "(none)");
    }
}

static const struct {
    const char *mode, *pod, *container;
    const char *want; /* NULL = error */
    const char *error;
} rows[] = {
    {"Indexed", "", "", NULL,
     "the container has no command: it would run the entrypoint of its "
     "image i, and that needs a container runtime"},
    {"Indexed", "", "'args':['a'],", NULL, "the container has no command"},
    {"Indexed", "", "'command':[],'args':['a'],", NULL, "the container has no command"},
    {"Indexed", "'initContainers':[{}],", "'command':['c'],", NULL,
     "spec.template.spec.initContainers is not supported"},
    {"Indexed", "'volumes':[{}],", "'command':['c'],", NULL,
     "spec.template.spec.volumes is not supported"},
    {"Indexed", "", "'command':['c'],'envFrom':[{}],", NULL,
     "spec.template.spec.containers[0].envFrom is not supported"},
    {"Indexed", "", "'command':['c'],'volumeMounts':[{}],", NULL,
     "spec.template.spec.containers[0].volumeMounts is not supported"},
    {"Indexed", "", "'command':['c'],'env':[{'name':'A','valueFrom':{}}],", NULL,
     "env A: valueFrom is not supported"},
    {"Indexed", "", "'command':['c'],'env':[{'value':'x'}],", NULL, "cannot be a variable"},
    {"Indexed", "'volumes':[],'initContainers':[],", "'command':['c'],'volumeMounts':[],",
     "c;A=(none);JOB_COMPLETION_INDEX=7;SLURM_SKJOB_JOB_ID=5", NULL},
    {"NonIndexed", "", "'command':['c'],",
     "c;A=(none);JOB_COMPLETION_INDEX=(none);SLURM_SKJOB_JOB_ID=(none)", NULL},
    {"NonIndexed", "", "'command':['c','$(JOB_COMPLETION_INDEX)'],",
     "c|$(JOB_COMPLETION_INDEX);A=(none);JOB_COMPLETION_INDEX=(none);SLURM_SKJOB_JOB_ID=(none)",
     NULL},
    {"Indexed", "", "'command':['c'],'args':['$(JOB_COMPLETION_INDEX)','$(HOST)'],",
     "c|7|$(HOST);A=(none);JOB_COMPLETION_INDEX=7;SLURM_SKJOB_JOB_ID=5", NULL},
    {"Indexed", "",
     "'command':['c','$(A)'],'env':[{'name':'A','value':'i=$(JOB_COMPLETION_INDEX)'}],",
     "c|i=$(JOB_COMPLETION_INDEX);A=i=$(JOB_COMPLETION_INDEX);JOB_COMPLETION_INDEX=7;"
     "SLURM_SKJOB_JOB_ID=5",
     NULL},
    {"Indexed", "",
     "'command':['c'],'env':[{'name':'JOB_COMPLETION_INDEX','value':'own'},"
     "{'name':'A','value':'$(JOB_COMPLETION_INDEX)!'}],",
     "c;A=own!;JOB_COMPLETION_INDEX=own;SLURM_SKJOB_JOB_ID=(none)", NULL},
    {"Indexed", "", "'command':['c'],'env':[{'name':'JOB_COMPLETION_INDEX'}],",
     "c;A=(none);JOB_COMPLETION_INDEX=;SLURM_SKJOB_JOB_ID=(none)", NULL},
    {"Indexed", "",
     "'command':['$(A)$(B)','$$(A)'],'env':[{'name':'A','value':'1'},{'name':'B','value':'$(A)2'},"
     "{'name':'A','value':'$(A)$(B)'}],",
     "11212|$(A);A=112;JOB_COMPLETION_INDEX=7;SLURM_SKJOB_JOB_ID=5", NULL},
};

Test(plan, rows)
{
    static const char *const names[] = {"A", "JOB_COMPLETION_INDEX", "SLURM_SKJOB_JOB_ID", NULL};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[1024];
        struct plan plan;
        struct error err = {""};
        json_t *job = job_of(rows[i].mode, rows[i].pod, rows[i].container);
        int rc = plan_make(&plan, job, 7, task_env, &err);
        json_decref(job); /* the plan lives on without it */
        cr_expect_eq(rc, rows[i].want ? 0 : -1, "row %zu: %s", i, err.text);
        if (rc == 0 && rows[i].want) {
            render(&plan, names, text, sizeof text);
            cr_expect_str_eq(text, rows[i].want, "row %zu", i);
        } else if (rows[i].error) {
            cr_expect(strstr(err.text, rows[i].error), "row %zu: %s", i, err.text);
        }
        plan_free(&plan);
    }
}

Test(plan, several_containers)
{
    struct plan plan;
    struct error err;
    json_t *job = job_of("Indexed", "", "'command':['c'],");
    json_t *pod =
        json_object_get(json_object_get(json_object_get(job, "spec"), "template"), "spec");
    json_array_append_new(json_object_get(pod, "containers"), json_object());
    cr_expect_eq(plan_make(&plan, job, 0, task_env, &err), -1);
    cr_expect_str_eq(err.text, "a pod with 2 containers is not supported by this version of skjob");
    json_decref(job);
}

Test(plan, no_container)
{
    struct plan plan;
    struct error err;
    json_t *job = json_object();
    cr_expect_eq(plan_make(&plan, job, 0, task_env, &err), -1);
    cr_expect_str_eq(err.text, "the Job has no container");
    cr_expect(!plan_indexed(job));
    cr_expect_null(plan_container(job));
    json_decref(job);
}

Test(plan, grace_stdin_and_folder)
{
    static const struct {
        const char *pod, *container;
        long long grace;
        bool with_stdin;
        const char *cwd;
    } table[] = {
        {"", "", 30, false, NULL},
        {"'terminationGracePeriodSeconds':600,", "'stdin':true,", 600, true, NULL},
        {"'terminationGracePeriodSeconds':2,", "'stdin':false,", 2, false, NULL},
        {"'terminationGracePeriodSeconds':1,", "", 2, false, NULL},
        {"'terminationGracePeriodSeconds':0,", "'workingDir':'',", 2, false, NULL},
        {"'terminationGracePeriodSeconds':-5,", "'workingDir':'/a b',", 2, false, "/a b"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char container[128];
        struct plan plan;
        snprintf(container, sizeof container, "'command':['c'],%s", table[i].container);
        json_t *job = job_of("Indexed", table[i].pod, container);
        cr_assert_eq(plan_make(&plan, job, 0, task_env, NULL), 0, "row %zu", i);
        cr_expect_eq(plan.grace, table[i].grace, "row %zu", i);
        cr_expect_eq(plan.with_stdin, table[i].with_stdin, "row %zu", i);
        cr_expect_eq(plan.cwd != NULL, table[i].cwd != NULL, "row %zu", i);
        if (plan.cwd && table[i].cwd)
            cr_expect_str_eq(plan.cwd, table[i].cwd);
        plan_free(&plan);
        json_decref(job);
    }
}
