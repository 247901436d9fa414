/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The hook in sbatch, from its command line to the program that takes its place. This program plays
 * all parts: with SKJOB_TEST_CONTEXT in its environment it is sbatch, which calls the hook; as
 * skjob, it tells how it was called.
 */
#include "takeover.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"

#define JOB        "apiVersion: batch/v1\nkind: Job\n"
#define JSON       "{\"kind\": \"Job\", \"apiVersion\": \"batch/v1\"}"
#define DEPLOYMENT "apiVersion: apps/v1\nkind: Deployment\n"
#define MIB        (1024 * 1024)
#define CONTEXT    "SKJOB_TEST_CONTEXT"
#define PLUGIN     "SKJOB_TEST_PLUGIN" /* the arguments of the plugin's line */
#define LEN(a)     (sizeof(a) / sizeof *(a))

/* ---- the other parts ---- */

static int open_descriptors(void)
{
    int n = 0;
    for (int fd = 3; fd < 64; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static void play_skjob(int argc, char **argv)
{
    const char *mark = getenv(TAKEOVER_MARK);
    printf("%s", argv[0]);
    for (int i = 1; i < argc; i++)
        printf("|%s", argv[i]);
    printf(" (mark %s, descriptors %d)", mark ? mark : "none", open_descriptors());
    exit(7);
}

static void play_sbatch(void)
{
    char line[1024], *av[16];
    int ac = 0;
    snprintf(line, sizeof line, "%s", getenv(PLUGIN));
    for (char *p = strtok(line, " "); p && ac < 16; p = strtok(NULL, " "))
        av[ac++] = p;
    close_range(3, ~0u, 0);
    host_reset();
    host.context = (enum spank_context)atoi(getenv(CONTEXT));
    int rc = slurm_spank_init(NULL, ac, av);
    printf("%src %d%s%s", host.log, rc, getenv(TAKEOVER_MARK) ? ", mark" : "",
           open_descriptors() ? ", descriptors" : "");
    exit(0);
}

__attribute__((constructor)) static void play(int argc, char **argv)
{
    if (!getenv(CONTEXT))
        return;
    if (argc > 1 && strcmp(argv[0], "skjob") == 0)
        play_skjob(argc, argv);
    play_sbatch();
}

/* What the hook said before it ended the process. */
__attribute__((destructor)) static void say(void)
{
    if (getenv(CONTEXT) && strstr(host.log, " is a Job manifest, which "))
        printf("%s", host.log);
}

/* ---- files ---- */

static char folder[] = "/tmp/skjob-takeover-XXXXXX";
static char self[4096];

static void write_file(const char *name, const char *text, off_t size)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);
    cr_assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), "%s", name);
    cr_assert(!size || ftruncate(fd, size) == 0);
    close(fd);
}

static void setup(void)
{
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    cr_assert(n > 0 && mkdtemp(folder) && chdir(folder) == 0);
    cr_assert(mkdir("sub", 0700) == 0 && mkdir("folder.yaml", 0700) == 0);
    cr_assert(mkfifo("fifo.yaml", 0600) == 0 && symlink(self, "skjob") == 0);
    write_file("job.yaml", JOB, 0);
    write_file("job.json", JSON, 0);
    write_file("sub/job 2.yaml", JOB, 0);
    write_file("-x.yaml", JOB, 0);
    write_file("\033[2J.yaml", JOB, 0);
    write_file("crlf.yaml", "apiVersion: batch/v1\r\nkind: Job\r\n", 0);
    write_file("bom.yaml", "\xef\xbb\xbf" JOB, 0);
    write_file("script.yaml", "#!/bin/sh\n" JOB, 0);
    write_file("deployment.yaml", DEPLOYMENT, 0);
    write_file("empty.yaml", "", 0);
    write_file("binary.yaml",
               "\x7f"
               "ELF\001\002\003\n" JOB,
               0);
    write_file("large.yaml", JOB, MIB);
    write_file("huge.yaml", JOB, MIB + 1);
    write_file("not-executable", JOB, 0);
    cr_assert(symlink("../job.yaml", "sub/link.yaml") == 0 && symlink("loop", "loop") == 0);
}

static void teardown(void)
{
    char command[128];
    cr_assert_eq(chdir("/"), 0);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(takeover, .init = setup, .fini = teardown, .timeout = 300);

/* ---- calling ---- */

#define WORDS 600

struct call {
    char *argv[WORDS + 1];
    const char *plugin; /* NULL: the usual argument */
    enum spank_context context;
    const char *mark; /* TAKEOVER_MARK in the environment */
    const char *path; /* NULL: none */
};

static void be_child(const struct call *c, int out)
{
    char context[16], usual[256];
    snprintf(context, sizeof context, "%d", c->context);
    snprintf(usual, sizeof usual, "skjob=%s/skjob", folder);
    setenv(CONTEXT, context, 1);
    setenv(PLUGIN, c->plugin ? c->plugin : usual, 1);
    unsetenv("PATH");
    if (c->path)
        setenv("PATH", c->path, 1);
    unsetenv(TAKEOVER_MARK);
    if (c->mark)
        setenv(TAKEOVER_MARK, c->mark, 1);
    dup2(out, STDOUT_FILENO);
    execv(self, c->argv);
    _exit(99);
}

/* Returns the exit status; text gets the output. */
static int call(const struct call *c, char *text, size_t size)
{
    int status, out = memfd_create("out", MFD_CLOEXEC);
    pid_t pid = fork();
    if (pid == 0)
        be_child(c, out);
    cr_assert(pid > 0 && waitpid(pid, &status, 0) == pid);
    ssize_t n = pread(out, text, size - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    close(out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* words: separated by '|'. The copy that argv points into is returned, to be freed. */
static char *set_words(struct call *c, const char *words)
{
    char *copy = strdup(words);
    size_t n = 0;
    for (char *p = copy; n < WORDS; n++) {
        c->argv[n] = p;
        p = strchr(p, '|');
        if (!p)
            break;
        *p++ = '\0';
    }
    c->argv[n + 1] = NULL;
    return copy;
}

#define GOES_ON "rc 0"
#define TAKES(rest)                                                                                \
    "skjob|create|-f|" rest " (mark 1, descriptors 0)" /* and then its status is sbatch's */

#define PLAIN(word)                                                                                \
    "skjob: job.yaml is a Job manifest, which says itself what \"" word "\" would say\n"

static void expect(const struct call *c, const char *want, const char *proves)
{
    char text[8192];
    int status = call(c, text, sizeof text);
    int want_status = strncmp(want, "skjob|", 6) == 0              ? 7
                      : strstr(want, " is a Job manifest, which ") ? 1
                                                                   : 0;
    cr_expect_str_eq(text, want, "%s: %s", proves, text);
    cr_expect_eq(status, want_status, "%s: status %d", proves, status);
}

static const struct {
    const char *words, *want, *proves;
} rows[] = {
    {"sbatch|job.yaml", TAKES("job.yaml|--"), "a manifest"},
    {"/usr/bin/sbatch|./job.yaml", TAKES("./job.yaml|--"), "paths"},
    {"sbatch|job.json", TAKES("job.json|--"), "JSON"},
    {"sbatch|-H|--time=5|-p|short x|--comment||job.yaml",
     TAKES("job.yaml|--|-H|--time=5|-p|short x|--comment|"), "options"},
    {"sbatch|-H|--|job.yaml", TAKES("job.yaml|--|-H"), "the end of the options"},
    {"sbatch|--parsable|-Q|job.yaml", TAKES("job.yaml|--|--parsable|-Q"), "sbatch's output"},
    {"sbatch|sub/job 2.yaml", TAKES("sub/job 2.yaml|--"), "another folder"},
    {"sbatch|sub/link.yaml", TAKES("sub/link.yaml|--"), "a symlink"},
    {"sbatch|--|-x.yaml", TAKES("./-x.yaml|--"), "a name like an option"},
    {"sbatch|--backoff-limit=3|job.yaml", PLAIN("--backoff-limit=3"), "an option for plain arrays"},
    {"sbatch|--backoff-limit|3|job.yaml", PLAIN("--backoff-limit"), "its value apart"},
    {"sbatch|--completion-i|-H|job.yaml", PLAIN("--completion-i"), "its beginning"},
    {"sbatch|--comment|--backoff-limit=3|job.yaml",
     TAKES("job.yaml|--|--comment|--backoff-limit=3"), "the value of another option"},
    {"sbatch|--backoff-limit=3|script.yaml", GOES_ON, "for a script"},
    {"sbatch|crlf.yaml", TAKES("crlf.yaml|--"), "CRLF"},
    {"sbatch|bom.yaml", TAKES("bom.yaml|--"), "a byte order mark"},
    {"sbatch|large.yaml", TAKES("large.yaml|--"), "1 MiB"},
    {"sbatch|huge.yaml", GOES_ON, "more than that"},
    {"sbatch|script.yaml", GOES_ON, "a script"},
    {"sbatch|deployment.yaml", GOES_ON, "a Deployment"},
    {"sbatch|empty.yaml", GOES_ON, "nothing"},
    {"sbatch|folder.yaml", GOES_ON, "a folder"},
    {"sbatch|fifo.yaml", GOES_ON, "a FIFO without a writer"},
    {"sbatch|/dev/zero", GOES_ON, "a device"},
    {"sbatch|loop", GOES_ON, "a loop of symlinks"},
    {"sbatch|missing.yaml", GOES_ON, "no file"},
    {"sbatch", GOES_ON, "standard input"},
    {"sbatch|-", GOES_ON, "a dash"},
    {"sbatch|--wrap=true|job.yaml", GOES_ON, "--wrap"},
    {"sbatch|--help|job.yaml", GOES_ON, "--help"},
    {"sbatch|--unknown|job.yaml", GOES_ON, "an option of another plugin"},
    {"sbatch|-N1|:|job.yaml", GOES_ON, "a heterogeneous job"},
    {"salloc|job.yaml", GOES_ON, "salloc"},
    {"sbatch|script.yaml|job.yaml", GOES_ON, "a manifest as argument of a script"},
    {"sbatch|job.yaml|a\033[2Jb|c",
     "skjob: job.yaml is a Job manifest, which takes no arguments: \"a?[2Jb\" (options for sbatch "
     "go before the file)\n",
     "arguments"},
    {"sbatch|job.yaml|",
     "skjob: job.yaml is a Job manifest, which takes no arguments: \"\" (options for sbatch go "
     "before the file)\n",
     "an empty argument"},
    {"sbatch|\033[2J.yaml|x",
     "skjob: ?[2J.yaml is a Job manifest, which takes no arguments: \"x\" (options for sbatch go "
     "before the file)\n",
     "a name with control characters"},
};

Test(takeover, rows)
{
    for (size_t i = 0; i < LEN(rows); i++) {
        struct call c = {.context = S_CTX_ALLOCATOR};
        char *copy = set_words(&c, rows[i].words);
        expect(&c, rows[i].want, rows[i].proves);
        free(copy);
    }
}

Test(takeover, other_contexts)
{
    static const enum spank_context others[] = {S_CTX_ERROR, S_CTX_LOCAL, S_CTX_REMOTE,
                                                S_CTX_SLURMD, S_CTX_JOB_SCRIPT};
    for (size_t i = 0; i < LEN(others); i++) {
        struct call c = {.argv = {"sbatch", "job.yaml"}, .context = others[i], .mark = "1"};
        expect(&c, GOES_ON ", mark", "another context");
    }
}

/* The sbatch that skjob calls stays sbatch, and its job does not inherit the mark. */
Test(takeover, mark)
{
    static const char *const marks[] = {"1", "", "anything"};
    for (size_t i = 0; i < LEN(marks); i++) {
        struct call c = {
            .argv = {"sbatch", "job.yaml"}, .context = S_CTX_ALLOCATOR, .mark = marks[i]};
        expect(&c, GOES_ON, "the mark");
        c.plugin = "sbatch=no";
        expect(&c, GOES_ON, "the mark, although there is nothing to do");
        c.plugin = "nonsense";
        expect(&c, GOES_ON, "the mark, although the line is wrong");
    }
}

/* @ stands for the test's folder. */
static const struct {
    const char *plugin, *want, *proves;
} lines[] = {
    {"skjob=@/skjob sbatch=yes", TAKES("job.yaml|--"), "sbatch=yes"},
    {"skjob=@/skjob sbatch=no", GOES_ON, "sbatch=no"},
    {"skjob=@/skjob sbatch=no sbatch=yes", TAKES("job.yaml|--"), "the last one counts"},
    {"skjob=@/skjob sbatch=maybe", GOES_ON, "a bad value"},
    {"skjob=@/skjob sbatch=", GOES_ON, "no value"},
    {"skjob=skjob", GOES_ON, "a relative path"},
    {"skjob=", GOES_ON, "no path"},
    {"skjob=@/skjob minimum_uid=0", TAKES("job.yaml|--"), "minimum_uid"},
    {"skjob=@/skjob minimum_uid=4294967295", GOES_ON, "minimum_uid above the user's"},
    {"skjob=@/skjob color=red", GOES_ON, "an unknown argument"},
    {"skjob=@/gone",
     "skjob: job.yaml is a Job manifest, but @/gone cannot be run: No such file or directory\n"
     "rc 0",
     "no skjob"},
    {"skjob=@/not-executable",
     "skjob: job.yaml is a Job manifest, but @/not-executable cannot be run: Permission denied\n"
     "rc 0",
     "a skjob that cannot be run"},
    {"skjob=@", "skjob: job.yaml is a Job manifest, but @ cannot be run: Permission denied\nrc 0",
     "a folder"},
};

static void put_folder(const char *text, char *out, size_t size)
{
    size_t n = 0;
    for (; *text && n + sizeof folder < size; text++) {
        if (*text == '@')
            n += (size_t)snprintf(out + n, size - n, "%s", folder);
        else
            out[n++] = *text;
    }
    out[n] = '\0';
}

Test(takeover, plugstack_lines)
{
    for (size_t i = 0; i < LEN(lines); i++) {
        char plugin[512], want[512];
        put_folder(lines[i].plugin, plugin, sizeof plugin);
        put_folder(lines[i].want, want, sizeof want);
        struct call c = {
            .argv = {"sbatch", "job.yaml"}, .context = S_CTX_ALLOCATOR, .plugin = plugin};
        expect(&c, want, lines[i].proves);
    }
}

Test(takeover, along_path)
{
    char sub[256];
    snprintf(sub, sizeof sub, "/nowhere:%s/sub", folder);
    struct call c = {.argv = {"sbatch", "link.yaml"}, .context = S_CTX_ALLOCATOR, .path = sub};
    char want[512];
    snprintf(want, sizeof want, TAKES("%s/sub/link.yaml|--"), folder);
    expect(&c, want, "a script that sbatch finds along PATH");
    c.argv[1] = "job.yaml";
    expect(&c, TAKES("job.yaml|--"), "the current folder comes first");
}

/* Command lines longer than what is read of them: 16 KiB, 256 options. */
Test(takeover, long_command_lines)
{
    static char word[20000];
    struct call c = {.argv = {"sbatch", "--comment", word, "job.yaml"}, .context = S_CTX_ALLOCATOR};
    memset(word, 'x', sizeof word - 1);
    expect(&c, GOES_ON, "a long option");
    word[15000] = '\0';
    char text[32768];
    cr_expect_eq(call(&c, text, sizeof text), 7, "15000 bytes are fine");
    word[15000] = 'x';
    word[16384 - sizeof "sbatch" - sizeof "--comment" - sizeof "job.yaml" - 1] = '\0';
    c.argv[4] = word;
    expect(&c, GOES_ON, "cut off right behind the script");
    memset(word, 'x', sizeof word - 1);
    struct call d = {.argv = {"sbatch", "script.yaml", word}, .context = S_CTX_ALLOCATOR};
    expect(&d, GOES_ON, "a long argument of a script");
    struct call e = {.argv = {"sbatch"}, .context = S_CTX_ALLOCATOR};
    for (size_t i = 1; i < WORDS - 1; i++)
        e.argv[i] = "-v";
    e.argv[WORDS - 1] = "job.yaml";
    expect(&e, GOES_ON, "many options");
}

Test(takeover, unreadable)
{
    if (getuid() == 0)
        return; /* root reads everything (a skipped test would leave its folder behind) */
    cr_assert_eq(chmod("job.yaml", 0), 0);
    struct call c = {.argv = {"sbatch", "job.yaml"}, .context = S_CTX_ALLOCATOR};
    expect(&c, GOES_ON, "a file that cannot be read");
}
