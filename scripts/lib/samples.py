#!/usr/bin/env python3
"""Writes documents and events of our own making, a file each: what `scripts/dictionaries` trains on.

usage: samples.py FOLDER SEED

FOLDER/manifests, FOLDER/configs, FOLDER/events

They are shaped as tools write them (BuildKit, `docker push`, buildah, jib and kaniko, official images; indented and not), and as
the daemon freezes its events. Names, digests, times and sizes are drawn, so that only what is usual comes up again.
"""

import datetime
import hashlib
import json
import os
import random
import sys

OCI = "application/vnd.oci.image."
DOCKER = "application/vnd.docker."
TYPES = {
    "oci": (f"{OCI}index.v1+json", f"{OCI}manifest.v1+json", f"{OCI}config.v1+json", f"{OCI}layer.v1.tar+gzip"),
    "docker": (f"{DOCKER}distribution.manifest.list.v2+json", f"{DOCKER}distribution.manifest.v2+json",
               f"{DOCKER}container.image.v1+json", f"{DOCKER}image.rootfs.diff.tar.gzip"),
}
PLATFORMS = [("linux", "amd64", None), ("linux", "arm64", "v8"), ("linux", "arm64", None), ("linux", "arm", "v7"),
             ("linux", "arm", "v6"), ("linux", "arm", "v5"), ("linux", "386", None), ("linux", "ppc64le", None),
             ("linux", "s390x", None), ("linux", "riscv64", None), ("linux", "mips64le", None),
             ("linux", "loong64", None), ("windows", "amd64", None)]
USUAL = [[0, 1], [0, 2], [0, 1, 3], [0, 2, 3], [0, 2, 7, 8], [0, 3, 1, 6, 7, 8], [0, 5, 3, 1, 6, 10, 7, 9, 8], [0], [2]]
HOSTS = ["docker.io", "ghcr.io", "quay.io", "registry.k8s.io", "public.ecr.aws", "mcr.microsoft.com", "gcr.io",
         "registry.gitlab.com", "registry.example.com", "registry.example.com:5000", "harbor.example.net",
         "lscr.io", "localhost:5000", "127.0.0.1:5000", "123456789012.dkr.ecr.eu-central-1.amazonaws.com"]
OWNERS = ["library", "team", "acme", "platform", "infra", "tools", "data", "web", "ops", "apps", "base", "bitten"]
NAMES = ["nginx", "redis", "postgres", "api", "worker", "frontend", "gateway", "python", "node", "golang", "debian",
         "alpine", "ubuntu", "traefik", "grafana", "prometheus", "agent", "controller", "operator", "proxy", "queue"]
TAGS = ["latest", "stable", "main", "edge", "nightly", "alpine", "bookworm", "slim", "lts", "3", "1.27", "16", "8.4"]
SUITES = ["bookworm", "trixie", "bullseye", "noble", "jammy", "3.20", "3.21", "3.22"]
PACKAGES = ["ca-certificates", "curl", "wget", "gnupg", "tzdata", "openssl", "bash", "git", "tini", "dumb-init", "xz-utils",
            "libssl3", "zlib1g", "libpq5", "netbase", "procps", "unzip", "jq", "build-essential", "gcc", "g++", "make",
            "libc6-dev", "pkg-config", "dirmngr", "libffi-dev", "libsqlite3-0", "locales", "patch", "dpkg-dev"]


class Samples:
    def __init__(self, seed):
        self.random = random.Random(seed)

    # What is drawn.

    def pick(self, list_):
        return self.random.choice(list_)

    def chance(self, share):
        return self.random.random() < share

    def hex(self, characters):
        return f"{self.random.getrandbits(4 * characters):0{characters}x}"

    def digest(self):
        return "sha256:" + self.hex(64)

    def time(self, style="Z"):
        moment = datetime.datetime(2023, 1, 1) + datetime.timedelta(seconds=self.random.randrange(4 * 365 * 86_400))
        text = moment.strftime("%Y-%m-%dT%H:%M:%S")
        return text + {"Z": "Z", "ms": f".{self.random.randrange(1000):03}Z",
                       "ns": f".{self.random.randrange(10**9):09}Z"}[style]

    def size(self):
        return int(10 ** self.random.uniform(2, 8.3))

    def version(self):
        return f"{self.random.randrange(30)}.{self.random.randrange(30)}.{self.random.randrange(20)}"

    def path(self):
        return f"{self.pick(OWNERS)}/{self.pick(NAMES)}" + (f"-{self.pick(NAMES)}" if self.chance(0.3) else "")

    def platforms(self):
        return [PLATFORMS[place] for place in self.pick(USUAL)]

    def dump(self, value):
        """As one of the tools indents it."""
        style = self.pick(["compact", "compact", "two", "two", "three"])
        if style == "compact":
            return json.dumps(value, separators=(",", ":"))
        return json.dumps(value, indent=2 if style == "two" else 3)

    # Indexes and manifests.

    def platform(self, platform):
        os_, architecture, variant = platform
        value = {"architecture": architecture, "os": os_}
        if os_ == "windows":
            value["os.version"] = f"10.0.{self.pick([17763, 20348, 26100])}.{self.random.randrange(9000)}"
        if variant:
            value["variant"] = variant
        return value

    def revision(self, official):
        notes = {"org.opencontainers.image.revision": self.hex(40),
                 "org.opencontainers.image.source": f"https://github.com/{self.path()}.git",
                 "org.opencontainers.image.created": self.time(),
                 "org.opencontainers.image.url": f"https://hub.docker.com/_/{self.pick(NAMES)}",
                 "org.opencontainers.image.version": f"{self.version()}-{self.pick(SUITES)}"}
        if official:
            notes |= {"com.docker.official-images.bashbrew.arch": self.pick(["amd64", "arm64v8", "arm32v7", "i386", "s390x"]),
                      "org.opencontainers.image.base.digest": self.digest(),
                      "org.opencontainers.image.base.name": f"{self.pick(['debian', 'alpine'])}:{self.pick(SUITES)}-slim"}
        return dict(sorted(notes.items()))

    def index(self):
        kind = "docker" if self.chance(0.2) else "oci"
        index, manifest, _, _ = TYPES[kind]
        official, attested = self.chance(0.4), kind == "oci" and self.chance(0.75)
        entries, attestations = [], []
        for platform in self.platforms():
            digest = self.digest()
            entry = {"mediaType": manifest, "digest": digest, "size": self.random.randrange(400, 4000)}
            if official and kind == "oci":
                entry["annotations"] = self.revision(True)
            entry["platform"] = self.platform(platform)
            entries.append(entry)
            if attested:
                notes = {"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": digest}
                if official:
                    notes = dict(sorted((notes | {"com.docker.official-images.bashbrew.arch": platform[1]}).items()))
                attestation = {"mediaType": manifest, "digest": self.digest(), "size": self.pick([566, 567, 840, 841, 1112])}
                where = {"architecture": "unknown", "os": "unknown"}
                # BuildKit writes them behind the images, with the annotations first.
                attestations.append(attestation | ({"annotations": notes, "platform": where}))
                if official:
                    entries.append(attestations.pop())
        document = {"schemaVersion": 2, "mediaType": index, "manifests": entries + attestations}
        if kind == "oci" and self.chance(0.2):
            document["annotations"] = self.revision(False)
        if official:
            document["manifests"] = [dict(sorted(entry.items())) for entry in document["manifests"]]
            return json.dumps(dict(sorted(document.items())), separators=(",", ":"))
        return self.dump(document)

    def manifest(self):
        kind = "docker" if self.chance(0.3) else "oci"
        _, manifest, config, layer = TYPES[kind]
        if kind == "oci" and self.chance(0.15):
            layer = layer.replace("gzip", "zstd")
        layers = [{"mediaType": layer, "digest": self.digest(), "size": self.size()}
                  for _ in range(self.random.randint(1, 12))]
        if self.chance(0.15):
            layers[-1] |= {"digest": "sha256:4f4fb700ef54461cfa02571ae0db9a0dc1e0cdb5577484a6d75e68dc38e8acc1", "size": 32}
        value = {"schemaVersion": 2, "mediaType": manifest,
                 "config": {"mediaType": config, "digest": self.digest(), "size": self.random.randrange(500, 14_000)},
                 "layers": layers}
        if kind == "oci" and self.chance(0.35):
            value["annotations"] = self.revision(self.chance(0.5))
        return self.dump(value)

    # Configs.

    def environment(self):
        path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        more = [f"LANG=C.UTF-8", f"GPG_KEY={self.hex(40).upper()}", f"PYTHON_VERSION={self.version()}",
                f"PYTHON_SHA256={self.hex(64)}", f"NODE_VERSION={self.version()}", "YARN_VERSION=1.22.22",
                f"GOLANG_VERSION={self.version()}", "GOPATH=/go", "GOTOOLCHAIN=local", "JAVA_HOME=/opt/java/openjdk",
                "LANGUAGE=en_US:en", "LC_ALL=en_US.UTF-8", f"JAVA_VERSION=jdk-{self.version()}+9",
                f"NGINX_VERSION={self.version()}", f"NJS_VERSION={self.version()}", f"PKG_RELEASE=1~{self.pick(SUITES)}",
                f"PG_MAJOR={self.random.randint(12, 18)}", f"PG_VERSION={self.version()}-1.pgdg12+1",
                "PGDATA=/var/lib/postgresql/data", f"REDIS_VERSION={self.version()}", f"REDIS_DOWNLOAD_SHA={self.hex(64)}",
                f"REDIS_DOWNLOAD_URL=http://download.redis.io/releases/redis-{self.version()}.tar.gz", "GOSU_VERSION=1.17",
                "DEBIAN_FRONTEND=noninteractive", "PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1", "NODE_ENV=production",
                "PIP_NO_CACHE_DIR=1", f"APP_VERSION={self.version()}", "HOME=/home/app", "PORT=8080", "TZ=Etc/UTC",
                f"PHP_VERSION={self.version()}", "PHP_INI_DIR=/usr/local/etc/php", f"PHP_SHA256={self.hex(64)}",
                "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt", "ASPNETCORE_HTTP_PORTS=8080",
                "DOTNET_RUNNING_IN_CONTAINER=true", f"DOTNET_VERSION={self.version()}", "RUST_LOG=info",
                "GEM_HOME=/usr/local/bundle", f"RUBY_VERSION={self.version()}", "RAILS_ENV=production"]
        return [path] + self.random.sample(more, self.random.randint(0, 9))

    def labels(self):
        name = self.path()
        every = {"org.opencontainers.image.created": self.time(self.pick(["Z", "ms"])),
                 "org.opencontainers.image.description": f"The {self.pick(NAMES)} of {self.pick(OWNERS)}",
                 "org.opencontainers.image.licenses": self.pick(["Apache-2.0", "MIT", "GPL-3.0-or-later", "BSD-3-Clause"]),
                 "org.opencontainers.image.revision": self.hex(40),
                 "org.opencontainers.image.source": f"https://github.com/{name}",
                 "org.opencontainers.image.title": name.split("/")[1],
                 "org.opencontainers.image.url": f"https://github.com/{name}",
                 "org.opencontainers.image.version": self.pick([self.version(), "main", "v" + self.version()]),
                 "org.opencontainers.image.authors": "Example Authors <authors@example.com>",
                 "org.opencontainers.image.documentation": f"https://docs.example.com/{name}",
                 "org.opencontainers.image.vendor": "Example", "org.opencontainers.image.ref.name": self.pick(SUITES),
                 "org.opencontainers.image.base.name": f"docker.io/library/debian:{self.pick(SUITES)}-slim",
                 "org.label-schema.schema-version": "1.0", "org.label-schema.vcs-ref": self.hex(7),
                 "org.label-schema.build-date": self.time(), "io.buildah.version": "1." + self.version()[:4],
                 "maintainer": self.pick(["Example Maintainers <maintainers@example.com>", "docker-maint@example.com"])}
        chosen = self.random.sample(sorted(every), self.random.randint(1, 10))
        return {key: every[key] for key in sorted(chosen)}

    def packages(self):
        return self.random.sample(PACKAGES, self.random.randint(1, 9))

    def step(self):
        """A line of a Dockerfile; whether it makes a layer."""
        app = self.pick(NAMES)
        tabs = " \t"
        list_ = tabs.join(self.packages())
        url = f"https://github.com/{self.path()}/releases/download/v{self.version()}/{app}-linux-${{TARGETARCH}}.tar.gz"
        runs = [
            f"set -eux; {tabs}apt-get update; {tabs}apt-get install -y --no-install-recommends {list_} \t; "
            f"{tabs}rm -rf /var/lib/apt/lists/*",
            f"apt-get update && apt-get install -y --no-install-recommends {' '.join(self.packages())} "
            "&& apt-get clean && rm -rf /var/lib/apt/lists/*",
            f"apk add --no-cache {' '.join(self.packages())}", f"apk --no-cache upgrade && apk add --no-cache {app}",
            f"set -x     && groupadd --system --gid 101 {app}     && useradd --system --gid {app} --no-create-home "
            f"--home /nonexistent --comment \"{app} user\" --shell /bin/false --uid 101 {app}",
            f"addgroup -g 1000 {app}     && adduser -u 1000 -G {app} -s /bin/sh -D {app}",
            f"set -eux; {tabs}savedAptMark=\"$(apt-mark showmanual)\"; {tabs}apt-get update; {tabs}"
            f"apt-get install -y --no-install-recommends {list_} \t; {tabs}wget -O {app}.tar.xz \"{url}\"; {tabs}"
            f"echo \"{self.hex(64)} *{app}.tar.xz\" | sha256sum -c -; {tabs}mkdir -p /usr/src/{app}; {tabs}"
            f"tar --extract --directory /usr/src/{app} --strip-components=1 --file {app}.tar.xz; {tabs}"
            f"rm {app}.tar.xz; \t\tcd /usr/src/{app}; {tabs}gnuArch=\"$(dpkg-architecture --query DEB_BUILD_GNU_TYPE)\"; {tabs}"
            "./configure \t\t--build=\"$gnuArch\" \t\t--enable-shared \t; \tnproc=\"$(nproc)\"; \tmake -j \"$nproc\"; "
            "\tmake install; \t\tapt-mark auto '.*' > /dev/null; \tapt-mark manual $savedAptMark; \t"
            "apt-get purge -y --auto-remove -o APT::AutoRemove::RecommendsImportant=false; \tldconfig",
            f"curl -fsSL {url} -o /tmp/{app}.tar.gz && tar -xzf /tmp/{app}.tar.gz -C /usr/local/bin && rm /tmp/{app}.tar.gz",
            "pip install --no-cache-dir -r requirements.txt", f"pip install --no-cache-dir --upgrade pip=={self.version()}",
            "npm ci --omit=dev && npm cache clean --force", "yarn install --frozen-lockfile --production",
            "go mod download", "CGO_ENABLED=0 GOOS=linux go build -trimpath -ldflags=\"-s -w\" -o /out/app ./cmd/app",
            "cargo build --release --locked", "bundle install --jobs 4 --retry 3", "composer install --no-dev --optimize-autoloader",
            f"mkdir -p /var/log/{app} /var/lib/{app} && chown -R {app}:{app} /var/log/{app} /var/lib/{app}",
            f"ln -sf /dev/stdout /var/log/{app}/access.log && ln -sf /dev/stderr /var/log/{app}/error.log",
            "chmod +x /usr/local/bin/docker-entrypoint.sh", "update-ca-certificates", "ldconfig",
            f"set -eux; {tabs}for key in {self.hex(40).upper()} {self.hex(40).upper()}; do {tabs}gpg --batch --keyserver "
            f"hkps://keys.openpgp.org --recv-keys \"$key\"; {tabs}done; {tabs}gpg --batch --verify {app}.tar.gz.asc {app}.tar.gz",
            f"arch=\"$(dpkg --print-architecture)\"; case \"${{arch##*-}}\" in {tabs}amd64) url='{url}'; sha256='{self.hex(64)}'"
            f" ;; {tabs}arm64) url='{url}'; sha256='{self.hex(64)}' ;; {tabs}*) echo >&2 \"error: unsupported architecture\"; "
            "exit 1 ;; \tesac",
            f"microdnf install -y {' '.join(self.packages())} && microdnf clean all && rm -rf /var/cache/yum",
        ]
        copies = [f"COPY docker-entrypoint.sh /usr/local/bin/", f"COPY --from=builder /out/{app} /usr/local/bin/{app}",
                  "COPY . .", "COPY /app /app", f"COPY --chown=1000:1000 . /home/{app}", f"COPY package*.json ./",
                  f"COPY dir:{self.hex(64)} in / ", f"COPY file:{self.hex(64)} in /docker-entrypoint.d ",
                  f"ADD file:{self.hex(64)} in / "]
        others = [f"CMD [\"/usr/local/bin/{app}\"]", "CMD [\"bash\"]", "CMD [\"/bin/sh\"]", "CMD [\"node\"]", "CMD [\"python3\"]",
                  f"CMD [\"{app}\" \"-g\" \"daemon off;\"]", "ENTRYPOINT [\"/docker-entrypoint.sh\"]",
                  "ENTRYPOINT [\"docker-entrypoint.sh\"]", f"ENTRYPOINT [\"/{app}\"]", "WORKDIR /app", "WORKDIR /go", "USER 1000",
                  f"USER {app}", f"USER 65532:65532", f"EXPOSE map[{self.random.randrange(80, 9999)}/tcp:{{}}]",
                  "EXPOSE map[80/tcp:{}]", "EXPOSE map[8080/tcp:{}]", f"VOLUME [/var/lib/{app}]", "STOPSIGNAL SIGQUIT",
                  "STOPSIGNAL SIGINT", "ARG TARGETARCH", f"ARG VERSION={self.version()}",
                  f"LABEL maintainer=Example Maintainers <maintainers@example.com>",
                  f"LABEL org.opencontainers.image.source=https://github.com/{self.path()}",
                  "HEALTHCHECK &{[\"CMD-SHELL\" \"wget -q --spider http://127.0.0.1:8080/ || exit 1\"] \"30s\" \"5s\" \"0s\" \"0s\" '\\x03'}"]
        others += [f"ENV {entry}" for entry in self.environment()[1:]]
        draw = self.random.random()
        if draw < 0.4:
            return self.pick(runs), "RUN"
        return (self.pick(copies), "COPY") if draw < 0.6 else (self.pick(others), "META")

    def history(self, modern, count):
        created = self.time(self.pick(["Z", "ns"]))
        lines, layers = [], 0
        for _ in range(count):
            words, kind = self.step()
            if self.chance(0.3):
                created = self.time("ns")
            line = {"created": created}
            if modern:
                line["created_by"] = f"RUN /bin/sh -c {words} # buildkit" if kind == "RUN" else (
                    f"{words} # buildkit" if kind == "COPY" else words)
                line["comment"] = "buildkit.dockerfile.v0"
            else:
                line["created_by"] = f"/bin/sh -c {words}" if kind == "RUN" else f"/bin/sh -c #(nop) {words}"
            if kind == "META":
                line["empty_layer"] = True
            else:
                layers += 1
            lines.append(line)
        if self.chance(0.3):
            lines[0] = {"created": self.time(), "created_by": "# debian.sh --arch 'amd64' out/ 'bookworm' '@1735689600'",
                        "comment": "debuerreotype 0.15"}
        return lines, max(1, layers)

    def config(self):
        modern = self.chance(0.75)
        history, layers = self.history(modern, self.random.choice([1, 2, 4, 8, 12, 18, 25]))
        os_, architecture, variant = self.pick(PLATFORMS[:6])
        created = history[-1]["created"]
        setup = {}
        if not modern:
            setup |= {"Hostname": "", "Domainname": "", "User": "", "AttachStdin": False, "AttachStdout": False,
                      "AttachStderr": False}
        elif self.chance(0.3):
            setup["User"] = self.pick(["65532:65532", "nobody", "1000", "app"])
        if self.chance(0.5):
            setup["ExposedPorts"] = {f"{self.pick([80, 443, 3000, 5432, 6379, 8080, 9090])}/tcp": {}}
        if not modern:
            setup |= {"Tty": False, "OpenStdin": False, "StdinOnce": False}
        setup["Env"] = self.environment()
        if self.chance(0.6):
            setup["Entrypoint"] = self.pick([["/docker-entrypoint.sh"], ["docker-entrypoint.sh"], ["/app"], ["/usr/bin/tini", "--"]])
        if self.chance(0.7):
            setup["Cmd"] = self.pick([["bash"], ["/bin/sh"], ["nginx", "-g", "daemon off;"], ["serve"], ["python3"]])
        if not modern:
            setup |= {"Image": self.digest(), "Volumes": None}
        setup["WorkingDir"] = self.pick(["", "/", "/app", "/data", "/home/app"])
        if not modern:
            setup |= {"OnBuild": None}
        if self.chance(0.7):
            setup["Labels"] = self.labels()
        if modern and self.chance(0.4):
            setup["ArgsEscaped"] = True
        if self.chance(0.2):
            setup["StopSignal"] = self.pick(["SIGQUIT", "SIGINT"])
        value = {"architecture": architecture, "config": setup}
        if not modern:
            value |= {"container": self.hex(64),
                      "container_config": setup | {"Hostname": self.hex(12), "Cmd": ["/bin/sh", "-c", "#(nop) ", "CMD [\"bash\"]"]}}
        value["created"] = created
        if not modern:
            value["docker_version"] = self.pick(["20.10.23", "23.0.11", "24.0.7"])
        value |= {"history": history, "os": os_,
                  "rootfs": {"type": "layers", "diff_ids": [self.digest() for _ in range(layers)]}}
        if variant:
            value["variant"] = variant
        return json.dumps(value, separators=(",", ":")).replace("&", "\\u0026").replace(">", "\\u003e").replace("<", "\\u003c")

    # Events, as `ChangeEvent` and `GroupedEvent` write them.

    def image(self, artifact):
        return {"manifest": self.digest(), "image_id": None if artifact else self.digest(),
                "created": self.time(self.pick(["Z", "ns"])) if not artifact else None}

    def change(self, platform, kind, artifact):
        name = "/".join(part for part in platform if part) if platform else None
        before = None if kind == "added" else self.image(artifact)
        now = None if kind == "removed" else self.image(artifact)
        if kind == "repacked":
            now = now | {"image_id": before["image_id"], "created": before["created"]}
        kept = self.random.randrange(8)
        layers = {"kept": kept, "added": self.random.randrange(1, 5), "removed": self.random.randrange(1, 5)}
        return {"platform": name, "class": kind, "previous": before, "current": now,
                "layers": layers if before and now and not artifact else None}

    def event(self):
        host, path, tag = self.pick(HOSTS), self.path(), self.pick(TAGS + [self.version(), "v" + self.version()])
        if host == "docker.io" and self.chance(0.6):
            path = f"library/{self.pick(NAMES)}"
        name = f"{host}/{path}:{tag}"
        familiar = name.removeprefix("docker.io/").removeprefix("library/")
        kind = self.pick(["first_seen"] * 3 + ["changed"] * 6 + ["rebuilt", "artifact", "added", "removed", "repacked", "index",
                         "deleted", "restored", "unreachable", "recovered", "moved"])
        type_ = {"changed": "image.changed", "rebuilt": "image.changed", "artifact": "artifact.changed",
                 "added": "platform.added", "removed": "platform.removed", "repacked": "image.repacked",
                 "index": "index.changed"}.get(kind, f"tag.{kind}")
        platforms = [None] if kind == "artifact" else self.pick([self.platforms()[:4], [PLATFORMS[0]], [PLATFORMS[0], PLATFORMS[2]]])
        names = ", ".join("/".join(part for part in each if part) for each in platforms if each)
        on = f" on {names}" if names else ""
        time = self.time("ms")
        state = {"digest": self.digest(), "media_type": self.pick([TYPES["oci"][0], TYPES["oci"][0], TYPES["docker"][0],
                                                                  TYPES["oci"][1], TYPES["docker"][1]])}
        before = {"digest": self.digest(), "media_type": state["media_type"], "first_seen": self.time("ms"),
                  "last_seen": self.time("ms")}
        changes, rollback, error, since = [], None, None, None
        if kind in ("deleted", "unreachable"):
            state = {"digest": None, "media_type": None}
        words = {"changed": f"has a new image (content changed){on}", "rebuilt": f"has a new image (rebuilt){on}",
                 "artifact": "has a new artifact (content changed)", "added": f"now has {names}",
                 "removed": f"no longer has {names}", "repacked": f"has the same image, packed anew{on}",
                 "index": "has a new index, and the same images as before",
                 "first_seen": f"was seen for the first time{on}", "deleted": f"is gone from {host}", "restored": "is back",
                 "moved": "has moved; details are pending, for its registry allows no pull now"}.get(kind)
        if kind in ("unreachable", "recovered"):
            since = self.time("ms")
            minute = f"{since[:10]} {since[11:16]} UTC"
            code = self.pick(["timeout", "connect", "dns", "tls", "server", "rate_limited", "denied", "bad_response"])
            error = {"code": code, "message": f"{self.pick(['no answer within 60 s', 'HTTP 503', 'HTTP 401 Unauthorized'])} ({host})"}
            words = f"cannot be checked since {minute} ({code})" if kind == "unreachable" else (
                f"can be checked again, after failures since {minute}")
        classes = {"changed": "content", "rebuilt": "rebuilt", "artifact": "content", "added": "added", "removed": "removed",
                   "repacked": "repacked", "first_seen": "added"}
        if kind in classes:
            changes = [self.change(each, classes[kind], kind == "artifact") for each in platforms]
        if kind == "changed" and self.chance(0.15):
            rollback = [{"platform": change["platform"], "image_id": change["current"]["image_id"],
                         "last_current": self.time("ms"), "digest": self.digest()} for change in changes]
            words = f"is back at an earlier image (content changed){on}"
        data = {"schema": 1, "summary": f"{familiar} {words}", "registry": host, "repository": path, "tag": tag,
                "image": familiar, "digest": state["digest"], "media_type": state["media_type"],
                "pull": state["digest"] and f"{host}/{path}@{state['digest']}",
                "previous": None if kind == "first_seen" else before, "changes": changes, "rollback": rollback,
                "window": {"not_before": None if kind == "first_seen" else before["last_seen"], "not_after": time}}
        if error and kind == "unreachable":
            data["error"] = error
        if since:
            data["failing_since"] = since
        if self.chance(0.05):
            data["flaps"] = self.random.randrange(1, 20)
        if self.chance(0.15):
            data["entry"] = f"{host}/{path}"
        if self.chance(0.2):
            data["also"] = [f"{host}/{path}:{other}" for other in self.random.sample(TAGS, 2)]
        data["labels"] = {"team": self.pick(OWNERS)} if self.chance(0.2) else {}
        return self.envelope(f"watcher.{type_}", time, data, name)

    def envelope(self, type_, time, data, subject=None):
        identifier = f"{self.hex(8)}-{self.hex(4)}-4{self.hex(3)}-a{self.hex(3)}-{self.hex(12)}"
        source = f"urn:uuid:{self.hex(8)}-{self.hex(4)}-4{self.hex(3)}-b{self.hex(3)}-{self.hex(12)}"
        head = {"specversion": "1.0", "id": identifier, "source": source, "type": type_}
        if subject:
            head["subject"] = subject
        head |= {"time": time, "timestamp": time, "datacontenttype": "application/json",
                 "sequence": f"{self.random.randrange(1_000_000):012}", "data": data}
        return json.dumps(head, separators=(",", ":"), ensure_ascii=False)

    def group(self):
        events = [json.loads(self.event()) for _ in range(self.random.randint(2, 4))]
        names = ", ".join(event["data"]["image"] for event in events)
        return self.envelope("watcher.changes", self.time("ms"), {
            "schema": 1, "summary": f"{len(events)} events of {names}", "events": events})


def main():
    folder, samples = sys.argv[1], Samples(int(sys.argv[2]))
    kinds = {
        "manifests": [samples.index] * 2 + [samples.manifest] * 2, "configs": [samples.config],
        "events": [samples.event] * 24 + [samples.group],
    }
    for kind, makers in kinds.items():
        os.makedirs(f"{folder}/{kind}")
        for number in range(4_000):
            with open(f"{folder}/{kind}/{number:04}", "w", encoding="utf-8") as file:
                file.write(makers[number % len(makers)]())


if __name__ == "__main__":
    main()
