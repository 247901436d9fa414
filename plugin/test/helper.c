/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "helper.h"

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

#include "faults.h"
#include "leftovers.h"

#define LEN(a) (sizeof(a) / sizeof *(a))

static gid_t groups[] = {1, 4242};
static char out[4096];
static const char *argv[4] = {"/bin/sh", "-c", "true"};
static const char *const envp[] = {"PATH=/usr/bin:/bin", "B=2 3", NULL};
static struct helper_result result;
static struct error err;

TestSuite(helper, .init = leftovers_begin, .timeout = 300);

/* As root, the tests drop to another user; without it, there is nothing to drop. */
static struct helper helper_of(const char *script)
{
    bool root = getuid() == 0;
    argv[2] = script;
    return (struct helper){.argv = argv,
                           .envp = envp,
                           .uid = root ? 1 : getuid(),
                           .gid = root ? 1 : getgid(),
                           .groups = groups,
                           .groups_len = LEN(groups),
                           .limit_ms = 30000,
                           .out = out,
                           .out_size = sizeof out};
}

static const struct {
    const char *script, *out, *proves;
    bool as_root; /* only root can see it */
} seen[] = {
    {"id -u; id -g; id -G", "1\n1\n1 4242\n", "ids and groups", true},
    {"grep -c '^Uid:\t1\t1\t1\t1$' /proc/$$/status", "1\n", "no other user id is left", true},
    {"grep -c '^Gid:\t1\t1\t1\t1$' /proc/$$/status", "1\n", "nor group id", true},
    {"grep -cE '^Cap(Inh|Prm|Eff|Amb):\t0+$' /proc/$$/status", "4\n", "nor a capability", true},
    {"cat /proc/$$/oom_score_adj", "0\n", "the OOM killer may", true},
    {"tr '\\0' '\\n' </proc/$$/environ", "PATH=/usr/bin:/bin\nB=2 3\n", "the environment", false},
    {"ls /proc/$$/fd", "0\n1\n2\n", "descriptors", false},
    {"readlink /proc/$$/fd/0", "/dev/null\n", "standard input", false},
    {"pwd; umask; ulimit -c", "/\n0077\n0\n", "folder, umask, core files", false},
    {"grep NoNewPrivs /proc/$$/status", "NoNewPrivs:\t1\n", "no way to more rights", false},
    /* No program is started for this: a shell may block signals while it does that. */
    {"while read -r k v; do case $k in SigBlk:|SigIgn:) printf %s \"$k$v\";; esac; done "
     "</proc/$$/status",
     "SigBlk:0000000000000000SigIgn:0000000000004a07",
     "HUP, INT, QUIT, USR1, USR2 and TERM are ignored, nothing is blocked", false},
    {"[ \"$(cut -d' ' -f5,6 /proc/$$/stat)\" = \"$$ $$\" ] && echo own", "own\n",
     "a group and a session of its own", false},
};

Test(helper, what_it_is_given)
{
    signal(SIGPIPE, SIG_IGN);
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    for (int i = 0; i < 20; i++)
        cr_assert(dup(2) >= 0, "descriptors that it must not inherit");
    leftovers_begin();
    for (size_t i = 0; i < LEN(seen); i++) {
        if (seen[i].as_root && getuid() != 0)
            continue;
        for (int old = 0; old < 2; old++) {
            struct helper h = helper_of(seen[i].script);
            faults.no_pidfd = old;
            cr_expect_eq(helper_run(&h, &result, &err), 0, "%s: %s", seen[i].proves, err.text);
            cr_expect_str_eq(out, seen[i].out, "%s: %s %s", seen[i].proves, out, result.line);
            expect_nothing_left(seen[i].proves);
        }
    }
}

Test(helper, low_descriptors_are_free)
{
    struct helper h = helper_of("echo out; echo error >&2; ls /proc/$$/fd");
    for (int fd = 0; fd < 3; fd++) {
        int saved = fcntl(fd, F_DUPFD, 100);
        close(fd);
        int rc = helper_run(&h, &result, &err);
        dup2(saved, fd);
        close(saved);
        cr_expect_eq(rc, 0);
        cr_expect_str_eq(out, "out\n0\n1\n2\n", "without %d", fd);
        cr_expect_str_eq(result.line, "error", "without %d", fd);
    }
    expect_nothing_left("low descriptors");
}

Test(helper, groups_unknown)
{
    struct helper h = helper_of("id -G");
    h.groups = NULL;
    h.groups_len = 0;
    if (getuid() != 0)
        return;
    cr_expect_eq(helper_run(&h, &result, &err), 0);
    cr_expect_str_eq(out, "1\n", "the group alone, none of root's: %s", out);
}

/* user_init: the real user is root, the effective one is not. */
Test(helper, root_is_taken_back_in_the_child_alone)
{
    struct helper h = helper_of("id -u; id -G; cat /proc/$$/oom_score_adj");
    if (getuid() != 0)
        return;
    cr_assert(setegid(1) == 0 && seteuid(1) == 0);
    cr_expect_eq(helper_run(&h, &result, &err), 0, "%s", err.text);
    cr_expect_str_eq(out, "1\n1 4242\n0\n", "%s", out);
    cr_expect(geteuid() == 1 && getuid() == 0, "we are who we were");
    cr_assert(seteuid(0) == 0 && setegid(0) == 0);
    expect_nothing_left("user_init");
}

Test(helper, roots_own_job)
{
    struct helper h = helper_of("id -u");
    if (getuid() != 0)
        return;
    h.uid = h.gid = 0;
    cr_expect_eq(helper_run(&h, &result, &err), 0, "%s", err.text);
    cr_expect_str_eq(out, "0\n");
}

static const struct {
    const char *script;
    int status; /* exit status; negative: signal */
    const char *line, *proves;
} ends[] = {
    {"exit 0", 0, "", "silence"},
    {"exit 3", 3, "", "a status"},
    {"kill -9 $$", -9, "", "a signal"},
    {"echo one >&2; echo two >&2", 0, "two", "the last line"},
    {"echo one >&2; printf two >&2", 0, "two", "without a line end"},
    {"printf 'one\\n\\n\\n' >&2", 0, "one", "empty lines do not count"},
    {"printf 'a\\033[2Jb\\177\\r\\n' >&2", 0, "a?[2Jb??", "control characters"},
    {"printf %0300d 0 >&2; exit 7", 7, NULL, "a long line"},
    {"exec >&- 2>&-; sleep 0.1; exit 4", 4, "", "closes its streams, and goes on"},
    {"sleep 1000 & exit 5", 5, "", "leaves a process behind that holds the pipes"},
    {"trap '' TERM HUP; sleep 1000 & echo x >&2; exit 6", 6, "x", "one that ignores signals"},
    {"head -c 200000 /dev/zero >&2; exit 0", -1, NULL, "200000 bytes of errors"},
    {"yes >&2; exit 0", -1, NULL, "errors without end"},
    {"yes; exit 0", -1, NULL, "output without end"},
};

Test(helper, ends)
{
    for (size_t i = 0; i < LEN(ends); i++) {
        for (int old = 0; old < 2; old++) {
            struct helper h = helper_of(ends[i].script);
            faults.no_pidfd = old;
            cr_expect_eq(helper_run(&h, &result, &err), 0, "%s: %s", ends[i].proves, err.text);
            cr_expect_not(result.timed_out, "%s", ends[i].proves);
            int status =
                WIFEXITED(result.status) ? WEXITSTATUS(result.status) : -WTERMSIG(result.status);
            if (ends[i].line || ends[i].status >= 0)
                cr_expect_eq(status, ends[i].status, "%s: %d", ends[i].proves, status);
            if (ends[i].line)
                cr_expect_str_eq(result.line, ends[i].line, "%s: %s", ends[i].proves, result.line);
            cr_expect_lt(strlen(result.line), HELPER_LINE);
            expect_nothing_left(ends[i].proves);
        }
    }
}

Test(helper, output_that_does_not_fit)
{
    struct helper h = helper_of("printf 12345678");
    h.out_size = 8;
    cr_expect_eq(helper_run(&h, &result, &err), 0);
    cr_expect_str_eq(out, "1234567");
    h.out_size = 9;
    cr_expect_eq(helper_run(&h, &result, &err), 0);
    cr_expect_str_eq(out, "12345678");
}

/* The process with this number is gone, or dead and waits for init. */
static bool is_dead(pid_t pid)
{
    char name[64], text[512] = "";
    snprintf(name, sizeof name, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(name, "r");
    if (!f)
        return true;
    char *line = fgets(text, sizeof text, f);
    fclose(f);
    char *paren = line ? strrchr(line, ')') : NULL;
    return !paren || paren[2] == 'Z' || paren[2] == 'X';
}

static bool dies(pid_t pid)
{
    for (int i = 0; i < 3000 && !is_dead(pid); i++)
        poll(NULL, 0, 20);
    return is_dead(pid);
}

/* Where a shell does not get so far in half a second, there is more time. */
Test(helper, time_limit)
{
    for (int old = 0; old < 2; old++) {
        struct helper h = helper_of("trap '' TERM; sleep 1000 & echo $! ; echo hm >&2; wait");
        faults.no_pidfd = old;
        h.limit_ms = 250;
        do {
            h.limit_ms *= 2;
            cr_expect_eq(helper_run(&h, &result, &err), 0);
        } while (strcmp(result.line, "hm") != 0 && h.limit_ms < 30000);
        cr_expect(result.timed_out && WIFSIGNALED(result.status));
        cr_expect_str_eq(result.line, "hm");
        cr_expect(atoi(out) > 0 && dies(atoi(out)), "its child is ended, too: %s", out);
        expect_nothing_left("time limit");
    }
}

Test(helper, stopped)
{
    struct helper h = helper_of("kill -STOP $$");
    h.limit_ms = 500;
    cr_expect_eq(helper_run(&h, &result, &err), 0);
    cr_expect(result.timed_out);
    expect_nothing_left("stopped");
}

static const struct {
    struct faults faults;
    const char *error, *proves;
    bool as_root;
} failures[] = {
    {{.fork = 1}, "fork: Resource temporarily unavailable", "no process", false},
    {{.pipe = 1}, "pipe: Too many open files", "no descriptors", false},
    {{.pipe = 2}, "pipe: Too many open files", "no descriptors", false},
    {{.pipe = 3}, "pipe: Too many open files", "no descriptors", false},
    {{.setsid = true}, "setsid: Operation not permitted", "setsid", false},
    {{.dup = true}, "arranging its descriptors: Device or resource busy", "dup3", false},
    {{.chdir = true}, "chdir to /: Permission denied", "chdir", false},
    {{.setrlimit = true}, "setting its limits: Operation not permitted", "setrlimit", false},
    {{.syscall = SYS_setgroups}, "setgroups: Operation not permitted", "setgroups", true},
    {{.syscall = SYS_setresgid}, "setresgid: Operation not permitted", "setresgid", true},
    {{.syscall = SYS_setresuid}, "setresuid: Operation not permitted", "setresuid", true},
    {{.no_syscall = SYS_setresgid},
     "checking that it is the user: Operation not permitted",
     "a group id that does not change",
     true},
    {{.no_syscall = SYS_setresuid},
     "checking that it is the user: Operation not permitted",
     "a user id that does not change",
     true},
};

Test(helper, failures)
{
    for (size_t i = 0; i < LEN(failures); i++) {
        struct helper h = helper_of("echo ran");
        if (failures[i].as_root && getuid() != 0)
            continue;
        faults = failures[i].faults;
        cr_expect_eq(helper_run(&h, &result, &err), -1, "%s", failures[i].proves);
        cr_expect_str_eq(err.text, failures[i].error, "%s: %s", failures[i].proves, err.text);
        cr_expect_str_eq(out, "", "%s: it has not run", failures[i].proves);
        expect_nothing_left(failures[i].proves);
    }
}

Test(helper, root_cannot_be_taken_back)
{
    struct helper h = helper_of("echo ran");
    if (getuid() != 0)
        return;
    cr_assert_eq(seteuid(1), 0);
    faults.syscall = SYS_setresuid;
    cr_expect_eq(helper_run(&h, &result, &err), -1);
    cr_expect_str_eq(err.text, "taking root's rights back: Operation not permitted");
    cr_assert_eq(seteuid(0), 0);
    expect_nothing_left("user_init");
}

/* A child that can say nothing has not run all the same. */
Test(helper, write_fails)
{
    struct helper h = helper_of("echo ran");
    faults = (struct faults){.write = true, .chdir = true};
    cr_expect_eq(helper_run(&h, &result, &err), 0);
    cr_expect(WIFEXITED(result.status) && WEXITSTATUS(result.status) == 127);
    cr_expect_str_eq(out, "");
    expect_nothing_left("write");
}

Test(helper, no_program)
{
    static const struct {
        const char *path, *error;
    } rows[] = {
        {"/nowhere/skjob-attempt", "exec: No such file or directory"},
        {"/etc/passwd", "exec: Permission denied"},
        {"/etc", "exec: Permission denied"},
        {"", "exec: No such file or directory"},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct helper h = helper_of("");
        argv[0] = rows[i].path;
        cr_expect_eq(helper_run(&h, &result, &err), -1, "%s", rows[i].path);
        cr_expect_str_eq(err.text, rows[i].error, "%s: %s", rows[i].path, err.text);
        cr_expect_eq(helper_detach(&h, &err), -1, "%s, detached", rows[i].path);
        cr_expect_str_eq(err.text, rows[i].error, "%s, detached: %s", rows[i].path, err.text);
        expect_nothing_left(rows[i].path);
    }
}

/* Somebody who reaps every child (SIGCHLD ignored) does not make us wait for ever. */
Test(helper, children_are_reaped_by_others)
{
    struct helper h = helper_of("exit 9");
    signal(SIGCHLD, SIG_IGN);
    cr_expect_eq(helper_run(&h, &result, &err), 0);
    cr_expect_not(result.timed_out);
    cr_expect_eq(helper_detach(&h, &err), 0);
    expect_nothing_left("SIGCHLD");
}

/* ---- detached ---- */

static pid_t read_pid(const char *name)
{
    int pid = 0;
    for (int i = 0; i < 3000 && pid == 0; i++) {
        FILE *f = fopen(name, "r");
        if (f && fscanf(f, "%d\n", &pid) != 1)
            pid = 0;
        if (f)
            fclose(f);
        poll(NULL, 0, 20);
    }
    return pid;
}

Test(helper, detached)
{
    char folder[] = "/tmp/skjob-helper-XXXXXX", name[64], script[256];
    cr_assert(mkdtemp(folder) && chmod(folder, 0777) == 0);
    snprintf(name, sizeof name, "%s/pid", folder);
    snprintf(script, sizeof script, "echo $$ >%s/new; mv %s/new %s; exec sleep 1000", folder,
             folder, name);
    struct helper h = helper_of(script);
    h.out = NULL;
    cr_expect_eq(helper_detach(&h, &err), 0, "%s", err.text);
    expect_nothing_left("detached: nobody's child");
    pid_t pid = read_pid(name);
    cr_assert(pid > 0 && !is_dead(pid), "it lives on");
    cr_expect(getsid(pid) == pid && getpgid(pid) == pid);
    kill(pid, SIGKILL);
    cr_expect(dies(pid));
    unlink(name);
    rmdir(folder);
}

Test(helper, detached_failures)
{
    static const struct {
        struct faults faults;
        const char *error;
    } rows[] = {
        {{.fork = 1}, "fork: Resource temporarily unavailable"},
        {{.fork = 2}, "fork: Resource temporarily unavailable"},
        {{.pipe = 1}, "pipe: Too many open files"},
        {{.chdir = true}, "chdir to /: Permission denied"},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct helper h = helper_of("true");
        h.out = NULL;
        faults = rows[i].faults;
        cr_expect_eq(helper_detach(&h, &err), -1, "row %zu", i);
        cr_expect_str_eq(err.text, rows[i].error, "row %zu: %s", i, err.text);
        expect_nothing_left("detached failure");
    }
}
