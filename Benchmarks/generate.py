#!/usr/bin/env python3
"""Writes COUNT distinct images for the benchmark's origin, and what its clients read.

usage: generate.py FOLDER HOST COUNT FEW

FOLDER/blobs/<ab>/<hex>   manifests and configs, under their SHA-256
FOLDER/empty/<ab>/<hex>   an empty file for each manifest
FOLDER/{few,all}.json     configurations of the watcher: the first FEW tags, and all of them
FOLDER/{few,all}.curl     the same for `curl --config`
FOLDER/all.paths          the same for head.lua

A tag is `t-` and the digest of its manifest, so the origin finds everything by name and needs no database.
"""

import hashlib
import json
import os
import sys

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"


def store(folder, text):
    """Writes a blob and returns its hex digest and size."""
    body = text.encode()
    name = hashlib.sha256(body).hexdigest()
    with open(f"{folder}/blobs/{name[:2]}/{name}", "wb") as file:
        file.write(body)
    return name, len(body)


def image(folder, number):
    """Stores one image of one layer, which nobody ever fetches; returns the hex digest of its manifest."""
    layer = hashlib.sha256(f"layer {number}".encode()).hexdigest()
    config, size = store(folder, json.dumps({
        "created": "2026-01-01T00:00:00Z", "architecture": "amd64", "os": "linux",
        "config": {"Labels": {"number": str(number)}},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer}"]}}))
    manifest, _ = store(folder, json.dumps({
        "schemaVersion": 2, "mediaType": MANIFEST_TYPE,
        "config": {"mediaType": CONFIG_TYPE, "digest": f"sha256:{config}", "size": size},
        "layers": [{"mediaType": LAYER_TYPE, "digest": f"sha256:{layer}", "size": 1000}]}))
    open(f"{folder}/empty/{manifest[:2]}/{manifest}", "w").close()
    return manifest


def write_clients(folder, host, name, manifests):
    with open(f"{folder}/{name}.json", "w") as file:
        json.dump({
            "defaults": {"interval": "1h"},
            "watch": [f"{host}/bench:t-{manifest}" for manifest in manifests],
        }, file, indent=0)
    with open(f"{folder}/{name}.curl", "w") as file:
        for manifest in manifests:
            file.write(f'url = "http://{host}/v2/bench/manifests/t-{manifest}"\noutput = /dev/null\n')


def main():
    folder, host, count, few = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    for shard in range(256):
        os.makedirs(f"{folder}/blobs/{shard:02x}")
        os.makedirs(f"{folder}/empty/{shard:02x}")
    manifests = [image(folder, number) for number in range(count)]
    write_clients(folder, host, "few", manifests[:few])
    write_clients(folder, host, "all", manifests)
    with open(f"{folder}/all.paths", "w") as file:
        file.writelines(f"/v2/bench/manifests/t-{manifest}\n" for manifest in manifests)


if __name__ == "__main__":
    main()
