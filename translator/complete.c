/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "log_pods.h"
#include "objects.h"
#include "options.h"
#include "resource.h"
#include "store.h"

#define PODS_MAX 500

/* What the words of a verb name; the other verbs take kinds and names. */
enum words { WORDS_KINDS, WORDS_NONE, WORDS_JOBS, WORDS_SCHEDULED, WORDS_PODS, WORDS_SHELLS };

static const struct {
    const char *verb;
    enum words words;
} verb_words[] = {
    {"create", WORDS_NONE},    {"apply", WORDS_NONE},        {"run", WORDS_NONE},
    {"translate", WORDS_NONE}, {"simulate", WORDS_NONE},     {"explain", WORDS_NONE},
    {"events", WORDS_NONE},    {"check-config", WORDS_NONE}, {"status", WORDS_JOBS},
    {"report", WORDS_JOBS},    {"suspend", WORDS_SCHEDULED}, {"resume", WORDS_SCHEDULED},
    {"scale", WORDS_JOBS},     {"retry", WORDS_JOBS},        {"reconcile", WORDS_SCHEDULED},
    {"top", WORDS_NONE},       {"logs", WORDS_PODS},         {"completion", WORDS_SHELLS},
    {"replace", WORDS_NONE},   {"gc", WORDS_NONE},
};

/* Values of options that are known; after the last one NULL. */
static const struct {
    const char *option;
    const char *values[8];
} option_values[] = {
    {"output", {"json", "yaml", "name"}},
    {"printer", {"json", "yaml", "name", "wide"}},
    {"output-file", {"csv", "json", "html"}},
    {"format", {"csv", "json", "html"}},
    {"dry-run", {"client", "server", "none"}},
    {"validate", {"strict", "warn", "ignore"}},
    {"for",
     {"condition=complete", "condition=failed", "finished", "create", "delete", "jsonpath="}},
};

struct completion {
    const char *word; /* what is to be completed */
    const char *head; /* put before each candidate */
    const char *ns;
    struct store store;
    const char *verb;
    const char *before; /* the word before, "" */
    const char *kind;   /* the first word of the verb that is no option, or NULL */
    char option[64];    /* the option whose value is wanted, "" = none */
    bool list_options;
};

static void offer(const struct completion *c, const char *head, const char *name, const char *what)
{
    if (strncmp(c->word, head, strlen(head)) != 0 && strncmp(head, c->word, strlen(c->word)) != 0)
        return;
    size_t n = strlen(head);
    const char *rest = strlen(c->word) > n ? c->word + n : "";
    if (strncmp(name, rest, strlen(rest)) == 0)
        printf("%s%s%s%s\n", head, name, what ? "\t" : "", what ? what : "");
}

/* The names of Jobs, ConfigMaps, ... of the namespace. */
static int list_names(const struct completion *c, int resource, char ***names, size_t *n)
{
    struct error err;
    enum object_kind kind;
    if (!c->store.root)
        return -1;
    if (resource == RESOURCE_JOB)
        return store_list(&c->store, c->ns, names, n, &err);
    if (!resource_stored_as(resource, &kind))
        return -1;
    return objects_list(c->store.root, kind, c->ns, names, n, &err);
}

static void offer_names(const struct completion *c, const char *head, int resource)
{
    char **names;
    size_t n;
    if (list_names(c, resource, &names, &n) < 0)
        return;
    for (size_t i = 0; i < n; i++) {
        offer(c, head, names[i], NULL);
        free(names[i]);
    }
    free(names);
}

static void offer_pods_of(const struct completion *c, const char *head, const char *job)
{
    struct error err;
    char name[POD_NAME_MAX + 1];
    cleanup_job_view struct job_view v = {0};
    cleanup_log_pods struct log_pods pods = {0};
    const struct log_filter latest = {LOG_ANY, LOG_ANY, true};
    if (job_view_load_journal(&v, &c->store, c->ns, job, job_view_now(), &err) != 0 ||
        log_pods_list(&v, &latest, &pods, &err) < 0)
        return;
    for (size_t i = 0; i < pods.len && i < PODS_MAX; i++) {
        log_pod_name(&v, pods.v[i].index, pods.v[i].attempt, name);
        offer(c, head, name, NULL);
    }
}

/* Of the Jobs whose names the word may begin with. */
static void offer_pods(const struct completion *c, const char *head)
{
    char **names;
    size_t n;
    const char *rest = strlen(c->word) > strlen(head) ? c->word + strlen(head) : "";
    if (list_names(c, RESOURCE_JOB, &names, &n) < 0)
        return;
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(names[i]) < strlen(rest) ? strlen(names[i]) : strlen(rest);
        if (strncmp(rest, names[i], len) == 0)
            offer_pods_of(c, head, names[i]);
        free(names[i]);
    }
    free(names);
}

static void offer_namespaces(const struct completion *c)
{
    struct error err;
    char **names;
    size_t n;
    if (!c->store.root || store_namespaces(&c->store, "jobs", &names, &n, &err) < 0)
        return;
    for (size_t i = 0; i < n; i++) {
        offer(c, c->head, names[i], NULL);
        free(names[i]);
    }
    free(names);
}

/* Of what the first word of the verb, or the part before the slash, calls a kind. */
static void offer_kind(const struct completion *c, const char *head, int resource)
{
    if (resource == RESOURCE_POD)
        offer_pods(c, head);
    else
        offer_names(c, head, resource);
}

static void offer_kinds(const struct completion *c)
{
    static const char *const kinds[] = {"jobs",       "pods",    "cronjobs",
                                        "configmaps", "secrets", "services"};
    const char *slash = strchr(c->word, '/'), *name;
    cleanup_free char *head = strndup(c->word, slash ? (size_t)(slash - c->word) + 1 : 0);
    if (slash && head) {
        offer_kind(c, head, resource_split(c->word, &name));
        return;
    }
    if (c->kind && resource_split(c->kind, &name) >= 0) {
        offer_kind(c, "", resource_split(c->kind, &name));
        return;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        offer(c, "", kinds[i], NULL);
    offer_names(c, "job/", RESOURCE_JOB);
}

static void offer_words(const struct completion *c)
{
    static const char *const shells[] = {"bash", "zsh", "fish"};
    enum words words = WORDS_KINDS;
    for (size_t i = 0; i < sizeof verb_words / sizeof *verb_words; i++)
        if (strcmp(verb_words[i].verb, c->verb) == 0)
            words = verb_words[i].words;
    if (words == WORDS_KINDS)
        offer_kinds(c);
    if (words == WORDS_JOBS || words == WORDS_SCHEDULED)
        offer_names(c, "", RESOURCE_JOB);
    if (words == WORDS_SCHEDULED)
        offer_names(c, "cronjob/", RESOURCE_CRON_JOB);
    if (words == WORDS_PODS)
        offer_names(c, "job/", RESOURCE_JOB);
    if (words == WORDS_PODS && *c->word)
        offer_pods(c, "");
    for (size_t i = 0; words == WORDS_SHELLS && i < sizeof shells / sizeof *shells; i++)
        offer(c, "", shells[i], NULL);
}

static void offer_values(const struct completion *c)
{
    if (strcmp(c->option, "namespace") == 0)
        offer_namespaces(c);
    for (size_t i = 0; i < sizeof option_values / sizeof *option_values; i++)
        if (strcmp(option_values[i].option, c->option) == 0)
            for (size_t k = 0; option_values[i].values[k]; k++)
                offer(c, c->head, option_values[i].values[k], NULL);
}

/* An option of the verb: a candidate itself, or the one whose value is wanted. */
static void hear_option(void *arg, const char *name, int letter, bool has_arg)
{
    struct completion *c = arg;
    char option[80];
    const char *sign = strchr(c->word, '=');
    snprintf(option, sizeof option, "--%s", name);
    bool inside = sign && (size_t)(sign - c->word) == strlen(option) &&
                  strncmp(c->word, option, strlen(option)) == 0;
    bool before = strcmp(c->before, option) == 0 ||
                  (letter && c->before[0] == '-' && c->before[1] == letter && !c->before[2]);
    if (inside || (has_arg && before))
        snprintf(c->option, sizeof c->option, "%s", name);
    if (c->list_options && !sign && !before)
        offer(c, "", option, NULL);
}

/* Finds the namespace, and the first word that is no option. */
static void look_at_words(struct completion *c, int argc, char **argv)
{
    for (int i = 1; i < argc - 1; i++) {
        bool is_namespace = strcmp(argv[i], "-n") == 0 || strcmp(argv[i], "--namespace") == 0;
        if (is_namespace && i + 1 < argc - 1)
            c->ns = argv[++i];
        else if (strncmp(argv[i], "--namespace=", 12) == 0)
            c->ns = argv[i] + 12;
        else if (argv[i][0] != '-' && !c->kind)
            c->kind = argv[i];
    }
}

static void complete_verb(struct completion *c, int argc, char **argv, const struct verb *verb)
{
    struct error err;
    const char *sign = strchr(c->word, '=');
    c->verb = verb->name;
    c->before = argv[argc - 2];
    c->list_options = c->word[0] == '-';
    cleanup_free char *head = strndup(c->word, sign ? (size_t)(sign - c->word) + 1 : 0);
    c->head = c->list_options && head ? head : "";
    look_at_words(c, argc, argv);
    options_each(verb->options, hear_option, c);
    if (store_open(&c->store, &err) < 0)
        c->store.root = NULL;
    if (*c->option)
        offer_values(c);
    else if (!c->list_options)
        offer_words(c);
    store_close(&c->store);
}

int complete_words(int argc, char **argv, const struct verb *const *verbs, size_t n)
{
    struct completion c = {.word = argc ? argv[argc - 1] : "", .ns = "default"};
    for (size_t i = 0; i < n; i++)
        if (argc < 2)
            offer(&c, "", verbs[i]->name, verbs[i]->what);
        else if (strcmp(argv[0], verbs[i]->name) == 0)
            complete_verb(&c, argc, argv, verbs[i]);
    return 0;
}
