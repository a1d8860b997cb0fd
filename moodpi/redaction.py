"""Replaces secrets by `***`: in URLs, addresses, arguments of commands, and messages.

Every function takes time that is linear in the length of the text. Each can also hide values that
are not secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

# Printed in place of a secret.
HIDDEN = "***"

# Parts of the names of secret values, among them those of cameras such as loginpas and api_key.
SECRET_NAME = re.compile(
    "pwd|pas|psw|token|key|user|usr|login|auth|secret|sig|cred|cookie|bearer|jwt|session|code$",
    re.IGNORECASE,
)
SHORT_SECRET_NAMES = frozenset({"u", "p", "pw", "pin", "otp", "sid"})
# A name is searched in this many characters before its `=` or `:`.
MAX_NAME_LENGTH = 80
NO_NAME_CHARACTER = re.compile(r"[^\w.-]")
# The end of a name, in a URL and elsewhere.
URL_NAME_END = re.compile("(=)")
NAME_END = re.compile("([=:])")
WHITE_SPACE = re.compile(r"(\s+)")
# The scheme of a URL in a longer text.
SCHEME_END = re.compile(r":/+")
PATH_STARTS = ("/", "./", "../", "~")
SOCKET_STARTS = ("/", "~")
SHORT_OPTION = re.compile("-[A-Za-z0-9]")
LONG_OPTION = re.compile(r"--[A-Za-z][A-Za-z0-9_-]{0,40}")
# Characters around a URL in a message.
PUNCTUATION = "\"'`()[]{}<>,;:."
AUTHORIZATION = re.compile(r"\b(authorization:?\s{0,4}\w{0,20}|bearer)\s+\S+", re.IGNORECASE)


def without_password(value: str) -> str:
    """A value with `***` in place of credentials and of the values of names that can be secret.

    A value is a whole URL, `user:password@host`, `name=secret`, `name: secret` such as an HTTP
    header, or a text around one of them. The path of a file is returned unchanged.
    """
    if value.startswith(PATH_STARTS):
        return value
    scheme = SCHEME_END.search(value)
    if scheme is None:
        return _redacted(value, is_url=False)
    before, rest = value[: scheme.start()], value[scheme.end() :]
    if (redacted := _without_named_secrets(before, "=:")) != before:
        return redacted
    return before + scheme.group() + _redacted(rest, is_url=True)


def redact_address(address: str) -> str:
    """The address of a server: everything before the last @ is hidden. A path is unchanged."""
    before, at, host = address.rpartition("@")
    if at and before and not address.startswith(SOCKET_STARTS):
        return f"{HIDDEN}@{without_password(host)}"
    return without_password(address)


def redact_arguments(command: Iterable[str]) -> list[str]:
    """A command: its program and the names of its options remain, all other arguments are hidden.

    A password has no form of its own in `curl -u me:secret` or `notify --to secret`.
    """
    words = list(command)
    return [*map(without_password, words[:1]), *map(_redacted_argument, words[1:])]


def redact(text: str) -> str:
    """A message or a line of a log: URLs, `user:password@host` and authorization are redacted."""
    words = WHITE_SPACE.split(text)
    return AUTHORIZATION.sub(rf"\1 {HIDDEN}", "".join(map(_redacted_word, words)))


def _redacted_argument(argument: str) -> str:
    name, equals, _ = argument.partition("=")
    if LONG_OPTION.fullmatch(name):
        return f"{name}={HIDDEN}" if equals else name
    if SHORT_OPTION.match(argument):
        return argument[:2] + (HIDDEN if argument[2:] else "")
    return HIDDEN


def _redacted_word(word: str) -> str:
    if ":" not in word or ("@" not in word and "=" not in word):
        return word
    inner = word.strip(PUNCTUATION)
    before, _, after = word.partition(inner)
    scheme = SCHEME_END.search(inner)
    if scheme is None:
        return before + _redacted(inner, is_url=False) + after
    start = _scheme_start(inner, scheme.start())
    return before + inner[:start] + without_password(inner[start:]) + after


def _scheme_start(text: str, end: int) -> int:
    """Where the scheme before `end` starts."""
    start = end
    while start and (text[start - 1].isalnum() or text[start - 1] in "+.-"):
        start -= 1
    return start


def _redacted(text: str, *, is_url: bool) -> str:
    """A URL without its scheme, or another value.

    Credentials end at the last @: a password can contain @, / and ?. http://camera/a@b has none.
    """
    separators = "=" if is_url else "=:"
    before, at, after = text.rpartition("@")
    is_host_first = not is_url or any(mark in text.partition("@")[0] for mark in "/?#")
    if not at or (":" not in before and is_host_first):
        return _without_named_secrets(text, separators)
    if _without_named_secrets(before, separators) != before:
        return HIDDEN  # the @ can be part of the secret
    return f"{HIDDEN}@{_without_named_secrets(after, separators)}"


def _without_named_secrets(text: str, separators: str) -> str:
    """Hide the text after a secret name and a separator, up to the next &."""
    parts = []
    for part in text.split("&"):
        fields = (NAME_END if ":" in separators else URL_NAME_END).split(part)
        for index in range(0, len(fields) - 1, 2):
            if _is_secret_name(fields[index]):
                part = "".join([*fields[: index + 2], HIDDEN])  # noqa: PLW2901
                break
        parts.append(part)
    return "&".join(parts)


def _is_secret_name(text: str) -> bool:
    """Whether the word at the end of the text names a secret. Some cameras encode it."""
    words = NO_NAME_CHARACTER.split(unquote(text[-MAX_NAME_LENGTH:]).rstrip(" \"'"))
    name = words[-1]
    return bool(SECRET_NAME.search(name)) or name.strip("-").lower() in SHORT_SECRET_NAMES
