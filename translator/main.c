/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "config.h"
#include "suggest.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *what;
} verbs[] = {
    {"create", cmd_create, "create Jobs from files and submit them to Slurm"},
    {"translate", cmd_translate, "print the batch script of a Job, or what becomes of its fields"},
    {"simulate", cmd_simulate, "show what would happen to a Job, before it costs node hours"},
    {"get", cmd_get, "show Jobs and their status"},
    {"logs", cmd_logs, "print the logs of a Job's pods"},
    {"wait", cmd_wait, "wait for a condition of a Job"},
    {"delete", cmd_delete, "cancel Jobs and remove them with their pods' logs"},
};

#define N (sizeof verbs / sizeof *verbs)

static void help(FILE *out)
{
    fputs("skjob runs Kubernetes Jobs on Slurm.\n\nUsage: skjob VERB [options]\n\n", out);
    for (size_t i = 0; i < N; i++)
        fprintf(out, "  %-10s %s\n", verbs[i].name, verbs[i].what);
    fputs("\nskjob VERB --help tells more. See skjob(1).\n", out);
}

static int unknown_verb(const char *verb)
{
    const char *names[N];
    for (size_t i = 0; i < N; i++)
        names[i] = verbs[i].name;
    const char *near = suggest(verb, names, N);
    fprintf(stderr, "error: unknown command \"%s\" for \"skjob\"%s%s%s\n", verb,
            near ? " (did you mean \"" : "", near ? near : "", near ? "\"?)" : "");
    return 1;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        help(stderr);
        return 1;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        help(stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "version") == 0) {
        puts("skjob " PACKAGE_VERSION);
        return 0;
    }
    for (size_t i = 0; i < N; i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            return verbs[i].run(argc - 1, argv + 1);
    return unknown_verb(argv[1]);
}
