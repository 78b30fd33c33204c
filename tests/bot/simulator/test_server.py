"""Who may ask, and how the page is served."""

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
import pytest

from bot.simulator import TOKEN, Simulator
from tests.bot.simulator.api import MEI, sim


@dataclass
class Got:
    status: int
    body: bytes
    headers: Mapping[str, str]


async def get(simulator: Simulator, path: str, **headers: str) -> Got:
    async with (
        aiohttp.ClientSession() as session,
        session.get(simulator.api_base + path, headers=headers) as response,
    ):
        return Got(response.status, await response.read(), response.headers)


@pytest.mark.parametrize(
    ("path", "kind", "piece"),
    [
        ("/", "text/html", b"<!doctype html>"),
        ("/chat.css", "text/css", b":root"),
        ("/chat.js", "text/javascript", b"import"),
        ("/bubble.js", "text/javascript", b"export"),
        ("/compose.js", "text/javascript", b"export"),
        ("/icon.svg", "image/svg+xml", b"<svg"),
    ],
)
async def test_the_page(simulator: Simulator, path: str, kind: str, piece: bytes) -> None:
    response = await get(simulator, path)
    assert (response.status, response.headers["Content-Type"].split(";")[0]) == (200, kind)
    assert piece in response.body
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_nothing_else_is_served(simulator: Simulator) -> None:
    for path in ("/index.html", "/../server.py", "/%2e%2e/server.py", "/page", "/sim/nothing"):
        assert (await get(simulator, path)).status == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8081", "127.0.0.1.evil.example", "", "127.0.0.2"])
@pytest.mark.parametrize("path", ["/", "/sim/people", "/sim/files/x", f"/bot{TOKEN}/getMe", f"/file/bot{TOKEN}/x"])
async def test_foreign_names_are_refused(simulator: Simulator, host: str, path: str) -> None:
    assert (await get(simulator, path, Host=host)).status == 403


async def test_own_names_are_fine(simulator: Simulator) -> None:
    for host in ("127.0.0.1", "localhost", f"localhost:{simulator.port}", f"127.0.0.1:{simulator.port}"):
        assert (await get(simulator, "/", Host=host)).status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_foreign_pages_cannot_post(simulator: Simulator, origin: str) -> None:
    for path in (f"/sim/people/{MEI}/text", f"/bot{TOKEN}/getUpdates"):
        status, answer = await sim(simulator, "POST", path, {"text": "x"}, Origin=origin)
        assert (status, answer) == (403, {"error": "requests from other sites are refused"})
    assert not simulator.telegram.chats[MEI].started


async def test_our_page_can_post(simulator: Simulator) -> None:
    own = {"Origin": simulator.api_base, "Sec-Fetch-Site": "same-origin"}
    status, _ = await sim(simulator, "POST", f"/sim/people/{MEI}/text", {"text": "x"}, **own)
    assert status == 200


async def test_foreign_pages_may_link_to_the_page_and_load_nothing(simulator: Simulator) -> None:
    for site in ("cross-site", "same-site"):
        assert (await get(simulator, "/", **{"Sec-Fetch-Site": site})).status == 200
        for path in (f"/bot{TOKEN}/getMe", "/sim/files/x", f"/file/bot{TOKEN}/x"):
            assert (await get(simulator, path, **{"Sec-Fetch-Site": site})).status == 403


async def test_it_listens_on_this_machine_only(simulator: Simulator) -> None:
    assert simulator.runner is not None
    assert [address[0] for address in simulator.runner.addresses] == ["127.0.0.1"]
