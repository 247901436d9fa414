/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "config.h"
#include "cronjob_clock.h"
#include "foreign.h"
#include "printable.h"
#include "suggest.h"

static const struct verb *const verbs[] = {
    &verb_create,     &verb_translate, &verb_simulate,     &verb_get,     &verb_describe,
    &verb_events,     &verb_logs,      &verb_wait,         &verb_status,  &verb_top,
    &verb_report,     &verb_run,       &verb_apply,        &verb_replace, &verb_patch,
    &verb_edit,       &verb_label,     &verb_annotate,     &verb_retry,   &verb_suspend,
    &verb_resume,     &verb_scale,     &verb_delete,       &verb_gc,      &verb_reconcile,
    &verb_completion, &verb_explain,   &verb_check_config,
};

#define N (sizeof verbs / sizeof *verbs)

static void help(FILE *out)
{
    fputs("skjob runs Kubernetes Jobs on Slurm.\n\nUsage: skjob VERB [options]\n\n", out);
    for (size_t i = 0; i < N; i++)
        fprintf(out, "  %-12s %s\n", verbs[i]->name, verbs[i]->what);
    fputs("\nskjob VERB --help tells more; with -v=6 a verb tells what it asks slurmctld. See "
          "skjob(1).\n",
          out);
}

static int no_verb(void)
{
    fputs("error: must specify a verb: ", stderr);
    for (size_t i = 0; i < N; i++)
        fprintf(stderr, "%s%s", i == 0 ? "" : i + 1 < N ? ", " : " or ", verbs[i]->name);
    fputs(" (see skjob --help)\n", stderr);
    return 1;
}

static int unknown_verb(const char *verb)
{
    const char *names[N];
    cleanup_free char *shown = printable_copy(verb);
    for (size_t i = 0; i < N; i++)
        names[i] = verbs[i]->name;
    const char *near = suggest(verb, names, N);
    if (verb[0] == '-')
        fprintf(stderr, "error: unknown flag: %s\n", shown ? shown : "");
    else
        fprintf(stderr, "error: unknown command \"%s\" for \"skjob\"%s%s%s\n", shown ? shown : "",
                near ? " (did you mean \"" : "", near ? near : "", near ? "\"?)" : "");
    return 1;
}

static int run(int argc, char **argv)
{
    if (argc < 2)
        return no_verb();
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        help(stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "version") == 0) {
        puts("skjob " PACKAGE_VERSION);
        return 0;
    }
    if (strcmp(argv[1], "__complete") == 0)
        return complete_words(argc - 2, argv + 2, verbs, N);
    if (strcmp(argv[1], CRONJOB_CLOCK_VERB) == 0 && argc == 3)
        return cmd_clock(argv[2]);
    if (strcmp(argv[1], "__tick") == 0 && argc == 5)
        return cmd_clock_tick(argv[2], argv[3], argv[4]);
    for (size_t i = 0; i < N; i++)
        if (strcmp(argv[1], verbs[i]->name) == 0)
            return verb_call(verbs[i], argc - 1, argv + 1);
    return foreign_refuse(argc - 1, argv + 1) ? 1 : unknown_verb(argv[1]);
}

/* A standard descriptor that is closed would be taken by the next file: it is opened the wrong way
 * round, so that using it fails. */
static int open_standard(void)
{
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
            return -1;
    return 0;
}

int main(int argc, char **argv)
{
    if (open_standard() < 0)
        return 1;
    int rc = run(argc, argv);
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return rc;
    fprintf(stderr, "error: cannot write to standard output%s%s\n", errno ? ": " : "",
            errno ? strerror(errno) : "");
    return 1;
}
