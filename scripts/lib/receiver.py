"""The demo's webhook receiver: writes each genuine event as a line, and refuses the rest. Only the standard library.

receiver.py SECRET_FILE OUTPUT PORT_FILE
"""

import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

secret_file, output, port_file = sys.argv[1:]
verify = os.path.join(os.path.dirname(__file__), "../../docs/receivers/verify.sh")


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        headers = {"HTTP_" + name.upper().replace("-", "_"): self.headers.get(name, "") for name in names}
        is_genuine = subprocess.run([verify, secret_file], input=body, env=os.environ | headers).returncode == 0
        if is_genuine:
            with open(output, "ab") as file:
                file.write(body + b"\n")
        self.send_response(204 if is_genuine else 401)
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Receiver)
with open(port_file + ".new", "w") as file:
    file.write(str(server.server_port))
os.rename(port_file + ".new", port_file)
server.serve_forever()
