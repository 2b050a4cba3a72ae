#!/usr/bin/env python3
"""Runs a command and prints what it cost: milliseconds, milliseconds of processor time, and MB of 1,000,000 bytes.

usage: cost.py COMMAND…

What it prints is thrown away. The kernel counts the memory of this program for the command's as well, until that is
the command: less than 12 MB is not told apart.
"""

import os
import subprocess
import sys
import time

began = time.monotonic()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
wall = time.monotonic() - began
if status != 0:
    sys.exit(f"{sys.argv[1]} failed ({os.waitstatus_to_exitcode(status)})")
processor = usage.ru_utime + usage.ru_stime
print(f"{wall * 1000:.1f} {processor * 1000:.1f} {usage.ru_maxrss * 1024 / 1_000_000:.1f}")
