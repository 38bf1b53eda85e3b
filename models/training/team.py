"""A team of one-thread processes that train one network together, each on its part of a batch.

On a busy machine two such processes beat two threads: they wait for each other once a step and not
at every layer.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import distributed

from simulator.foundation.processes import ended_by, lost, undisturbed, work_for_parent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from torch import nn

__all__ = ["ALONE", "Member", "gathered", "together"]


@dataclass(frozen=True, slots=True)
class Member:
    """One process of a team.

    Attributes:
        rank: 0 for the one that writes checkpoints and tells of progress.
        size: Processes in the team.
    """

    rank: int
    size: int

    def share(self, rows: NDArray) -> NDArray:  # type: ignore[type-arg]
        """Return this member's part of a batch's rows."""
        return rows[self.rank :: self.size]

    def agree(self, network: nn.Module) -> None:
        """Replace each gradient by the team's mean."""
        if self.size == 1:
            return
        gradients = [value.grad for value in network.parameters() if value.grad is not None]
        flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
        distributed.all_reduce(flat)
        parts = torch.split(flat / self.size, [gradient.numel() for gradient in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view(gradient.shape))


ALONE = Member(0, 1)


def _join(meeting: Path, member: Member) -> None:
    # All members live on this machine: none needs to be reached, or named, from outside.
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo" if sys.platform == "linux" else "lo0")
    distributed.init_process_group(
        "gloo", init_method=f"file://{meeting}", rank=member.rank, world_size=member.size
    )


def _work(meeting: Path, member: Member, job: Callable[[Member], object]) -> None:
    work_for_parent()
    torch.set_num_threads(1)
    _join(meeting, member)
    job(member)
    distributed.destroy_process_group()


@contextmanager
def gathered(job: Callable[[Member], object], size: int) -> Iterator[Member]:
    """Start the other members of a team on ``job``, and give the caller his own membership.

    Args:
        job: What every other member runs; it must be picklable, and the caller must do the same.
        size: Processes in the team, the caller's included.
    """
    if size == 1:
        yield ALONE
        return
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        meeting = Path(folder) / "meeting"
        others = [
            context.Process(target=_work, args=(meeting, Member(rank, size), job), daemon=True)
            for rank in range(1, size)
        ]
        with undisturbed():
            for other in others:
                other.start()
        _join(meeting, Member(0, size))
        try:
            yield Member(0, size)
        except RuntimeError as error:
            for other in others:
                other.join(timeout=1)  # who has left the others in the lurch has ended
                if other.exitcode:
                    raise lost("training", ended_by(other.exitcode)) from error
            raise
        finally:
            distributed.destroy_process_group()
            for other in others:
                other.join(timeout=20)
                other.kill()
            torch.set_num_threads(threads)


def together(task: Callable[..., object], size: int, *, tell: Callable[[str], None]) -> None:
    """Run a task with a team, of whom only the first tells of progress.

    Args:
        task: Called with each member, and with ``tell``; it must be picklable.
        size: Processes in the team, the caller's included.
        tell: Called with a line of progress.
    """
    with gathered(partial(task, tell=_quiet), size) as member:
        task(member, tell=tell)


def _quiet(_line: str) -> None:
    """Say nothing."""
