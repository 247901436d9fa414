/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The hooks of a batch job, from user_init to exit, with a skjob-attempt that is a shell script
 * which keeps its arguments and its environment.
 */
#include "attempt.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attempt_env.h"
#include "faults.h"
#include "host.h"

#define LEN(a)   (sizeof(a) / sizeof *(a))
#define MANIFEST "#!/usr/libexec/skjob/skjob-pod\n#SKJOB v1 completionMode=Indexed%s\nkind: Job\n"
#define FAILED   (1 << 8) /* a raw status: exit status 1 */
#define MARK     "SKJOB_SPANK"

static char folder[] = "/tmp/skjob-attempt-XXXXXX";
static char script[128], program[128], calls[128], environment[128], libexec[128];
static int descriptors;

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");
    cr_assert(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void reset(void)
{
    host_reset();
    attempt_forget();
    memset(&faults, 0, sizeof faults);
    if (getuid() == 0)
        host.uid = host.gid = 1;
    else
        host.uid = getuid(), host.gid = getgid();
    host.argv[0] = script;
    host_putenv("HOME", "/home/alice");
    host_putenv("SLURM_JOB_USER", "alice");
    host_putenv("SLURM_JOB_PARTITION", "debug");
    unlink(calls);
    unlink(environment);
}

/* skjob-attempt keeps what it was called with, and does this. */
static void write_program(const char *body)
{
    char text[2048];
    unlink(program);
    snprintf(text, sizeof text,
             "#!/bin/sh\ncat /proc/$$/environ >%s\necho \"$*\" >>%s.new\nmv %s.new %s\n%s\n",
             environment, calls, calls, calls, body);
    write_file(program, text);
    cr_assert_eq(chmod(program, 0755), 0);
}

static void write_script(const char *keys)
{
    char text[512];
    snprintf(text, sizeof text, MANIFEST, keys);
    write_file(script, text);
}

static int open_descriptors(void)
{
    int n = 0;
    for (int fd = 0; fd < 256; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static void setup(void)
{
    cr_assert(mkdtemp(folder) && chmod(folder, 0777) == 0);
    snprintf(script, sizeof script, "%s/slurm_script", folder);
    snprintf(program, sizeof program, "%s/skjob-attempt", folder);
    snprintf(calls, sizeof calls, "%s/calls", folder);
    snprintf(environment, sizeof environment, "%s/environment", folder);
    snprintf(libexec, sizeof libexec, "libexec=%s", folder);
    write_program("");
    write_script("");
    reset();
    descriptors = open_descriptors();
}

static void teardown(void)
{
    unlink(script);
    unlink(program);
    unlink(calls);
    unlink(environment);
    rmdir(folder);
}

TestSuite(attempt, .init = setup, .fini = teardown, .timeout = 60);

static size_t read_file(const char *name, char *out, size_t size)
{
    FILE *f = fopen(name, "r");
    size_t n = f ? fread(out, 1, size - 1, f) : 0;
    if (f)
        fclose(f);
    out[n] = '\0';
    return n;
}

static void expect_calls(const char *want, const char *proves)
{
    char text[4096];
    read_file(calls, text, sizeof text);
    cr_expect_str_eq(text, want, "%s: %s", proves, text);
}

static void expect_nothing_left(const char *proves)
{
    cr_expect_eq(open_descriptors(), descriptors, "%s: descriptors", proves);
    cr_expect(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD, "%s: a child", proves);
}

/* ---- the hooks ---- */

static char *av[4] = {libexec};
static int ac = 1;

static const char *restarts; /* as Slurm sets it between user_init and task_init; NULL: not */

/* task_init in a child, as in slurmstepd. Returns its exit status: RUNS, when the script would run.
 */
#define RUNS 9
static int task_init(void)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        if (restarts)
            host_putenv("SLURM_RESTART_COUNT", restarts);
        slurm_spank_task_init(NULL, ac, av);
        _exit(RUNS);
    }
    cr_assert(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void begin(void)
{
    cr_expect_eq(slurm_spank_user_init(NULL, ac, av), 0);
    cr_expect_eq(task_init(), RUNS);
}

static void end(int status)
{
    host.task_status = status;
    cr_expect_eq(slurm_spank_task_exit(NULL, ac, av), 0);
    cr_expect_eq(slurm_spank_exit(NULL, ac, av), 0);
}

static const struct {
    int status;
    const char *call; /* NULL: none */
    const char *proves;
} statuses[] = {
    {0, NULL, "a success is skjob-pod's"},
    {FAILED, "close --status=256 --script=", "an exit status"},
    {255 << 8, "close --status=65280 --script=", "the largest one"},
    {SIGKILL, "close --status=9 --script=", "a signal"},
    {SIGSEGV | 0x80, "close --status=139 --script=", "a signal with a core file"},
};

Test(attempt, manifest)
{
    for (size_t i = 0; i < LEN(statuses); i++) {
        char want[256] = "";
        reset();
        if (statuses[i].call)
            snprintf(want, sizeof want, "%s%s\n", statuses[i].call, script);
        begin();
        cr_expect_str_eq(host_getenv(MARK), "107", "%s: the runner knows", statuses[i].proves);
        expect_calls("", "nothing is run at the start");
        end(statuses[i].status);
        expect_calls(want, statuses[i].proves);
        expect_nothing_left(statuses[i].proves);
    }
}

Test(attempt, hooks_come_again)
{
    begin();
    end(FAILED);
    end(FAILED);
    unlink(calls);
    cr_expect_eq(slurm_spank_exit(NULL, ac, av), 0);
    expect_calls("", "closed once");
}

Test(attempt, no_status)
{
    begin();
    cr_expect_eq(slurm_spank_exit(NULL, ac, av), 0);
    expect_calls("", "a launch that failed: the next attempt closes it");
}

Test(attempt, mark_of_another_job_is_replaced)
{
    host_putenv(MARK, "55");
    begin();
    cr_expect_str_eq(host_getenv(MARK), "107");
}

Test(attempt, environment)
{
    static const char want[] =
        "PATH=/usr/local/bin:/usr/bin:/bin\nHOME=/home/alice\nUSER=alice\nLOGNAME=alice\n"
        "SLURM_CONF=/etc/other/slurm.conf\nSLURM_JOB_ID=107\nSLURM_ARRAY_JOB_ID=100\n"
        "SLURM_ARRAY_TASK_ID=7\nSLURM_RESTART_COUNT=2\nSLURM_ARRAY_TASK_MIN=1\n"
        "SLURM_CLUSTER_NAME=c\nSLURM_JOB_NAME=a b\nSKJOB_STATE=/s\nSKJOB_BACKOFF_BASE=1\n";
    char text[8192];
    setenv("SLURM_CONF", "/etc/other/slurm.conf", 1);
    restarts = "2";
    host_putenv("SLURM_ARRAY_TASK_MIN", "1");
    host_putenv("SLURM_CLUSTER_NAME", "c");
    host_putenv("SLURM_JOB_NAME", "a b");
    host_putenv("SLURM_JOB_ID", "1");         /* forged */
    host_putenv("SLURM_ARRAY_JOB_ID", "1");   /* forged */
    host_putenv("SLURM_RESTART_COUNT", "99"); /* inherited */
    host_putenv("SLURM_CONF", "/home/alice/slurm.conf");
    host_putenv("LD_PRELOAD", "/home/alice/x.so");
    host_putenv("SKJOB_STATE", "/s");
    host_putenv("SKJOB_BACKOFF_BASE", "1");
    host_putenv("SKJOB_BACKOFF_MAX", "");
    begin();
    end(FAILED);
    size_t n = read_file(environment, text, sizeof text);
    for (size_t i = 0; i < n; i++)
        text[i] = text[i] ? text[i] : '\n';
    cr_expect_str_eq(text, want, "%s", text);
}

/* Without an array, and when the job knows its user not: the user data base does. */
Test(attempt, environment_of_a_lone_job)
{
    char text[8192];
    host.array = 0;
    host.task = NO_VAL;
    host_putenv("SLURM_RESTART_COUNT", "99"); /* inherited */
    host_putenv("SLURM_JOB_USER", "");
    host_putenv("HOME", "");
    begin();
    end(FAILED);
    size_t n = read_file(environment, text, sizeof text);
    for (size_t i = 0; i < n; i++)
        text[i] = text[i] ? text[i] : '\n';
    cr_expect_not(strstr(text, "SLURM_ARRAY"), "%s", text);
    cr_expect_not(strstr(text, "SLURM_RESTART_COUNT"), "%s", text);
    cr_expect(strstr(text, "\nHOME=/") && strstr(text, "\nUSER=") && strstr(text, "\nLOGNAME="),
              "%s", text);
}

Test(attempt, hostile_environment)
{
    static char mega[1 << 20];
    char text[16384];
    host_fill(100000);
    memset(mega, 'x', sizeof mega - 1);
    host_putenv("SKJOB_STATE", mega);
    host_putenv("HOME", mega);
    host_putenv("SLURM_JOB_NAME", "a\nLD_PRELOAD=x");
    host_putenv("SLURM_CLUSTER_NAME", "\033[2J");
    mega[ATTEMPT_ENV_VALUE - 1] = '\0';
    host_putenv("XDG_STATE_HOME", mega);
    begin();
    end(FAILED);
    size_t n = read_file(environment, text, sizeof text);
    for (size_t i = 0; i < n; i++)
        text[i] = text[i] ? text[i] : '\n';
    cr_expect(strstr(text, "SLURM_JOB_ID=107\n"));
    cr_expect_not(strstr(text, "SKJOB_STATE"), "too long");
    cr_expect_not(strstr(text, "SLURM_JOB_NAME"), "a line end");
    cr_expect_not(strstr(text, "SLURM_CLUSTER_NAME"), "an escape");
    cr_expect_not(strstr(text, "LD_PRELOAD"));
    cr_expect(strstr(text, "XDG_STATE_HOME=xxx"), "just short enough");
    expect_nothing_left("hostile environment");
}

/* ---- the site's word ---- */

Test(attempt, arguments_become_variables)
{
    char *args[] = {libexec, (char[]){"state=/scratch/%u/%U/%%x"}, (char[]){"backoff_base=3"},
                    (char[]){"backoff_max=30"}};
    char want[64];
    host_putenv("SKJOB_STATE", "/home/alice/state");
    host_putenv("SKJOB_BACKOFF_MAX", "1");
    cr_expect_eq(slurm_spank_user_init(NULL, 4, args), 0);
    snprintf(want, sizeof want, "/scratch/alice/%u/%%x", (unsigned)host.uid);
    cr_expect_str_eq(host_getenv("SKJOB_STATE"), want);
    cr_expect_str_eq(host_getenv("SKJOB_BACKOFF_BASE"), "3");
    cr_expect_str_eq(host_getenv("SKJOB_BACKOFF_MAX"), "30");
    end(FAILED);
    char text[8192];
    size_t n = read_file(environment, text, sizeof text);
    for (size_t i = 0; i < n; i++)
        text[i] = text[i] ? text[i] : '\n';
    cr_expect(strstr(text, "SKJOB_BACKOFF_MAX=30\n") && strstr(text, want), "%s", text);
}

Test(attempt, user_name_that_is_no_folder)
{
    static const char *const names[] = {"..", ".", "a/b", "", "a b", "a\nb"};
    char *args[] = {libexec, (char[]){"state=/scratch/%u"}};
    for (size_t i = 0; i < LEN(names); i++) {
        reset();
        host_putenv("SLURM_JOB_USER", names[i]);
        cr_expect_eq(slurm_spank_user_init(NULL, 2, args), 0);
        cr_expect_null(host_getenv("SKJOB_STATE"), "%s", names[i]);
        cr_expect(strstr(host.log, "skjob: job 107: state=/scratch/%u: the user's name is no name "
                                   "of a folder\n"),
                  "%s", host.log);
    }
}

Test(attempt, path_that_is_too_long)
{
    static char state[1100] = "state=/";
    char *args[] = {libexec, state};
    while (strlen(state) < 1022)
        strcat(state, "/%u%u");
    cr_expect_eq(slurm_spank_user_init(NULL, 2, args), 0);
    cr_expect_null(host_getenv("SKJOB_STATE"));
    cr_expect(strstr(host.log, ": the path is too long\n"), "%s", host.log);
}

/* ---- what is left alone ---- */

Test(attempt, jobs_that_are_not_ours)
{
    static const struct {
        const char *script, *argument, *proves;
        uint32_t step;
    } rows[] = {
        {"#!/bin/sh\n", NULL, "another script", SLURM_BATCH_SCRIPT},
        {NULL, "minimum_uid=4294967295", "another user", SLURM_BATCH_SCRIPT},
        {NULL, "partitions=a,b", "another partition", SLURM_BATCH_SCRIPT},
        {NULL, "color=red", "a bad line", SLURM_BATCH_SCRIPT},
        {NULL, NULL, "an srun step", 0},
        {NULL, NULL, "the extern step", SLURM_EXTERN_CONT},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        reset();
        host.step = rows[i].step;
        write_script("");
        if (rows[i].script)
            write_file(script, rows[i].script);
        av[1] = (char *)(uintptr_t)rows[i].argument;
        ac = rows[i].argument ? 2 : 1;
        begin();
        int asked = host.calls;
        end(FAILED);
        cr_expect_null(host_getenv(MARK), "%s", rows[i].proves);
        cr_expect_eq(host.calls, asked, "%s: the last hooks cost nothing", rows[i].proves);
        expect_calls("", rows[i].proves);
    }
}

Test(attempt, every_hook_in_every_context)
{
    static const enum spank_context contexts[] = {S_CTX_ERROR,     S_CTX_LOCAL,  S_CTX_REMOTE,
                                                  S_CTX_ALLOCATOR, S_CTX_SLURMD, S_CTX_JOB_SCRIPT};
    for (size_t i = 0; i < LEN(contexts); i++) {
        reset();
        host.context = contexts[i];
        cr_expect_eq(slurm_spank_init(NULL, ac, av), 0);
        begin();
        end(FAILED);
        cr_expect_eq(access(calls, F_OK) == 0, contexts[i] == S_CTX_REMOTE, "context %d",
                     contexts[i]);
        cr_expect_eq(slurm_spank_exit(NULL, 0, NULL), 0, "without arguments, out of turn");
        expect_nothing_left("contexts");
    }
}

/* ---- what goes wrong ---- */

Test(attempt, no_program)
{
    static const struct {
        const char *what;
        mode_t mode;
    } rows[] = {{"No such file or directory", 0}, {"Permission denied", 0644}};
    for (size_t i = 0; i < LEN(rows); i++) {
        char want[256];
        reset();
        unlink(program);
        if (rows[i].mode)
            write_file(program, "");
        begin();
        snprintf(want, sizeof want,
                 "skjob: job 107: JOB_COMPLETION_INDEX=7\n"
                 "skjob: job 107: %s: %s: attempts are closed by skjob-pod\n",
                 program, rows[i].what);
        cr_expect_str_eq(host.log, want, "%s", host.log);
        cr_expect_null(host_getenv(MARK), "so skjob-pod must not count on us");
        end(FAILED);
        cr_expect_eq(host.lines, 2);
    }
}

Test(attempt, a_folder_for_a_program)
{
    unlink(program);
    cr_assert_eq(mkdir(program, 0755), 0);
    begin();
    cr_expect_null(host_getenv(MARK));
    rmdir(program);
}

static const struct {
    const char *body, *log, *proves;
} closings[] = {
    {"", "", "silence"},
    {"echo retry in 10 s >&2", "skjob: job 107: close: retry in 10 s\n", "a line"},
    {"echo 'state: Input/output error' >&2; exit 1",
     "skjob: job 107: skjob-attempt close: exit status 1: state: Input/output error\n", "an error"},
    {"kill -11 $$", "skjob: job 107: skjob-attempt close: signal 11\n", "a crash"},
    {"echo waiting >&2; sleep 1000",
     "skjob: job 107: skjob-attempt close took too long and was killed: waiting\n", "it hangs"},
    {"echo '%s%n%s%n' >&2", "skjob: job 107: close: %s%n%s%n\n", "formats are text"},
};

Test(attempt, closing_goes_wrong)
{
    for (size_t i = 0; i < LEN(closings); i++) {
        reset();
        write_program(closings[i].body);
        attempt_hurry(i == 4 ? 700 : 20000);
        begin();
        host.log[0] = '\0';
        end(FAILED);
        cr_expect_str_eq(host.log, closings[i].log, "%s: %s", closings[i].proves, host.log);
        expect_nothing_left(closings[i].proves);
    }
}

Test(attempt, closing_cannot_be_started)
{
    static const struct {
        struct faults faults;
        const char *log;
    } rows[] = {
        {{.fork = 1},
         "skjob: job 107: skjob-attempt close: fork: Resource temporarily "
         "unavailable\n"},
        {{.pipe = 1}, "skjob: job 107: skjob-attempt close: pipe: Too many open files\n"},
        {{.chdir = true}, "skjob: job 107: skjob-attempt close: chdir to /: Permission denied\n"},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        reset();
        begin();
        host.log[0] = '\0';
        faults = rows[i].faults;
        end(FAILED);
        cr_expect_str_eq(host.log, rows[i].log, "%s", host.log);
        expect_calls("", "it has not run");
        expect_nothing_left("start");
    }
}

Test(attempt, log_levels)
{
    static const struct {
        const char *argument;
        int lines; /* of an attempt that fails and is closed with a word */
    } rows[] = {{"log=quiet", 0}, {"log=info", 2}, {"log=debug", 3}};
    write_program("echo retry >&2");
    for (size_t i = 0; i < LEN(rows); i++) {
        reset();
        av[1] = (char *)(uintptr_t)rows[i].argument;
        ac = 2;
        begin();
        end(FAILED);
        cr_expect_eq(host.lines, rows[i].lines, "%s: %s", rows[i].argument, host.log);
    }
}

/* ---- the guard ---- */

static bool was_called(const char *verb)
{
    char text[4096];
    for (int i = 0; i < 500; i++) {
        read_file(calls, text, sizeof text);
        if (strncmp(text, verb, strlen(verb)) == 0)
            return true;
        poll(NULL, 0, 20);
    }
    return false;
}

/* The process that becomes the script is the one that is watched. */
Test(attempt, guard)
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

Test(attempt, guard_cannot_be_started)
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

Test(attempt, plain_open)
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

Test(attempt, plain_close)
{
    user_init_plain(false);
    cr_expect_eq(task_init(), RUNS);
    end(0);
    expect_calls("close --status=0 --backoff-limit=3 --active-deadline=90s\n",
                 "a success, too: there is no runner that does it");
    cr_expect_null(host_getenv(MARK));
}

Test(attempt, plain_guard)
{
    char want[128];
    user_init_plain(true);
    cr_expect(attempt_start(NULL));
    snprintf(want, sizeof want, "guard --pid=%d --backoff-limit=3 --active-deadline=90s\n",
             (int)getpid());
    cr_expect(was_called(want));
}

/* task_init ends the process that would become the script; what comes later does nothing. */
Test(attempt, plain_refused)
{
    write_program("exit 3");
    user_init_plain(true);
    cr_expect_eq(task_init(), 0);
    end(0);
    expect_calls("open --backoff-limit=3 --active-deadline=90s\n", "neither guarded nor closed");
}

Test(attempt, plain_without_program)
{
    unlink(program);
    user_init_plain(false);
    cr_expect(strstr(host.log, "No such file or directory: failed tasks are not retried\n"), "%s",
              host.log);
    cr_expect_eq(task_init(), RUNS);
}
