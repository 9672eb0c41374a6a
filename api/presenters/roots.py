"""Daily roots and proofs of inclusion as anybody may read them: with the very bytes that were signed and hashed.

So a check needs no canonical form of its own.
"""

from dataclasses import asdict
from typing import Any

from tracking.service import DailyRoot, Inclusion


def root_told(root: DailyRoot) -> dict[str, Any]:
    """A root; `statement` is what was signed."""
    return {**asdict(root), "statement": root.statement.decode()}


def inclusion_told(inclusion: Inclusion) -> dict[str, Any]:
    """A leaf and its way to the root; `content` is what the leaf's hash is made of (RFC 9162: SHA-256 of 0x00 ‖ it)."""
    return {
        "leaf": {**asdict(inclusion.leaf), "content": inclusion.leaf.content.decode()},
        "index": inclusion.index,
        "path": list(inclusion.path),
        "root": root_told(inclusion.root),
    }
