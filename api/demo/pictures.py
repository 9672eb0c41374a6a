"""Photos and signatures for the demo's proofs: drawn pictures, each made unique by a comment inside the file."""

import struct
import zlib
from importlib.resources import files

_KINDS = 3
_PNG_HEAD = 33  # the eight-byte mark and the IHDR chunk (PNG specification, 5.2 and 11.2.1)


def photo(number: int, label: str) -> bytes:
    """A JPEG of a front door with `label` in a comment segment (ITU T.81, B.2.4.5)."""
    picture = _file(f"door{number % _KINDS + 1}.jpg")
    text = label.encode()
    return picture[:2] + b"\xff\xfe" + struct.pack(">H", len(text) + 2) + text + picture[2:]


def signature(number: int, label: str) -> bytes:
    """A PNG of a signature with `label` in a text chunk (PNG specification, 11.3.3.2)."""
    picture = _file(f"signature{number % _KINDS + 1}.png")
    body = b"tEXtComment\x00" + label.encode("latin-1")
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return picture[:_PNG_HEAD] + chunk + picture[_PNG_HEAD:]


def _file(name: str) -> bytes:
    return files("api.demo").joinpath("data", name).read_bytes()
