/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts.h"

#include <stdio.h>

#include "../runtime.h"
#include "../values.h"

static char *task_env[] = {"PATH=/bin", "JOB_COMPLETION_INDEX=99", "SLURM_SKJOB_JOB_ID=5",
                           "HOST=node1", NULL};

/* A Job around the fields of its container and of its pod (each "" or ending in a comma). */
static json_t *job_of(const char *mode, const char *pod, const char *container)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    strbuf_addf(&text,
                "{'metadata':{'name':'j'},'spec':{'completionMode':'%s','template':{'spec':{%s"
                "'containers':[{%s'name':'main','image':'i'}]}}}}",
                mode, pod, container);
    return facts_json(strbuf_str(&text));
}

/* Command and arguments, then the variables that the test looks at: "a|b;A=1;B=2". */
static void render(const struct values *v, const char *const names[], char *out, size_t size)
{
    size_t len = 0;
    for (char **p = v->command; *p; p++)
        len += (size_t)snprintf(out + len, size - len, "%s%s", p == v->command ? "" : "|", *p);
    for (char **p = v->args; *p; p++)
        len += (size_t)snprintf(out + len, size - len, "|%s", *p);
    for (; *names; names++) {
        const char *value = runtime_getenv(v->envp, *names);
        len += (size_t)snprintf(out + len, size - len, ";%s=%s", *names, value ? value : "(none)");
    }
}

static int make(struct values *out, const json_t *job, struct error *err)
{
    const json_t *pod =
        json_object_get(json_object_get(json_object_get(job, "spec"), "template"), "spec");
    const struct values_source src = {.job = job, .index = 7, .environ_ = task_env};
    return values_make(out, &src, json_array_get(json_object_get(pod, "containers"), 0), err);
}

static const struct {
    const char *mode, *pod, *container;
    const char *want; /* NULL = error */
    const char *error;
} rows[] = {
    {"Indexed", "", "'command':['c'],'volumeDevices':[{}],", NULL,
     "container main: volumeDevices is not supported"},
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

Test(values, rows)
{
    static const char *const names[] = {"A", "JOB_COMPLETION_INDEX", "SLURM_SKJOB_JOB_ID", NULL};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[1024];
        struct values v;
        struct error err = {""};
        json_t *job = job_of(rows[i].mode, rows[i].pod, rows[i].container);
        int rc = make(&v, job, &err);
        json_decref(job); /* the values live on without it */
        cr_expect_eq(rc, rows[i].want ? 0 : -1, "row %zu: %s", i, err.text);
        if (rc == 0 && rows[i].want) {
            render(&v, names, text, sizeof text);
            cr_expect_str_eq(text, rows[i].want, "row %zu", i);
        } else if (rows[i].error) {
            cr_expect(strstr(err.text, rows[i].error), "row %zu: %s", i, err.text);
        }
        values_free(&v);
    }
}

Test(values, working_dir)
{
    static const struct {
        const char *container, *cwd;
    } table[] = {{"", NULL}, {"'workingDir':'',", NULL}, {"'workingDir':'/a b',", "/a b"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct values v;
        json_t *job = job_of("Indexed", "", table[i].container);
        cr_assert_eq(make(&v, job, NULL), 0, "row %zu", i);
        cr_expect_eq(v.cwd != NULL, table[i].cwd != NULL, "row %zu", i);
        if (v.cwd && table[i].cwd)
            cr_expect_str_eq(v.cwd, table[i].cwd);
        cr_expect_null(*v.command, "an empty list is a list");
        values_free(&v);
        json_decref(job);
    }
}
