"""Which addresses Telegram accepts in a link or a button, and how it spells them (telegram_limits 3.1, 4)."""

import ipaddress
import re
import string
from dataclasses import dataclass

SPACE = " \t\r\n\0\v"
HOST = set(string.ascii_lowercase + string.digits + ".-_!$,~*'();&+=")
USER = re.compile(r"tg:(?://)?user/?\?(?:.*&)?id=(\d{1,16})(?:[&#].*)?", re.IGNORECASE)


class LinkError(ValueError):
    """Why an address is refused, in Telegram's words."""


@dataclass(frozen=True, slots=True)
class Link:
    """An accepted address."""

    url: str
    secure: bool


def mentioned_user(url: str) -> int:
    """The person meant by `tg://user?id=…`, or 0."""
    found = USER.fullmatch(url.strip())
    return int(found[1]) if found and int(found[1]) < 2**52 else 0


def checked_link(url: str) -> str:
    """The address as Telegram would store it, or "" when it would drop it."""
    try:
        return check(url).url
    except LinkError:
        return ""


def check(url: str) -> Link:
    """Accepts or refuses an address. One without a scheme is taken for http."""
    scheme = re.match(r"(tg|ton|tonsite):(//)?(?=.)", url, re.IGNORECASE | re.DOTALL)
    if scheme:
        return check_own(scheme[1].lower(), url[scheme.end() :])
    return check_web(url)


def check_own(scheme: str, rest: str) -> Link:
    host = re.match(r"[^/?#]*", rest)[0].lower()  # type: ignore[index]  # matches anything
    query = rest[len(host) :].rstrip(SPACE)
    if not re.fullmatch(r"[a-z0-9_.-]+", host):
        raise LinkError(f"Wrong {scheme} URL")
    slash = "" if query.startswith(("/", "?")) else "/"
    return Link(f"{scheme}://{host}{slash}{query}", secure=False)


def check_web(url: str) -> Link:
    scheme, rest = split_scheme(url)
    authority = re.match(r"[^/?#]*", rest)[0]  # type: ignore[index]  # matches anything
    path = rest[len(authority) :].rstrip(SPACE) or "/"
    user, _, place = authority.rpartition("@")
    host, port = split_port(place)
    check_host(host)
    if "." not in host and not host.startswith("["):
        raise LinkError("Wrong HTTP URL")
    path = "".join(f"%{ord(letter):02X}" if letter <= " " else letter for letter in path)
    path = path if path.startswith("/") else "/" + path
    before = f"{user}@" if user else ""
    return Link(f"{scheme}://{before}{host}{port}{path}", secure=scheme == "https")


def split_scheme(url: str) -> tuple[str, str]:
    found = re.match(r"([^:/?#@\[\]]*)://", url)
    if not found:
        return "http", url
    scheme = found[1].lower()
    if scheme not in {"http", "https"}:
        raise LinkError("Unsupported URL protocol")
    return scheme, url[found.end() :]


def split_port(place: str) -> tuple[str, str]:
    found = re.fullmatch(r"(.+):([^:\]]*)", place, re.DOTALL)
    if not found:
        return place.lower(), ""
    if not re.fullmatch(r"[0-9]{1,9}", found[2].lstrip("0") or "-") or int(found[2]) > 65535:
        raise LinkError("Wrong port number specified in the URL")
    return found[1].lower(), f":{int(found[2])}"


def check_host(host: str) -> None:
    if not host:
        raise LinkError("URL host is empty")
    if host == ".":
        raise LinkError("Host is invalid")
    if host.startswith("[") and host.endswith("]"):
        check_ipv6(host[1:-1])
        return
    plain = re.sub(r"%[0-9a-f]{2}", "", host)
    if "%" in plain:
        raise LinkError("Wrong percent-encoded symbol in URL host")
    if any(letter not in HOST and ord(letter) < 128 for letter in plain):
        raise LinkError("Wrong URL host")


def check_ipv6(address: str) -> None:
    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        raise LinkError("Wrong IPv6 address specified in the URL") from None
