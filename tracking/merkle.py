"""Merkle trees as in RFC 9162 (Certificate Transparency 2.0), section 2.1: root, inclusion proof, its check. Pure."""

import hashlib
from collections.abc import Sequence


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Merkle tree hash of the leaves' contents; of none, the hash of nothing."""
    return _fold([leaf_hash(leaf) for leaf in leaves])


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The sibling hashes from the leaf at `index` up to the root."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    level = [leaf_hash(leaf) for leaf in leaves]
    path: list[bytes] = []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level = _above(level)
        index //= 2
    return path


def is_included(leaf: bytes, *, index: int, count: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether a leaf stands at `index` of `count` under the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < count:
        return False
    node, last, rest = leaf_hash(leaf), count - 1, list(path)
    while last:
        if index % 2 or index < last:
            if not rest:
                return False
            sibling = rest.pop(0)
            node = _node(sibling, node) if index % 2 else _node(node, sibling)
        index //= 2
        last //= 2
    return not rest and node == root


def leaf_hash(leaf: bytes) -> bytes:
    """A leaf can never be taken for a node: the two begin differently."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def _fold(level: list[bytes]) -> bytes:
    if not level:
        return hashlib.sha256(b"").digest()
    while len(level) > 1:
        level = _above(level)
    return level[0]


def _above(level: Sequence[bytes]) -> list[bytes]:
    """The next level; a node without a sibling rises as it is, which gives the left-heavy tree of the RFC."""
    pairs = [_node(level[n], level[n + 1]) for n in range(0, len(level) - 1, 2)]
    return pairs + list(level[len(level) - len(level) % 2 :])


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
