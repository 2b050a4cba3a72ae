"""Where the watcher may be led: origins, redirects, token servers and webhooks against addresses nobody may go to.

    unshare --net --mount python3 matrix.py WATCHER DIRECTORY

Makes every such address its own, so that whoever connects to one lands in a trap, runs `check`, `sinks test` and
`resolve` of the given binary, and prints what became of each case and of each trap as JSON. For network namespaces of
its own only: it changes addresses and /etc/hosts.
"""
import http.server
import ipaddress
import json
import os
import selectors
import socket
import subprocess
import sys
import threading

WATCHER, DIRECTORY = sys.argv[1:]
TRAPS = [
    "169.254.169.254", "169.254.170.2", "169.254.0.1", "168.63.129.16", "100.100.100.200", "192.0.0.192",
    "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fd00:c1::a9fe:a9fe", "fd00:42::42", "fe80::a9fe:a9fe",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "64:ff9b::6464:64c8", "2002:a9fe:a9fe::1", "::a9fe:a9fe",
]
# Names that lead there, as a DNS server in somebody's hands would have them.
NAMES = {"metadata.test": "169.254.169.254", "wire.test": "168.63.129.16", "six.test": "fd00:ec2::254"}
# Other spellings of the first trap; libcurl knows zones in URLs.
SPELLINGS = ["0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "169.254.43518", "[::ffff:a9fe:a9fe]",
             "[::ffff:169.254.169.254]", "[fe80::a9fe:a9fe%25lo]"]
PRIVATE, PUBLIC = "10.9.8.7", "8.8.4.4"
ORIGINS = ["127.0.0.1:5000", "localhost:5000", "[::1]:5000", f"{PRIVATE}:5000", f"{PUBLIC}:5000", "registry.test:5000"]
TRUSTING = ORIGINS[1]
PORTS = (80, 443)
trapped, served, lock = [], [], threading.Lock()


def bracketed(address):
    return f"[{address}]" if ":" in address else address


HOSTS = [bracketed(trap) for trap in TRAPS] + list(NAMES) + SPELLINGS
TARGETS = [f"{scheme}://{host}/latest/" for host in HOSTS for scheme in ("http", "https")]


def prepare():
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in TRAPS + [PRIVATE, PUBLIC]:
        length = 128 if ":" in address else 32
        subprocess.run(["ip", "address", "add", f"{address}/{length}", "dev", "lo"], check=True)
    hosts = os.path.join(DIRECTORY, "hosts")
    with open(hosts, "w") as file:
        file.write("127.0.0.1 localhost\n::1 localhost\n" + f"{PRIVATE} registry.test sink.test\n")
        file.writelines(f"{address} {name}\n" for name, address in NAMES.items())
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    subprocess.run(["mount", "--bind", hosts, "/etc/hosts"], check=True)


def listen_in_traps():
    selector = selectors.DefaultSelector()
    for address in TRAPS:
        for port in PORTS:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            trap = socket.socket(family, socket.SOCK_STREAM)
            trap.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            scope = socket.if_nametoindex("lo") if address.startswith("fe80") else 0
            trap.bind((address, port, 0, scope) if family == socket.AF_INET6 else (address, port))
            trap.listen(64)
            selector.register(trap, selectors.EVENT_READ, address)

    def run():
        while True:
            for key, _ in selector.select():
                key.fileobj.accept()[0].close()
                with lock:
                    trapped.append(key.data)

    threading.Thread(target=run, daemon=True).start()


def traps_that_catch():
    """Connects to each trap as the watcher must not, so that silence means something."""
    for address in TRAPS:
        scoped = address + ("%lo" if address.startswith("fe80") else "")
        for port in PORTS:
            with socket.create_connection((scoped, port), timeout=10) as probe:
                probe.recv(1)
    caught = sorted(set(trapped))
    trapped.clear()
    return caught


class Origin(http.server.BaseHTTPRequestHandler):
    """`/v2/redirect-N`, `/v2/hop-N` and `/v2/realm-N` lead to target N, `/v2/to/HOST/PORT` anywhere."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        here = self.connection.getsockname()[0].removeprefix("::ffff:")
        with lock:
            (trapped if here in TRAPS else served).append(here if here in TRAPS else f"{here} {self.path}")
        kind, _, number = self.path.removeprefix("/v2/").partition("/")[0].partition("-")
        target = TARGETS[int(number)] if number.isdigit() else None
        authority = self.headers["Host"]
        if kind == "redirect":
            self.answer(302, ("Location", target))
        elif kind == "hop":
            self.answer(302, ("Location", f"http://127.0.0.1:5001/v2/redirect-{number}/manifests/x"))
        elif kind == "realm":
            self.answer(401, ("WWW-Authenticate", f'Bearer realm="{target}",service="s"'))
        elif kind == "ownrealm":
            realm = f"http://{authority}/v2/redirect-{number}"
            self.answer(401, ("WWW-Authenticate", f'Bearer realm="{realm}",service="s"'))
        elif kind == "to":
            self.answer(307, ("Location", f"http://{self.path.split('/')[3]}:{self.path.split('/')[4]}/v2/there"))
        else:
            self.answer(404)

    do_HEAD = do_POST = do_GET

    def answer(self, status, header=("X-Nothing", "here")):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(204 if self.command == "POST" else status)
        self.send_header(*header)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 256


class Server6(Server):
    address_family = socket.AF_INET6


def serve():
    for make, host in ((Server, "0.0.0.0"), (Server6, "::1")):
        for port in (5000, 5001):
            threading.Thread(target=make((host, port), Origin).serve_forever, daemon=True).start()


def watch_list():
    """The cases by their tag. What may be reached is there as well: a watcher that reaches nothing proves nothing."""
    cases = {}
    for origin in ORIGINS:
        for number, target in enumerate(TARGETS):
            for kind in ("redirect", "hop", "realm", "ownrealm"):
                # The configuration trusts them all, in vain.
                label = "trusted" if kind == "realm" and origin == TRUSTING else kind
                cases[f"{origin}/{kind}-{number}:x"] = (label, target)
        cases[f"{origin}/to/{PUBLIC}/5000:x"] = ("open", PUBLIC)
        if not origin.startswith(PUBLIC):
            cases[f"{origin}/to/{PRIVATE}/5001:x"] = ("open", PRIVATE)
    for origin in ORIGINS[:3]:
        cases[f"{origin}/to/127.0.0.1/5001:x"] = ("open", "127.0.0.1")
    for host in [bracketed(trap) for trap in TRAPS] + list(NAMES):
        for port in PORTS:
            cases[f"{host}:{port}/direct:x"] = ("direct", host)
    return cases


def run(*arguments, **environment):
    done = subprocess.run([WATCHER, *arguments], capture_output=True, text=True, timeout=300,
                          env={"PATH": os.environ["PATH"], **environment})
    if "--json" in arguments and not done.stdout.startswith("{"):
        sys.exit(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr[:2000]}")
    return done.stdout, done.stderr


def check(cases):
    registries = {case.split("/")[0]: {"scheme": "http", "requests_per_second": 100000, "max_concurrency": 64}
                  for case in cases}
    registries[TRUSTING]["trusted_realms"] = [f"{host}:{port}" for host in HOSTS for port in PORTS if "%" not in host]
    sinks = {f"s{number}": {"type": "webhook", "url": target, "allow_http": True}
             for number, target in enumerate(TARGETS) if "%" not in target}
    sinks["open"] = {"type": "webhook", "url": "http://sink.test:5000/hook", "allow_http": True}
    config = os.path.join(DIRECTORY, "config.json")
    with open(config, "w") as file:
        json.dump({"database": os.path.join(DIRECTORY, "history.db"), "watch": list(cases), "registries": registries,
                   "sinks": sinks}, file)
    out, errors = run("check", "--config", config, "--json")
    results = [{"case": f"{cases[result['tag']][0]} {result['tag']} {cases[result['tag']][1]}",
                "kind": cases[result["tag"]][0], **result["error"]} for result in json.loads(out)["results"]]
    _, told = run("sinks", "test", "--config", config)
    for name, words in (line.split(": ", 1) for line in told.splitlines() if line.partition(": ")[0] in sinks):
        results.append({"case": f"sink {sinks[name]['url']}", "kind": "open sink" if name == "open" else "sink",
                        "code": "" if words.startswith("took it") else "failed", "message": words})
    for trap in ("169.254.169.254", "[fd00:ec2::254]", "metadata.test"):
        out, errors = run("resolve", "proxied.test/app:x", "--config", config, https_proxy=f"http://{trap}:80")
        results.append({"case": f"proxy {trap}", "kind": "proxy", "code": "failed", "message": errors.strip()})
    return results


prepare()
listen_in_traps()
caught = traps_that_catch()
serve()
results = check(watch_list())
print(json.dumps({"traps": TRAPS, "caught": caught, "trapped": sorted(set(trapped)), "results": results,
                  "served": sorted(set(served))}))
