"""Keeps a daemon busy with registries and a receiver that err at random, and judges what it did and what it took.

    soak.py WATCHER SECONDS SEED FOLDER

Prints a table of figures and a line per claim; exit status 1 when one is not true. Standard library only.
"""

import asyncio
import collections
import hashlib
import json
import os
import pathlib
import random
import signal
import statistics
import sys
import time

TAGS = 200
FAULTS = 0.12  # of the requests to a registry
FAULTY_RECEIVER = 0.2
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
QUIET_LIMIT = 180  # seconds for everything to be right once nothing errs any more
SLACK = 120  # seconds that a request, with its retries of connections, may take

# Seconds since the start, MB (resident, and the part of it that is not of files), numbers, seconds of the processor.
Sample = collections.namedtuple("Sample", "second resident own descriptors threads processor")


def document(value):
    data = json.dumps(value, separators=(",", ":")).encode()
    return "sha256:" + hashlib.sha256(data).hexdigest(), data


class Tag:
    """An image that moves, and when it was what."""

    def __init__(self, name):
        self.name = name
        self.content = self.packing = self.attestation = 0
        self.documents = {}
        self.states = []  # (from when, digest or None, image IDs)
        self.publish()

    def publish(self):
        images, ids = [], {}
        for architecture in ("amd64", "arm64"):
            diff = document(f"diff {self.name} {architecture} {self.content}")[0]
            config = document({"architecture": architecture, "os": "linux", "config": {},
                               "rootfs": {"type": "layers", "diff_ids": [diff]}})
            layer = document(f"layer {diff} {self.packing}")[0]
            manifest = document({
                "schemaVersion": 2, "mediaType": MANIFEST,
                "config": {"mediaType": CONFIG, "digest": config[0], "size": len(config[1])},
                "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": layer, "size": 1}]})
            self.documents[config[0]] = ("application/octet-stream", config[1])
            self.documents[manifest[0]] = (MANIFEST, manifest[1])
            ids["linux/" + architecture] = config[0]
            images.append({"mediaType": MANIFEST, "digest": manifest[0], "size": len(manifest[1]),
                           "platform": {"os": "linux", "architecture": architecture}})
        index = document({"schemaVersion": 2, "mediaType": INDEX, "manifests": images,
                          "annotations": {"attestation": str(self.attestation)}})
        self.documents[index[0]] = (INDEX, index[1])
        self.states.append((time.time(), index[0], ids))

    def move(self, rng):
        kind = rng.choices(["content", "packing", "attestation", "deletion"], [5, 2, 2, 1])[0]
        if kind == "deletion" and self.states[-1][1]:
            self.states.append((time.time(), None, {}))
            return
        if kind != "deletion":
            setattr(self, kind, getattr(self, kind) + 1)
        self.publish()


class Server:
    """What is common to the registries and the receiver: an HTTP/1.1 server that keeps connections open."""

    def __init__(self):
        self.port = 0
        self.requests = 0
        self.server = None

    async def start(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, limit=1 << 20)
        self.port = self.server.sockets[0].getsockname()[1]

    async def serve(self, reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, target, _ = head[0].split(" ")
                headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                self.requests += 1
                if not await self.answer(method, target, headers, body, writer):
                    break
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError, ValueError):
            pass
        finally:
            writer.close()

    @staticmethod
    def head(status, headers, length):
        lines = [f"HTTP/1.1 {status} Status", f"Content-Length: {length}"]
        return ("\r\n".join(lines + [f"{k}: {v}" for k, v in headers.items()]) + "\r\n\r\n").encode()

    async def send(self, writer, method, status, headers, body=b""):
        writer.write(self.head(status, headers, len(body)) + (b"" if method == "HEAD" else body))
        await writer.drain()
        return True


class Registry(Server):
    def __init__(self, tags, rng):
        super().__init__()
        self.tags = {tag.name: tag for tag in tags}
        self.rng = rng
        self.errs = True
        self.is_out = False
        self.counts = {}

    async def answer(self, method, target, headers, body, writer):
        if self.errs:
            if self.is_out:
                return await self.refuse(writer, method, 503)
            if self.rng.random() < FAULTS:
                fault = self.rng.choice(self.FAULTS)
                self.counts[fault.__name__] = self.counts.get(fault.__name__, 0) + 1
                return await fault(self, method, target, writer)
        return await self.tell(method, target, writer)

    def find(self, target):
        """Media type, digest and bytes of what is asked for; None where there is nothing."""
        parts = target.split("/")
        if len(parts) != 5 or parts[2] not in self.tags:
            return None
        tag = self.tags[parts[2]]
        digest = parts[4] if parts[4].startswith("sha256:") else tag.states[-1][1]
        return digest and digest in tag.documents and (tag.documents[digest][0], digest, tag.documents[digest][1])

    async def tell(self, method, target, writer, change=lambda t, d, b: (t, d, b)):
        if target == "/v2/":
            return await self.send(writer, method, 200, {})
        found = self.find(target)
        if not found:
            return await self.refuse(writer, method, 404, "MANIFEST_UNKNOWN")
        media_type, digest, data = change(*found)
        return await self.send(writer, method, 200,
                               {"Content-Type": media_type, "Docker-Content-Digest": digest}, data)

    async def refuse(self, writer, method, status, code="UNAVAILABLE", **headers):
        body = json.dumps({"errors": [{"code": code, "message": "at random"}]}).encode()
        headers = {k.replace("_", "-"): v for k, v in headers.items()}
        return await self.send(writer, method, status, {"Content-Type": "application/json", **headers}, body)

    # --- the faults

    async def bare_error(self, method, target, writer):
        return await self.send(writer, method, self.rng.choice([500, 502, 503, 504, 404, 400]), {})

    async def told_error(self, method, target, writer):
        return await self.refuse(writer, method, self.rng.choice([500, 503, 403, 401]))

    async def limit(self, method, target, writer):
        return await self.refuse(writer, method, 429, "TOOMANYREQUESTS", Retry_After="1")

    async def odd_challenge(self, method, target, writer):
        challenge = self.rng.choice(['Bearer realm="http://169.254.169.254/t"', "Bearer", "Digest x=y", 'Bearer realm="'])
        return await self.refuse(writer, method, 401, "UNAUTHORIZED", WWW_Authenticate=challenge)

    async def reset(self, method, target, writer):
        writer.transport.abort()
        return False

    async def silence(self, method, target, writer):
        await asyncio.sleep(self.rng.uniform(0, 3))
        return False

    async def half_a_body(self, method, target, writer):
        found = self.find(target)
        if not found:
            return False
        writer.write(self.head(200, {"Content-Type": found[0]}, len(found[2])) + found[2][: len(found[2]) // 2])
        await writer.drain()
        return False

    async def flipped_byte(self, method, target, writer):
        return await self.tell(method, target, writer, lambda t, d, b: (t, d, bytes([b[0] ^ 1]) + b[1:]))

    async def lying_digest(self, method, target, writer):
        return await self.tell(method, target, writer, lambda t, d, b: (t, "sha256:" + "0" * 64, b))

    async def nonsense(self, method, target, writer):
        junk = self.rng.choice([b"", b"[" * 5000, b"{", b"\xff\xfe", b"null", b'{"schemaVersion":2}'])
        return await self.tell(method, target, writer, lambda t, d, b: (t, document(0)[0], junk))

    async def wrong_type(self, method, target, writer):
        return await self.tell(method, target, writer, lambda t, d, b: ("text/html", d, b))

    async def huge_headers(self, method, target, writer):
        return await self.send(writer, method, 200, {f"X-{i}": "x" * 900 for i in range(90)})

    async def slow_body(self, method, target, writer):
        found = self.find(target)
        if not found or method == "HEAD":
            return await self.tell(method, target, writer)
        writer.write(self.head(200, {"Content-Type": found[0], "Docker-Content-Digest": found[1]}, len(found[2])))
        for start in range(0, len(found[2]), max(1, len(found[2]) // 4)):
            writer.write(found[2][start:start + max(1, len(found[2]) // 4)])
            await writer.drain()
            await asyncio.sleep(0.5)
        return True

    async def endless_body(self, method, target, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: " + INDEX.encode() + b"\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(100):
            writer.write(b"10000\r\n" + b" " * 65536 + b"\r\n")
            await writer.drain()
        return False

    async def loop(self, method, target, writer):
        return await self.send(writer, method, 307, {"Location": target})

    async def elsewhere(self, method, target, writer):
        return await self.send(writer, method, 302, {"Location": "http://127.0.0.1:1/nothing"})

    FAULTS = [bare_error, told_error, limit, odd_challenge, reset, silence, half_a_body, flipped_byte, lying_digest,
              nonsense, wrong_type, huge_headers, slow_body, endless_body, loop, elsewhere]


class Receiver(Server):
    def __init__(self, rng):
        super().__init__()
        self.rng = rng
        self.errs = True
        self.bodies = {}  # by webhook-id, in the order of the first arrival

    async def answer(self, method, target, headers, body, writer):
        if self.errs and self.rng.random() < FAULTY_RECEIVER:
            kind = self.rng.choice(["status", "reset", "slow", "taken"])
            if kind == "taken":  # and then nothing is said
                self.bodies.setdefault(headers["webhook-id"], set()).add(body)
            if kind == "slow":
                await asyncio.sleep(self.rng.uniform(0, 2))
            if kind in ("reset", "taken"):
                writer.transport.abort()
                return False
            return await self.send(writer, method, self.rng.choice([500, 503, 302, 404]), {})
        self.bodies.setdefault(headers["webhook-id"], set()).add(body)
        return await self.send(writer, method, 204, {})


class Soak:
    def __init__(self, watcher, seconds, seed, folder):
        self.watcher, self.seconds, self.folder = watcher, seconds, pathlib.Path(folder)
        self.rng = random.Random(seed)
        self.tags = [Tag(f"app{n}") for n in range(TAGS)]
        self.registries = [Registry(self.tags[0::2], self.rng), Registry(self.tags[1::2], self.rng)]
        self.receiver = Receiver(self.rng)
        self.samples = []
        self.failed = []
        self.commands = 0

    def place(self, index):
        return f"127.0.0.1:{self.registries[index % 2].port}/{self.tags[index].name}:latest"

    def configure(self, without=(), text=None):
        config = {
            "database": str(self.folder / "watcher.db"), "defaults": {"interval": "10s", "unreachable_after": "1m"},
            "watch": [self.place(n) for n in range(TAGS) if n not in without],
            "sinks": {
                "out": {"type": "stdout", "events": ["*"]},
                "all": {"type": "file", "path": str(self.folder / "events.jsonl"), "events": ["*"]},
                "hook": {"type": "webhook", "url": f"http://127.0.0.1:{self.receiver.port}/", "allow_http": True,
                         "events": ["*"], "timeout": "5s", "retry_schedule": ["0s"] + ["1s"] * 49}},
        }
        # In one step: a reload that is under way must not read half of it.
        (self.folder / "config.new").write_text(text or json.dumps(config))
        os.replace(self.folder / "config.new", self.folder / "config.json")

    async def run_command(self, *arguments, expected=(0,)):
        process = await asyncio.create_subprocess_exec(
            self.watcher, *arguments, cwd=self.folder, env={"WATCHER_CONFIG": "config.json", "PATH": os.environ["PATH"],
                                                           "WATCHER_DATABASE": "watcher.db", "HOME": str(self.folder)},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
        out, err = await asyncio.wait_for(process.communicate(), 60)
        self.commands += 1
        if process.returncode not in expected:
            self.failed.append(f"{' '.join(arguments)}: status {process.returncode}, {err.decode().strip()}")
        return out.decode()

    # --- what goes on meanwhile

    async def move(self):
        while True:
            await asyncio.sleep(0.25)
            self.rng.choice(self.tags).move(self.rng)

    async def outages(self):
        while True:
            await asyncio.sleep(self.rng.uniform(30, 50))
            registry = self.rng.choice(self.registries)
            registry.is_out = True
            await asyncio.sleep(self.rng.uniform(2, 6))
            registry.is_out = False

    async def operate(self, process):
        while True:
            for step in (self.reload, self.break_reload, self.ask, self.reopen):
                await asyncio.sleep(self.rng.uniform(2, 5))
                await step(process)

    async def reload(self, process):
        self.configure(without=set(self.rng.sample(range(TAGS), self.rng.choice([0, 5]))))
        process.send_signal(signal.SIGHUP)

    async def break_reload(self, process):
        self.configure(text='{"watch": ["a:b", }')
        process.send_signal(signal.SIGHUP)
        await asyncio.sleep(1)
        self.configure()
        process.send_signal(signal.SIGHUP)

    async def reopen(self, process):
        os.replace(self.folder / "events.jsonl", self.folder / f"events.{time.time_ns()}.jsonl")
        process.send_signal(signal.SIGUSR1)

    async def ask(self, process):
        await self.run_command("health")
        await self.run_command("status", "--json")
        await self.run_command("history", self.place(self.rng.randrange(TAGS)), "--json", expected=(0, 66))
        # A reload may take the tag out, which is told with 69.
        await self.run_command("check", self.place(self.rng.randrange(TAGS)), "--json", expected=(0, 2, 69))

    async def sample(self, pid):
        began = time.time()
        while True:
            status = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            self.samples.append(Sample(
                second=time.time() - began,
                resident=int(status["VmRSS"].split()[0]) / 1000, own=int(status["RssAnon"].split()[0]) / 1000,
                descriptors=len(os.listdir(f"/proc/{pid}/fd")), threads=int(status["Threads"]),
                processor=(int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")))
            await asyncio.sleep(1)

    # --- the end

    async def settle(self):
        """Waits until nothing errs any more in what the daemon knows."""
        deadline = time.time() + QUIET_LIMIT
        wrong = ["never looked"]
        while wrong and time.time() < deadline:
            await asyncio.sleep(2)
            status = json.loads(await self.run_command("status", "--json"))
            known = {tag["tag"]: tag for tag in status["tags"]}
            wrong = [sink["name"] for sink in status["sinks"] if sink["waiting"] or sink["failed"]]
            for index, tag in enumerate(self.tags):
                row = known.get(self.place(index), {})
                ids = {image["platform"]: image["image_id"] for image in row.get("platforms", [])}
                if row.get("state") != "ok" or row.get("digest") != tag.states[-1][1] or ids != tag.states[-1][2]:
                    wrong.append(f"{tag.name}: {row.get('state')} {row.get('error')}")
        self.claim("everything is right again once nothing errs", not wrong, "; ".join(wrong[:5]))

    def claim(self, words, is_true, why=""):
        print(f"    {'ok' if is_true else 'NOT TRUE'}: {words}" + ("" if is_true else f" ({why})"), flush=True)
        if not is_true:
            self.failed.append(words)

    async def judge_history(self):
        lies = []
        for index, tag in enumerate(self.tags):
            entries = json.loads(await self.run_command("history", self.place(index), "--all", "--json"))["entries"]
            was = {}
            for (since, digest, _), until in zip(tag.states, [s[0] for s in tag.states[1:]] + [time.time()]):
                was.setdefault(digest, []).append((since, until))
            for entry in entries:
                seen = [parse(entry["first_seen"]), parse(entry["last_seen"])]
                if not any(since - 1 <= seen[0] and seen[1] <= until + SLACK for since, until in was.get(entry["digest"], [])) \
                        and not (entry["digest"] in was and seen[0] >= was[entry["digest"]][0][0] - 1):
                    lies.append(f"{tag.name} {entry['digest'][:19]} {entry['first_seen']}")
        self.claim("every recorded state was really there", not lies, "; ".join(lies[:5]))

    async def judge_deliveries(self):
        events = (await self.run_command("events", "--json", "--limit", "1000000")).splitlines()
        ids = {json.loads(line)["id"]: line for line in events}
        lost = [i for i, line in ids.items() if line.encode() not in self.receiver.bodies.get(i, set())]
        self.claim(f"each of {len(events)} events reached the webhook, byte for byte", not lost, "; ".join(lost[:5]))
        changed = [i for i, bodies in self.receiver.bodies.items() if bodies != {ids.get(i, "").encode()}]
        self.claim("and nothing else did", not changed, "; ".join(changed[:5]))
        self.judge_order("the webhook's", [ids[i] for i in self.receiver.bodies if i in ids])
        files = sorted(self.folder.glob("events.*.jsonl"), key=lambda path: int(path.name.split(".")[1]))
        for name, paths in (("file", files + [self.folder / "events.jsonl"]), ("stdout", [self.folder / "stdout"])):
            lines = [line for path in paths for line in path.read_text().splitlines()]
            self.claim(f"the {name} sink has each of them", set(lines) == set(events),
                       f"{len(set(events) - set(lines))} lost, {len(set(lines) - set(events))} foreign")
            self.judge_order(f"the {name} sink's", list(dict.fromkeys(lines)))

    def judge_order(self, whose, lines):
        last, wrong = {}, []
        for event in map(json.loads, lines):
            if event["sequence"] <= last.get(event["subject"], ""):
                wrong.append(event["sequence"])
            last[event["subject"]] = event["sequence"]
        self.claim(f"{whose} are in order for each tag", not wrong, "; ".join(wrong[:5]))

    def judge_process(self, quiet):
        """The first quarter, half a minute at least, is for warming up: pools and caches fill."""
        warm = max(30, self.seconds / 4)
        busy = [s for s in self.samples if s.second <= self.seconds]
        early, late = [s for s in busy if s.second <= warm], [s for s in busy if s.second > warm]
        slope, error = fit([(s.second / 3600, s.own) for s in late])
        third = max(1, len(late) // 3)
        growth = min(s.own for s in late[-third:]) - min(s.own for s in late[:third])
        own = statistics.median(s.own for s in late)
        load = (busy[-1].processor - busy[0].processor) / (busy[-1].second - busy[0].second)
        figures = [
            ("time under load", f"{self.seconds} s"),
            ("requests to the registries", sum(r.requests for r in self.registries)),
            ("of them answered with a fault", sum(sum(r.counts.values()) for r in self.registries)),
            ("moves of tags", sum(len(t.states) - 1 for t in self.tags)),
            ("commands beside the daemon", self.commands),
            ("resident memory after warming up, median", f"{statistics.median(s.resident for s in late):.1f} MB"),
            ("at most", f"{max(s.resident for s in busy):.1f} MB"),
            ("its own part, without the program's and libraries' files, median", f"{own:.1f} MB"),
            ("slope of that after warming up", f"{slope:+.1f} ± {error:.1f} MB/h"),
            ("lowest of its last third against lowest of its first", f"{growth:+.2f} MB"),
            ("descriptors at most: warming up, after, in the quiet at the end",
             f"{max(s.descriptors for s in early)}, {max(s.descriptors for s in late)}, {quiet.descriptors}"),
            ("threads at most: warming up, after, in the quiet at the end",
             f"{max(s.threads for s in early)}, {max(s.threads for s in late)}, {quiet.threads}"),
            ("processor time", f"{100 * load:.1f} % of a core"),
        ]
        width = max(len(name) for name, _ in figures)
        for name, value in figures:
            print(f"    {name:<{width}}  {value}")
        # Pages of files come and go with what others need. A body that does not end takes megabytes for a moment, so
        # peaks tell nothing, and what is given back every fifteen seconds leaves the lowest. SQLite's page caches still
        # fill in the first minutes; a leak of two kilobytes per request would be 7 MB in what is left of two minutes.
        self.claim("memory does not grow", growth < (3 if self.seconds < 1800 else 2), f"{growth:.2f} MB")
        self.claim("its own part stays below 20 MB", own < 20, f"{own:.1f} MB")
        if self.seconds >= 3600:
            self.claim("by less than 1 MB an hour", slope - 2 * error < 1, f"{slope:.2f} MB/h")
        # 64 connections to each registry, and what a reload has twice for a moment.
        self.claim("descriptors do not grow", max(s.descriptors for s in late) <= max(s.descriptors for s in early) + 16
                   and quiet.descriptors <= max(s.descriptors for s in early), "see above")
        # Dispatch starts a thread or two more when all that it has are held up by the disk.
        self.claim("threads do not grow",
                   max(s.threads for s in late + [quiet]) <= max(s.threads for s in early) + 3, "see above")

    async def main(self):
        for server in (*self.registries, self.receiver):
            await server.start()
        self.configure()
        with open(self.folder / "stdout", "wb") as out, open(self.folder / "stderr", "wb") as err:
            process = await asyncio.create_subprocess_exec(
                self.watcher, "run", "--config", "config.json", cwd=self.folder, stdout=out, stderr=err)
        sampling = asyncio.create_task(self.sample(process.pid))
        meanwhile = [asyncio.create_task(c) for c in (self.move(), self.outages(), self.operate(process))]
        await asyncio.sleep(self.seconds)
        for task in meanwhile:
            task.cancel()
        ends = await asyncio.gather(*meanwhile, return_exceptions=True)
        self.failed += [repr(e) for e in ends if not isinstance(e, asyncio.CancelledError)]
        self.claim("commands have worked beside it", not self.failed, "; ".join(self.failed[:5]))
        for server in (*self.registries, self.receiver):
            server.errs = False
        for tag in self.tags:
            if not tag.states[-1][1]:
                tag.publish()
        self.configure()
        process.send_signal(signal.SIGHUP)
        await self.settle()
        await asyncio.sleep(3)
        quiet = self.samples[-1]
        await self.judge_history()
        await self.judge_deliveries()
        await self.run_command("db", "check")
        self.claim("the database is sound", not self.failed, "; ".join(self.failed[:5]))
        sampling.cancel()
        began = time.time()
        process.send_signal(signal.SIGTERM)
        status = await asyncio.wait_for(process.wait(), 60)
        self.claim("it stops well within fifteen seconds", status == 0 and time.time() - began < 15, f"status {status}")
        log = (self.folder / "stderr").read_text().splitlines()
        odd = [line for line in log if not line.startswith("ts=") or "report this" in line]
        # What a broken configuration has wrong is told line by line, and is the log's as well.
        self.claim("its log holds nothing unforeseen", not odd, "; ".join(odd[:3]))
        self.judge_process(quiet)
        return 1 if self.failed else 0


def parse(text):
    import datetime
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def fit(points):
    """Slope of the least squares line, and twice its standard error."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    mx, my = statistics.fmean(xs), statistics.fmean(ys)
    sxx = sum((x - mx) ** 2 for x in xs)
    slope = sum((x - mx) * (y - my) for x, y in points) / sxx
    rest = sum((y - my - slope * (x - mx)) ** 2 for x, y in points)
    return slope, 2 * (rest / (len(points) - 2) / sxx) ** 0.5


if __name__ == "__main__":
    sys.exit(asyncio.run(Soak(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]).main()))
