/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts.h"

#include "../container_env.h"
#include "../runtime.h"

static char *task_env[] = {"PATH=/bin", "JOB_COMPLETION_INDEX=99", "SLURM_SKJOB_JOB_ID=5",
                           "SLURM_JOB_ID=7", NULL};

/* Variables of the result, as "A=1;B=(none)". */
static void render(const struct environment *env, const char *names, struct strbuf *out)
{
    cleanup_free char *copy = strdup(names);
    cleanup_free char **list = environment_list(env);
    char *rest;
    for (char *n = strtok_r(copy, " ", &rest); n; n = strtok_r(NULL, " ", &rest)) {
        const char *value = runtime_getenv(list, n);
        strbuf_addf(out, "%s%s=%s", out->len ? ";" : "", n, value ? value : "(none)");
    }
}

struct row {
    const char *container; /* its members */
    const char *names;     /* the variables to show */
    int rc;
    const char *want; /* the variables, or the message */
    const char *proves;
};

static void run(const struct row *rows, size_t n, bool indexed)
{
    struct world w;
    world_make(&w);
    w.broken = "broken";
    for (size_t i = 0; i < n; i++) {
        struct error err = {""};
        struct environment *env;
        size_t budget = CONTAINER_ENV_TEXT_MAX;
        cleanup_strbuf struct strbuf text = STRBUF_INIT, got = STRBUF_INIT;
        strbuf_addf(&text, "{%s%s'name':'main'}", rows[i].container, *rows[i].container ? "," : "");
        cleanup_json json_t *container = facts_json(strbuf_str(&text));
        const struct container_env in = {container, &w.facts, task_env, indexed,
                                         3,         NULL,     NULL,     indexed ? "j-3" : NULL};
        int rc = container_env_make(&env, &in, &budget, &err);
        cr_expect_eq(rc, rows[i].rc, "%s: %d %s", rows[i].proves, rc, err.text);
        if (env)
            render(env, rows[i].names, &got);
        cr_expect_eq(!env, rc != 0, "%s", rows[i].proves);
        cr_expect_str_eq(env ? strbuf_str(&got) : err.text, rows[i].want, "%s:\n%s\nwanted\n%s",
                         rows[i].proves, env ? strbuf_str(&got) : err.text, rows[i].want);
        environment_free(env);
    }
    world_free(&w);
}

#define FROM(kind, members) "'envFrom':[{'" kind "':{" members "}}]"
#define VALUE(source)       "'env':[{'name':'X','valueFrom':{" source "}}]"

Test(container_env, env_from)
{
    static const struct row rows[] = {
        {"", "PATH SLURM_JOB_ID A", 0, "PATH=/bin;SLURM_JOB_ID=7;A=(none)", "the task's own"},
        {FROM("configMapRef", "'name':'c'"), "A B.b 9 EMPTY bin", 0,
         "A=1;B.b=two;9=nine;EMPTY=;bin=(none)", "all keys of data, none of binaryData"},
        {FROM("secretRef", "'name':'tls'"), "tls.crt tls.key", 0, "tls.crt=CRT;tls.key=KEY",
         "Secrets are decoded"},
        {"'envFrom':[{'prefix':'P_','configMapRef':{'name':'c'}}]", "P_A A", 0, "P_A=1;A=(none)",
         "a prefix"},
        {"'envFrom':[{'configMapRef':{'name':'c'}},{'configMapRef':{'name':'d'}}]", "A B.b", 0,
         "A=d;B.b=two", "the later source wins"},
        {"'envFrom':[{'configMapRef':{'name':'c'}}],'env':[{'name':'A','value':'own'}]", "A", 0,
         "A=own", "env wins over envFrom"},
        {"'envFrom':[{'configMapRef':{'name':'c'}}],'env':[{'name':'PATH','value':'$(A):$(B.b)'}]",
         "PATH", 0, "PATH=1:two", "envFrom is known to $(VAR)"},
        {FROM("configMapRef", "'name':'none'"), "", 1, "configmap \"none\" not found", "missing"},
        {FROM("secretRef", "'name':'none'"), "", 1, "secret \"none\" not found", "missing"},
        {FROM("configMapRef", "'name':'none','optional':true"), "A", 0, "A=(none)", "optional"},
        {FROM("configMapRef", "'name':'broken','optional':true"), "", -1, "cannot read broken",
         "unreadable is not missing"},
        {FROM("secretRef", "'name':'s'"), "", -1,
         "envFrom secret: nul: the value holds a NUL byte, which no variable can", "NUL"},
    };
    run(rows, sizeof rows / sizeof *rows, false);
}

Test(container_env, value_from)
{
    static const struct row rows[] = {
        {VALUE("'fieldRef':{'fieldPath':'metadata.name'}"), "X", 0, "X=j-0-abcde", "a field"},
        {VALUE("'fieldRef':{'fieldPath':'metadata.labels[\\u0027app\\u0027]'}"), "X", 0, "X=demo",
         "a label"},
        {VALUE("'fieldRef':{'fieldPath':'status.phase'}"), "", -1,
         "env X: unsupported fieldPath: status.phase", "a field no container can have"},
        {VALUE("'resourceFieldRef':{'resource':'limits.cpu'}"), "X", 0, "X=2",
         "a resource of this container"},
        {VALUE("'resourceFieldRef':{'resource':'limits.cpu','containerName':'bare'}"), "X", 0,
         "X=4", "a resource of another"},
        {VALUE("'configMapKeyRef':{'name':'c','key':'B.b'}"), "X A", 0, "X=two;A=(none)",
         "one key"},
        {VALUE("'configMapKeyRef':{'name':'c','key':'EMPTY'}"), "X", 0, "X=", "an empty value"},
        {VALUE("'configMapKeyRef':{'name':'c','key':'bin'}"), "", 1,
         "couldn't find key bin in ConfigMap ns/c", "binaryData is no text"},
        {VALUE("'configMapKeyRef':{'name':'c','key':'k'}"), "", 1,
         "couldn't find key k in ConfigMap ns/c", "a missing key"},
        {VALUE("'secretKeyRef':{'name':'s','key':'k'}"), "", 1,
         "couldn't find key k in Secret ns/s", "a missing key of a Secret"},
        {VALUE("'configMapKeyRef':{'name':'none','key':'k'}"), "", 1,
         "configmap \"none\" not found", "a missing object"},
        {VALUE("'configMapKeyRef':{'name':'c','key':'k','optional':true}"), "X", 0, "X=(none)",
         "an optional key stays undefined"},
        {VALUE("'secretKeyRef':{'name':'none','key':'k','optional':true}"), "X", 0, "X=(none)",
         "an optional object"},
        {VALUE("'secretKeyRef':{'name':'s','key':'A'}"), "X", 0, "X=secret", "decoded"},
        {"'env':[{'name':'A','value':'a'},{'name':'X','valueFrom':{'secretKeyRef':{'name':'s',"
         "'key':'P'}}},{'name':'Y','value':'$(X)'}]",
         "X Y", 0, "X=$(A);Y=$(A)", "what comes from elsewhere is not expanded, nor again"},
        {VALUE("'fileKeyRef':{'volumeName':'v','path':'p','key':'k'}"), "", -1,
         "env X: there are no volumes", "a file"},
    };
    run(rows, sizeof rows / sizeof *rows, false);
}

Test(container_env, values)
{
    static const struct row rows[] = {
        {"'env':[{'name':'A','value':'$(B)'},{'name':'B','value':'b'},{'name':'C','value':'$(B)'}]",
         "A C", 0, "A=$(B);C=b", "only what stands before is known"},
        {"'env':[{'name':'A','value':'1'},{'name':'A','value':'$(A)2'}]", "A", 0, "A=12",
         "the later one wins, and sees the earlier"},
        {"'env':[{'name':'A','value':'$(PATH)'}]", "A", 0, "A=$(PATH)",
         "the task's variables are not known"},
        {"'env':[{'name':'A'}]", "A", 0, "A=", "no value is an empty one"},
        {"'env':[{'name':'A','value':'$$(B)'}]", "A", 0, "A=$(B)", "escaped"},
    };
    run(rows, sizeof rows / sizeof *rows, false);
}

Test(container_env, index)
{
    static const struct row indexed[] = {
        {"", "JOB_COMPLETION_INDEX SLURM_SKJOB_JOB_ID", 0,
         "JOB_COMPLETION_INDEX=3;SLURM_SKJOB_JOB_ID=5", "the index, not the task's"},
        {"", "HOSTNAME", 0, "HOSTNAME=j-3", "the pod's name"},
        {"'env':[{'name':'HOSTNAME','value':'own'},{'name':'A','value':'$(HOSTNAME)'}]",
         "HOSTNAME A", 0, "HOSTNAME=own;A=own", "the manifest's HOSTNAME"},
        {"'env':[{'name':'A','value':'$(HOSTNAME)'}]", "A", 0, "A=$(HOSTNAME)",
         "it is the runtime's, not the manifest's"},
        {"'env':[{'name':'JOB_COMPLETION_INDEX','value':'own'}]",
         "JOB_COMPLETION_INDEX SLURM_SKJOB_JOB_ID", 0,
         "JOB_COMPLETION_INDEX=own;SLURM_SKJOB_JOB_ID=(none)", "the manifest's own"},
        {"'env':[{'name':'JOB_COMPLETION_INDEX','valueFrom':{'configMapKeyRef':{'name':'none',"
         "'key':'k','optional':true}}}]",
         "JOB_COMPLETION_INDEX", 0, "JOB_COMPLETION_INDEX=(none)", "its own, and undefined"},
        {"'env':[{'name':'A','value':'$(JOB_COMPLETION_INDEX)'}]", "A", 0,
         "A=$(JOB_COMPLETION_INDEX)", "it is appended, so that env does not see it"},
    };
    static const struct row plain[] = {
        {"", "JOB_COMPLETION_INDEX SLURM_SKJOB_JOB_ID", 0,
         "JOB_COMPLETION_INDEX=(none);SLURM_SKJOB_JOB_ID=(none)", "no index"},
    };
    run(indexed, sizeof indexed / sizeof *indexed, true);
    run(plain, 1, false);
}

/* Each variable doubles the one before. */
Test(container_env, bounded)
{
    struct world w;
    world_make(&w);
    struct error err;
    struct environment *env;
    size_t budget = CONTAINER_ENV_TEXT_MAX;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    strbuf_adds(&text, "{'name':'main','env':[{'name':'V0','value':'0123456789'}");
    for (int i = 1; i < 40; i++)
        strbuf_addf(&text, ",{'name':'V%d','value':'$(V%d)$(V%d)'}", i, i - 1, i - 1);
    strbuf_adds(&text, "]}");
    cleanup_json json_t *container = facts_json(strbuf_str(&text));
    const struct container_env in = {container, &w.facts, NULL, false, 0, NULL, NULL, NULL};
    cr_expect_eq(container_env_make(&env, &in, &budget, &err), -1);
    cr_expect_not_null(strstr(err.text, "too large together"), "%s", err.text);
    world_free(&w);
}

Test(container_env, arguments)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"a-$(A)", "a-1"}, {"$(N)/$(M)/$(A)", "$(N)/$(M)/1"}, {"$(E)", ""}, {"$(PATH)", "$(PATH)"},
        {"", ""},
    };
    struct error err;
    struct environment *env = environment_new(task_env, 1000);
    environment_declare(env, "A", "1", &err);
    environment_declare(env, "E", "", &err);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t budget = 100;
        cleanup_free char *got = container_env_expand(env, rows[i].text, &budget, &err);
        cr_expect_str_eq(got, rows[i].want);
        cr_expect_eq(budget, 100 - strlen(got));
    }
    environment_free(env);
}
