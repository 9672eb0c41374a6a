"""Merkle trees as in RFC 9162 (Certificate Transparency 2.0), section 2.1: root, inclusion proof, its check. Pure."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_SIZE = hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True)
class Tree:
    """A whole tree: each level's hashes one after another, from the leaves up; small enough to keep."""

    levels: tuple[bytes, ...]

    @classmethod
    def over(cls, leaves: Iterable[bytes]) -> "Tree":
        """The tree of the leaves' contents."""
        levels = [b"".join(map(leaf_hash, leaves))]
        while len(levels[-1]) > _SIZE:
            levels.append(_above(levels[-1]))
        return cls(tuple(levels))

    @property
    def root(self) -> bytes:
        """Merkle tree hash; of no leaves, the hash of nothing."""
        return self.levels[-1] or hashlib.sha256(b"").digest()

    def path(self, index: int) -> list[bytes]:
        """The sibling hashes from the leaf at `index` up to the root."""
        if not 0 <= index < len(self.levels[0]) // _SIZE:
            raise IndexError(index)
        siblings = [_nth(level, (index >> height) ^ 1) for height, level in enumerate(self.levels[:-1])]
        return [sibling for sibling in siblings if sibling]


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


def _above(level: bytes) -> bytes:
    """The next level; a node without a sibling rises as it is, which gives the left-heavy tree of the RFC."""
    pairs = [_node(_nth(level, n), _nth(level, n + 1)) for n in range(0, len(level) // _SIZE - 1, 2)]
    return b"".join(pairs) + level[len(pairs) * 2 * _SIZE :]


def _nth(level: bytes, n: int) -> bytes:
    """A level's hash; empty beyond its end."""
    return level[n * _SIZE : (n + 1) * _SIZE]


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
