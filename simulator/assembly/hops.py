"""The links of a hop: their traces, scaled to the load asked for, and what they do to packets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from simulator.assembly.cross import cross_plan
from simulator.assembly.sources import scaled_trace, trace
from simulator.foundation import keyed
from simulator.foundation.errors import InputError, Problem
from simulator.links.kinds import QUANTUM_BYTES
from simulator.links.loss import Bernoulli, GilbertElliott, LossSteps
from simulator.scenario.hops import Bursts, UplinkHop
from simulator.scenario.trace_sources import FamilyTrace, FileTrace
from simulator.world.plan import JitterPlan, LinkPlan

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.assembly.offers import Offer
    from simulator.links.loss import LossModel
    from simulator.scenario.hops import Hop
    from simulator.scenario.trace_sources import TraceSource
    from traces import BandwidthTrace
    from traces.conditions import Conditions

__all__ = ["HopPlan", "Route", "hop_plan", "load_factor"]

_FINEST = 10**6
_LONGEST_NS = 30_000 * 10**9
"""Of all links of a hop together: a second of a trace in bursts takes about 20 kB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a hop lies, and in which run.

    Attributes:
        path: Of the hop in the scenario: ``network.uplink.0``.
        folder: What a trace file's path is relative to.
        duration_ns: Of the run.
        seed: The run's.
    """

    path: str
    folder: Path
    duration_ns: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HopPlan:
    """The links of a hop, and what they are called in results.

    Attributes:
        links: One, or one for each stream.
        trace: The trace as the unit of statistics: ``us-lte-up/3``.
        scaled: The trace as scaled for this run.
    """

    links: tuple[LinkPlan, ...]
    trace: str
    scaled: str


def load_factor(offered_bps: float, load: float, mean_bps: float) -> Fraction:
    """Return what a link's capacity is multiplied by to have this load.

    Load is what the ladder's top network unit at full frame rate would offer, with packet
    headers, over all streams of the link, divided by the link's mean capacity.

    Args:
        offered_bps: What the top unit offers, bit/s on the wire.
        load: The load wanted.
        mean_bps: The trace's own mean capacity.

    Returns:
        A ratio within a millionth of the exact one.

    Example:
        >>> load_factor(offered_bps=2e6, load=0.5, mean_bps=3e6)
        Fraction(4, 3)
    """
    factor = Fraction(offered_bps) / (Fraction(load) * Fraction(mean_bps))
    if factor < 1:
        return 1 / (1 / factor).limit_denominator(_FINEST)
    return factor.limit_denominator(_FINEST)


def hop_plan(hop: Hop, offer: Offer, route: Route) -> HopPlan:
    """Return the plan of a hop.

    Args:
        hop: As the scenario has it.
        offer: What its streams offer.
        route: Where it lies.

    Raises:
        InputError: If a trace cannot be used, lacks a column that is asked for, loses everything,
            or traces of so many links would fill the memory.
    """
    if not hop.each:
        found, factor = _scaled(hop, hop.trace, offer.all_bps, route)
        label = hop.trace.label
        scaled = label if factor is None else f"{label} x {float(factor):.6g}"
        return HopPlan(links=(_link(hop, found, 0, route),), trace=label, scaled=scaled)
    needed_ns = len(offer.each) * (route.duration_ns + hop.trace.offset_ns)
    if isinstance(hop.trace, FamilyTrace) and needed_ns > _LONGEST_NS:
        rule = f"must need at most {_LONGEST_NS // 10**9:,} s of traces, streams times duration"
        value = f"stream, {needed_ns // 10**9:,} s"
        raise _refuse(route, "each", value, rule, "let streams share it, or shorten the run")
    links = []
    factors = []
    for index, (stream, offered_bps) in enumerate(offer.each):
        source = _own(hop.trace, index)
        found, factor = _scaled(hop, source, offered_bps, route)
        if isinstance(source, FileTrace):
            drawn = keyed.uniforms(route.seed, route.path, "entry", stream, n=1)[0]
            found = found.shifted(int(drawn * found.period_ns))
        links.append(_link(hop, found, stream, route))
        factors.append(1.0 if factor is None else float(factor))
    if isinstance(hop.trace, FamilyTrace):
        label = f"{hop.trace.label} to {hop.trace.seed + len(links) - 1}"
        scaled = label
    else:
        scaled = label = f"{hop.trace.label} for each of {len(links)}"
        if isinstance(hop.trace, FileTrace):
            scaled += f", entered by {route.seed}"
    if hop.load is not None:
        scaled += f" x {sum(factors) / len(factors):.6g}"
    return HopPlan(links=tuple(links), trace=label, scaled=scaled)


def _own(source: TraceSource, index: int) -> TraceSource:
    """Return the trace of one of several links: a family's next seeds, or the same file."""
    if isinstance(source, FamilyTrace):
        return source.model_copy(update={"seed": source.seed + index})
    return source


def _scaled(
    hop: Hop, source: TraceSource, offered_bps: float, route: Route
) -> tuple[BandwidthTrace, Fraction | None]:
    found = trace(source, route.folder, route.duration_ns)
    factor = None
    if hop.rho is not None and offered_bps:
        factor = load_factor(offered_bps, hop.rho, found.mean_bps)
        found = scaled_trace(source, route.folder, route.duration_ns, factor)
    return found, factor


def _link(hop: Hop, found: BandwidthTrace, link: str | int, route: Route) -> LinkPlan:
    # Chance of the path goes with the trace: results are compared over traces, and luck that all of
    # them shared would not show in how far they lie apart.
    whose = (route.path, link, found.about.name, found.offset_ns)
    plan = LinkPlan(
        trace=found,
        delay_ns=_delay_ns(hop, found, route),
        delays=found.conditions if hop.delay_ns is None else None,
        jitter=None
        if hop.jitter is None
        else JitterPlan(
            mean_ns=hop.jitter.mean_ns,
            distribution=hop.jitter.distribution,
            reorders=hop.jitter.reordering,
        ),
        loss=_loss(hop, found, whose, route),
        sharing=hop.sharing,
        accuracy=hop.accuracy,
        queue=hop.queue,
        drop=hop.drop,
        quantum_bytes=hop.quantum_bytes or QUANTUM_BYTES,
        cross=tuple(
            cross_plan(
                source,
                f"others {number}",
                route.duration_ns,
                keyed.generator(route.seed, "cross", *whose, number),
            )
            for number, source in enumerate(hop.cross)
        ),
        key=keyed.key_of(route.seed, *whose),
    )
    return replace(plan, grant_ns=hop.grant_ns) if isinstance(hop, UplinkHop) else plan


def _delay_ns(hop: Hop, found: BandwidthTrace, route: Route) -> int:
    """Return the propagation that senders know of: with a column of delays, its least."""
    if hop.delay_ns is not None:
        return hop.delay_ns
    least_ns = _conditions(found, "delay", route).least_delay_ns
    if least_ns is None:
        raise _lacking(found, "delay", route)
    return least_ns


def _loss(
    hop: Hop, found: BandwidthTrace, whose: tuple[str | int, ...], route: Route
) -> LossModel | None:
    loss = hop.loss
    if isinstance(loss, Bursts):
        key = keyed.key_of(route.seed, *whose, "bursts")
        return GilbertElliott(loss.good_ns, loss.bad_ns, loss.loss_good, loss.loss_bad, key)
    if loss == "trace":
        conditions = _conditions(found, "loss", route)
        if conditions.loss is None:
            raise _lacking(found, "loss", route)
        if min(conditions.loss) >= 1:
            rule = "must let something through: its loss is 100 % throughout"
            raise _refuse(route, "loss", "trace", rule, "correct the file")
        return LossSteps(conditions)
    return Bernoulli(loss) if loss else None


def _conditions(found: BandwidthTrace, what: str, route: Route) -> Conditions:
    if found.conditions is None:
        raise _lacking(found, what, route)
    return found.conditions


def _lacking(found: BandwidthTrace, what: str, route: Route) -> InputError:
    rule = f"must name a trace with a {what} column, and {found.about.name} has none"
    return _refuse(
        route,
        what,
        "trace",
        rule,
        f"write a constant {what}, or give the trace a table of it as `conditions`",
    )


def _refuse(route: Route, what: str, value: str, rule: str, remedy: str) -> InputError:
    path = f"{route.path}.{what}"
    return InputError(Problem(where="scenario", what=path, value=value, rule=rule, remedy=remedy))
