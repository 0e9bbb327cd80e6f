"""A page as PDF, by WeasyPrint.

Nothing is loaded: no image, style sheet or font but those of the page and of this machine.
"""

from weasyprint import HTML
from weasyprint.urls import URLFetcher


def to_pdf(html: str) -> bytes:
    """Return `html`, one page complete in itself, as PDF (PDF/UA-1, text and headings tagged).

    The same page gives the same bytes with the same fonts and libraries.
    """
    nothing = URLFetcher(allowed_protocols=frozenset(), allow_redirects=False)
    made: bytes = HTML(string=html, url_fetcher=nothing).write_pdf(pdf_variant="pdf/ua-1")
    return made
