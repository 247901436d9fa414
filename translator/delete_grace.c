/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "delete_grace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "strbuf.h"

/* Aside and renamed: a runner that reads meanwhile finds the text or nothing. */
static int write_text(const char *path, const char *text)
{
    cleanup_strbuf struct strbuf temp = STRBUF_INIT;
    strbuf_addf(&temp, "%s.%ld", path, (long)getpid());
    cleanup_file FILE *f = fopen(strbuf_str(&temp), "we");
    if (f && fprintf(f, "%s\n", text) > 0 && fflush(f) == 0 && rename(strbuf_str(&temp), path) == 0)
        return 0;
    int why = errno;
    unlink(strbuf_str(&temp));
    errno = why;
    return -1;
}

void delete_grace_write(const char *folder, int64_t seconds)
{
    char text[32];
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/grace", folder);
    snprintf(text, sizeof text, "%" PRId64, seconds);
    if (seconds >= 0 && write_text(strbuf_str(&path), text) < 0)
        fprintf(stderr, "Warning: the pods end in their own grace period: cannot write %s: %s\n",
                strbuf_str(&path), strerror(errno));
}

void delete_grace_write_pod(const char *folder, int64_t seconds)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/grace", folder);
    if (seconds >= 0)
        delete_grace_write(folder, seconds);
    else
        (void)write_text(strbuf_str(&path), "own");
}

void delete_grace_remove(const char *folder)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/grace", folder);
    unlink(strbuf_str(&path));
}
