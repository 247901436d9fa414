/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names of zones and the files behind them.
 */
#include "timezone.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "cleanup.h"

enum { FILE_MAX = 256 * 1024, PART_MAX = 14 };

/* Files that stand beside the zones, and second copies of the database. */
static const char *const not_zones[] = {"localtime", "posixrules", "posix", "right"};

static bool is_other(const char *name)
{
    size_t len = strcspn(name, "/");
    for (size_t i = 0; i < sizeof not_zones / sizeof *not_zones; i++) {
        if (strlen(not_zones[i]) == len && strncmp(name, not_zones[i], len) == 0)
            return true;
    }
    return false;
}

/* Reads a regular file of at most FILE_MAX bytes below root. Returns its size, or -1. */
static ssize_t read_file(const char *root, const char *name, unsigned char *buf)
{
    struct stat st;
    cleanup_close int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    cleanup_close int fd =
        dir < 0 ? -1 : openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX)
        return -1;
    size_t len = 0;
    while (len < FILE_MAX) {
        ssize_t n = read(fd, buf + len, FILE_MAX - len);
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        len += (size_t)n;
    }
    return (ssize_t)len;
}

static int unknown(const char *name, struct error *err)
{
    return error_set(err, "unknown time zone %s", name);
}

int timezone_load(const char *root, const char *name, struct timezone_info **out, struct error *err)
{
    *out = NULL;
    if (!*name || strcmp(name, "UTC") == 0)
        return 0;
    if (strstr(name, "..") || *name == '/' || *name == '\\')
        return error_set(err, "time: invalid location name");
    if (is_other(name))
        return unknown(name, err);
    cleanup_free unsigned char *buf = malloc(FILE_MAX);
    if (!buf)
        return error_set(err, "out of memory");
    ssize_t len = read_file(root ? root : TIMEZONE_ROOT, name, buf);
    if (len < 0 || timezone_parse(buf, (size_t)len, out, NULL) < 0)
        return unknown(name, err);
    return 0;
}

/* One part of a name between slashes. */
static bool part_valid(const char *s, size_t len)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789.-_+";
    if (!len || len > PART_MAX || *s == '-' || strspn(s, allowed) < len)
        return false;
    return !(len == 1 && s[0] == '.') && !(len == 2 && s[0] == '.' && s[1] == '.');
}

static bool name_valid(const char *name)
{
    for (const char *s = name;; s++) {
        size_t len = strcspn(s, "/");
        if (!part_valid(s, len))
            return false;
        s += len;
        if (!*s)
            return true;
    }
}

static int check_exists(const char *root, const char *name, struct error *err)
{
    struct timezone_info *tz;
    /* Go's LoadLocation knows this name as the zone of the machine. */
    if (strcmp(name, "Local") == 0)
        return 0;
    int rc = timezone_load(root, name, &tz, err);
    timezone_free(tz);
    return rc;
}

/* Fills up to two messages. Returns how many. */
static int check(const char *root, const char *name, struct error messages[2])
{
    int n = 0;
    if (!*name) {
        error_set(&messages[0], "timeZone must be nil or non-empty string");
        return 1;
    }
    if (!name_valid(name)) {
        unknown(name, &messages[0]);
        return 1;
    }
    if (strcasecmp(name, "Local") == 0)
        error_set(&messages[n++], "timeZone must be an explicit time zone as defined in "
                                  "https://www.iana.org/time-zones");
    if (check_exists(root, name, &messages[n]) < 0)
        n++;
    return n;
}

void timezone_validate(const char *root, const char *name, struct field_errors *errs,
                       const struct path *path)
{
    struct error messages[2];
    int n = check(root, name, messages);
    for (int i = 0; i < n; i++)
        field_error_str(errs, path, FIELD_INVALID, name, "%s", messages[i].text);
}
