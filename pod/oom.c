/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oom.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"

#define LINE_MAX_LEN (PATH_MAX + 64)

/* The two kinds of hierarchy: how a line of /proc/self/cgroup names them, where they are mounted,
 * and which file has the line "oom_kill N". */
static const struct {
    const char *controller; /* "" = the unified one */
    const char *below;      /* of the mount point */
    const char *file;
} kinds[] = {
    {"", "", "memory.events"},
    {"", "/unified", "memory.events"},
    {"memory", "/memory", "memory.oom_control"},
};
#define KINDS (sizeof kinds / sizeof *kinds)

static uint64_t read_count(const char *folder, const char *file)
{
    char path[PATH_MAX];
    char line[128];
    uint64_t n = 0;
    if (snprintf(path, sizeof path, "%s/%s", folder, file) >= (int)sizeof path)
        return 0;
    cleanup_file FILE *f = fopen(path, "re");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "oom_kill %" SCNu64, &n) == 1)
            break;
    return n;
}

/* Whether list, separated by commas, has the word. */
static bool has_controller(const char *list, size_t len, const char *word)
{
    size_t n = strlen(word);
    if (!n)
        return len == 0;
    for (const char *p = list; p + n <= list + len; p++)
        if (memcmp(p, word, n) == 0 && (p == list || p[-1] == ',') &&
            (p + n == list + len || p[n] == ','))
            return true;
    return false;
}

/* Where the job's part of the path ends, 0 when it has none. */
static size_t find_job(const char *path, uint32_t job_id)
{
    char name[32];
    size_t n = (size_t)snprintf(name, sizeof name, "/job_%" PRIu32, job_id);
    const char *at = path;
    while ((at = strstr(at, name))) {
        if (at[n] == '/' || at[n] == '\0')
            return (size_t)(at - path) + n;
        at += n;
    }
    return 0;
}

static uint64_t count_upwards(char *folder, size_t top, const char *file)
{
    uint64_t most = 0;
    for (;;) {
        uint64_t n = read_count(folder, file);
        most = n > most ? n : most;
        char *slash = strrchr(folder, '/');
        if (!slash || (size_t)(slash - folder) < top)
            return most;
        *slash = '\0';
    }
}

/* One line "4:memory,cpu:/slurm/job_7/step_batch" or "0::/system.slice/...". */
static uint64_t count_of(char *line, const char *mount, uint32_t job_id)
{
    char folder[PATH_MAX];
    uint64_t most = 0;
    line[strcspn(line, "\n")] = '\0';
    const char *list = strchr(line, ':');
    const char *path = list ? strchr(list + 1, ':') : NULL;
    if (!path)
        return 0;
    list++;
    path++;
    for (size_t i = 0; i < KINDS; i++) {
        if (!has_controller(list, (size_t)(path - 1 - list), kinds[i].controller))
            continue;
        int n = snprintf(folder, sizeof folder, "%s%s%s", mount, kinds[i].below, path);
        if (n < 0 || n >= (int)sizeof folder)
            continue;
        size_t job = find_job(path, job_id);
        size_t top = job ? (size_t)n - strlen(path) + job : (size_t)n;
        uint64_t count = count_upwards(folder, top, kinds[i].file);
        most = count > most ? count : most;
    }
    return most;
}

uint64_t oom_count_at(const char *membership, const char *mount, uint32_t job_id)
{
    char line[LINE_MAX_LEN];
    uint64_t most = 0;
    cleanup_file FILE *f = fopen(membership, "re");
    while (f && fgets(line, sizeof line, f)) {
        uint64_t n = count_of(line, mount, job_id);
        most = n > most ? n : most;
    }
    return most;
}

uint64_t oom_count(uint32_t job_id)
{
    return oom_count_at("/proc/self/cgroup", "/sys/fs/cgroup", job_id);
}
