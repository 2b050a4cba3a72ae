#!/usr/bin/env python3
"""A registry of COUNT repositories with a tag each, which asks for tokens like Docker Hub and counts what it is asked.

usage: hub.py COUNT PORT_FILE [PLATFORMS]

Each tag is an index of eight platforms (or the first PLATFORMS) with an attestation each. Its documents are about as large
as those of a usual official image: configs of 8 kB, whose lines of history are the image's own, and the same for all its
platforms and from move to move but for their times.

POST /move      every tag gets another image, on every platform
GET /counts     what was asked since the last time, as JSON: tokens, and HEAD and GET of manifests and blobs;
                and the bytes of a document of each kind
"""

import hashlib
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
PLATFORMS = ["amd64", "arm64", "386", "mips64le", "ppc64le", "riscv64", "s390x", "arm"]
LAYERS = 7
HISTORY = 25  # lines of a Dockerfile
SYLLABLES = "lib dev py core net ssl ca cert data io ser ver tool kit min base cli run time log conf pro to col".split()
WORDS = ["".join(SYLLABLES[number // 26**place % 26 % len(SYLLABLES)] for place in range(2 + number % 2)) for number in range(2_000)]
COMMANDS = ["RUN /bin/sh -c set -eux; apt-get update; apt-get install -y --no-install-recommends ", "COPY ", "ENV ",
            "RUN /bin/sh -c curl -fsSL -o /tmp/", "RUN /bin/sh -c groupadd -r ", "WORKDIR /opt/", "EXPOSE map[8080/tcp:{}] "]


def sha256(body):
    return "sha256:" + hashlib.sha256(body).hexdigest()


class Hub:
    def __init__(self, count):
        self.count = count
        self.version = 0
        self.sizes = {}
        self.documents = {}
        self.tops = []
        self.counts = {}
        self.move()

    def move(self):
        self.version += 1
        documents = {}
        self.tops = [self.index(f"{number} {self.version}", documents) for number in range(self.count)]
        self.documents = documents

    def put(self, documents, media_type, document):
        body = json.dumps(document, separators=(",", ":")).encode()
        self.sizes[media_type] = len(body)
        digest = sha256(body)
        documents[digest] = (media_type, body)
        return {"mediaType": media_type, "digest": digest, "size": len(body)}

    def index(self, name, documents):
        entries = []
        for architecture in PLATFORMS:
            image = self.image(f"{name} {architecture}", architecture, documents)
            notes = {"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": image["digest"]}
            entries.append(image | {
                "platform": {"architecture": architecture, "os": "linux"},
                "annotations": {"org.opencontainers.image.revision": sha256(image["digest"].encode())[7:47],
                                "org.opencontainers.image.created": "2026-01-01T00:00:00Z",
                                "org.opencontainers.image.source": "https://git.example.org/images/official.git"}})
            entries.append({"mediaType": MANIFEST, "digest": sha256(f"attestation {image}".encode()), "size": 841,
                            "annotations": notes, "platform": {"architecture": "unknown", "os": "unknown"}})
        top = {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}
        return self.put(documents, INDEX, top)["digest"]

    def line(self, number, line):
        """A line of its Dockerfile: some 220 characters, of words that other images have in another order."""
        choice = hashlib.sha512(f"{number} {line}".encode()).digest()
        # Some words are in every second line, most in one of hundreds.
        words = [WORDS[choice[2 * place] * choice[2 * place + 1] * len(WORDS) >> 16] for place in range(16)]
        return COMMANDS[choice[-1] % len(COMMANDS)] + " ".join(words) + "; rm -rf /var/lib/apt/lists/* # buildkit"

    def image(self, name, architecture, documents):
        layers = [sha256(f"{name} layer {number}".encode()) for number in range(LAYERS)]
        number, version, _ = name.split()
        history = [{"created": f"2026-01-{1 + int(version) % 28:02}T0{line % 10}:{line + 10}:{(len(architecture) * 7) % 60:02}"
                               f".{int(layers[line % LAYERS][7:15], 16) % 10**9:09}Z",
                    "created_by": self.line(number, line), "comment": "buildkit.dockerfile.v0"}
                   for line in range(HISTORY)]
        config = self.put(documents, CONFIG, {
            "created": "2026-01-01T00:00:00Z", "architecture": architecture, "os": "linux",
            "config": {"Env": ["PATH=/usr/local/bin:/usr/bin:/bin"], "Labels": {"maintainer": name}},
            "rootfs": {"type": "layers", "diff_ids": layers}, "history": history})
        return self.put(documents, MANIFEST, {
            "schemaVersion": 2, "mediaType": MANIFEST, "config": config,
            "layers": [{"mediaType": LAYER, "digest": layer, "size": 10_000_000} for layer in layers],
            "annotations": {"org.opencontainers.image.base.name": "docker.io/library/debian:stable-slim"}})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def do_POST(self):
        hub.move()
        self.answer(204)

    def do_GET(self):
        path = self.path.partition("?")[0]
        if path == "/counts":
            counts, hub.counts = hub.counts, {}
            self.answer(200, json.dumps({"counts": counts, "bytes": hub.sizes}).encode())
        elif path == "/token":
            self.count("tokens")
            self.answer(200, b'{"token": "one-for-all", "expires_in": 300}')
        elif "Authorization" not in self.headers:
            self.count("unauthorized")
            realm = f'Bearer realm="http://{self.headers["Host"]}/token",service="hub"'
            self.answer(401, WWW_Authenticate=realm)
        elif path == "/v2/":
            self.answer(200)
        else:
            self.document(*path.split("/")[-3:])

    do_HEAD = do_GET

    def document(self, repository, kind, reference):
        self.count(f"{self.command} {kind}")
        digest = reference if ":" in reference else hub.tops[int(repository)]
        media_type, body = hub.documents[digest]
        self.answer(200, body, Content_Type=media_type, Docker_Content_Digest=digest)

    def count(self, what):
        hub.counts[what] = hub.counts.get(what, 0) + 1

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 256


PLATFORMS = PLATFORMS[:int(sys.argv[3])] if len(sys.argv) > 3 else PLATFORMS
hub = Hub(int(sys.argv[1]))
server = Server(("127.0.0.1", 0), Handler)
with open(sys.argv[2] + ".new", "w") as file:
    file.write(str(server.server_port))
os.rename(sys.argv[2] + ".new", sys.argv[2])
server.serve_forever()
