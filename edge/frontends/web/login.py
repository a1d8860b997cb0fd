"""The token given once for a cookie."""

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

MOST_BYTES = 1024
A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Login:
    """The form, and what answers it; secret: None where none is needed."""

    page: StaticFile
    secret: AccessToken | None

    async def form(self, request: Request) -> Response:
        return RedirectResponse("/", 303) if self.secret is None else self.page.answer(request)

    async def submit(self, request: Request) -> Response:
        """303 to the page with the cookie, or back to the form. The address never has the token."""
        body = await read_body(request, MOST_BYTES)
        try:
            fields = parse_qs(body.decode("ascii"), max_num_fields=4)
        except ValueError:
            raise HttpError(400, "bad_form", "expected a form with a token") from None
        if self.secret is None:
            return RedirectResponse("/", 303)
        if not self.secret.opens(fields.get("token", [""])[0].strip()):
            return RedirectResponse("/login?wrong", 303)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            COOKIE,
            self.secret.cookie,
            max_age=A_YEAR,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return answer
