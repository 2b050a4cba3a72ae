"""Receives the events of a watcher webhook, and refuses what is not signed with the secret in $WEBHOOK_SECRET_FILE.

pip install standardwebhooks==1.1.0 cloudevents==2.2.0
WEBHOOK_SECRET_FILE=/etc/watcher/ops.secret python3 receiver.py 8080
"""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

with open(os.environ["WEBHOOK_SECRET_FILE"]) as file:
    webhook = Webhook(file.read().strip())


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            webhook.verify(body, dict(self.headers), json_parse=False)
        except (WebhookVerificationError, ValueError) as error:
            return self.answer(401, f"{error}\n")
        event = from_http_event(HTTPMessage(dict(self.headers), body))
        # The same event may come twice, with the same id: remember ids, or do what can be done twice.
        print(event.get_id(), event.get_type(), event.get_subject(), event.get_data().get("summary"), flush=True)
        self.answer(200, "")

    def answer(self, status, text):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
print(f"listening on 127.0.0.1:{server.server_port}", file=sys.stderr, flush=True)
server.serve_forever()
