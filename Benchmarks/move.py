#!/usr/bin/env python3
"""Points COUNT tags at images that they did not have before.

usage: move.py FOLDER HOST COUNT VERSION

FOLDER/moving/m-<n>   what the tag `m-<n>` leads to: a manifest like those of generate.py, another for each VERSION
FOLDER/moving.json    a configuration of the watcher: these tags, and a webhook at http://HOST/hook
"""

import json
import os
import sys

from generate import image


def main():
    folder, host, count, version = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    os.makedirs(f"{folder}/moving", exist_ok=True)
    for number in range(count):
        manifest = image(folder, f"{number} {version}")
        os.replace(f"{folder}/blobs/{manifest[:2]}/{manifest}", f"{folder}/moving/m-{number}")
    with open(f"{folder}/moving.json", "w") as file:
        json.dump({
            "watch": [f"{host}/bench:m-{number}" for number in range(count)],
            "sinks": {"hook": {"type": "webhook", "url": f"http://{host}/hook", "allow_http": True}},
        }, file, indent=0)


main()
