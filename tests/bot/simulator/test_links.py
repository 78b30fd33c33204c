"""Addresses in links and buttons."""

import pytest

from bot.simulator import links, markup


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("http://a.b", "http://a.b/"),
        ("a.b", "http://a.b/"),
        ("HTTPS://A.B/C", "https://a.b/C"),
        ("https://a.b:080/x", "https://a.b:80/x"),
        ("http://a.b?x", "http://a.b/?x"),
        ("a.b#x", "http://a.b/#x"),
        ("http://u:p@a.b/ x", "http://u:p@a.b/%20x"),
        ("http://[::1]/", "http://[::1]/"),
        ("http://a%41.b", "http://a%41.b/"),
        ("http://例子.测试/路径", "http://例子.测试/路径"),
        ("tg://RESOLVE?domain=X", "tg://resolve?domain=X"),
        ("tg:resolve", "tg://resolve/"),
        ("ton://x", "ton://x/"),
    ],
)
def test_accepted(given: str, stored: str) -> None:
    assert links.checked_link(given) == stored


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("localhost", "Wrong HTTP URL"),
        ("http://localhost:80", "Wrong HTTP URL"),
        ("ftp://a.b", "Unsupported URL protocol"),
        ("javascript://a.b", "Unsupported URL protocol"),
        ("javascript:alert(1)", "Wrong port number specified in the URL"),
        ("http://a.b:0", "Wrong port number specified in the URL"),
        ("http://a.b:99999", "Wrong port number specified in the URL"),
        ("http:///a.b", "URL host is empty"),
        ("http://.", "Host is invalid"),
        ("http://[a.b]", "Wrong IPv6 address specified in the URL"),
        ("http://a%4.b", "Wrong percent-encoded symbol in URL host"),
        ("http://ex ample.com", "Wrong URL host"),
        ("tg://x y", "Wrong tg URL"),
        ("tg:/a", "Wrong tg URL"),
    ],
)
def test_refused(given: str, why: str) -> None:
    with pytest.raises(links.LinkError, match=f"^{why.replace('[', '.')}$"):
        links.check(given)
    assert links.checked_link(given) == ""


@pytest.mark.parametrize(
    ("given", "user"),
    [
        ("tg://user?id=5", 5),
        ("tg:user?id=5", 5),
        ("tg://user?x=1&id=7", 7),
        ("tg://user?id=0", 0),
        ("tg://user?id=x", 0),
        ("tg://user?id=9999999999999999", 0),
        ("http://user?id=5", 0),
    ],
)
def test_mentions(given: str, user: int) -> None:
    assert links.mentioned_user(given) == user


ADDRESSES = [
    "", "http://", "?a.b", "/a.b", "//a.b", "http:a.b", "a@b.c", "mailto:a@b.c", "http://a..b", "http://..",
    "http://-a.b", "http://a.b:", "http://a:b:80", "http://a.b@c", "http://1.2.3.4", "http://1", "tg:", "tg://",
    "tg://?x", "tg://a#b", "tg://a#b?c", "tg://a?b#c", "tg:a b", "tg://é", "ton://?a", "tonsite://a.b",
    "http://a.b\n", "\tHTTPS://x.y", "data:text/html,x", "http://a.b/\x01", "tg://user/?id=5",
]  # fmt: skip


@pytest.mark.skipif(markup.execute() is None, reason="tdjson is not installed")
@pytest.mark.parametrize("address", ADDRESSES)
def test_tdlib_agrees(address: str) -> None:
    text = f'<a href="{address}">x</a>'
    assert markup.parse_html(text) == markup.parse_by_tdlib(text, "html")
