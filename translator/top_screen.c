/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "top_screen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

static struct termios before;
static volatile sig_atomic_t caught;

static void catch (int sig)
{
    if (sig != SIGWINCH)
        caught = sig;
}

static void set_signals(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        sigaction(ends[i], &action, NULL);
    action.sa_handler = handler == SIG_DFL ? SIG_DFL : catch;
    sigaction(SIGWINCH, &action, NULL);
}

int top_screen_open(struct error *err)
{
    if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &before) < 0)
        return error_set(err, "skjob top needs a terminal; in scripts: skjob get jobs, or skjob "
                              "status NAME");
    struct termios raw = before;
    raw.c_lflag &= (tcflag_t) ~(ICANON | ECHO | ISIG);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    set_signals(catch);
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) < 0)
        return error_set(err, "cannot set up the terminal: %s", strerror(errno));
    fputs("\033[?1049h\033[?25l", stdout);
    return 0;
}

void top_screen_close(void)
{
    fputs("\033[?25h\033[?1049l", stdout);
    fflush(stdout);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    set_signals(SIG_DFL);
}

int top_screen_key(int milliseconds)
{
    struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
    char c;
    int ready = caught ? 0 : poll(&fd, 1, milliseconds);
    if (caught)
        return -1;
    if (ready <= 0)
        return 0;
    /* The terminal is gone when there is nothing to read. */
    return read(STDIN_FILENO, &c, 1) == 1 ? c : -1;
}

int top_screen_signal(void)
{
    return caught;
}
