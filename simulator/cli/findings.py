"""`splitcast findings`: reruns the bundled scenarios and rewrites the README's findings table."""

from __future__ import annotations

from pathlib import Path

from simulator.cli.interface import Arguments, Commands, command

__all__ = ["add"]


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = command(
        commands,
        "findings",
        "rerun the bundled scenarios: which action pays, by how much",
        _execute,
    )
    parser.add_argument(
        "--readme", metavar="FILE", type=Path, default=Path("README.md"), help="what to rewrite"
    )
    parser.add_argument("--workers", type=int, default=1, help="processes (default 1)")


def _execute(arguments: Arguments) -> int:
    raise NotImplementedError(arguments)
