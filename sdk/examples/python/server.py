"""A site with a sign-in that needs no script of its own. Sessions are in memory: this is an example."""
import html
import http.cookies
import json
import os
import re
import secrets
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MASTERKEY2_URL = os.environ["MASTERKEY2_URL"]
MK2_API_KEY = os.environ["MK2_API_KEY"]
PORT = int(os.environ.get("PORT", "3000"))
MOST_BYTES = 8192
POLICY = f"default-src 'self'; script-src {MASTERKEY2_URL}; connect-src 'self' {MASTERKEY2_URL}; frame-ancestors 'none'"

sessions = {}  # session id -> (external_id, which nobody chooses, and name)


def masterkey2(path, body=None):
    """A call from server to server: the key never reaches a browser."""
    headers = {"X-API-KEY": MK2_API_KEY}
    data = b""
    if body is not None:
        headers["Content-Type"] = "application/json"
        data = json.dumps(body).encode()
    request = urllib.request.Request(f"{MASTERKEY2_URL}/api/v1{path}", data, headers, method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def page(title, body):
    script = f'<script type="module" src="{MASTERKEY2_URL}/sdk/masterkey2.js"></script>'
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>{script}<h1>{title}</h1>{body}</html>'


class Site(BaseHTTPRequestHandler):
    def do_GET(self):
        user = self.user()
        if self.path == "/login":
            token = masterkey2("/session-token")["session_token"]
            # The element puts the token into the form and submits it.
            self.html(page("Sign in", f"""
                <form method="post" action="/session">
                  <masterkey2-authenticate api-base-url="{MASTERKEY2_URL}" token="{token}" form-field="mk2_token">
                  </masterkey2-authenticate>
                </form>
                <p>No account yet? <a href="/sign-up">Make one</a></p>"""))
        elif self.path == "/sign-up":
            self.html(page("Make an account", """
                <form method="post" action="/sign-up">
                  <label>Your name <input name="name" required></label> <button>Continue</button>
                </form>"""))
        elif self.path == "/register" and user:
            self.html(page("Add a passkey", f"""
                <masterkey2-register api-base-url="{MASTERKEY2_URL}" assertion-url="/api/mk2-user-token" name="My passkey">
                </masterkey2-register>
                <p>Then <a href="/login">sign in with it</a></p>"""))
        elif self.path == "/api/mk2-user-token" and user:
            answer = masterkey2("/user-token", {"external_id": user[0], "display_name": user[1], "ttl": 30})
            self.answer(200, "application/json", json.dumps({"userToken": answer["user_token"]}))
        elif self.path == "/dashboard" and user:
            self.html(page(f"Hello, {html.escape(user[1])}", ""))
        elif self.path == "/.well-known/webauthn":
            # For phones that sign in at a computer: this site's passkeys may be used on the server's page.
            self.answer(200, "application/json", json.dumps({"origins": [MASTERKEY2_URL]}))
        elif self.path in ("/register", "/dashboard", "/"):
            self.go("/login")
        else:
            self.answer(404, "text/plain", "not found")

    def do_POST(self):
        origin = self.headers.get("Origin")
        if origin and urllib.parse.urlsplit(origin).netloc != self.headers.get("Host"):
            return self.answer(403, "text/plain", "another site")
        length = int(self.headers.get("Content-Length") or 0)
        if length > MOST_BYTES:
            return self.answer(413, "text/plain", "too large")
        form = urllib.parse.parse_qs(self.rfile.read(length).decode("utf-8", "replace"))
        field = lambda name: form.get(name, [""])[0]
        if self.path == "/session":
            try:
                answer = masterkey2("/verify-auth", {"token": field("mk2_token")})
            except urllib.error.HTTPError:
                return self.go("/login")
            # Whatever a browser says about who signed in can be forged; this cannot.
            if not answer["verified"]:
                return self.go("/login")
            return self.begin((answer["user"]["external_id"], answer["user"]["display_name"]), "/dashboard")
        if self.path == "/sign-up":
            name = field("name").strip()
            if not re.fullmatch(r"[\w.-]{1,40}", name, re.ASCII):
                return self.answer(400, "text/plain", "Letters, digits, dots and hyphens, please.")
            return self.begin((secrets.token_hex(12), name), "/register")
        return self.answer(404, "text/plain", "not found")

    def user(self):
        cookie = http.cookies.SimpleCookie(self.headers.get("Cookie", "")).get("sid")
        return sessions.get(cookie.value) if cookie else None

    def begin(self, user, target):
        session = secrets.token_urlsafe(24)
        sessions[session] = user
        self.go(target, [("Set-Cookie", f"sid={session}; HttpOnly; SameSite=Lax; Path=/")])

    def html(self, text):
        self.answer(200, "text/html; charset=utf-8", text)

    def go(self, target, headers=()):
        self.answer(303, "text/plain", "", [("Location", target), *headers])

    def answer(self, status, kind, text, headers=()):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", POLICY)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Tokens are in no log."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("localhost", PORT), Site)
    print(f"http://localhost:{PORT}/login", flush=True)
    server.serve_forever()
