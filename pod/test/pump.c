/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../pump.h"

static struct pump pump;
static int source; /* the container's end */

static void setup(void)
{
    int ends[2];
    signal(SIGPIPE, SIG_IGN);
    cr_redirect_stderr();
    cr_assert_eq(pipe(ends), 0);
    source = ends[1];
    pump_init(&pump, ends[0]);
}

TestSuite(pump, .init = setup, .timeout = 300);

static int temp_file(void)
{
    char name[] = "/tmp/skjob-pump-XXXXXX";
    int fd = mkstemp(name);
    cr_assert_geq(fd, 0);
    unlink(name);
    return fd;
}

static void expect_content(int fd, const char *want)
{
    char buf[256] = "";
    ssize_t n = pread(fd, buf, sizeof buf - 1, 0);
    cr_expect_eq(n, (ssize_t)strlen(want));
    cr_expect_str_eq(buf, want);
}

static void put(const char *text)
{
    cr_assert_eq(write(source, text, strlen(text)), (ssize_t)strlen(text));
}

Test(pump, to_both_targets_without_a_newline)
{
    int a = temp_file();
    int b = temp_file();
    pump_add(&pump, "a", a);
    pump_add(&pump, "b", b);
    put("half");
    cr_expect(pump_run(&pump));
    expect_content(a, "half");
    expect_content(b, "half");
    cr_expect(!pump_run(&pump), "nothing more to do");
    cr_expect(pump.in >= 0);
    put(" a line");
    close(source);
    while (pump_run(&pump))
        ;
    cr_expect(pump.in < 0 && !pump_pending(&pump));
    expect_content(a, "half a line");
    pump_close(&pump);
}

Test(pump, without_targets_the_pipe_is_still_emptied)
{
    put("gone");
    close(source);
    while (pump_run(&pump))
        ;
    cr_expect(pump.in < 0 && !pump_pending(&pump));
}

Test(pump, full_disk_is_told_once_and_the_other_goes_on)
{
    int full = open("/dev/full", O_WRONLY);
    int b = temp_file();
    pump_add(&pump, "disk", full);
    pump_add(&pump, "b", b);
    put("one");
    pump_run(&pump);
    put("two");
    pump_run(&pump);
    expect_content(b, "onetwo");
    pump_close(&pump);
    fflush(stderr);
    cr_assert_stderr_eq_str("skjob-pod: disk: No space left on device: output is lost there\n"
                            "skjob-pod: disk: 6 bytes of output were lost\n");
}

Test(pump, disk_that_has_room_again)
{
    int full = open("/dev/full", O_WRONLY);
    int file = temp_file();
    pump_add(&pump, "disk", full);
    put("lost");
    pump_run(&pump);
    cr_assert_eq(dup2(file, full), full); /* somebody cleaned up */
    put("kept");
    pump_run(&pump);
    expect_content(file, "kept");
    pump_close(&pump);
}

Test(pump, closed_reader)
{
    int ends[2];
    int b = temp_file();
    cr_assert_eq(pipe(ends), 0);
    close(ends[0]);
    pump_add(&pump, "out", ends[1]);
    pump_add(&pump, "b", b);
    put("one");
    pump_run(&pump);
    put("two");
    pump_run(&pump);
    expect_content(b, "onetwo");
    pump_close(&pump);
    fflush(stderr);
    cr_assert_stderr_eq_str("skjob-pod: out: Broken pipe: output is lost there\n"
                            "skjob-pod: out: 6 bytes of output were lost\n");
}

/* A reader that does not read: never blocks, keeps the rest, asks for POLLOUT, reads no more. */
Test(pump, stuck_reader)
{
    int ends[2];
    int b = temp_file();
    struct pollfd fds[PUMP_POLLS];
    char fill[4096] = {0};
    cr_assert_eq(pipe(ends), 0);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    while (write(ends[1], fill, sizeof fill) > 0)
        ;
    fcntl(ends[1], F_SETFL, 0); /* blocking, as the runner's stdout is */
    pump_add(&pump, "out", ends[1]);
    pump_add(&pump, "b", b);
    put("one");
    cr_expect(pump_run(&pump));
    expect_content(b, "one");
    cr_expect(pump_pending(&pump));
    cr_expect(!pump_run(&pump));
    pump_poll(&pump, fds);
    cr_expect_eq(fds[0].fd, -1);
    cr_expect_eq(fds[1].fd, ends[1]);
    cr_expect_eq(fds[2].fd, -1);

    cr_assert_eq(read(ends[0], fill, sizeof fill), (ssize_t)sizeof fill);
    cr_expect(pump_run(&pump));
    cr_expect(!pump_pending(&pump));
    pump_poll(&pump, fds);
    cr_expect_eq(fds[0].fd, pump.in);
    pump_close(&pump);
    fflush(stderr);
    cr_assert_stderr_eq_str("");
}
