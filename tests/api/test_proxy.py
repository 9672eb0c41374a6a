"""Behind a proxy: callers are told apart by the address it gives; foreign host names are refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from api.commands.serve import server_options
from api.middleware.host_guard import name_of
from api.runtime import WebOptions
from api.settings import Settings
from core.db import Database
from tests.api.house import House, build_house
from tests.api.serving import listening

# Any address of 127.0.0.0/8 can be the one we call from: the "proxy" of these tests.
_PROXY = "127.0.0.7"
_PER_ADDRESS = 40


@contextmanager
def proxy(house: House, settings: Settings) -> Iterator[httpx.Client]:
    """A client that calls from the proxy's address."""
    with (
        listening(house.app, **server_options(settings)) as address,
        httpx.Client(
            base_url=address, transport=httpx.HTTPTransport(local_address=_PROXY), trust_env=False, timeout=30
        ) as client,
    ):
        yield client


def ask(client: httpx.Client, caller: str) -> httpx.Response:
    """A code that is none, from a caller behind the proxy."""
    return client.post("/t", data={"code": "khong", "digits": "1234"}, headers={"X-Forwarded-For": caller})


def test_one_caller_behind_the_proxy_does_not_lock_the_page_for_another(house: House) -> None:
    with proxy(house, Settings(trusted_proxies=("127.0.0.0/28",))) as client:
        tried = [ask(client, "203.0.113.5").status_code for _ in range(_PER_ADDRESS + 1)]
        other = ask(client, "203.0.113.6").status_code
    assert tried == [404] * _PER_ADDRESS + [429]
    assert other == 404


def test_a_stranger_cannot_choose_the_address_that_is_counted(house: House) -> None:
    with proxy(house, Settings(trusted_proxies=("192.0.2.1",))) as client:
        tried = [ask(client, f"203.0.113.{n}").status_code for n in range(_PER_ADDRESS + 1)]
    assert tried[-1] == 429


@pytest.mark.parametrize(
    ("host", "served"),
    [
        ("buuta.example.vn", True),
        ("BUUTA.example.vn:8340", True),
        ("[::1]:8340", True),
        ("a.post.vn", True),
        ("post.vn", False),
        ("evil.example", False),
        ("buuta.example.vn.evil.example", False),
        ("evilbuuta.example.vn", False),
    ],
)
def test_a_foreign_host_name_is_a_coded_problem(database: Database, tmp_path: Path, host: str, served: bool) -> None:
    options = WebOptions(
        web_dist=tmp_path / "dist", data_dir=tmp_path, trusted_hosts=("buuta.example.vn", "::1", "*.post.vn")
    )
    house = build_house(database, tmp_path, lambda: options)
    answer = house.stranger().get("/v1/me", headers={"Host": host})
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"]) == ((401, "A1001") if served else (400, "A1114"))
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize(("host", "name"), [("a:1", "a"), ("[::1]", "::1"), ("", ""), ("A", "a")])
def test_the_port_does_not_count(host: str, name: str) -> None:
    assert name_of(host) == name
