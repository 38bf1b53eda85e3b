"""Parquet files under a seal, a digest of the whole file: damage shows before anything is decoded.

What a file claims of itself is bounded before it is believed: a few kilobytes of Parquet can stand
for billions of rows. The seal is metadata in the file's footer, so any Parquet reader reads it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from simulator.foundation.errors import InputError, Problem
from simulator.foundation.files import read_bounded
from simulator.results.schema import OF_THIS_VERSION, SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["REMEDY", "SealedFile", "packed"]

_LARGEST_FILE_BYTES = 2**30
_LARGEST_FOOTER_BYTES = 2**27
_LARGEST_DECODED_BYTES = 2**30
_MOST_ROWS = 10_000_000
_MOST_PARTS = 2_000  # columns, row groups, entries of metadata
REMEDY = "make it again: `splitcast run SCENARIO.yaml --out DIR --resume`"

_NO_TABLE = "must be a Parquet file of results"
_DAMAGED = "is damaged, or was changed after it was written"

_SEAL = "seal"
_DIGITS = 32
_BLANK = b"0" * _DIGITS
# A footer's texts have their lengths before them; JSON among them has no such characters.
_BEFORE = b"\x18\x04seal\x18\x20"
_SEALED = re.compile(re.escape(_BEFORE) + rb"([0-9a-f]{%d})" % _DIGITS)
_FLAT = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_string)
_TEXT_BYTES = 4


def packed(table: pa.Table) -> bytes:
    """Return a table as a sealed file: integers delta-packed, zstd, the same for the same rows."""
    integers = [field.name for field in table.schema if pa.types.is_integer(field.type)]
    texts = [
        field.name
        for field in table.schema
        if pa.types.is_string(field.type) or pa.types.is_dictionary(field.type)
    ]
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink,
        table.schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=texts,
        column_encoding=dict.fromkeys(integers, "DELTA_BINARY_PACKED"),
    ) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({_SEAL: _BLANK.decode()})
    return _sealed(bytes(sink.getvalue()))


def _sealed(blank: bytes) -> bytes:
    """Return a file with the digest where its footer has zeros."""
    end = blank.index(_BLANK, blank.index(_BEFORE, _footer_at(blank))) + _DIGITS
    begin = end - _DIGITS
    return blank[:begin] + _digest(blank, begin, end) + blank[end:]


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A file that is whole, of this version, and of a size that fits into memory.

    Attributes:
        path: Where it lies.
        file: What was read of it.
        texts: Its columns of plain texts.
    """

    path: Path
    file: pq.ParquetFile
    texts: tuple[str, ...]

    @classmethod
    def opened(cls, path: Path) -> SealedFile:
        """Open a file.

        Raises:
            InputError: If it is missing, damaged, too large, of another version or not our own.
        """
        raw = read_bounded(path, limit_bytes=_LARGEST_FILE_BYTES, what="results file")
        begin = _footer_at(raw)
        if begin < 0 or len(raw) - begin > _LARGEST_FOOTER_BYTES:
            raise _refused(path, "file", path.name, _NO_TABLE)
        seal = _SEALED.search(raw, begin)
        whole = seal is not None and seal[1] == _digest(raw, *seal.span(1))
        if seal is not None and not whole:
            raise _refused(path, "content", path.name, _DAMAGED)
        source = pa.BufferReader(raw)
        try:
            file = pq.ParquetFile(
                source,
                thrift_string_size_limit=_LARGEST_FOOTER_BYTES,
                thrift_container_size_limit=_MOST_PARTS,
            )
            _check_version(path, file)
        except (OSError, pa.ArrowException) as error:
            raise _refused(path, "file", error, _NO_TABLE) from error
        if not whole:  # what another program wrote
            raise _refused(path, "content", path.name, _DAMAGED)
        _check_size(path, file)
        texts = tuple(f.name for f in file.schema_arrow if pa.types.is_string(f.type))
        # A long text may be kept once for very many rows: they are counted before they are made.
        by_number = pq.ParquetFile(source, metadata=file.metadata, read_dictionary=list(texts))
        return cls(path, by_number, texts)

    @property
    def metadata(self) -> dict[bytes, bytes]:
        """What it says besides its columns."""
        return dict(self.file.schema_arrow.metadata)

    def rows(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Return its rows.

        Args:
            columns: Those that are wanted, as far as there are any; all by default.

        Raises:
            InputError: If they cannot be decoded, or take more memory than a file may.
        """
        try:
            table = self.file.read(columns=None if columns is None else list(columns))
            table.validate(full=True)  # texts are UTF-8
            for name in set(self.texts) & set(table.column_names):
                written = _written_out(self.path, table[name])
                table = table.set_column(table.column_names.index(name), name, written)
        except (OSError, ValueError, pa.ArrowException) as error:
            raise _refused(self.path, "content", error, "must be readable Parquet") from error
        return table


def _check_version(path: Path, file: pq.ParquetFile) -> None:
    version = (file.schema_arrow.metadata or {}).get(b"schema_version", b"none")
    if version != str(SCHEMA_VERSION).encode():
        said = version.decode(errors="replace")
        raise _refused(path, "schema_version", said, OF_THIS_VERSION)


def _written_out(path: Path, texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return texts one by one: a long one may be kept once for very many rows."""
    size = sum(
        pc.sum(pc.take(pc.binary_length(chunk.dictionary), chunk.indices)).as_py() or 0
        for chunk in texts.chunks
    )
    if size > _LARGEST_DECODED_BYTES:
        raise _too_large(path, "texts", f"{size} bytes", _LARGEST_DECODED_BYTES)
    return texts.cast(pa.string())


def _check_size(path: Path, file: pq.ParquetFile) -> None:
    about = file.metadata
    parts = {"rows": (about.num_rows, _MOST_ROWS), "columns": (about.num_columns, _MOST_PARTS)}
    for what, (found, most) in parts.items():
        if found > most:
            raise _too_large(path, what, found, most)
    width = 0
    for field in file.schema_arrow:
        kind = field.type
        if pa.types.is_dictionary(kind) and pa.types.is_string(kind.value_type):
            kind = kind.value_type
        if not any(is_flat(kind) for is_flat in _FLAT):
            raise _refused(path, field.name, kind, "must be numbers, texts or true and false")
        width += _TEXT_BYTES if pa.types.is_string(kind) else -(-kind.bit_width // 8)
    groups = [about.row_group(place) for place in range(about.num_row_groups)]
    size = about.num_rows * width + sum(group.total_byte_size for group in groups)
    if size > _LARGEST_DECODED_BYTES:
        raise _too_large(path, "content", f"{size} bytes", _LARGEST_DECODED_BYTES)


def _footer_at(raw: bytes) -> int:
    """Return where the footer begins, by the length before the last four bytes."""
    return len(raw) - 8 - int.from_bytes(raw[-8:-4], "little")


def _digest(raw: bytes, begin: int, end: int) -> bytes:
    """Return the digest of a file but for its seal."""
    sha = blake2b(memoryview(raw)[:begin], digest_size=_DIGITS // 2)
    sha.update(memoryview(raw)[end:])
    return sha.hexdigest().encode()


def _too_large(path: Path, what: str, value: object, most: int) -> InputError:
    return _refused(path, what, value, f"must be at most {most}")


def _refused(path: Path, what: str, value: object, rule: str) -> InputError:
    return InputError(Problem(where=str(path), what=what, value=value, rule=rule, remedy=REMEDY))
