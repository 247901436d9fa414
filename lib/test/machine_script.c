/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine_script.h"

#include "cleanup.h"
#include "json_text.h"
#include "machine.h"
#include "tree.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define SECOND 1000000.0
#define START  (INT64_C(1767322800) * 1000000)

struct script {
    const struct machine_row *row;
    json_t *job;
    struct job_spec *spec;
    struct machine *machine;
    struct machine_actions actions; /* of the last pass */
    int64_t now;
    struct machine_action last; /* the pod created last */
};

static void check(const struct script *s, const char *word, const char *got)
{
    cr_expect_str_eq(got, strchr(word, '=') + 1, "%s: %s, but it is %s", s->row->what, word, got);
}

static const char template_text[] =
    "{'spec':{'restartPolicy':'Never','initContainers':[{'name':'prep'}],"
    "'containers':[{'name':'main'},{'name':'side'}]}}";

static void open_script(struct script *s)
{
    char text[2048];
    struct error err;
    snprintf(text, sizeof text, "{'metadata':{'name':'mypod'},'spec':{%s%s'template':%s}}",
             s->row->spec, *s->row->spec ? "," : "", template_text);
    s->job = json_text(text);
    if (strstr(s->row->spec, "'OnFailure'")) {
        json_t *pod = tree_at(s->job, "spec", "template", "spec", NULL);
        json_object_set_new(pod, "restartPolicy", json_string("OnFailure"));
    }
    cr_assert_eq(job_spec_from_json(s->job, &s->spec, &err), 0, "%s: %s", s->row->what, err.text);
    s->machine = machine_new(s->spec, NULL);
    s->now = START;
}

static void close_script(struct script *s)
{
    machine_free(s->machine);
    machine_actions_free(&s->actions);
    job_spec_free(s->spec);
    json_decref(s->job);
}

static void send(struct script *s, struct machine_event *ev)
{
    struct error err;
    ev->time_us = s->now;
    cr_assert_eq(machine_handle(s->machine, ev, &s->actions, &err), 0, "%s: %s", s->row->what,
                 err.text);
    for (size_t i = 0; i < s->actions.len; i++)
        if (s->actions.v[i].type == MACHINE_CREATE_POD)
            s->last = s->actions.v[i];
}

static int64_t relative(const struct script *s, const char *text)
{
    double seconds = strtod(text, NULL);
    return s->now + (int64_t)(seconds * SECOND + (seconds < 0 ? -0.5 : 0.5));
}

/* "main=5,init/prep=1,cond/Type=True" or a bare code of the container main. */
struct detail {
    struct machine_outcome o;
    struct machine_container containers[4];
    struct machine_container init[4];
    struct machine_pod_condition conditions[4];
};

static void add_detail(struct detail *d, char *item)
{
    char *value = strchr(item, '=');
    if (!value) {
        d->containers[d->o.n_containers++] =
            (struct machine_container){.name = "main", .exit_code = atoi(item)};
        return;
    }
    *value++ = '\0';
    if (strncmp(item, "init/", 5) == 0)
        d->init[d->o.n_init++] =
            (struct machine_container){.name = item + 5, .exit_code = atoi(value)};
    else if (strncmp(item, "cond/", 5) == 0)
        d->conditions[d->o.n_conditions++] =
            (struct machine_pod_condition){.type = item + 5, .status = value};
    else
        d->containers[d->o.n_containers++] =
            (struct machine_container){.name = item, .exit_code = atoi(value)};
}

static void read_detail(struct detail *d, char *text)
{
    char *save = NULL;
    for (char *item = strtok_r(text, ",", &save); item; item = strtok_r(NULL, ",", &save))
        add_detail(d, item);
    d->o.containers = d->containers;
    d->o.init = d->init;
    d->o.conditions = d->conditions;
}

/* A pod of the machine: found by its index alone when only one attempt of it was created by it. */
static const char *read_pod(const struct script *s, const char *at, struct machine_event *ev)
{
    char *end;
    if (*at == '*') {
        ev->index = s->last.index;
        ev->attempt = s->last.attempt;
        return at + 1;
    }
    if (*at == '?') {
        ev->index = MACHINE_NO_INDEX;
        end = (char *)(uintptr_t)(at + 1);
    } else {
        ev->index = (uint32_t)strtoul(at, &end, 10);
    }
    if (*end == '.')
        ev->attempt = (uint32_t)strtoul(end + 1, &end, 10);
    return end;
}

static void pod_event(struct script *s, char *word)
{
    struct detail d = {.o = {0}};
    struct machine_event ev = {.type = MACHINE_POD_STARTED, .more = true, .outcome = &d.o};
    char *at = (char *)(uintptr_t)read_pod(s, word + 1, &ev);
    char *detail = strchr(at, ':'), *time = strchr(at, '@'), *counts = strchr(at, '#');
    ev.phase = *word == 'P' ? MACHINE_PENDING : MACHINE_RUNNING;
    ev.ready = *word == 'Y';
    if (strchr("SF", *word)) {
        ev.type = MACHINE_POD_ENDED;
        ev.phase = *word == 'S' ? MACHINE_SUCCEEDED : MACHINE_FAILED;
    }
    if (time)
        ev.created_us = ev.finished_us = relative(s, time + 1);
    if (counts) {
        ev.failures = (uint32_t)strtoul(counts + 1, &counts, 10);
        ev.ignored = *counts == ',' ? (uint32_t)strtoul(counts + 1, NULL, 10) : 0;
    }
    char code[] = "1";
    if (ev.phase == MACHINE_FAILED || *word == 'D')
        read_detail(&d, detail ? detail + 1 : code);
    if (*word == 'D')
        ev.type = MACHINE_POD_DELETED;
    if (*word == 'G')
        ev.type = MACHINE_POD_GONE;
    send(s, &ev);
}

static void restart_event(struct script *s, char *word)
{
    struct machine_event ev = {.type = MACHINE_POD_RESTARTED, .more = true};
    read_pod(s, word + 1, &ev);
    ev.restarts = (uint32_t)atoi(strchr(word, '=') + 1);
    send(s, &ev);
}

static void pass(struct script *s, const char *word)
{
    struct machine_event ev = {.type = MACHINE_SYNC, .unsettled = word[1] == 'u'};
    send(s, &ev);
    for (int i = 0; word[1] == '/' && s->actions.wake_us <= s->now && i < 100; i++)
        send(s, &ev);
}

static void change(struct script *s, const char *word)
{
    struct error err;
    cleanup_json json_t *patch = json_text(word);
    json_object_update(tree_get(s->job, "spec"), patch);
    cr_assert_eq(job_spec_update(s->spec, s->job, &err), 0, "%s", err.text);
    send(s, &(struct machine_event){.type = MACHINE_SPEC, .spec = s->spec, .more = true});
}

/* checks ------------------------------------------------------------------------------------- */

static void add_indexes(const struct script *s, enum machine_action_type type, struct strbuf *out)
{
    struct indexset set = INDEXSET_INIT;
    for (size_t i = 0; i < s->actions.len; i++)
        if (s->actions.v[i].type == type)
            indexset_insert(&set, s->actions.v[i].index);
    const char *comma = "";
    uint32_t a, b;
    for (uint32_t at = 0; indexset_next(&set, at, &a, &b); at = b + 1)
        for (; a <= b; a++, comma = ",")
            strbuf_addf(out, "%s%u", comma, a);
    if (indexset_count(&set) == 0)
        strbuf_addc(out, '-');
    indexset_free(&set);
}

static size_t count_actions(const struct script *s, enum machine_action_type type)
{
    size_t n = 0;
    for (size_t i = 0; i < s->actions.len; i++)
        n += s->actions.v[i].type == type;
    return n;
}

static void add_set(const struct indexset *set, struct strbuf *out)
{
    if (!set || indexset_count(set) == 0)
        strbuf_addc(out, '-');
    else
        indexset_print(set, out);
}

static void add_conditions(const struct machine_view *v, struct strbuf *out)
{
    for (size_t i = 0; i < v->n_conditions; i++)
        strbuf_addf(out, "%s%s%s:%s", i ? "," : "", v->conditions[i].status ? "" : "!",
                    machine_condition_name(v->conditions[i].type), v->conditions[i].reason);
    if (v->n_conditions == 0)
        strbuf_addc(out, '-');
}

static void add_message(const struct machine_view *v, struct strbuf *out)
{
    if (v->n_conditions > 0)
        strbuf_adds(out, v->conditions[v->n_conditions - 1].message);
    for (char *p = out->data; p && *p; p++)
        if (*p == ' ')
            *p = '_';
}

static void add_seconds(int64_t us, struct strbuf *out)
{
    if (us == MACHINE_NEVER || us < 0)
        strbuf_addc(out, '-');
    else
        strbuf_addf(out, "%g", (double)us / SECOND);
}

static void add_value(const struct script *s, const char *name, struct strbuf *out)
{
    struct machine_view v;
    machine_view(s->machine, &v);
    int64_t wake = s->actions.wake_us, create = s->actions.create_us;
    const struct {
        const char *name;
        uint64_t value;
    } counts[] = {
        {"A", v.active},
        {"S", v.succeeded},
        {"F", v.failed},
        {"T", v.terminating},
        {"ready", v.ready},
        {"created", count_actions(s, MACHINE_CREATE_POD)},
        {"deleted", count_actions(s, MACHINE_DELETE_POD)},
        {"expire", count_actions(s, MACHINE_DELETE_JOB)},
        {"c", s->last.failures},
        {"i", s->last.ignored},
        {"n", v.backoff_failures},
    };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (strcmp(counts[i].name, name) == 0)
            strbuf_addf(out, "%llu", (unsigned long long)counts[i].value);
    if (strcmp(name, "new") == 0)
        add_indexes(s, MACHINE_CREATE_POD, out);
    if (strcmp(name, "kill") == 0)
        add_indexes(s, MACHINE_DELETE_POD, out);
    if (strcmp(name, "done") == 0)
        add_set(v.completed_indexes, out);
    if (strcmp(name, "bad") == 0)
        add_set(v.failed_indexes, out);
    if (strcmp(name, "C") == 0)
        add_conditions(&v, out);
    if (strcmp(name, "msg") == 0)
        add_message(&v, out);
    if (strcmp(name, "wake") == 0)
        add_seconds(wake == MACHINE_NEVER ? wake : wake - s->now, out);
    if (strcmp(name, "create") == 0)
        add_seconds(create == MACHINE_NEVER ? create : create - s->now, out);
    if (strcmp(name, "start") == 0)
        add_seconds(v.start_us == MACHINE_NO_TIME ? MACHINE_NEVER : s->now - v.start_us, out);
    if (strcmp(name, "end") == 0)
        add_seconds(v.completion_us == MACHINE_NO_TIME ? MACHINE_NEVER : s->now - v.completion_us,
                    out);
}

static void check_word(const struct script *s, const char *word)
{
    char name[16];
    cleanup_strbuf struct strbuf got = STRBUF_INIT;
    size_t len = strcspn(word, "=");
    cr_assert(word[len] && len < sizeof name, "%s: what is %s?", s->row->what, word);
    snprintf(name, sizeof name, "%.*s", (int)len, word);
    add_value(s, name, &got);
    cr_assert(got.len > 0 || strcmp(name, "msg") == 0, "%s: what is %s?", s->row->what, word);
    check(s, word, strbuf_str(&got));
}

/* Checks are LETTERS=value; no other word has only letters before a "=". */
static bool is_check(const char *word)
{
    size_t letters = strspn(word, "ACFSTabcdefghijklmnopqrstuvwxyz");
    return letters > 0 && word[letters] == '=';
}

static void run_word(struct script *s, char *word)
{
    if (is_check(word))
        check_word(s, word);
    else if (*word == 'r')
        restart_event(s, word);
    else if (*word == '.')
        pass(s, word);
    else if (*word == '{')
        change(s, word);
    else if (*word == 't')
        s->now = relative(s, word + 1);
    else if (*word == 'X')
        send(s, &(struct machine_event){.type = MACHINE_JOB_DELETED, .more = true});
    else
        pod_event(s, word);
}

void machine_row_run(const struct machine_row *row)
{
    struct script s = {.row = row};
    cleanup_free char *text = strdup(row->script);
    char *save = NULL;
    open_script(&s);
    for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save))
        run_word(&s, word);
    close_script(&s);
}
