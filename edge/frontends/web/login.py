"""The login form, which exchanges the token for a cookie."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from edge.frontends.web.access_control import COOKIE, client_host
from edge.frontends.web.access_token import AccessToken
from edge.frontends.web.errors import HttpError
from edge.frontends.web.failed_attempts import FailedAttempts
from edge.frontends.web.mount import prefix_of
from edge.frontends.web.request_text import checked_fields
from edge.frontends.web.static_files import StaticFile
from edge.frontends.web.uploads import read_body

MAX_BODY_BYTES = 1024
MAX_FIELDS = 4
COOKIE_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True)
class Login:
    """GET and POST /login.

    page: the form. wait_page: served after too many wrong tokens. token: None if the page needs no
    token. in_frames: whether pages of other sites can show this one in a frame.
    """

    page: StaticFile
    wait_page: StaticFile
    token: AccessToken | None
    attempts: FailedAttempts
    in_frames: bool

    async def respond(self, request: Request) -> Response:
        """The form, or on POST a redirect: to the page with the cookie, or back to the form."""
        if request.method == "POST":
            return await self._submit(request)
        return RedirectResponse("./", 303) if self.token is None else self.page.response(request)

    async def _submit(self, request: Request) -> Response:
        fields = _form(await read_body(request, MAX_BODY_BYTES))
        if self.token is None:
            return RedirectResponse("./", 303)
        client = client_host(request.scope)
        try:
            self.attempts.check(client)
        except HttpError as error:
            return self.wait_page.error_response(error)
        if not self.token.matches((fields.get("token") or "").strip()):
            self.attempts.record(client)
            return RedirectResponse("login?wrong", 303)
        self.attempts.forget(client)
        response = RedirectResponse("./", 303)
        is_secure = request.scope["scheme"] == "https"
        # Browsers accept a cookie in a frame of another site only over HTTPS. The Origin header
        # protects against requests from other sites, so `strict` is a second defence.
        in_frame = self.in_frames and is_secure
        response.set_cookie(
            COOKIE,
            self.token.cookie,
            max_age=COOKIE_SECONDS,
            path=f"{prefix_of(request.scope)}/",
            httponly=True,
            samesite="none" if in_frame else "strict",
            secure=is_secure,
        )
        if in_frame:
            # A cookie for frames of that site alone. Starlette supports it since Python 3.14.
            response.headers["set-cookie"] += "; Partitioned"
        return response


def _form(body: bytes) -> dict[str, str | None]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS
        )
    except ValueError:
        raise HttpError("bad_form", "expected a form with the field 'token'") from None
    return checked_fields(pairs)
