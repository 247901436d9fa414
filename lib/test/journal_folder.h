/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * For tests: a job folder in /tmp.
 */
#ifndef SKJOB_TEST_JOURNAL_FOLDER_H
#define SKJOB_TEST_JOURNAL_FOLDER_H

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A job folder with its folder events. */
struct folder {
    char path[64];
    int job_fd;
    int events_fd;
};

static inline struct folder make_folder(void)
{
    struct folder f = {.path = "/tmp/skjob-journal-XXXXXX"};
    cr_assert(mkdtemp(f.path));
    f.job_fd = open(f.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert(mkdirat(f.job_fd, "events", 0700) == 0);
    f.events_fd = openat(f.job_fd, "events", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return f;
}

static inline void remove_folder(struct folder *f)
{
    char command[128];
    close(f->events_fd);
    close(f->job_fd);
    snprintf(command, sizeof command, "rm -rf %s", f->path);
    cr_expect(system(command) == 0);
}

#endif
