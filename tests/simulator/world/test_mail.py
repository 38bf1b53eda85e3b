"""What the sender knows, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.interface import Answer, Delivery, Pending
from simulator.world import simulate
from simulator.world.ledger import Ledger
from simulator.world.mail import Mail
from tests.simulator.world.small import MS, S, camera, scripted, steady, world

if TYPE_CHECKING:
    from collections.abc import Callable

    from policies import Observation


class Notes:
    """A policy that does what is written and keeps what it saw of each frame."""

    def __init__(self, look: Callable[[Observation], object], *plan: int | None) -> None:
        self.look = look
        self.plan = plan
        self.notes: list[object] = []

    def choose(self, seen: Observation) -> int | None:
        self.notes.append(self.look(seen))
        return self.plan[seen.frame] if self.plan else 0


def test_an_answer_is_known_when_it_is_back_and_not_before() -> None:
    notes = Notes(lambda seen: (seen.delivered, len(seen.unacknowledged), seen.deliveries))
    # Sent at 1, carried by 2, at the server at 22, served by 25, back at 55.
    times = [0, 10, 54.999999, 55]
    lone = camera(times, device_ms=[1], entropy_ms=3, policy=notes)
    simulate(world(lone, up_ms=20, down_ms=30))
    first = Delivery(frame=0, size_bytes=1000, sent_ns=MS, arrived_ns=22 * MS, wait_ns=0)
    assert notes.notes == [(0, 0, []), (0, 1, []), (0, 2, []), (1, 2, [first])]


def test_what_is_sent_and_not_answered_is_listed_oldest_first() -> None:
    notes = Notes(lambda seen: list(seen.unacknowledged))
    lone = camera([0, 10, 20], sizes=[[100, 200, 300]], device_ms=[1], policy=notes)
    simulate(world(lone, up_ms=50))
    assert notes.notes[2] == [Pending(0, 100, MS), Pending(1, 200, 11 * MS)]


def test_the_wait_at_the_server_is_reported() -> None:
    notes = Notes(lambda seen: [d.wait_ns for d in seen.deliveries])
    lone = camera([0, 1, 90], entropy_ms=10, policy=notes)
    simulate(world(lone))
    assert notes.notes[2] == [0, 9 * MS]


def test_results_made_on_the_device_are_answers_but_no_deliveries() -> None:
    notes = Notes(lambda seen: (seen.delivered, seen.answers), 0, 1, 1)
    lone = camera([0, 20, 40], sizes=[0, 1000], device_ms=[10, 5], policy=notes)
    simulate(world(lone))
    assert notes.notes[2] == (1, [Answer(0, 0, 10 * MS, 0.5), Answer(1, 1, 6 * MS, 0.5)])


def test_a_payload_without_answer_is_missing_after_ten_seconds() -> None:
    notes = Notes(lambda seen: (seen.missing, len(seen.unacknowledged)), 0, *[None] * 3)
    # The trace stops after 1 s and 1 MB, so the payload never crosses; it was sent at 1 ms.
    lone = camera([0, 10_000, 10_001, 10_002], sizes=[2_000_000], device_ms=[1], policy=notes)
    simulate(world(lone, trace=steady(after="stop")))
    assert notes.notes == [(0, 0), (0, 1), (1, 0), (1, 0)]


def test_a_payload_that_three_later_answers_overtook_is_missing() -> None:
    notes = Notes(lambda seen: (seen.missing, [p.frame for p in seen.unacknowledged]))
    # Frame 1 finds 2 packets waiting, all that the queue holds; it is lost.
    sizes = [[3000, 2000, 1, 1, 1, 1]]
    lone = camera([0, 0.5, 100, 200, 300, 400], sizes=sizes, policy=notes)
    simulate(world(lone, queue_bytes=3000))
    assert notes.notes[2:] == [(0, [1]), (0, [1]), (0, [1]), (1, [])]


def test_a_payload_does_not_overtake_itself() -> None:
    # Answers come back of 2, 3, 1 and 0, at 22, 32, 61 and 101: three overtake 0, two overtake 1.
    notes = Notes(lambda seen: (seen.missing, [p.frame for p in seen.unacknowledged]))
    lone = camera([0, 10, 20, 30, 60, 61], entropy_ms=[100, 50, 1, 1, 1, 1], policy=notes)
    simulate(world(lone, workers=4))
    assert notes.notes[4:] == [(0, [0, 1]), (1, [4])]


def test_an_answer_that_comes_after_all_is_a_delivery() -> None:
    notes = Notes(lambda seen: (seen.missing, seen.delivered), 0, *[None] * 2)
    lone = camera([0, 11_000, 13_000], sizes=[12_000_000], policy=notes)
    simulate(world(lone))
    assert notes.notes == [(0, 0), (1, 0), (1, 1)]


def test_only_the_latest_twenty_are_kept() -> None:
    notes = Notes(lambda seen: (seen.delivered, len(seen.deliveries), len(seen.answers)))
    simulate(world(camera(range(0, 500, 10), policy=notes)))
    assert notes.notes[-1] == (49, 20, 20)


def test_mail_nobody_reads_does_not_pile_up() -> None:
    lone = camera(range(3000), policy=scripted(*[0] * 3000))
    plan = world(lone)
    ledger = Ledger(plan)
    mail = Mail(lone, ledger, 0)
    for row in range(3000):
        ledger.unit[row] = 0
        ledger.device_end_ns[row] = row * MS
        ledger.service_start_ns[row] = ledger.arrived_ns[row] = row * MS
        mail.send(row, row * MS)
        mail.answer(row, row * MS + 1)
    assert len(mail.pending) + len(mail._sent) + len(mail._inbox) < 3000
    mail.read(4 * S)
    assert mail.delivered == 3000


def test_answers_of_one_instant_are_read_in_the_order_in_which_they_set_out() -> None:
    lone = camera(range(5))
    ledger = Ledger(world(lone))
    mail = Mail(lone, ledger, 0)
    for row in range(5):
        ledger.unit[row] = 0
        ledger.device_end_ns[row] = ledger.service_start_ns[row] = ledger.arrived_ns[row] = row
    for row, done_ns in ((3, 20), (4, 30), (1, 20), (0, 30), (2, 20)):
        mail.answer(row, done_ns)
    mail.read(30)
    assert [delivery.frame for delivery in mail.deliveries(5)] == [3, 1, 2, 4, 0]


def test_answers_out_of_order_are_read_in_order_of_time() -> None:
    notes = Notes(lambda seen: [d.frame for d in seen.deliveries])
    # Two workers: frame 0 is served from 1 to 51, frame 1 from 11 to 12.
    lone = camera([0, 10, 20, 60], entropy_ms=[50, 1, 1, 1], policy=notes)
    simulate(world(lone, workers=2))
    assert notes.notes == [[], [], [1], [1, 2, 0]]
