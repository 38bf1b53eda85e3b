"""One reader a file format, and the table of them.

To add a format: write a module with a ``read(data, name, options)`` and a ``READER`` that names its
options, add it to `traces.formats.table`, teach `traces.sniff` its first lines, and give the
conformance test a good file and the ways it can be bad.
"""

from __future__ import annotations

from traces.formats.interface import Reader, ReadOptions
from traces.formats.table import READERS

__all__ = ["READERS", "ReadOptions", "Reader"]
