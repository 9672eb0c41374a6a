"""Where webhooks may go: an agency's own address must not make this server call its own network (SSRF)."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.errors import CodedError, fail
from tracking.feedback.errors import BAD_URL, PRIVATE_ADDRESS, UNKNOWN_HOST

_MAX_URL = 2000
_PORTS = {"https": 443, "http": 80}
# Addresses that carry another one inside: NAT64 (RFC 6052, 8215), 6to4 (RFC 3056), Teredo (RFC 4380).
_CARRIERS = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A checked place to connect to: `address` is the IP, `host` what certificate and Host header are about."""

    scheme: str
    host: str
    address: str
    port: int
    path: str

    @property
    def url(self) -> str:
        """The URL with the checked address in the place of the name."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{host}:{self.port}{self.path}"

    @property
    def host_header(self) -> str:
        """The Host header as if the name had been called."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def check_url(url: str, *, allow_private: bool) -> None:
    """Refuse an address no webhook can go to; plain http only where private addresses are allowed. Raises T5001."""
    _split(url, allow_private=allow_private)


def locate(url: str, *, allow_private: bool) -> Target:
    """Resolve and check now, and connect to just this address: a name that changes later changes nothing.

    Raises T5001, T5002 (one of the name's addresses is private) or T5003.
    """
    scheme, host, port, path = _split(url, allow_private=allow_private)
    addresses = _resolve(host, port)
    for address in addresses:
        if not (allow_private or is_public(address)):
            raise fail(PRIVATE_ADDRESS, host=host, address=address)
    return Target(scheme=scheme, host=host, address=str(addresses[0]), port=port, path=path)


def is_public(address: Address) -> bool:
    """Whether the address is one of the open internet."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in net for net in _CARRIERS):
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _split(url: str, *, allow_private: bool) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as broken:
        raise _bad(url, "không phải là URL", "it is not a URL") from broken
    if len(url) > _MAX_URL or not url.isascii() or any(c.isspace() for c in url):
        raise _bad(url, "quá dài hoặc có ký tự lạ", "it is too long or holds odd characters")
    if parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        raise _bad(url, "phải là https", "it must be https")
    if not parts.hostname or parts.username is not None or parts.fragment:
        raise _bad(url, "thiếu máy chủ, hoặc có mật khẩu hay dấu #", "it has no host, or a password or fragment")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme], path


def _bad(url: str, why: str, why_en: str) -> CodedError:
    return fail(BAD_URL, pointer="url", url=url[:200], why=why, why_en=why_en)


def _resolve(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as unknown:
        raise fail(UNKNOWN_HOST, host=host) from unknown
    # A zone (fe80::1%eth0) is cut off: only link-local addresses have one, and the check is about the address.
    return [ipaddress.ip_address(str(info[4][0]).split("%")[0]) for info in found]
