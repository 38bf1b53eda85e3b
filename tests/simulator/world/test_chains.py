"""Chains of predicted frames, worked out by hand: a packet of 1000 bytes takes 1 ms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from simulator.framelog import Outcome
from simulator.links.loss import Bernoulli
from simulator.world import simulate
from simulator.world.plan import ChainPlan, JitterPlan
from tests.simulator.world.network.nets import During, in_layers, link, net, reasons
from tests.simulator.world.small import MS, camera, ms, scripted, served, world
from tests.simulator.world.test_mail import Notes

if TYPE_CHECKING:
    from simulator.framelog import FrameLog
    from simulator.world.plan import LinkPlan, StreamPlan

EVERY_10 = [10 * k for k in range(8)]
GONE = ["NONE", "CORRUPTED", "UNDECODABLE", "UNDECODABLE"]


def video(
    *,
    refresh: int = 4,
    intra: int = 3000,
    units: tuple[int, ...] = (0,),
    **options: Any,  # noqa: ANN401
) -> StreamPlan:
    """A camera every 10 ms whose units of these indices are chains."""
    options = {"sizes": [1000], "waiting": "queue"} | options
    plan = camera(options.pop("captured_ms", EVERY_10), **options)
    chain = ChainPlan(
        refresh=refresh,
        intra_bytes=np.full(len(plan.captured_ns), intra),
        intra_mean_bytes=float(intra),
        predicted_mean_bytes=1000.0,
    )
    chains = tuple(chain if k in units else None for k in range(len(plan.ladder.names)))
    return replace(plan, chains=chains)


def through(plan: StreamPlan, *up: LinkPlan, **options: Any) -> FrameLog:  # noqa: ANN401
    return simulate(net(plan, up=up or [link()], **options))


def test_the_first_frame_and_every_refreshth_after_it_are_intra() -> None:
    log = simulate(world(video()))
    assert log["bytes"].tolist() == [3000, 1000, 1000, 1000] * 2
    assert ms(log, "done_ns") == [3, 11, 21, 31, 43, 51, 61, 71]
    assert reasons(log) == ["NONE"] * 8


def test_a_refresh_of_one_is_all_intra() -> None:
    lost = link(loss=During((10, 20)))
    log = through(video(refresh=1), lost)
    assert log["bytes"].tolist() == [3000] * 8
    assert reasons(log) == ["NONE", "CORRUPTED", *["NONE"] * 6]


@pytest.mark.parametrize("hops", [1, 2])
def test_a_lost_frame_spoils_those_after_it_until_the_next_intra_frame(hops: int) -> None:
    ways = [link(loss=During((11, 11))), link(0.001)][:hops]
    log = through(video(entropy_ms=2), *ways)
    assert reasons(log) == [*GONE, *["NONE"] * 4]
    assert log["outcome"].tolist()[1:5] == [Outcome.LOST] * 3 + [Outcome.ON_TIME]
    # What is undecodable has arrived all the same, and costs no service.
    assert (log["arrived_ns"][2:4] == log["arrived_ns"][[5, 6]] - 30 * MS).all()
    assert log["service_start_ns"].tolist()[1:4] == [-1, -1, -1]
    assert log["worker"].tolist()[:5] == [0, -1, -1, -1, 0]
    assert log["layers"].tolist()[:5] == [1, 0, 0, 0, 1]


def test_a_lost_intra_frame_spoils_its_whole_chain() -> None:
    log = through(video(), link(loss=During((1, 3))))
    assert reasons(log) == ["CORRUPTED", *["UNDECODABLE"] * 3, *["NONE"] * 4]


def test_a_full_queue_spoils_too_on_the_commonest_path() -> None:
    # 2500 B may wait: at 0 the intra frame of 3000 is refused, from 40 on a chain of 2000.
    plan = video()
    chain = plan.chains[0]
    assert chain is not None
    chain = replace(chain, intra_bytes=np.array([3000] * 4 + [2000] * 4))
    log = simulate(world(replace(plan, chains=(chain,)), queue_bytes=2500))
    assert reasons(log) == ["OVERFLOW", *["UNDECODABLE"] * 3, *["NONE"] * 4]


def test_a_frame_that_the_sender_takes_back_spoils_those_after_it() -> None:
    # The intra frame needs 30 ms, and what has not begun by 15 is taken back; 1 comes at 16.
    plan = replace(video(intra=30_000, deadline_ms=15), cancel="too-late")
    log = through(plan, link(accuracy="packet"))
    assert reasons(log)[:4] == ["CANCELLED", "UNDECODABLE", "UNDECODABLE", "UNDECODABLE"]


def test_another_unit_in_between_ends_the_chain_and_the_next_one_begins_anew() -> None:
    policy = scripted(0, 0, 1, 0, 0, None, 0, 0)
    log = through(video(sizes=[1000, 500], policy=policy), link(loss=During((11, 11))))
    # Unit 1 in between; a skipped frame leaves the chain as it is: 3, 4, 6, 7 are one of four.
    assert log["bytes"].tolist() == [3000, 1000, 500, 3000, 1000, 0, 1000, 1000]
    assert reasons(log) == ["NONE", "CORRUPTED", *["NONE"] * 6]


def test_an_answer_on_the_device_in_between_ends_the_chain_too() -> None:
    log = simulate(world(video(sizes=[1000, 0], policy=scripted(0, 0, 1, 0, 0, 0, 0, 0))))
    assert log["bytes"].tolist() == [3000, 1000, 0, 3000, 1000, 1000, 1000, 3000]


def test_two_chains_of_a_ladder_end_each_other() -> None:
    plan = video(sizes=[1000, 2000], units=(0, 1), policy=scripted(0, 0, 1, 1, 0, 0, 0, 0))
    assert simulate(world(plan))["bytes"].tolist() == [3000, 1000, 3000, 2000, 3000, *[1000] * 3]


def test_frames_dropped_at_the_camera_are_not_encoded_and_leave_the_chain_whole() -> None:
    # The device needs 25 ms: it takes up 0, 20, 50 and 70.
    log = simulate(world(video(device_ms=[25], waiting="newest")))
    assert log["bytes"].tolist() == [3000, 0, 1000, 0, 0, 1000, 0, 1000]
    assert reasons(log) == [("REPLACED" if size == 0 else "NONE") for size in log["bytes"]]


@pytest.mark.parametrize(("places", "reason"), [(0, "REFUSED"), (None, "EXPIRED")])
def test_what_the_server_drops_serves_as_a_reference(places: int | None, reason: str) -> None:
    # Frame 0 is in service from 3 to 28. 1 and 2 come in between, and 28 is too late for 1.
    plan = world(video(deadline_ms=15), models=[served([0.0])])
    log = simulate(
        replace(
            plan,
            streams=(replace(plan.streams[0], entropy_decode_ns=np.array([[25 * MS] + [0] * 7])),),
            server=replace(plan.server, drops_expired=places is None, places=places),
        )
    )
    assert reasons(log)[1] == reason
    assert "UNDECODABLE" not in reasons(log)
    assert reasons(log)[3:] == ["NONE"] * 5


def test_a_frame_waits_for_the_one_that_is_sent_again() -> None:
    # Frame 1 leaves at 11, is lost, is sent again a round trip of 25 later, and leaves at 37:
    # 2 and 3 are there by then and go on with it, as one batch each.
    plan = replace(video(), transport="retransmit")
    log = through(plan, link(loss=During((11, 11)), delay_ms=5), down_ms=20)
    assert ms(log, "arrived_ns")[:5] == [8, 42, 26, 36, 48]
    assert ms(log, "service_start_ns")[:5] == [8, 42, 42, 42, 48]
    assert reasons(log) == ["NONE"] * 8
    assert log["transmissions"].tolist() == [1, 2, *[1] * 6]


def test_of_frames_that_overtook_each_other_each_goes_on_with_what_it_needs() -> None:
    jitter = JitterPlan(mean_ns=30 * MS, distribution="uniform", reorders=True)
    log = through(video(refresh=8), link(jitter=jitter, key=b"0" * 16))
    arrived = log["arrived_ns"]
    assert (np.diff(arrived) < 0).any()
    assert (log["service_start_ns"] == np.maximum.accumulate(arrived)).all()


def test_the_sender_hears_nothing_of_spoilt_frames_until_it_gives_them_up() -> None:
    notes = Notes(lambda seen: ([p.frame for p in seen.unacknowledged], seen.missing), *[0] * 8)
    through(video(policy=notes), link(loss=During((11, 11))))
    seen = notes.notes
    assert seen[2:5] == [([1], 0), ([1, 2], 0), ([1, 2, 3], 0)]
    # The intra frame of 40 and two more are answered by 70: three that overtook 1, 2 and 3.
    assert seen[7] == ([], 3)


def test_forecasts_follow_the_contents_and_not_the_kind_of_frame() -> None:
    notes = Notes(lambda seen: seen.units[0].size_bytes, *[0] * 8)
    sizes = [[1000] * 5 + [2000] * 3]
    simulate(world(video(sizes=sizes, policy=notes)))
    mean = np.mean(sizes)
    assert notes.notes[:6] == [mean] * 6
    assert notes.notes[6] == pytest.approx(1.25 * mean)  # a quarter of the way to twice as much


def test_the_server_may_ask_for_an_intra_frame() -> None:
    # Frame 1 is lost. 2 is there at 26, and its server's word at the device at 26 + 12 = 38.
    # Frame 3 has been encoded at 30; 4 is intra, and the word about 3, heard at 48, is no news.
    plan = replace(video(refresh=99), asks_intra=True)
    log = through(plan, link(loss=During((11, 11)), delay_ms=5), down_ms=12)
    assert log["bytes"].tolist() == [3000, 1000, 1000, 1000, 3000, 1000, 1000, 1000]
    assert reasons(log) == [*GONE, *["NONE"] * 4]


def test_it_asks_again_when_the_intra_frame_is_lost() -> None:
    plan = replace(video(refresh=99), asks_intra=True)
    log = through(plan, link(loss=During((11, 11), (41, 43)), delay_ms=5), down_ms=2)
    # Asked at 28 for frame 3, which comes; then 4, as predicted, is lost: 5 asks at 58, 6 is intra.
    assert log["bytes"].tolist() == [3000, 1000, 1000, 3000, 1000, 1000, 3000, 1000]
    assert [r for r in reasons(log) if r != "NONE"] == [
        "CORRUPTED",
        "UNDECODABLE",
        "CORRUPTED",
        "UNDECODABLE",
    ]


def test_units_with_chains_and_streams_without_go_side_by_side() -> None:
    plain = camera(EVERY_10, name="plain", waiting="queue")
    lossy = link(loss=During((11, 12)))
    log = simulate(net(video(name="video"), plain, up=[lossy]))
    assert reasons(log) == [*GONE, *["NONE"] * 4, "NONE", "CORRUPTED", *["NONE"] * 6]


def test_plans_whose_chains_do_not_fit_are_refused() -> None:
    plan = video()
    chain = plan.chains[0]
    assert chain is not None
    with pytest.raises(ValueError, match="cameras/0 chains: 2 must be one for each unit"):
        replace(plan, chains=(chain, None))
    with pytest.raises(ValueError, match="refresh 0"):
        replace(plan, chains=(replace(chain, refresh=0),))
    with pytest.raises(ValueError, match=r"intra_bytes \(1,\)"):
        replace(plan, chains=(replace(chain, intra_bytes=np.array([3000])),))
    with pytest.raises(ValueError, match="unit 0 must not have layers, too"):
        in_layers(plan, 100, 200)


def test_a_chain_that_loses_nothing_and_a_plain_unit_of_its_sizes_are_the_same() -> None:
    plan = video(entropy_ms=1)
    plain = replace(plan, chains=(), payload_bytes=np.array([[3000, 1000, 1000, 1000] * 2]))
    for way in (link(), link(loss=Bernoulli(0.0))):
        one, other = through(plan, way), through(plain, way)
        assert [name for name in one if not np.array_equal(one[name], other[name])] == [
            "forecast_bytes",
            "forecast_high_bytes",
        ]
