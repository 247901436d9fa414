/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state_folder.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../store.h"
#include "cleanup.h"
#include "journal_read.h"

void state_folder_make(struct state_folder *f)
{
    char path[256];
    snprintf(f->path, sizeof f->path, "/tmp/skjob-create-XXXXXX");
    cr_assert_not_null(mkdtemp(f->path));
    cr_assert_eq(chdir(f->path), 0);
    snprintf(f->state, sizeof f->state, "%s/state", f->path);
    snprintf(path, sizeof path, "%s:/usr/bin:/bin", f->path);
    setenv("PATH", path, 1);
}

void state_folder_remove(struct state_folder *f)
{
    struct error err;
    cr_assert_eq(chdir("/"), 0);
    cr_expect_eq(store_remove_path(f->path, &err), 0, "%s", err.text);
}

void state_folder_empty(const struct state_folder *f)
{
    struct error err;
    cr_assert_eq(store_remove_path(f->state, &err), 0, "%s", err.text);
}

void state_folder_sbatch(const struct state_folder *f, const char *lines)
{
    char path[128];
    snprintf(path, sizeof path, "%s/sbatch", f->path);
    unlink(path);
    FILE *file = fopen(path, "we");
    cr_assert_not_null(file);
    fprintf(file, "#!/bin/sh\n%s", lines);
    fclose(file);
    cr_assert_eq(chmod(path, 0700), 0);
}

static const char *full(const struct state_folder *f, const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", f->state, name);
    return path;
}

bool state_folder_has(const struct state_folder *f, const char *name)
{
    return access(full(f, name), F_OK) == 0;
}

void state_folder_age(const struct state_folder *f, const char *name, long seconds)
{
    struct timespec t[2] = {{.tv_sec = time(NULL) - seconds}, {.tv_sec = time(NULL) - seconds}};
    if (state_folder_has(f, name))
        cr_assert_eq(utimensat(AT_FDCWD, full(f, name), t, 0), 0);
}

static int take_id(void *arg, const struct journal_line *line)
{
    char text[32];
    uint32_t *id = arg;
    cr_expect_eq(line->event, JOURNAL_SUBMITTED);
    journal_decode(line->job, text, sizeof text);
    *id = (uint32_t)strtoul(text, NULL, 10);
    return 0;
}

uint32_t state_folder_submitted(const struct state_folder *f, const char *job)
{
    uint32_t id = 0;
    struct error err;
    char name[64];
    struct journal_visitor visitor = {.arg = &id, .record = take_id};
    snprintf(name, sizeof name, "jobs/default/%s", job);
    cleanup_close int fd = open(full(f, name), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
        cr_expect_eq(journal_read_job(fd, &visitor, &err), 0);
    return id;
}
