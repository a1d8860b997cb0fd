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
    token.
    """

    page: StaticFile
    wait_page: StaticFile
    token: AccessToken | None
    attempts: FailedAttempts

    async def respond(self, request: Request) -> Response:
        """The form, or on POST a redirect: to the page with the cookie, or back to the form."""
        if request.method == "POST":
            return await self._submit(request)
        return RedirectResponse("/", 303) if self.token is None else self.page.response(request)

    async def _submit(self, request: Request) -> Response:
        fields = _form(await read_body(request, MAX_BODY_BYTES))
        if self.token is None:
            return RedirectResponse("/", 303)
        client = client_host(request.scope)
        try:
            self.attempts.check(client)
        except HttpError as error:
            return self.wait_page.error_response(error)
        if not self.token.matches((fields.get("token") or "").strip()):
            self.attempts.record(client)
            return RedirectResponse("/login?wrong", 303)
        self.attempts.forget(client)
        response = RedirectResponse("/", 303)
        response.set_cookie(
            COOKIE,
            self.token.cookie,
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="strict",
            secure=request.scope["scheme"] == "https",
        )
        return response


def _form(body: bytes) -> dict[str, str | None]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS
        )
    except ValueError:
        raise HttpError("bad_form", "expected a form with the field 'token'") from None
    return checked_fields(pairs)
