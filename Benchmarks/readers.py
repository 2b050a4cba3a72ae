#!/usr/bin/env python3
"""Reads the daemon's stream of events with many connections at a time.

usage: readers.py PORT COUNT FILE

A line for each of them in FILE when it is connected, and when an event has come.
"""

import asyncio
import sys

port, count, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
out = open(path, "w", buffering=1)


async def read(number):
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /api/v1/events/stream HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % port)
            if b" 200 " in await reader.readline():
                break
        except OSError:
            pass
        await asyncio.sleep(0.5)
    print("connected", number, file=out)
    while line := await reader.readline():
        if line.startswith(b"data: {"):
            print("heard", number, file=out)


async def main():
    async with asyncio.TaskGroup() as group:
        for number in range(count):
            group.create_task(read(number))
            await asyncio.sleep(0.02)


asyncio.run(main())
