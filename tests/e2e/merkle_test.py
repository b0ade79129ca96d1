"""The proof checker of these tests against trees built as the RFC writes them down."""

import hashlib
import unittest

import merkle

LEAVES = [bytes([i]) for i in range(24)]


def split(leaves):
    """The largest power of two below their number."""
    return 1 << (len(leaves) - 1).bit_length() - 1


def root(leaves):
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = split(leaves)
    return merkle.node(root(leaves[:k]), root(leaves[k:]))


def proof(old_size, leaves, is_whole=True):
    if old_size == len(leaves):
        return [] if is_whole else [root(leaves)]
    k = split(leaves)
    if old_size <= k:
        return proof(old_size, leaves[:k], is_whole) + [root(leaves[k:])]
    return proof(old_size - k, leaves[k:], False) + [root(leaves[:k])]


class MerkleTest(unittest.TestCase):
    def test_proofs_of_every_pair_of_sizes_hold_and_false_ones_do_not(self):
        for size in range(1, len(LEAVES) + 1):
            new = (size, root(LEAVES[:size]))
            for old_size in range(1, size + 1):
                old = (old_size, root(LEAVES[:old_size]))
                path = proof(old_size, LEAVES[:size])
                self.assertTrue(merkle.extends(old, new, path), (old_size, size))
                other = (old_size, root(LEAVES[1:old_size + 1])) if old_size < size else None
                if other:
                    self.assertFalse(merkle.extends(other, new, path))
                    other = (size, root([b"x"] + LEAVES[1:size]))
                    self.assertFalse(merkle.extends(old, other, path))
                if path:
                    self.assertFalse(merkle.extends(old, new, path[:-1]))


if __name__ == "__main__":
    unittest.main()
