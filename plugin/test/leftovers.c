/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "leftovers.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

static int descriptors;

static int count_descriptors(void)
{
    int n = 0;
    for (int fd = 0; fd < 256; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

void leftovers_begin(void)
{
    descriptors = count_descriptors();
}

void expect_nothing_left(const char *proves)
{
    int now = count_descriptors();
    cr_expect_eq(now, descriptors, "%s: %d descriptors, not %d", proves, now, descriptors);
    cr_expect(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD, "%s: a child", proves);
}
