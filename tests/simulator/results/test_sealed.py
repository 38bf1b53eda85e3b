from __future__ import annotations

import resource
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simulator.foundation.errors import InputError
from simulator.results import sealed
from simulator.results.schema import CAPACITY, SCHEMA_VERSION, UNITS
from simulator.results.sealed import SealedFile, packed
from simulator.results.tables import read_table

if TYPE_CHECKING:
    from pathlib import Path

VERSION = {"schema_version": str(SCHEMA_VERSION)}
TABLE = pa.table({"n": list(range(30)), "word": ["one", "two", "three"] * 10}, metadata=VERSION)


def test_a_sealed_table_is_read_back_and_its_bytes_depend_on_its_rows_alone(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(packed(TABLE))
    assert SealedFile.opened(tmp_path / "a").rows().equals(TABLE)
    assert SealedFile.opened(tmp_path / "a").rows(["word"]).equals(TABLE.select(["word"]))
    assert packed(TABLE) == packed(TABLE) != packed(TABLE.slice(1))


def test_categories_stay_categories(tmp_path: Path) -> None:
    table = TABLE.set_column(1, "word", TABLE["word"].combine_chunks().dictionary_encode())
    (tmp_path / "a").write_bytes(packed(table))
    assert SealedFile.opened(tmp_path / "a").rows().schema.field("word").type == pa.dictionary(
        pa.int32(), pa.string()
    )


def test_any_other_program_reads_a_sealed_table(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(packed(TABLE))
    assert pq.read_table(tmp_path / "a").equals(TABLE)


def test_a_change_of_any_byte_is_seen(tmp_path: Path) -> None:
    whole = packed(TABLE)
    for place in range(0, len(whole), 3):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        (tmp_path / "a").write_bytes(changed)
        with pytest.raises(InputError):
            SealedFile.opened(tmp_path / "a")


def test_a_file_cut_short_or_with_zeroed_pages_is_refused(tmp_path: Path) -> None:
    whole = packed(TABLE)
    for junk in (b"", whole[:7], whole[:-1], whole[:200], whole[:4] + bytes(200) + whole[204:]):
        (tmp_path / "a").write_bytes(junk)
        with pytest.raises(InputError, match=r"a (file|content): "):
            SealedFile.opened(tmp_path / "a")


def test_what_another_program_wrote_is_refused_with_what_makes_it_again(tmp_path: Path) -> None:
    pq.write_table(TABLE, tmp_path / "a")
    with pytest.raises(InputError, match=r"a is damaged, .*; make it again: .*resume"):
        SealedFile.opened(tmp_path / "a")


def _of_one_value(rows: int) -> pa.Table:
    values = pa.array(["x"]).dictionary_encode().take(pa.array([0] * 1000))
    part = pa.table({"x": values}, metadata=VERSION)
    return pa.concat_tables([part] * (rows // 1000))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (_of_one_value(11_000_000), r"rows: 11000000 must be at most 10000000"),
        (pa.table({"a": [[1]]}, metadata=VERSION), "a: list.* must be numbers, texts or"),
        (pa.table({"a": [{"b": 1}]}, metadata=VERSION), "a: struct.* must be numbers, texts or"),
        (pa.table({"a": [b"x"]}, metadata=VERSION), "a: binary must be numbers, texts or"),
        (
            pa.table({f"c{k}": [1] for k in range(2100)}, metadata=VERSION),
            "must be a Parquet file of results",
        ),
    ],
)
def test_what_a_footer_claims_is_bounded_before_rows_are_read(
    tmp_path: Path, table: pa.Table, said: str
) -> None:
    (tmp_path / "a").write_bytes(packed(table))
    with pytest.raises(InputError, match=said):
        read_table(tmp_path / "a")


def test_one_long_text_for_many_rows_is_counted_before_it_is_written_out(tmp_path: Path) -> None:
    long, rows = "x" * 1_000_000, 100_000  # 100 GB in 100 kB
    numbers = pa.array([0] * rows, pa.int32())
    table = pa.table({"link": pa.DictionaryArray.from_arrays(numbers, pa.array([long]))})
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, table.schema, compression="zstd", store_schema=False) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({"seal": "0" * 32, **VERSION})
    (tmp_path / "a").write_bytes(sealed._sealed(bytes(sink.getvalue())))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError, match="texts: 100000000000 bytes must be at most"):
        read_table(tmp_path / "a")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB


@pytest.mark.parametrize("name", ["links", "t_s", "hop"])
def test_a_column_of_another_type_is_refused(tmp_path: Path, name: str) -> None:
    other = [True]
    table = CAPACITY.empty_table().schema.metadata
    (tmp_path / "a").write_bytes(packed(pa.table({name: other}, metadata=table)))
    with pytest.raises(InputError, match=rf"a {name}: bool must be a column of the type"):
        read_table(tmp_path / "a", like=CAPACITY)
    assert read_table(tmp_path / "a", like=UNITS).num_rows == 1  # it knows no such column
