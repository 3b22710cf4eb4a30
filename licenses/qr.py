"""An activation link as a QR code: for a desk where the customer stands, or a printed letter."""

from io import BytesIO

import segno
from django.utils.safestring import SafeString, mark_safe

PAPER, INK = "#fff", "#000"  # in every colour scheme: scanners look for dark on light
SCALE = 4
PRINTED_SCALE = 10


def qr_inline(link: str) -> SafeString:
    """Return a drawing to stand in a page; it carries no style and no script."""
    drawing = _code(link).svg_inline(scale=SCALE, light=PAPER, dark=INK)
    return mark_safe(drawing)  # noqa: S308 (made of numbers)


def qr_file(link: str) -> bytes:
    """Return the same as an SVG file, to be printed."""
    file = BytesIO()
    _code(link).save(file, kind="svg", scale=PRINTED_SCALE, light=PAPER, dark=INK)
    return file.getvalue()


def _code(link: str) -> segno.QRCode:
    return segno.make(link, error="m", micro=False)
