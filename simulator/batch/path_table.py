"""The path of a run over time, for plots: what each hop carries, for whom else, and loses."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from traces import rates_on_grid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from simulator.assembly import Assembly
    from simulator.scenario.network import Network
    from simulator.world import LinkPlan, WorldPlan

__all__ = ["hop_names", "path_key", "path_rows"]

_STEP_NS = 100_000_000
_LOOKS = 10
"""Instants of a step, and links of a hop, at which loss is looked up."""


def path_key(built: Assembly, network: Network, seed: int) -> str:
    """Return what two runs have in common that meet the same path at every instant.

    Traces tell, unless others use the path or it loses something: settings and seed do then.

    Args:
        built: The run.
        network: As the scenario has it at this point.
        seed: The run's own.
    """
    links = [link for hop in (*built.plan.uplink, *built.plan.downlink) for link in hop]
    if not any(link.cross or link.loss for link in links):
        return built.link
    digest = blake2b(repr((network, seed)).encode(), digest_size=4).hexdigest()
    return f"{built.link}, path {digest}"


def hop_names(network: Network) -> list[str]:
    """Return the names of all hops, those of the way back last, as `path_rows` needs them."""
    return [hop.name or path.removeprefix("network.") for path, hop in network.hops()]


def path_rows(plan: WorldPlan, names: Sequence[str], most: int) -> Iterator[dict[str, list[Any]]]:
    """Yield for each hop the columns of capacity.parquet but for its key.

    Args:
        plan: The world.
        names: From `hop_names`.
        most: Steps a hop may have.
    """
    duration_ns = plan.duration_ns
    ways = ["uplink"] * len(plan.uplink) + ["downlink"] * len(plan.downlink)
    step_ns = min(max(_STEP_NS, -(-duration_ns // most)), duration_ns)
    for way, name, links in zip(ways, names, (*plan.uplink, *plan.downlink), strict=True):
        found = [rates_on_grid(link.trace, step_ns, duration_ns) for link in links]
        starts = found[0][0]
        yield {
            "way": [way] * len(starts),
            "hop": [name] * len(starts),
            "links": [len(links)] * len(starts),
            "t_s": starts.tolist(),
            "capacity_bps": np.sum([rates for _, rates in found], axis=0).tolist(),
            "cross_bps": _cross_bps(links, step_ns, len(starts)).tolist(),
            "loss": _loss(links, step_ns, len(starts)).tolist(),
        }


def _cross_bps(links: Sequence[LinkPlan], step_ns: int, steps: int) -> NDArray[np.float64]:
    """Return what others send in each step; NaN where there are no others."""
    others = [cross for link in links for cross in link.cross]
    if not others:
        return np.full(steps, np.nan)
    sent = np.zeros(steps)
    for cross in others:
        place = cross.sent_ns // step_ns
        inside = place < steps
        sent += np.bincount(place[inside], cross.wire_bytes[inside], minlength=steps)
    return sent * (8e9 / step_ns)


def _loss(links: Sequence[LinkPlan], step_ns: int, steps: int) -> NDArray[np.float64]:
    """Return the mean probability of loss in each step; NaN where nothing is lost."""
    models = [link.loss for link in links if link.loss is not None]
    if not models:
        return np.full(steps, np.nan)
    looked = models[:: -(-len(models) // _LOOKS)]
    instants = np.linspace(0, steps * step_ns, steps * _LOOKS, endpoint=False).astype(np.int64)
    found = [[model.probability(t_ns) for t_ns in instants.tolist()] for model in looked]
    return np.asarray(np.mean(found, axis=0).reshape(steps, _LOOKS).mean(axis=1))
