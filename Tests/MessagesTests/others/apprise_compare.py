"""Posts what the golden bodies of some services say with Apprise, to a server on loopback, and compares what a person would
read there. Prints a line for each body, `format/event: same` or both texts.
"""
import http.server, json, pathlib, threading

import apprise

received = []


class Stub(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stub)
threading.Thread(target=server.serve_forever, daemon=True).start()
port = server.server_address[1]

# What a person reads of a body: a heading, and the rest.
services = {
    "ntfy": (f"ntfy://127.0.0.1:{port}/images", lambda body: (body["title"], body["message"])),
    "gotify": (f"gotify://127.0.0.1:{port}/token", lambda body: (body["title"], body["message"])),
}
here = pathlib.Path(__file__).parent
for name, (url, read) in services.items():
    sender = apprise.Apprise()
    assert sender.add(url), url
    for section in (here.parent / "golden" / f"{name}.txt").read_text(encoding="utf-8").split("=== ")[1:]:
        head, _, body = section.rstrip("\n").partition("\n\n")
        event = head.split("\n")[0]
        title, text = read(json.loads(body))
        assert sender.notify(title=title, body=text, body_format=apprise.NotifyFormat.TEXT), f"{name}/{event}"
        theirs = read(received.pop())
        # Apprise trims.
        same = [part.strip() for part in (title, text)] == [part.strip() for part in theirs]
        print(f"{name}/{event}: {'same' if same else ((title, text), theirs)}")
server.shutdown()
