/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A function in a process of its own: its result comes back, and nothing else of it.
 */
#include "../isolate.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int global = 1;

static void answer(void *io)
{
    global = 2;
    *(int *)io += 1;
}

static void give_up(void *io)
{
    *(int *)io = 7;
    exit(0); /* as libslurm does */
}

static void crash(void *io)
{
    *(int *)io = 7;
    raise(SIGKILL);
}

static void hang(void *io)
{
    *(int *)io = 7;
    signal(SIGTERM, SIG_IGN);
    for (;;)
        pause();
}

static const struct {
    void (*fn)(void *io);
    int limit_ms;
    int want, value;
    const char *proves;
} rows[] = {
    {answer, 60000, 0, 42, "the result"},
    {give_up, 60000, -1, 41, "it ends without one"},
    {crash, 60000, -1, 41, "it is killed"},
    {hang, 200, 1, 41, "it hangs"},
};

Test(isolate, rows, .timeout = 300)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int value = 41;
        cr_expect_eq(isolate(rows[i].fn, &value, sizeof value, rows[i].limit_ms), rows[i].want,
                     "%s", rows[i].proves);
        cr_expect_eq(value, rows[i].value, "%s: %d", rows[i].proves, value);
        cr_expect_eq(global, 1, "%s: nothing of it is in this process", rows[i].proves);
        cr_expect(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD, "%s: a child is left",
                  rows[i].proves);
    }
}
