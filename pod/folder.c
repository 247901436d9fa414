/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

int folder_open(int parent, const char *name)
{
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

char *folder_path(int fd)
{
    char link[32], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path);
    if (n < 0)
        return NULL;
    if ((size_t)n == sizeof path) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    return strndup(path, (size_t)n);
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* A stream over the folder fd, from its beginning; fd stays the caller's. */
static DIR *stream_of(int fd)
{
    int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (copy < 0)
        return NULL;
    DIR *dir = fdopendir(copy);
    if (!dir)
        close(copy);
    return dir;
}

static const char *next_name(DIR *dir)
{
    const struct dirent *entry;
    do {
        entry = readdir(dir);
    } while (entry && is_dots(entry->d_name));
    return entry ? entry->d_name : NULL;
}

/* ---- removal ---- */

struct clearing {
    int top;
    dev_t dev;
    unsigned moved; /* folders that were too deep, and hang below top now */
    int error;      /* of the first name that stays; 0 = all went */
    char failed[NAME_MAX + 1];
};

static void clear_level(struct clearing *c, int fd, int depth);

/* A folder of ours that we may not read or write: opened by what it is, so that no link can take
 * its place. */
static int open_for_removal(int parent, const char *name)
{
    char link[32];
    cleanup_close int handle = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (handle < 0)
        return -1;
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    struct stat st;
    if (fstat(handle, &st) == 0 && (st.st_mode & 0700) != 0700)
        (void)!chmod(link, 0700);
    return open(link, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Instead of descending further: hangs the folder below the top, for the next round. What has the
 * name there is only ever replaced when it is an empty folder, which is to go as well. */
static int move_up(struct clearing *c, int parent, const char *name)
{
    char fresh[32];
    for (int tries = 0; tries < 1000; tries++) {
        snprintf(fresh, sizeof fresh, ".deep.%u", c->moved++);
        if (renameat(parent, name, c->top, fresh) == 0)
            return 0;
        if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR)
            return -1;
    }
    return -1;
}

static int remove_folder(struct clearing *c, int parent, const char *name, int depth)
{
    struct stat st;
    cleanup_close int fd = open_for_removal(parent, name);
    if (fd < 0 || fstat(fd, &st))
        return -1;
    if (st.st_dev != c->dev) {
        errno = EXDEV;
        return -1;
    }
    if (depth >= FOLDER_DEPTH)
        return move_up(c, parent, name);
    clear_level(c, fd, depth + 1);
    return unlinkat(parent, name, AT_REMOVEDIR);
}

static void note_failure(struct clearing *c, const char *name)
{
    if (c->error)
        return;
    c->error = errno;
    snprintf(c->failed, sizeof c->failed, "%s", name);
}

static void clear_level(struct clearing *c, int fd, int depth)
{
    DIR *dir = stream_of(fd);
    const char *name;
    if (!dir) {
        note_failure(c, ".");
        return;
    }
    while ((name = next_name(dir)))
        if (unlinkat(fd, name, 0) && errno != ENOENT &&
            (errno != EISDIR || remove_folder(c, fd, name, depth)))
            note_failure(c, name);
    closedir(dir);
}

int folder_clear(int fd, struct error *err)
{
    struct stat st;
    if (fstat(fd, &st))
        return error_set(err, "cannot look at a folder to be removed: %s", strerror(errno));
    struct clearing c = {.top = fd, .dev = st.st_dev};
    if ((st.st_mode & 0700) != 0700)
        (void)!fchmod(fd, 0700);
    unsigned before;
    do { /* what was moved up needs another round */
        before = c.moved;
        c.error = 0;
        clear_level(&c, fd, 0);
    } while (c.moved != before);
    return c.error ? error_set(err, "cannot remove %.200s: %s", c.failed, strerror(c.error)) : 0;
}

/* ---- usage ---- */

static int64_t share_of(const struct stat *st)
{
    int64_t names = S_ISDIR(st->st_mode) || st->st_nlink < 1 ? 1 : (int64_t)st->st_nlink;
    return (int64_t)st->st_blocks * 512 / names;
}

static int64_t usage_below(int fd, dev_t dev, int depth)
{
    DIR *dir = stream_of(fd);
    int64_t sum = 0;
    const char *name;
    while (dir && (name = next_name(dir))) {
        struct stat st;
        if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) || st.st_dev != dev)
            continue;
        sum += share_of(&st);
        if (!S_ISDIR(st.st_mode) || depth >= FOLDER_DEPTH)
            continue;
        cleanup_close int child = folder_open(fd, name);
        if (child >= 0)
            sum += usage_below(child, dev, depth + 1);
    }
    if (dir)
        closedir(dir);
    return sum;
}

int64_t folder_usage(int fd)
{
    struct stat st;
    return fstat(fd, &st) ? 0 : share_of(&st) + usage_below(fd, st.st_dev, 0);
}
