"""How jobs that wait become batches: pulled together by a free worker, or formed before.

**Pull**: a free worker takes up to ``most`` of what waits and never waits for more. **Form**: a
batch closes at ``most`` jobs, or a given time after its first one, worker or not; then it waits
for a worker as a whole.
"""

from __future__ import annotations

from simulator.servers.batching.form import Form
from simulator.servers.batching.interface import Batching
from simulator.servers.batching.pull import Pull

__all__ = ["Batching", "Form", "Pull"]
