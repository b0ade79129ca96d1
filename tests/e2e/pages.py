"""Where the content of an LMDB data file lies: the bytes that the newest commit's tree depends on.

LMDB 0.9: pages of 4 096 bytes; the first two are meta pages, written in turn. A page begins with 16
bytes (number 8, padding 2, flags 2, lower and upper end of the free space or a count of overflow
pages 4). Nodes are found by 2-byte offsets behind that; a node is 8 bytes (low and high half of the
data's size, flags, key size; in a branch the first three are the child's page), key and data. Data
too long for a page lies on overflow pages of its own.
"""

import struct

PAGE = 4096
HEADER = 16
BRANCH, LEAF = 0x01, 0x02
BIG_DATA = 0x01
NO_PAGE = 2 ** 64 - 1


def _metas(file_bytes):
    """(transaction, root page of the unnamed tree, offset of the meta page) of both meta pages."""
    for page in (0, 1):
        at = page * PAGE + HEADER
        trees = at + 24
        (root,) = struct.unpack_from("<Q", file_bytes, trees + 48 + 40)
        (transaction,) = struct.unpack_from("<Q", file_bytes, trees + 2 * 48 + 8)
        yield transaction, root, page * PAGE


def newest_meta(file_bytes):
    """The offset of the meta page that counts."""
    return max(_metas(file_bytes))[2]


def content(file_bytes):
    """The ranges [from, to) of the file that hold keys, values and what leads to them."""
    _, root, _ = max(_metas(file_bytes))
    ranges = []
    waiting = [] if root == NO_PAGE else [root]
    while waiting:
        number = waiting.pop()
        at = number * PAGE
        _, _, flags, lower, upper = struct.unpack_from("<QHHHH", file_bytes, at)
        ranges += [(at, at + 8), (at + 10, at + lower), (at + upper, at + PAGE)]
        for index in range((lower - HEADER) // 2):
            (offset,) = struct.unpack_from("<H", file_bytes, at + HEADER + 2 * index)
            low, high, node_flags, key_size = struct.unpack_from("<HHHH", file_bytes, at + offset)
            if flags & BRANCH:
                waiting.append(low | high << 16 | node_flags << 32)
            elif node_flags & BIG_DATA:
                (overflow,) = struct.unpack_from("<Q", file_bytes, at + offset + 8 + key_size)
                size = low | high << 16
                start = overflow * PAGE
                ranges.append((start, start + HEADER + size))
    return ranges


def pick(ranges, random):
    """A random byte among all of the ranges."""
    at = random.randrange(sum(end - begin for begin, end in ranges))
    for begin, end in ranges:
        if at < end - begin:
            return begin + at
        at -= end - begin
    raise AssertionError("the ranges are empty")
