"""A very small browser without scripts, for tests that look at a server from outside."""

import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from http.cookiejar import CookieJar


@dataclass
class Answer:
    """What came back, after redirects."""

    status: int
    url: str
    body: bytes
    headers: dict[str, str]

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


@dataclass
class Visitor:
    """Keeps cookies and the form token, follows redirects, uses no proxy."""

    site: str
    jar: CookieJar = field(default_factory=CookieJar)
    token: str = ""

    def _request(self, path: str, body: bytes | None = None) -> urllib.request.Request:
        return urllib.request.Request(urllib.parse.urljoin(self.site, path), data=body)  # noqa: S310 -- our own server

    def _send(self, request: urllib.request.Request) -> Answer:
        handlers = (urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar))
        try:
            response = urllib.request.build_opener(*handlers).open(request, timeout=30)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            answer = Answer(response.status, response.url, response.read(), dict(response.headers))
        if found := re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.text):
            self.token = found.group(1)
        return answer

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._send(self._request(path))

    def post(self, path: str, **values: str) -> Answer:
        """Send a form, with the token of the page seen last."""
        body = urllib.parse.urlencode({**values, "csrfmiddlewaretoken": self.token}).encode()
        return self._send(self._request(path, body))

    def sign_in(self, address: str, password: str) -> Answer:
        """By the form, as a person does."""
        self.get("/accounts/login/")
        return self.post("/accounts/login/", login=address, password=password)
