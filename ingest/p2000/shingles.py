"""Likeness of two texts from keyed hashes of their three-letter pieces; the texts are not kept."""

from __future__ import annotations

import base64
import hashlib

from ingest.keys import KeyedHash

_SIZE = 3
_DIGEST = 3
_LIMIT = 120


class Shingler:
    """Makes sketches under the key of ``keyed``."""

    def __init__(self, keyed: KeyedHash) -> None:
        self._key = keyed.id("p2000-shingles").encode()

    def sketch(self, text: str) -> str:
        """Return the sketch of ``text``: the sorted keyed hashes of its pieces, as base64.

        Of a long text only the ``_LIMIT`` smallest hashes are kept, a fair sample of all of them.
        """
        padded = f" {text} "
        pieces = {padded[i : i + _SIZE] for i in range(len(padded) - _SIZE + 1)}
        hashes = sorted(
            hashlib.blake2b(
                piece.encode("utf-8", "surrogatepass"), digest_size=_DIGEST, key=self._key
            ).digest()
            for piece in pieces
        )
        return base64.b64encode(b"".join(hashes[:_LIMIT])).decode("ascii")


def _pieces(sketch: str) -> frozenset[bytes]:
    raw = base64.b64decode(sketch)
    return frozenset(raw[i : i + _DIGEST] for i in range(0, len(raw), _DIGEST))


def likeness(one: str, other: str) -> tuple[float, float]:
    """Return how alike two sketches are: shared of all pieces (Jaccard), and shared of the smaller's."""
    a, b = _pieces(one), _pieces(other)
    if not a or not b:
        return 0.0, 0.0
    shared = len(a & b)
    return shared / len(a | b), shared / min(len(a), len(b))
