/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grace.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "fold.h"
#include "strbuf.h"

static bool read_file(const char *path, int64_t *ms)
{
    char text[16] = "";
    cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (n <= 0)
        return false;
    text[strcspn(text, "\n")] = '\0';
    int64_t us = fold_config_seconds(text, -1);
    *ms = us / 1000;
    return us >= 0;
}

bool grace_read(const char *dir, const char *pod, int64_t *ms)
{
    cleanup_strbuf struct strbuf own = STRBUF_INIT, of_job = STRBUF_INIT;
    strbuf_addf(&own, "%s/pods/%s/grace", dir, pod);
    strbuf_addf(&of_job, "%s/grace", dir);
    return read_file(strbuf_str(&own), ms) || read_file(strbuf_str(&of_job), ms);
}

bool grace_is_deleted(const char *dir, const char *pod)
{
    cleanup_strbuf struct strbuf own = STRBUF_INIT;
    strbuf_addf(&own, "%s/pods/%s/grace", dir, pod);
    return access(strbuf_str(&own), F_OK) == 0;
}
