"""Detections of texts seen before, without the texts.

Clients send the whole conversation with every turn; what was analysed once is looked up.
The key is an HMAC of the text under a key that this process made up and tells nobody; the
value holds offsets and kinds. Neither says anything about the text to who reads memory later.
"""

import hmac
import os
from collections import OrderedDict

from euguard.pii.detect import Detection


class DetectionCache:
    """The `most` texts used last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._secret = os.urandom(32)
        self._known: OrderedDict[bytes, Detection] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def key(self, text: bytes) -> bytes:
        """Return the key of `text` (UTF-8): 32 bytes."""
        return hmac.digest(self._secret, text, "sha256")

    def get(self, key: bytes) -> Detection | None:
        """Return what is known, and count it as used."""
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
        return known

    def put(self, key: bytes, detection: Detection) -> None:
        """Remember; forget what was unused for longest."""
        self._known[key] = detection
        self._known.move_to_end(key)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
