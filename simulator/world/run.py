"""Builds a world from its plan, lets it run until every frame has met its end, returns the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpy import Environment

from simulator.foundation.instants import FOREVER_NS
from simulator.world.chains import chained
from simulator.world.device import Device
from simulator.world.ledger import Ledger
from simulator.world.mail import Mail
from simulator.world.network.paths import Paths
from simulator.world.server import Server
from simulator.world.service import service_times
from simulator.world.view import LiveLadder, View

if TYPE_CHECKING:
    from simulator.framelog import FrameLog
    from simulator.world.plan import WorldPlan

__all__ = ["simulate"]


def simulate(plan: WorldPlan) -> FrameLog:
    """Run a world to its end.

    After the last capture the world drains: frames under way are sent, served and answered. What
    has not happened after 2^62 ns, 146 years, never does. The policies in the plan are used, so a
    plan with policies that learn is good for one run.

    Args:
        plan: The world, every draw made.

    Returns:
        One row per captured frame.

    Raises:
        InputError: If a policy raises or returns anything but None or the index of a unit.
    """
    env = Environment()
    ledger = Ledger(plan)
    paths = Paths(env, plan, ledger)
    server = Server(env, plan, ledger, paths.answers().send)
    encoders, arrive = chained(plan, ledger, server.arrive)
    paths.lay_uplink(arrive)
    times = service_times(plan)
    devices = []
    ladders = {id(stream.ladder): LiveLadder(stream.ladder) for stream in plan.streams}
    for index, stream in enumerate(plan.streams):
        mail = Mail(stream, ledger, index)
        up_ns, down_ns = plan.up_delay_ns(index), plan.down_delay_ns(index)
        view = View(stream, ladders[id(stream.ladder)], mail, up_ns=up_ns, down_ns=down_ns)
        device = Device(
            env,
            stream,
            index=index,
            view=view,
            mail=mail,
            sender=paths.sender(index, mail),
            times=times[index],
            ledger=ledger,
            encoder=encoders[index],
        )
        devices.append(device)
    for device in devices:
        device.start()
    env.run(until=FOREVER_NS)  # what would happen later never does
    paths.close()
    return ledger.close()
