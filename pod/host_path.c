/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host_path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct type_rule {
    const char *type;
    mode_t format; /* 0 = anything */
    const char *noun;
    int (*make)(const char *path); /* when it is missing; NULL = an error */
};

static int make_folder(const char *path)
{
    char part[PATH_MAX];
    size_t len = strlen(path);
    if (len >= sizeof part) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(part, path, len + 1);
    for (char *p = strchr(part + 1, '/'); p; p = strchr(p + 1, '/')) {
        *p = '\0';
        if (access(part, F_OK) && mkdir(part, 0755) && errno != EEXIST)
            return -1;
        *p = '/';
    }
    return mkdir(part, 0755) && errno != EEXIST ? -1 : 0;
}

static int make_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return errno == EEXIST ? 0 : -1;
    return close(fd);
}

static const struct type_rule rules[] = {
    {"", 0, "", make_folder},
    {"DirectoryOrCreate", S_IFDIR, "directory", make_folder},
    {"Directory", S_IFDIR, "directory", NULL},
    {"FileOrCreate", S_IFREG, "file", make_file},
    {"File", S_IFREG, "file", NULL},
    {"Socket", S_IFSOCK, "socket file", NULL},
    {"CharDevice", S_IFCHR, "character device", NULL},
    {"BlockDevice", S_IFBLK, "block device", NULL},
};

static const struct type_rule *rule_of(const char *type)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(rules[i].type, type) == 0)
            return &rules[i];
    return NULL;
}

/* The umask of the user is none of the manifest's. */
static int make(const struct type_rule *rule, const char *path)
{
    mode_t old = umask(022);
    int rc = rule->make(path);
    int error = errno;
    umask(old);
    errno = error;
    return rc;
}

static int check(const struct type_rule *rule, const char *path, struct error *err)
{
    struct stat st;
    bool missing = stat(path, &st) != 0;
    if (missing && errno == ENOENT && rule->make) {
        if (make(rule, path))
            return error_set(err, "%s %.300s: %s", rule->make == make_file ? "open" : "mkdir", path,
                             strerror(errno));
        missing = stat(path, &st) != 0;
    }
    if (missing || (rule->format && (st.st_mode & S_IFMT) != rule->format)) {
        if (!rule->format)
            return error_set(err, "stat %.300s: %s", path, strerror(errno));
        return error_set(err, "hostPath type check failed: %.300s is not a %s", path, rule->noun);
    }
    return 0;
}

char *host_path_prepare(const char *path, const char *type, struct error *err)
{
    const struct type_rule *rule = rule_of(type);
    if (!rule) {
        error_set(err, "%.100s is an invalid volume type", type);
        return NULL;
    }
    if (check(rule, path, err))
        return NULL;
    char *real = realpath(path, NULL);
    if (!real)
        error_set(err, "%.300s: %s", path, strerror(errno));
    return real;
}
