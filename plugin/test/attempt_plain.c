/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What runs in task_init: the guard, and the opening of a plain array's attempt.
 */
#include "attempt.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attempt_env.h"
#include "attempt_parts.h"
#include "faults.h"
#include "host.h"
#include "leftovers.h"

TestSuite(attempt_start, .init = setup, .fini = teardown, .timeout = 300);

/* ---- the guard ---- */

static bool was_called(const char *verb)
{
    char text[4096];
    for (int i = 0; i < 3000; i++) {
        read_file(calls, text, sizeof text);
        if (strncmp(text, verb, strlen(verb)) == 0)
            return true;
        poll(NULL, 0, 20);
    }
    return false;
}

/* The process that becomes the script is the one that is watched. */
Test(attempt_start, guard)
{
    int status;
    char want[256];
    write_script(" deadline=yes");
    cr_expect_eq(slurm_spank_user_init(NULL, ac, av), 0);
    pid_t pid = fork();
    if (pid == 0) {
        slurm_spank_task_init(NULL, ac, av);
        expect_nothing_left("the guard is nobody's child");
        _exit(0);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    snprintf(want, sizeof want, "guard --pid=%d --script=%s\n", (int)pid, script);
    cr_expect(was_called(want));
    expect_nothing_left("the guard is nobody's child");
    unlink(calls);
    end(FAILED);
    cr_expect(was_called("close"));
}

Test(attempt_start, guard_cannot_be_started)
{
    write_script(" deadline=yes");
    cr_expect_eq(slurm_spank_user_init(NULL, ac, av), 0);
    faults.fork = 1;
    cr_expect_eq(slurm_spank_task_init(NULL, ac, av), 0);
    cr_expect(strstr(host.log, "skjob: job 107: skjob-attempt guard: fork: Resource temporarily "
                               "unavailable\n"),
              "%s", host.log);
    end(FAILED);
    cr_expect(was_called("close"), "it is closed all the same");
    expect_nothing_left("guard");
}

/* ---- plain arrays ---- */

static const char *const plain[] = {"--backoff-limit=3", "--active-deadline=90s", NULL};

/* user_init of a plain array. */
static void user_init_plain(bool deadline)
{
    struct job job;
    struct options options;
    host.log[0] = '\0';
    cr_assert(job_get(NULL, &job) && options_parse(&options, ac, av, NULL) == 0);
    attempt_begin(NULL, &job, &options, script, plain, deadline);
    expect_calls("", "nothing is run with root's rights");
}

static const struct {
    const char *body;
    const char *index; /* JOB_COMPLETION_INDEX afterwards */
    const char *log;   /* NULL: any */
    bool runs, is_good;
    const char *proves;
} openings[] = {
    {"echo JOB_COMPLETION_INDEX=7; echo A=b=c", "7", "", true, true, "variables"},
    {"", NULL, "", true, true, "none"},
    {"echo JOB_COMPLETION_INDEX=7; exit 3", NULL,
     "skjob: job 107: the script does not run: the Job has ended or does not need it\n", false,
     true, "refused"},
    {"echo JOB_COMPLETION_INDEX=7; echo no state >&2; exit 1", NULL,
     "skjob: job 107: skjob-attempt open: exit status 1: no state\n", true, false, "an error"},
    {"kill -9 $$", NULL, "skjob: job 107: skjob-attempt open: signal 9\n", true, false, "a crash"},
    {"printf JOB_COMPLETION_INDEX=7", NULL, "", true, true, "a line that is not complete"},
    {"echo nonsense; echo JOB_COMPLETION_INDEX=7", NULL,
     "skjob: job 107: skjob-attempt open: not NAME=VALUE: its output is ignored from there\n", true,
     true, "no variable"},
    {"echo =7; echo 7A=7; echo a=7", NULL, NULL, true, true, "no names"},
    {"yes", NULL, NULL, true, false, "output without end"},
    {"sleep 1000", NULL, "skjob: job 107: skjob-attempt open took too long and was killed\n", true,
     false, "it hangs"},
};

Test(attempt_start, plain_open)
{
    for (size_t i = 0; i < LEN(openings); i++) {
        reset();
        write_program(openings[i].body);
        attempt_hurry(i == LEN(openings) - 1 ? 700 : 20000);
        user_init_plain(false);
        bool runs = attempt_start(NULL);
        expect_calls("open --backoff-limit=3 --active-deadline=90s\n", openings[i].proves);
        const char *index = host_getenv("JOB_COMPLETION_INDEX");
        cr_expect_str_eq(index ? index : "", openings[i].index ? openings[i].index : "", "%s",
                         openings[i].proves);
        if (openings[i].log)
            cr_expect_str_eq(host.log, openings[i].log, "%s: %s", openings[i].proves, host.log);
        cr_expect_eq(runs, openings[i].runs, "%s", openings[i].proves);
        expect_nothing_left(openings[i].proves);
    }
}

Test(attempt_start, plain_close)
{
    user_init_plain(false);
    cr_expect_eq(task_init(), RUNS);
    end(0);
    expect_calls("close --status=0 --backoff-limit=3 --active-deadline=90s\n",
                 "a success, too: there is no runner that does it");
    cr_expect_null(host_getenv(MARK));
}

Test(attempt_start, plain_guard)
{
    char want[128];
    user_init_plain(true);
    cr_expect(attempt_start(NULL));
    snprintf(want, sizeof want, "guard --pid=%d --backoff-limit=3 --active-deadline=90s\n",
             (int)getpid());
    cr_expect(was_called(want));
}

/* task_init ends the process that would become the script; what comes later does nothing. */
Test(attempt_start, plain_refused)
{
    write_program("exit 3");
    user_init_plain(true);
    cr_expect_eq(task_init(), 0);
    end(0);
    expect_calls("open --backoff-limit=3 --active-deadline=90s\n", "neither guarded nor closed");
}

Test(attempt_start, plain_without_program)
{
    unlink(program);
    user_init_plain(false);
    cr_expect(strstr(host.log, "No such file or directory: failed tasks are not retried\n"), "%s",
              host.log);
    cr_expect_eq(task_init(), RUNS);
}
