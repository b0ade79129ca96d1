"""RFC 6962, section 2.1.2: that a tree only grew. Written from the RFC, apart from the ledger's."""

import hashlib


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def extends(old, new, path):
    """Whether `path` proves that the tree `new` begins with the tree `old`: (size, root) each."""
    (old_size, old_root), (new_size, new_root) = old, new
    if old_size == new_size:
        return old_root == new_root and not path
    if not 0 < old_size < new_size:
        return False
    path = list(path)
    first, last = old_size - 1, new_size - 1
    while first & 1:
        first >>= 1
        last >>= 1
    # An old tree that is complete stands in the new one as it is.
    seed = old_root if first == 0 else path.pop(0) if path else None
    if seed is None:
        return False
    old_hash = new_hash = seed
    for step in path:
        if last == 0:
            return False
        if first & 1 or first == last:
            old_hash = node(step, old_hash)
            new_hash = node(step, new_hash)
            while first and not first & 1:
                first >>= 1
                last >>= 1
        else:
            new_hash = node(new_hash, step)
        first >>= 1
        last >>= 1
    return last == 0 and old_hash == old_root and new_hash == new_root
