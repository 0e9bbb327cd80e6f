"""The `Authorization` header."""

_SCHEME = "bearer "


def bearer(header: str | None) -> str | None:
    """Return the API key of an `Authorization: Bearer` header (RFC 6750 §2.1), or None."""
    if header is None or not header.lower().startswith(_SCHEME):
        return None
    return header[len(_SCHEME) :].strip() or None
