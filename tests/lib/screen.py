#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a full-screen program on a terminal of 80x24 and prints the screen.

  screen.py WAIT_FOR KEYS|signal:NAME COMMAND...

Waits until WAIT_FOR stands on the screen (60 seconds at most), prints the screen, sends the keys or the signal, and
waits for the end. Then prints "exit N" or "signal N", whether the other screen was left, and whether the terminal is as
it was before."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

ROWS, COLUMNS = 24, 80


def screen(data):
    """What the few sequences that the program uses leave on the screen."""
    lines, row, column = [[" "] * COLUMNS for _ in range(ROWS)], 0, 0
    for m in re.finditer(r"\x1b\[(\?*[0-9;]*)([A-Za-z])|(\r)|(\n)|([^\x1b])", data):
        code = m[2]
        if code == "H":
            row = column = 0
        elif code == "K":
            lines[row][column:] = [" "] * (COLUMNS - column)
        elif code == "J":
            lines[row][column:] = [" "] * (COLUMNS - column)
            for below in range(row + 1, ROWS):
                lines[below] = [" "] * COLUMNS
        elif m[3]:
            column = 0
        elif m[4]:
            assert row + 1 < ROWS, "the screen would scroll"
            row += 1
        elif m[5]:
            assert column < COLUMNS, "a line is too long"
            lines[row][column] = m[5]
            column += 1
    return "\n".join("".join(line).rstrip() for line in lines).rstrip()


def read(fd, seconds):
    if not select.select([fd], [], [], seconds)[0]:
        return ""
    try:
        return os.read(fd, 65536).decode()
    except OSError:
        return ""


def main():
    want, act, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    before = termios.tcgetattr(child)
    pid = os.fork()
    if pid == 0:
        os.setsid()
        fcntl.ioctl(child, termios.TIOCSCTTY, 0)
        for fd in range(3):
            os.dup2(child, fd)
        os.environ["TERM"] = "xterm"
        os.execvp(command[0], command)
    data, until = "", time.time() + 60
    # A picture ends by clearing what is below it; half of one is none.
    while not (data.endswith("\x1b[J") and want in screen(data)) and time.time() < until:
        data += read(parent, 0.2)
    print(screen(data))
    if act.startswith("signal:"):
        os.kill(pid, getattr(signal, act[7:]))
    else:
        os.write(parent, act.encode())
    status, until = None, time.time() + 60
    while status is None:
        if time.time() > until:
            os.kill(pid, signal.SIGKILL)
        data += read(parent, 0.1)
        done, got = os.waitpid(pid, os.WNOHANG)
        status = got if done else None
    data += read(parent, 0.1)
    print(f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}")
    print("left" if data.rstrip().endswith("\x1b[?1049l") else "not left")
    print("restored" if termios.tcgetattr(child) == before else "not restored")
    print("coloured" if "\x1b[3" in data else "plain")


main()
