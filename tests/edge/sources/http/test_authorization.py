"""Basic and digest authorization, with the examples of the standards."""

from __future__ import annotations

import secrets
import subprocess
import sys
from urllib.request import parse_http_list, parse_keqv_list

import pytest

from edge.sources.http.authorization import Authorization

# RFC 7616, section 3.9.1.
CHALLENGE = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
    'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)
CLIENT_NONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
RESPONSES = {
    "MD5": "8ca523f5e9506fed4657c9700eebdbec",
    "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
}


def fields(header: bytes | None) -> dict[str, str]:
    assert header is not None
    return parse_keqv_list(parse_http_list(header.decode().removeprefix("Digest ")))


@pytest.mark.parametrize("algorithm", RESPONSES)
def test_digest_answers_as_in_the_standard(monkeypatch, algorithm):
    monkeypatch.setattr(secrets, "token_hex", lambda _bytes: CLIENT_NONCE)
    authorization = Authorization("Mufasa", "Circle of Life")
    assert authorization.header("GET", "/dir/index.html") is None
    assert authorization.accept([CHALLENGE.format(algorithm)])
    answer = fields(authorization.header("GET", "/dir/index.html"))
    assert answer["response"] == RESPONSES[algorithm]
    assert (answer["username"], answer["nc"], answer["qop"]) == ("Mufasa", "00000001", "auth")
    assert fields(authorization.header("GET", "/dir/index.html"))["nc"] == "00000002"


def test_digest_without_qop_answers_as_in_rfc_2069():
    authorization = Authorization("Mufasa", "CircleOfLife")
    nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093"
    assert authorization.accept([f'Digest realm="testrealm@host.com", nonce="{nonce}"'])
    answer = fields(authorization.header("GET", "/dir/index.html"))
    # The response of RFC 2069, section 2.4, as corrected by its errata 749.
    assert answer["response"] == "1949323746fe6a43ef61f9606e7febea"
    assert "cnonce" not in answer


def test_basic_encodes_any_character():
    authorization = Authorization("Aladdin", "open sesame")
    assert authorization.accept(['Basic realm="x"'])
    # RFC 7617, section 2, and 2.1.
    assert authorization.header("GET", "/") == b"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    authorization = Authorization("test", "123\u00a3")
    assert authorization.accept(['Basic realm="foo", charset="UTF-8"'])
    assert authorization.header("GET", "/") == b"Basic dGVzdDoxMjPCow=="


@pytest.mark.parametrize(
    ("headers", "scheme"),
    [
        (['Basic realm="a"', 'Digest realm="a", nonce="n"'], b"Digest"),
        (['Negotiate, Digest realm="a, b", nonce="n", Basic realm="c"'], b"Digest"),
        (['Digest realm="a", nonce="n", qop="auth-int"', "BASIC"], b"Basic"),
        (['digest realm="a", nonce="n", algorithm=SHA-512', 'basic realm=""'], b"Basic"),
    ],
)
def test_the_safest_supported_way_is_taken(headers, scheme):
    authorization = Authorization("me", "secret")
    assert authorization.accept(headers)
    assert (authorization.header("GET", "/") or b"").split()[0] == scheme


@pytest.mark.parametrize(
    "headers", [[], ["Bearer"], ["Digest"], ["Digest nonce="], ['Digest ,=,"', "Negotiate"]]
)
def test_other_ways_are_refused(headers):
    authorization = Authorization("me", "secret")
    assert not authorization.accept(headers)
    assert authorization.header("GET", "/") is None


def test_quotes_in_a_name_are_escaped():
    authorization = Authorization('a"b\\c', "x")
    assert authorization.accept(['Digest realm="r", nonce="n"'])
    assert b'username="a\\"b\\\\c"' in (authorization.header("GET", "/") or b"")


def test_a_camera_without_a_password_needs_no_parser_of_challenges():
    code = "import sys, edge.sources.http_source; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "http.client" in done.stdout.split()
    assert "urllib.request" not in done.stdout.split()
