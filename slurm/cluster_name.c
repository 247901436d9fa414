/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cluster_name.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"

extern char **environ;

#define CONF_MAX ((size_t)1 << 20)

static int keep(char out[CLUSTER_NAME_MAX + 1], const char *s, size_t len)
{
    if (len == 0 || len > CLUSTER_NAME_MAX)
        return -1;
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)s[i]) && !strchr("-_.", s[i]))
            return -1;
        out[i] = (char)tolower((unsigned char)s[i]);
    }
    out[len] = '\0';
    return out[0] == '.' ? -1 : 0;
}

int cluster_name_parse(const char *text, char out[CLUSTER_NAME_MAX + 1])
{
    static const char key[] = "ClusterName";
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += strspn(line, " \t\r\n");
        if (strncasecmp(line, key, strlen(key)) != 0)
            continue;
        const char *s = line + strlen(key);
        s += strspn(s, " \t");
        if (*s != '=')
            continue;
        s++;
        s += strspn(s, " \t\"");
        return keep(out, s, strcspn(s, " \t\r\n\"#"));
    }
    return -1;
}

static int from_stream(FILE *f, char out[CLUSTER_NAME_MAX + 1])
{
    cleanup_free char *text = f ? malloc(CONF_MAX) : NULL;
    if (!text)
        return -1;
    size_t n = fread(text, 1, CONF_MAX - 1, f);
    text[n] = '\0';
    return cluster_name_parse(text, out);
}

static int from_file(const char *path, char out[CLUSTER_NAME_MAX + 1])
{
    cleanup_file FILE *f = fopen(path, "re");
    return from_stream(f, out);
}

/* Runs `scontrol show config` with no standard input and no standard error, reading fd. */
static pid_t start_scontrol(int out)
{
    static char scontrol[] = "scontrol", show[] = "show", config[] = "config";
    char *const argv[] = {scontrol, show, config, NULL};
    posix_spawn_file_actions_t fa;
    pid_t pid;
    posix_spawn_file_actions_init(&fa);
    posix_spawn_file_actions_addopen(&fa, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&fa, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&fa, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int rc = posix_spawnp(&pid, scontrol, &fa, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&fa);
    return rc == 0 ? pid : -1;
}

int cluster_name_ask(char out[CLUSTER_NAME_MAX + 1])
{
    int fd[2], status;
    if (pipe2(fd, O_CLOEXEC) < 0)
        return -1;
    pid_t pid = start_scontrol(fd[1]);
    close(fd[1]);
    FILE *f = fdopen(fd[0], "r");
    int rc = pid > 0 ? from_stream(f, out) : -1;
    if (f)
        fclose(f); /* before the wait: what writes more than we read ends by it */
    else
        close(fd[0]);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return rc;
}

int cluster_name(char out[CLUSTER_NAME_MAX + 1], struct error *err)
{
    const char *inside = getenv("SLURM_CLUSTER_NAME");
    const char *conf = getenv("SLURM_CONF");
    if (inside && keep(out, inside, strlen(inside)) == 0)
        return 0;
    if (conf && *conf ? from_file(conf, out) == 0
                      : from_file("/etc/slurm/slurm.conf", out) == 0 ||
                            from_file("/run/slurm/conf/slurm.conf", out) == 0)
        return 0;
    if (cluster_name_ask(out) == 0)
        return 0;
    return error_set(err, "Slurm does not tell the name of its cluster here: no slurm.conf, and no "
                          "answer from scontrol (set SLURM_CONF, or SKJOB_STATE)");
}
