"""Merkle trees against the definition of RFC 9162, section 2.1.1, written down literally."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.merkle import Tree, is_included

LEAVES = st.lists(st.binary(max_size=8), max_size=40)


def defined(leaves: list[bytes]) -> bytes:
    """MTH(D[n]) as the RFC writes it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + defined(leaves[:k]) + defined(leaves[k:])).digest()


@given(LEAVES)
def test_the_root_is_the_defined_one(leaves: list[bytes]) -> None:
    assert Tree.over(leaves).root == defined(leaves)


@given(LEAVES.filter(bool), st.data())
def test_each_leaf_is_proved_and_nothing_else(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    tree = Tree.over(leaves)
    path, root, count = tree.path(index), tree.root, len(leaves)
    assert is_included(leaves[index], index=index, count=count, path=path, root=root)
    assert not is_included(leaves[index] + b"x", index=index, count=count, path=path, root=root)
    assert not is_included(leaves[index], index=index, count=count, path=path, root=b"\x00" * 32)
    assert not is_included(leaves[index], index=index, count=count, path=[*path, root], root=root)
    if path:
        assert not is_included(leaves[index], index=index, count=count, path=path[:-1], root=root)
    if leaves.count(leaves[index]) == 1:
        others = [n for n in range(count) if n != index]
        assert not any(is_included(leaves[index], index=n, count=count, path=path, root=root) for n in others)


def test_an_index_outside_the_tree_is_no_place() -> None:
    assert not is_included(b"a", index=1, count=1, path=[], root=Tree.over([b"a"]).root)
    with pytest.raises(IndexError):
        Tree.over([b"a"]).path(1)
