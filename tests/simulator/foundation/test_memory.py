from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.foundation.memory import available_bytes

if TYPE_CHECKING:
    from pathlib import Path


def _machine(folder: Path, *, available: str, group: tuple[str, str, str] | None) -> int | None:
    meminfo = folder / "meminfo"
    meminfo.write_text(f"MemTotal: 9 kB\n{available}")
    if group:
        for name, text in zip(("max", "current", "stat"), group, strict=True):
            (folder / f"memory.{name}").write_text(text)
    return available_bytes(meminfo, folder)


def test_what_linux_calls_available_is_free(tmp_path: Path) -> None:
    assert _machine(tmp_path, available="MemAvailable: 1000 kB\n", group=None) == 1_024_000


def test_a_group_that_is_allowed_less_leaves_less(tmp_path: Path) -> None:
    group = ("500000\n", "300000\n", "anon 1\ninactive_file 50000\n")
    assert _machine(tmp_path, available="MemAvailable: 1000 kB\n", group=group) == 250_000


def test_a_group_without_a_limit_leaves_all(tmp_path: Path) -> None:
    group = ("max\n", "300000\n", "inactive_file 50000\n")
    assert _machine(tmp_path, available="MemAvailable: 1000 kB\n", group=group) == 1_024_000


def test_a_system_without_such_files_tells_by_its_pages(tmp_path: Path) -> None:
    found = _machine(tmp_path, available="MemAvailable: much\n", group=("0", "x", ""))
    assert found is not None
    assert found > 0


def test_this_machine_has_some_memory() -> None:
    found = available_bytes()
    assert found is not None
    assert found > 100_000_000
