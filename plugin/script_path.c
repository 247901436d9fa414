/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "script_path.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* In the folder whose name has len bytes; without one, as the name stands. */
static int try(const char *folder, size_t len, const char *name, char *path, size_t size)
{
    struct stat st;
    int n = snprintf(path, size, "%.*s%s%s", (int)len, folder, len ? "/" : "", name);
    return n < 0 || (size_t)n >= size || stat(path, &st) || S_ISDIR(st.st_mode) ? -1 : 0;
}

int script_path_find(const char *name, const char *search, char *path, size_t size)
{
    const char *here = name[0] == '-' ? "." : "";
    if (try(here, strlen(here), name, path, size) == 0)
        return 0;
    if (strchr("./", name[0]))
        return -1;
    for (const char *p = search; p && *p; p += *p == ':') {
        size_t len = strcspn(p, ":");
        if (len && len < size && try(p, len, name, path, size) == 0)
            return 0;
        p += len;
    }
    return -1;
}
