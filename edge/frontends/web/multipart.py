"""A multipart form with a photo (RFC 7578), with limits for everything else in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from edge.frontends.web.errors import HttpError
from edge.frontends.web.request_text import checked_fields
from moodpi.text import quoted

PHOTO_FIELD = "image"
MAX_PARTS = 8
# Of all headers of a part; that of a photo includes its file name.
MAX_PART_HEADER_BYTES = 2048
# Of each field other than the photo.
MAX_FIELD_BYTES = 100
# The parser gets the body in pieces, and reports what it found in each.
PIECE_BYTES = 16 * 1024


@dataclass(frozen=True)
class Upload:
    """The photo's bytes and the other fields of the form."""

    content: bytes
    fields: dict[str, str | None] = field(default_factory=dict)


def parse_form(body: bytes, boundary: bytes) -> Upload:
    """The photo and the fields of a form. Raises HttpError: bad_form or bad_request."""
    form = _Form()
    try:
        parser = MultipartParser(boundary, form.callbacks())  # type: ignore[arg-type]
        for start in range(0, len(body), PIECE_BYTES):
            parser.write(body[start : start + PIECE_BYTES])
        parser.finalize()
    except FormParserError as error:
        raise _bad_form(f"cannot parse the form: {error}") from error
    return form.upload()


class _Form:
    """The parts of a form, collected from the parser's callbacks."""

    def __init__(self) -> None:
        self._parts: list[tuple[str, bytearray]] = []
        self._is_complete = False
        self._header_bytes = 0
        self._header, self._value = bytearray(), bytearray()

    def callbacks(self) -> dict[str, object]:
        return {
            "on_part_begin": self._on_part_begin,
            "on_header_field": lambda data, start, end: self._add(self._header, data[start:end]),
            "on_header_value": lambda data, start, end: self._add(self._value, data[start:end]),
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_part_data": lambda data, start, end: self._on_part_data(data[start:end]),
            "on_end": self._on_end,
        }

    def upload(self) -> Upload:
        """The photo and the fields. Raises HttpError: bad_form or bad_request."""
        if not self._is_complete:
            raise _bad_form("the form has no end: send it again")
        photos = [content for name, content in self._parts if name == PHOTO_FIELD]
        if len(photos) != 1:
            count = "several fields" if photos else "no field"
            raise _bad_form(f"the form has {count} '{PHOTO_FIELD}': send one photo in that field")
        try:
            fields = [(n, bytes(c).decode()) for n, c in self._parts if n != PHOTO_FIELD]
        except UnicodeDecodeError:
            raise _bad_form("a field of the form is not UTF-8 text") from None
        return Upload(bytes(photos[0]), checked_fields(fields))

    def _on_part_begin(self) -> None:
        if len(self._parts) == MAX_PARTS:
            raise _bad_form(f"the form has too many parts: expected at most {MAX_PARTS}")
        self._parts.append(("", bytearray()))
        self._header_bytes = 0

    def _add(self, header: bytearray, data: bytes) -> None:
        self._header_bytes += len(data)
        if self._header_bytes > MAX_PART_HEADER_BYTES:
            raise _bad_form(
                f"a part of the form has more than {MAX_PART_HEADER_BYTES} bytes of headers"
            )
        header += data

    def _on_header_end(self) -> None:
        # A header of no bytes counts as well: it takes time.
        self._add(self._header, b": ")
        if bytes(self._header).removesuffix(b": ").lower() == b"content-disposition":
            _, options = parse_options_header(bytes(self._value))
            self._name_part(options.get(b"name", b""))
        self._header, self._value = bytearray(), bytearray()

    def _name_part(self, name: bytes) -> None:
        try:
            self._parts[-1] = (name.decode(), self._parts[-1][1])
        except UnicodeDecodeError:
            raise _bad_form("the name of a part of the form is not UTF-8 text") from None

    def _on_headers_finished(self) -> None:
        if not self._parts[-1][0]:
            raise _bad_form("a part of the form has no name")

    def _on_end(self) -> None:
        self._is_complete = True

    def _on_part_data(self, data: bytes) -> None:
        name, content = self._parts[-1]
        if name != PHOTO_FIELD and len(content) + len(data) > MAX_FIELD_BYTES:
            raise _bad_form(
                f"the field {quoted(name)} is too long: expected at most {MAX_FIELD_BYTES} bytes"
            )
        content += data


def _bad_form(message: str) -> HttpError:
    return HttpError("bad_form", message)
