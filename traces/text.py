"""A trace file's text as UTF-8 with line feeds, whatever wrote it: PowerShell writes UTF-16."""

from __future__ import annotations

import codecs

from traces.formats.interface import refuse

__all__ = ["plain_text"]

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEAD = 4096
_MOSTLY = 0.9


def plain_text(data: bytes, name: str) -> bytes:
    r"""Return a text in UTF-8 with LF or CRLF at its lines' ends.

    UTF-16 and UTF-32 are recognised by their byte-order mark, and UTF-16 without one by the zero
    in every second byte. Lines that end with a lone CR, as old spreadsheets write, get an LF.
    Anything else is returned as it is.

    Args:
        data: The file's content.
        name: The file as the user named it.

    Raises:
        InputError: If the text is damaged.

    Example:
        >>> plain_text("t_s,mbps\r\n0,1\r\n".encode("utf-16"), "x")
        b't_s,mbps\r\n0,1\r\n'
        >>> plain_text(b"0\r3\r", "x")
        b'0\n3\n'
    """
    encoding = _encoding(data)
    if encoding is not None:
        mark = next((len(bom) for bom, _ in _BOMS if data.startswith(bom)), 0)
        try:
            data = data[mark:].decode(encoding).encode()
        except UnicodeError:
            title = f"damaged {encoding[:6].upper()} text"
            rule, remedy = "cannot be read", "save the file as UTF-8"
            raise refuse(name, None, "content", title, rule=rule, remedy=remedy) from None
    if b"\r" in data[:_HEAD] and b"\n" not in data:
        return data.replace(b"\r", b"\n")
    return data


def _encoding(data: bytes) -> str | None:
    """Return the encoding of a text that is not UTF-8, or None."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return encoding
    head = data[:_HEAD]
    half = len(head) // 2
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros, others = head[first::2].count(0), head[1 - first :: 2].count(0)
        if half and zeros >= _MOSTLY * half and not others:
            return encoding
    return None
