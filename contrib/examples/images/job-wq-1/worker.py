#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# One item of the queue, on standard input.
import sys
import time

print("Processing " + sys.stdin.readlines()[0])
time.sleep(1)
