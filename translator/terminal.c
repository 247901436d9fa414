/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int number_of(const char *name, int otherwise)
{
    const char *text = getenv(name);
    long n = text ? strtol(text, NULL, 10) : 0;
    return n > 0 && n <= 10000 ? (int)n : otherwise;
}

void terminal_look(int fd, struct terminal *t)
{
    struct winsize size = {0};
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    t->is_terminal = isatty(fd) == 1;
    if (t->is_terminal)
        ioctl(fd, TIOCGWINSZ, &size);
    t->columns = size.ws_col ? size.ws_col : number_of("COLUMNS", 80);
    t->rows = size.ws_row ? size.ws_row : number_of("LINES", 24);
    t->color = t->is_terminal && !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0);
}
