"""Workloads: logs of a system of one's own, replayed without any model.

A CSV with one row for each capture, unit and layer, in any order, and these columns in any order:

- ``t_capture_s`` or ``t_capture_ms``: when the frame was captured. The earliest of the file is 0.
- ``bytes``: the payload; 0 where the unit stays on the device.
- ``device_ms`` or ``device_s``: time on the device until the payload, or the result, is ready.
- ``server_ms`` or ``server_s``: time in service alone; may be blank where nothing is sent. Left
  out where the scenario gives a ``batch_time``.
- ``score``: from 0 to 1, what an answer in time is worth; 1 where left out.
- ``confidence``: from 0 to 1, what the answer says of itself; the score where left out.
- ``unit``: a name; one unit ``frame`` where left out. Every capture has every unit.
- ``layer``: from 0, where a unit is a base layer and enhancement layers. Bytes are this layer's
  alone; time in service, score and confidence are those of this layer and all before it together;
  the time on the device is until the whole unit is ready, the same for all its layers.
- ``stream``: a name. With it each stream is replayed as logged; without it streams start at drawn
  rows of the one log, and wrap.
"""

from __future__ import annotations

from simulator.workload.reader import read_workload
from simulator.workload.records import LayerLog, StreamLog, UnitLog, Workload

__all__ = ["LayerLog", "StreamLog", "UnitLog", "Workload", "read_workload"]
