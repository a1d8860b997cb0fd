"""The login form, which exchanges the token for a cookie."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from edge.frontends.web.access_control import COOKIE
from edge.frontends.web.access_token import AccessToken
from edge.frontends.web.errors import HttpError
from edge.frontends.web.static_files import StaticFile
from edge.frontends.web.uploads import read_body

MAX_BODY_BYTES = 1024
COOKIE_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True)
class Login:
    """GET and POST /login. token: None if the page needs no token."""

    page: StaticFile
    token: AccessToken | None

    async def respond(self, request: Request) -> Response:
        """The form, or on POST a redirect: to the page with the cookie, or back to the form."""
        if request.method == "POST":
            return await self._submit(request)
        return RedirectResponse("/", 303) if self.token is None else self.page.response(request)

    async def _submit(self, request: Request) -> Response:
        body = await read_body(request, MAX_BODY_BYTES)
        try:
            fields = parse_qs(body.decode("ascii"), max_num_fields=4)
        except ValueError:
            raise HttpError("bad_form", "expected a form with the field 'token'") from None
        if self.token is None:
            return RedirectResponse("/", 303)
        if not self.token.matches(fields.get("token", [""])[0].strip()):
            return RedirectResponse("/login?wrong", 303)
        response = RedirectResponse("/", 303)
        response.set_cookie(
            COOKIE,
            self.token.cookie,
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response
