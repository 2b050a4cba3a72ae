#!/usr/bin/env python3
"""Fills an empty database of watcher with TAGS tags that have had STATES states each.

usage: past.py DATABASE TAGS STATES

Four tags of a repository move together, each week to an index of two platforms with new images: seven layers, of which
two are new each time, one every fourth and two every twelfth. Rows are written in the order in which a daemon would
have written them, so that those of a tag lie far apart. Every document has its digest, and every event is as the
daemon freezes it. Both are in frames of the daemon's dictionaries.
"""

import ctypes
import datetime
import hashlib
import itertools
import json
import os
import sqlite3
import sys

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
REGISTRY = "registry.example.org"
TAGS = ["1", "1.4", "latest", "stable"]
ARCHITECTURES = ["amd64", "arm64"]
PLATFORMS = ",".join(f"linux/{architecture}" for architecture in ARCHITECTURES)
AGES = [12, 12, 4, 2_000, 2_000, 1, 1]  # after how many states a layer is another one
WEEK = 7 * 24 * 3_600_000
INTERVAL = 900
NEWEST = 1_795_392_000_000  # 2026-11-23


def sha256(body):
    return "sha256:" + hashlib.sha256(body).hexdigest()


def dump(value):
    return json.dumps(value, separators=(",", ":"))


def rfc3339(milliseconds):
    time = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.timezone.utc)
    return f"{time:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03}Z"


class Frames:
    """Makes frames of zstd as the daemon does, against one of its dictionaries."""

    LEVEL = 3
    CHECKSUM = 201  # ZSTD_c_checksumFlag

    def __init__(self, name, is_checked=False):
        self.zstd = ctypes.CDLL("libzstd.so.1")
        for function in ["ZSTD_createCCtx", "ZSTD_createCDict"]:
            getattr(self.zstd, function).restype = ctypes.c_void_p
        for function in ["ZSTD_compressBound", "ZSTD_compress2"]:
            getattr(self.zstd, function).restype = ctypes.c_size_t
        with open(f"{os.path.dirname(__file__)}/../Sources/CZstd/{name}-1.dict", "rb") as file:
            dictionary = file.read()
        self.context = ctypes.c_void_p(self.zstd.ZSTD_createCCtx())
        self.zstd.ZSTD_CCtx_setParameter(self.context, self.CHECKSUM, int(is_checked))
        digested = self.zstd.ZSTD_createCDict(dictionary, ctypes.c_size_t(len(dictionary)), self.LEVEL)
        self.zstd.ZSTD_CCtx_refCDict(self.context, ctypes.c_void_p(digested))
        self.buffer = ctypes.create_string_buffer(1 << 20)

    def frame(self, body):
        size = self.zstd.ZSTD_compress2(self.context, self.buffer, ctypes.c_size_t(len(self.buffer)), body,
                                        ctypes.c_size_t(len(body)))
        assert not self.zstd.ZSTD_isError(ctypes.c_size_t(size))
        return ctypes.string_at(self.buffer, size)


FRAMES = {INDEX: Frames("manifests"), MANIFEST: Frames("manifests"), CONFIG: Frames("configs"),
          "event": Frames("events", is_checked=True)}


class Image:
    """One platform of a state."""

    def __init__(self, repository, architecture, state, created, documents):
        self.platform = f"linux/{architecture}"
        self.created = created
        self.layers = [sha256(f"{repository} {architecture} {number} {state // age}".encode())
                       for number, age in enumerate(AGES)]
        version = f"1.4.{state}"
        step = {"created": created, "created_by": "RUN /bin/sh -c ./install-what-it-needs # buildkit"}
        config = dump({
            "created": created, "architecture": architecture, "os": "linux",
            "config": {"Env": ["PATH=/usr/local/bin:/usr/bin:/bin", f"VERSION={version}"], "Entrypoint": ["/app"],
                       "Labels": {"org.opencontainers.image.source": f"https://git.example.org/{repository}",
                                  "org.opencontainers.image.revision": sha256(version.encode())[7:47],
                                  "org.opencontainers.image.version": version}},
            "rootfs": {"type": "layers", "diff_ids": self.layers}, "history": [step] * len(AGES)}).encode()
        self.image_id, self.config_size = sha256(config), len(config)
        manifest = dump({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "digest": self.image_id, "size": self.config_size},
            "layers": [{"mediaType": LAYER, "digest": layer, "size": 10_000_000} for layer in self.layers]}).encode()
        self.manifest, self.manifest_size = sha256(manifest), len(manifest)
        documents += [(self.image_id, CONFIG, config), (self.manifest, MANIFEST, manifest)]

    def entry(self):
        return {"mediaType": MANIFEST, "digest": self.manifest, "size": self.manifest_size,
                "platform": {"architecture": self.platform[6:], "os": "linux"}}

    def row(self, snapshot, position, change):
        return (snapshot, position, self.platform, self.manifest, self.manifest_size, self.image_id, self.config_size,
                self.created, change)

    def told(self):
        return {"manifest": self.manifest, "image_id": self.image_id, "created": self.created}


class State:
    """What the tags of a repository name for a week."""

    def __init__(self, repository, number, time, before, documents):
        self.before = before
        created = rfc3339(time - 3_600_000)[:19] + "Z"
        self.images = [Image(repository, each, number, created, documents) for each in ARCHITECTURES]
        index = dump({"schemaVersion": 2, "mediaType": INDEX, "manifests": [each.entry() for each in self.images]})
        index = index.encode()
        self.digest, self.size = sha256(index), len(index)
        documents.append((self.digest, INDEX, index))
        self.change = "content" if before else "added"
        self.changes = dump(self.told())
        self.before = before and before.digest

    def told(self):
        if not self.before:
            return [{"platform": image.platform, "class": "added", "previous": None, "current": image.told(),
                     "layers": None} for image in self.images]
        changes = []
        for old, new in zip(self.before.images, self.images):
            kept = len(set(old.layers) & set(new.layers))
            changes.append({
                "platform": new.platform, "class": "content", "previous": old.told(), "current": new.told(),
                "layers": {"kept": kept, "added": len(AGES) - kept, "removed": len(AGES) - kept}})
        return changes

    def event(self, source, sequence, repository, tag, time, seen, also):
        """Its identifier, its type and its bytes."""
        hexadecimal = hashlib.sha256(f"event {sequence}".encode()).hexdigest()
        parts = [hexadecimal[:8], hexadecimal[8:12], "4" + hexadecimal[13:16], "a" + hexadecimal[17:20]]
        identifier = "-".join(parts + [hexadecimal[20:32]])
        name = f"{REGISTRY}/{repository}:{tag}"
        now, previous = rfc3339(time), None
        if self.before:
            kind, words = "watcher.image.changed", "has a new image (content changed)"
            previous = {"digest": self.before, "media_type": INDEX, "first_seen": rfc3339(time - WEEK),
                        "last_seen": rfc3339(seen)}
        else:
            kind, words = "watcher.tag.first_seen", "was seen for the first time"
        window = {"not_before": previous and previous["last_seen"], "not_after": now}
        more = f'"also":{dump(also)},' if also else ""
        words += " on " + PLATFORMS.replace(",", ", ")
        body = (
            f'{{"specversion":"1.0","id":"{identifier}","source":"{source}","type":"{kind}","subject":"{name}",'
            f'"time":"{now}","timestamp":"{now}","datacontenttype":"application/json","sequence":"{sequence:012}",'
            f'"data":{{"schema":1,"summary":"{name} {words}","registry":"{REGISTRY}","repository":"{repository}",'
            f'"tag":"{tag}","image":"{name}","digest":"{self.digest}","media_type":"{INDEX}",'
            f'"pull":"{REGISTRY}/{repository}@{self.digest}","previous":{dump(previous)},"changes":{self.changes},'
            f'"rollback":null,"window":{dump(window)},{more}"labels":{{}}}}}}')
        return identifier, kind, body.encode()


def fill(db, tags, states):
    """Every state of all repositories, then the next."""
    source = "urn:uuid:" + db.execute("SELECT value FROM meta WHERE key = 'instance'").fetchone()[0]
    repositories = [f"team-{number % 50:02}/service-{number:05}" for number in range(-(-tags // len(TAGS)))]
    names = [(repository, tag) for repository in repositories for tag in TAGS][:tags]
    current = dict.fromkeys(repositories)
    rows = {"event": [], "snapshot": [], "snapshot_platform": [], "document": []}
    counter = itertools.count(1)
    for number in range(states):
        for place, repository in enumerate(repositories):
            base = NEWEST - (states - 1 - number) * WEEK + place * 3_000
            state = State(repository, number, base, current[repository], rows["document"])
            current[repository] = state
            first = place * len(TAGS)
            for offset, (_, tag) in enumerate(names[first:first + len(TAGS)]):
                # Also the number of the snapshot and of the event.
                row, time = next(counter), base + offset * 250
                seen = time - INTERVAL * 1000
                also = [f"{REGISTRY}/{repository}:{other}" for other in TAGS[:offset]] if number else []
                identifier, kind, body = state.event(source, row, repository, tag, time, seen, also)
                rows["event"].append((row, identifier, first + offset + 1, kind, time, time + 20, body))
                ended = time if number == states - 1 else time + WEEK - INTERVAL * 1000
                rows["snapshot"].append(
                    (row, first + offset + 1, state.digest, INDEX, state.size, time, ended, row))
                rows["snapshot_platform"] += [
                    image.row(row, position, state.change) for position, image in enumerate(state.images)]
            if len(rows["event"]) >= 2_000:
                flush(db, rows)
    flush(db, rows)
    last = (states - 1) * tags
    db.executemany(
        """
        INSERT INTO tag(id, registry, repository, tag, watched, selection, walked, head_digest, interval_s,
          last_checked_ms, last_success_ms, next_check_ms, last_move_ms, announced_snapshot_id, seen_ms, verified_ms)
        SELECT tag_id, ?, ?, ?, 1, ?, ?, digest, ?, ?, ?, ?, first_seen_ms, id, ?, ? FROM snapshot WHERE id = ?
        """,
        ((REGISTRY, repository, tag, PLATFORMS, PLATFORMS, INTERVAL, NEWEST + WEEK, NEWEST + WEEK,
          NEWEST + WEEK + INTERVAL * 1000, NEWEST + WEEK, NEWEST + WEEK, last + place + 1)
         for place, (repository, tag) in enumerate(names)))


STATEMENTS = {
    "event": "INSERT INTO event(sequence, id, tag_id, type, time_ms, recorded_ms, body) VALUES(?, ?, ?, ?, ?, ?, ?)",
    "snapshot": """
        INSERT INTO snapshot(id, tag_id, digest, media_type, size, first_seen_ms, last_seen_ms, event_sequence)
        VALUES(?, ?, ?, ?, ?, ?, ?, ?)
        """,
    "snapshot_platform": """
        INSERT INTO snapshot_platform(snapshot_id, position, platform, manifest, manifest_size, image_id, config_size,
          created, class)
        VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
    "document": "INSERT INTO document(digest, media_type, bytes) VALUES(?, ?, ?)",
}


def flush(db, rows):
    rows["event"] = [row[:-1] + (FRAMES["event"].frame(row[-1]),) for row in rows["event"]]
    rows["document"] = [(digest, kind, FRAMES[kind].frame(body)) for digest, kind, body in rows["document"]]
    for table, statement in STATEMENTS.items():
        db.executemany(statement, rows[table])
        rows[table].clear()


def main():
    path, tags, states = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    db = sqlite3.connect(path, isolation_level=None)
    for pragma in ["journal_mode = DELETE", "journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000"]:
        db.execute(f"PRAGMA {pragma}")
    # Made at the end, at one go.
    indexes = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    db.execute("BEGIN")
    for name, _ in indexes:
        db.execute(f"DROP INDEX {name}")
    fill(db, tags, states)
    for _, sql in indexes:
        db.execute(sql)
    db.execute("COMMIT")
    db.execute("PRAGMA journal_mode = WAL")
    db.close()


if __name__ == "__main__":
    main()
