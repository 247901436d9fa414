/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cleanup.h"
#include "exec_program.h"
#include "runtime.h"
#include "strbuf.h"

#define PROGRAM "bwrap"
/* Not PATH: the container's is the manifest's. */
static const char *const places[] = {"/usr/bin/" PROGRAM, "/usr/local/bin/" PROGRAM,
                                     "/bin/" PROGRAM};
#define N_PLACES (sizeof places / sizeof *places)

bool sandbox_needed(const struct container *c)
{
    return c->n_mounts > 0 || c->hostname || c->read_only_root;
}

/* ---- before the fork ---- */

static int open_enter(const char *libexec, struct error *err)
{
    char path[PATH_MAX];
    if (!libexec) {
        ssize_t n = readlink("/proc/self/exe", path, sizeof path);
        if (n < 0 || (size_t)n >= sizeof path)
            return error_set(err, "/proc/self/exe: %s", strerror(errno));
        path[n] = '\0';
        *strrchr(path, '/') = '\0';
        libexec = path;
    }
    char program[PATH_MAX + 16];
    snprintf(program, sizeof program, "%s/skjob-enter", libexec);
    int fd = open(program, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? error_set(err, "%.500s: %s", program, strerror(errno)) : fd;
}

/* A file in memory that holds text, to be read from its beginning. */
static int memory_file(const char *name, const struct strbuf *text, struct error *err)
{
    int fd = memfd_create(name, MFD_CLOEXEC);
    if (fd < 0)
        return error_set(err, "memfd_create: %s", strerror(errno));
    if (text &&
        (write(fd, text->data, text->len) != (ssize_t)text->len || lseek(fd, 0, SEEK_SET))) {
        close(fd);
        return error_set(err, "cannot write bubblewrap's options");
    }
    return fd;
}

int sandbox_open(struct sandbox *out, const struct container *c, const char *libexec,
                 struct error *err)
{
    cleanup_strbuf struct strbuf options = {0};
    *out = (struct sandbox)SANDBOX_INIT;
    if (sandbox_options(&options, c, err))
        return -1;
    if ((out->args = memory_file("skjob-sandbox", &options, err)) >= 0 &&
        (out->errors = memory_file("skjob-errors", NULL, err)) >= 0 &&
        (out->enter = open_enter(libexec, err)) >= 0)
        return 0;
    sandbox_close(out);
    return -1;
}

void sandbox_close(struct sandbox *s)
{
    cleanup_closep(&s->args);
    cleanup_closep(&s->enter);
    cleanup_closep(&s->errors);
    *s = (struct sandbox)SANDBOX_INIT;
}

/* ---- in the child ---- */

/* Moves descriptors to their places, open across exec. First out of the way: one may stand in
 * another's place. Returns 0 or -1 with errno. */
static int place_descriptors(const struct sandbox *s, int report)
{
    int from[] = {report, s->args, s->enter, s->errors};
    static const int to[] = {SANDBOX_REPORT, SANDBOX_ARGS, SANDBOX_ENTER, STDERR_FILENO};
    for (size_t i = 0; i < 4; i++)
        if ((from[i] = fcntl(from[i], F_DUPFD_CLOEXEC, 16)) < 0)
            return -1;
    for (size_t i = 0; i < 4; i++)
        if (dup2(from[i], to[i]) < 0)
            return -1;
    return 0;
}

int sandbox_exec(const struct sandbox *s, int report, const sigset_t *mask, const char *cwd,
                 char *const argv[], char *const envp[])
{
    char fd_args[12], enter[32], bits[17];
    const char *pwd = runtime_getenv(envp, "PWD");
    size_t argc = 0;
    while (argv[argc])
        argc++;
    const char **words = calloc(argc + 9, sizeof *words);
    if (!words)
        return ENOMEM;
    snprintf(fd_args, sizeof fd_args, "%d", SANDBOX_ARGS);
    snprintf(enter, sizeof enter, "/proc/self/fd/%d", SANDBOX_ENTER);
    exec_mask_write(mask, bits);
    const char *head[] = {PROGRAM, "--args", fd_args,        "--",
                          enter,   bits,     pwd ? pwd : "", cwd ? cwd : ""};
    memcpy(words, head, sizeof head);
    memcpy(words + sizeof head / sizeof *head, argv, argc * sizeof *argv);
    int error = place_descriptors(s, report) ? errno : 0;
    for (size_t i = 0; !error && i < N_PLACES; i++) {
        execve(places[i], (char *const *)words, envp);
        if (errno != ENOENT)
            error = errno;
    }
    free(words);
    return error ? error : ENOENT;
}

/* ---- afterwards ---- */

#define THESE "volumes, names of a pod's own and a read-only root"
#define STILL "a pod that asks for none of them runs here"

/* What forbids user namespaces: a file of the kernel's, and what it holds then. */
static const struct {
    const char *path;
    char value;
    const char *words;
} limits[] = {
    {"/proc/sys/kernel/unprivileged_userns_clone", '0', "kernel.unprivileged_userns_clone is 0"},
    {"/proc/sys/user/max_user_namespaces", '0', "user.max_user_namespaces is 0"},
    {"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", '1',
     "AppArmor restricts them (kernel.apparmor_restrict_unprivileged_userns is 1)"},
};

static const char *find_limit(void)
{
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        char text[2] = "";
        cleanup_close int fd = open(limits[i].path, O_RDONLY | O_CLOEXEC);
        if (fd >= 0 && read(fd, text, 2) == 2 && text[0] == limits[i].value && text[1] == '\n')
            return limits[i].words;
    }
    return NULL;
}

static bool is_installed(void)
{
    for (size_t i = 0; i < N_PLACES; i++)
        if (access(places[i], F_OK) == 0)
            return true;
    return false;
}

/* bwrap's words for every way in which a namespace can be refused. */
static bool is_refused(const char *text)
{
    return strstr(text, "namespace") || strstr(text, "setting up uid map") ||
           strstr(text, "loopback");
}

int sandbox_explain(const struct sandbox *s, struct error *err)
{
    char text[512];
    if (!is_installed())
        return error_set(err, THESE " need the program bwrap (package bubblewrap), which is not "
                                    "installed on this node; " STILL);
    ssize_t n = pread(s->errors, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    const char *limit = is_refused(text) ? find_limit() : NULL;
    if (limit)
        return error_set(err,
                         THESE " need user namespaces, which this node forbids: %s; the "
                               "administrator can allow them; " STILL " (%s)",
                         limit, text);
    if (is_refused(text))
        return error_set(
            err, THESE " need user namespaces, which this node refuses; " STILL " (%s)", text);
    return error_set(err, "cannot set up the container's mounts: %s",
                     *text ? text : "bwrap ended without a word");
}
