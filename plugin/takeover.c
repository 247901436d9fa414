/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "takeover.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <slurm/slurm.h>
#include <slurm/spank.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sbatch_line.h"
#include "script_path.h"
#include "sniff.h"

#define COMMAND_LINE_MAX 16384
#define MANIFEST_MAX     (1024 * 1024) /* what skjob reads */

struct command_line {
    size_t len;
    bool cut;
    char text[COMMAND_LINE_MAX + 1];
};

static int read_command_line(struct command_line *c)
{
    ssize_t n = 0;
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    c->len = 0;
    while (c->len < COMMAND_LINE_MAX) {
        n = read(fd, c->text + c->len, COMMAND_LINE_MAX - c->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        c->len += (size_t)n;
    }
    close(fd);
    c->cut = n != 0;
    c->text[c->len] = '\0';
    return n < 0 ? -1 : 0;
}

static bool is_manifest(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return false;
    bool is = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= MANIFEST_MAX &&
              sniff_is_job(fd);
    close(fd);
    return is;
}

/* For messages: names can hold anything. */
static const char *printable(const char *text, char *out, size_t size)
{
    size_t n = 0;
    for (; text[n] && n + 1 < size; n++) {
        unsigned char c = (unsigned char)text[n];
        out[n] = c < 0x20 || c == 0x7f ? '?' : text[n];
    }
    out[n] = '\0';
    return out;
}

static void refuse_arguments(const char *script, const char *word)
{
    char file[256], argument[256];
    slurm_error("skjob: %s is a Job manifest, which takes no arguments: \"%s\" (options for sbatch "
                "go before the file)",
                printable(script, file, sizeof file), printable(word, argument, sizeof argument));
    exit(EXIT_FAILURE);
}

static void refuse_plain(const char *script, const char *word)
{
    char file[256], option[256];
    slurm_error("skjob: %s is a Job manifest, which says itself what \"%s\" would say",
                printable(script, file, sizeof file), printable(word, option, sizeof option));
    exit(EXIT_FAILURE);
}

static void run(const char *program, const char *path, const struct sbatch_line *line)
{
    const char *argv[SBATCH_LINE_OPTIONS + 6] = {"skjob", "create", "-f", path, "--"};
    char file[256];
    for (size_t i = 0; i < line->options_len; i++)
        argv[5 + i] = line->options[i];
    if (setenv(TAKEOVER_MARK, "1", 1) == 0)
        execv(program, (char **)(uintptr_t)argv);
    slurm_error("skjob: %s is a Job manifest, but %s cannot be run: %s",
                printable(path, file, sizeof file), program, strerror(errno));
    unsetenv(TAKEOVER_MARK);
}

bool takeover_was_done(void)
{
    bool done = getenv(TAKEOVER_MARK) != NULL;
    unsetenv(TAKEOVER_MARK);
    return done;
}

void takeover_try(const char *program)
{
    struct command_line command;
    struct sbatch_line line;
    char path[PATH_MAX];
    if (read_command_line(&command) < 0 ||
        !sbatch_line_parse(&line, command.text, command.len, command.cut, SLURM_VERSION_NUMBER) ||
        script_path_find(line.script, getenv("PATH"), path, sizeof path) < 0 || !is_manifest(path))
        return;
    if (line.behind)
        refuse_arguments(path, line.behind);
    if (line.plain)
        refuse_plain(path, line.plain);
    run(program, path, &line);
}
