"""Where webhooks may go."""

import ipaddress
import socket

import pytest

from core.errors import CodedError
from tracking.feedback.guard import check_url, is_public, locate


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104  an address to refuse, nothing binds to it
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
    ],
)
def test_an_inner_address_is_not_public_in_any_dress(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "113.160.0.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_an_address_of_the_open_internet_is(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.vn/hook",
        "ftp://example.vn/",
        "https://",
        "https:///hook",
        "https://user:pass@example.vn/",
        "https://example.vn/#part",
        "https://example.vn:99999/",
        "https://exa mple.vn/",
        "https://ví-dụ.vn/",
        "https://example.vn/" + "a" * 2000,
        "example.vn",
        "",
    ],
)
def test_a_url_no_webhook_can_go_to_is_refused(url: str) -> None:
    with pytest.raises(CodedError) as refused:
        check_url(url, allow_private=False)
    assert refused.value.code == "T5001"


@pytest.mark.parametrize("url", ["https://127.0.0.1/", "https://[::1]/", "https://localhost/", "https://2130706433/"])
def test_a_name_that_leads_inside_is_refused(url: str) -> None:
    with pytest.raises(CodedError) as refused:
        locate(url, allow_private=False)
    assert refused.value.code == "T5002"


def test_a_name_with_one_inner_address_among_others_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def both(_host: str, port: int, **_: object) -> list[object]:
        return [(socket.AF_INET, None, None, "", (ip, port)) for ip in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(CodedError) as refused:
        locate("https://example.vn/", allow_private=False)
    assert refused.value.code == "T5002"


def test_the_checked_address_is_connected_to_and_the_name_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def one(_host: str, port: int, **_: object) -> list[object]:
        return [(socket.AF_INET6, None, None, "", ("2606:4700:4700::1111", port, 0, 0))]

    monkeypatch.setattr(socket, "getaddrinfo", one)
    target = locate("https://hoso.example.vn:8443/hook?x=1", allow_private=False)
    assert target.url == "https://[2606:4700:4700::1111]:8443/hook?x=1"
    assert (target.host, target.host_header) == ("hoso.example.vn", "hoso.example.vn:8443")


def test_an_unknown_host_is_named() -> None:
    with pytest.raises(CodedError) as refused:
        locate("https://khong-co.invalid/", allow_private=False)
    assert refused.value.code == "T5003"
