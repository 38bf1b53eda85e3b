from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simulator.framelog import COLUMNS, FrameLog, Outcome, Reason


def columns(rows: int = 3) -> dict[str, np.ndarray[tuple[int], np.dtype[np.generic]]]:
    return {name: np.zeros(rows, dtype=code) for name, code in COLUMNS.items()}


def test_a_log_is_read_by_column() -> None:
    log = FrameLog({**columns(), "frame": np.arange(3, dtype=np.int32)})
    assert len(log) == 3
    assert log["frame"].tolist() == [0, 1, 2]
    assert list(log) == log.keys() == list(COLUMNS)


def test_a_log_makes_a_data_frame() -> None:
    assert list(pd.DataFrame(dict(FrameLog(columns())))) == list(COLUMNS)


def test_a_log_cannot_be_changed() -> None:
    log = FrameLog(columns())
    with pytest.raises(ValueError, match="read-only"):
        log["frame"][0] = 1


def test_outcomes_are_counted() -> None:
    outcome = np.array([0, 4, 4], dtype=np.int8)
    counts = FrameLog({**columns(), "outcome": outcome}).counts()
    assert counts == {
        Outcome.ON_TIME: 1,
        Outcome.LATE: 0,
        Outcome.LOST: 0,
        Outcome.SKIPPED: 0,
        Outcome.DROPPED: 2,
    }


def test_rows_come_as_a_structured_array_too() -> None:
    log = FrameLog({**columns(), "unit": np.array([1, 2, 3], dtype=np.int16)})
    assert log.structured()[1]["unit"] == 2
    assert log.structured().dtype.names == tuple(COLUMNS)


def test_equal_logs_have_equal_bytes_and_others_have_not() -> None:
    one, same = FrameLog(columns()), FrameLog(columns())
    other = FrameLog({**columns(), "unit": np.array([0, 0, 1], dtype=np.int16)})
    assert one.to_bytes() == same.to_bytes()
    assert one.digest() == same.digest() != other.digest()


def test_columns_must_be_those_of_a_log() -> None:
    wrong = columns()
    wrong["unit"] = np.zeros(3)
    with pytest.raises(ValueError, match=r"'unit', '<f8'"):
        FrameLog(wrong)
    with pytest.raises(ValueError, match="equally long"):
        FrameLog({**columns(), "frame": np.zeros(2, dtype=np.int32)})


def test_every_reason_ends_in_dropped_or_lost_and_says_why() -> None:
    assert [r.name for r in Reason if r.outcome is Outcome.DROPPED] == [
        "REPLACED",
        "CANCELLED",
        "EXPIRED",
        "REFUSED",
        "CRASHED",
    ]
    assert [r.name for r in Reason if r.outcome is Outcome.LOST] == [
        "OVERFLOW",
        "CORRUPTED",
        "GIVEN_UP",
        "UNDELIVERED",
        "UNDECODABLE",
    ]
    assert all(r.meaning for r in Reason)
    assert [int(r) for r in Reason] == list(range(11))
