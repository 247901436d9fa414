/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "delete_grace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "strbuf.h"

void delete_grace_write(const char *folder, int64_t seconds)
{
    char text[32];
    cleanup_strbuf struct strbuf path = STRBUF_INIT, aside = STRBUF_INIT;
    strbuf_addf(&path, "%s/grace", folder);
    strbuf_addf(&aside, "%s.%ld", strbuf_str(&path), (long)getpid());
    int n = snprintf(text, sizeof text, "%" PRId64 "\n", seconds);
    if (seconds >= 0 && files_put(AT_FDCWD, strbuf_str(&aside), strbuf_str(&path), text, (size_t)n,
                                  FILES_REPLACE) < 0)
        fprintf(stderr, "Warning: the pods end in their own grace period: cannot write %s: %s\n",
                strbuf_str(&path), strerror(errno));
}

void delete_grace_remove(const char *folder)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/grace", folder);
    unlink(strbuf_str(&path));
}
