"""Builds a world from its plan, lets it run until every frame has met its end, returns the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpy import Environment

from simulator.world.device import Device
from simulator.world.ledger import Ledger
from simulator.world.mail import Mail
from simulator.world.server import Server
from simulator.world.service import ModelTimes, ServiceTimes
from simulator.world.uplink import Uplink
from simulator.world.view import LiveLadder, View

if TYPE_CHECKING:
    from simulator.framelog import FrameLog
    from simulator.world.plan import WorldPlan

__all__ = ["simulate"]


def simulate(plan: WorldPlan) -> FrameLog:
    """Run a world to its end.

    After the last capture the world drains: frames under way are sent, served and answered. The
    policies in the plan are used, so a plan with policies that learn is good for one run.

    Args:
        plan: The world, every draw made.

    Returns:
        One row per captured frame.

    Raises:
        InputError: If a policy raises or returns anything but None or the index of a unit.
    """
    env = Environment()
    ledger = Ledger(plan)
    server = Server(env, plan.server, ledger, plan.downlink_delay_ns)
    uplink = Uplink(env, plan.uplink[0][0], plan.packets, server, ledger)
    speed = plan.server.workers[0].speed
    models = [ModelTimes(model, speed) for model in plan.server.models]
    up_ns, down_ns = plan.up_delay_ns(0), plan.downlink_delay_ns
    ladders = {id(stream.ladder): LiveLadder(stream.ladder) for stream in plan.streams}
    for index, stream in enumerate(plan.streams):
        mail = Mail(stream, ledger, ledger.first_rows[index], up_ns=up_ns, down_ns=down_ns)
        view = View(stream, ladders[id(stream.ladder)], mail, up_ns=up_ns, down_ns=down_ns)
        times = ServiceTimes(stream, models[stream.model], speed)
        device = Device(
            env,
            stream,
            index=index,
            view=view,
            mail=mail,
            uplink=uplink,
            times=times,
            ledger=ledger,
        )
        env.process(device.run())
    env.run()
    return ledger.close()
