/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "delete_grace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store.h"
#include "strbuf.h"

/* A runner that reads meanwhile finds the text or nothing. */
static int put(const char *folder, const char *text)
{
    struct error lost;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/grace", folder);
    return store_put(strbuf_str(&path), text, &lost);
}

void delete_grace_write(const char *folder, int64_t seconds)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRId64 "\n", seconds);
    if (seconds >= 0 && put(folder, text) < 0)
        fprintf(stderr,
                "Warning: the pods end in their own grace period: cannot write %s/grace: %s\n",
                folder, strerror(errno));
}

void delete_grace_write_pod(const char *folder, int64_t seconds)
{
    if (seconds >= 0)
        delete_grace_write(folder, seconds);
    else
        (void)put(folder, "own\n");
}

void delete_grace_remove(const char *folder)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/grace", folder);
    unlink(strbuf_str(&path));
}
