"""What lies behind a link: propagation, jitter and loss, until the next place is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.foundation.keyed import uniform_at
from simulator.framelog import Reason
from simulator.links.delay import ConstantDelay, DelaySteps, jitter_ns
from simulator.world.agenda import Agenda, Procession

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from simpy import Environment

    from simulator.links.delay import DelayModel
    from simulator.world.agenda import Due
    from simulator.world.network.parcel import Parcel
    from simulator.world.plan import LinkPlan

    class Flight(Protocol):
        """Carries parcels from the end of a link to the next place."""

        def depart(self, parcel: Parcel, end_ns: int, now_ns: int) -> None:
            """See a parcel off that has left the link whole at ``end_ns``, or will have."""


__all__ = ["Flight", "RoughFlight", "SmoothFlight", "flight", "is_smooth"]


class SmoothFlight(Procession["Parcel"]):
    """Propagation that is always the same; nothing is lost or overtaken.

    Args:
        env: The world's clock.
        priority: Of arrivals.
        deliver: The next place.
        delay_ns: The propagation.
    """

    __slots__ = ("_delay_ns",)

    def __init__(
        self,
        env: Environment,
        priority: int,
        deliver: Callable[[list[Parcel], int], None],
        delay_ns: int,
    ) -> None:
        """Start with nothing on the way."""
        super().__init__(env, priority, deliver)
        self._delay_ns = delay_ns

    def depart(self, parcel: Parcel, end_ns: int, now_ns: int) -> None:
        """See a parcel off that has left the link whole at ``end_ns``, or will have."""
        parcel.left_ns = end_ns
        arrival_ns = end_ns + self._delay_ns
        if not self._coming:
            self._alarm.at(now_ns, arrival_ns)
        self._coming.append((arrival_ns, parcel))


class RoughFlight:
    """Propagation over time, jitter and loss; a parcel's luck hangs on its name alone.

    It is drawn by the link's key, the stream, the frame, the number of its first packet and of the
    try, so it is the same whatever else is sent, under every policy.

    Args:
        plan: The link.
        coming: Those on the way; it decides whether they may overtake each other.
    """

    __slots__ = ("_coming", "_delay", "_jitter", "_key", "_loss")

    def __init__(self, plan: LinkPlan, coming: Due[Parcel]) -> None:
        """Start with nothing on the way."""
        self._coming = coming
        self._delay: DelayModel = (
            ConstantDelay(plan.delay_ns) if plan.delays is None else DelaySteps(plan.delays)
        )
        self._jitter = plan.jitter
        self._loss = plan.loss
        self._key = plan.key

    def depart(self, parcel: Parcel, end_ns: int, now_ns: int) -> None:
        """See a parcel off that has left the link whole at ``end_ns``, or will have."""
        name = parcel.job.mail.stream, parcel.job.frame, parcel.first, parcel.transmissions
        if self._loss is not None and uniform_at(self._key, *name) < self._loss.probability(end_ns):
            parcel.owner.lost(parcel, now_ns, end_ns, Reason.CORRUPTED)
            return
        delay_ns, jitter = self._delay.delay_ns(end_ns), self._jitter
        if jitter is not None:
            uniform = uniform_at(self._key, *name, _JITTER)
            delay_ns += jitter_ns(jitter.distribution, jitter.mean_ns, uniform)
        parcel.left_ns = end_ns
        self._coming.add(now_ns, end_ns + delay_ns, parcel)


def is_smooth(plan: LinkPlan) -> bool:
    """Return whether nothing but a constant propagation lies behind a link."""
    return plan.delays is None and plan.jitter is None and plan.loss is None


_JITTER = 1
"""Sets the draws for jitter apart from those for loss."""


def flight(
    env: Environment,
    plan: LinkPlan,
    *,
    priority: int,
    deliver: Callable[[list[Parcel], int], None],
) -> Flight:
    """Return what lies behind a link.

    Args:
        env: The world's clock.
        plan: The link.
        priority: Of arrivals.
        deliver: The next place: called with all that arrives there at one instant.
    """
    if is_smooth(plan):
        return SmoothFlight(env, priority, deliver, plan.delay_ns)
    overtaking = plan.jitter is not None and plan.jitter.reorders
    coming: Due[Parcel] = (Agenda if overtaking else Procession)(env, priority, deliver)
    return RoughFlight(plan, coming)
