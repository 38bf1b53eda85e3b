"""What a batch leaves behind: one folder of Parquet tables and JSON, the same as DataFrames.

A *run* is one point of the sweep with one replication. A *case* is what one row of the results
table shows: one setting and one policy, over all its traces and replications. The statistical
unit is the *trace* (family and seed, or file and offset): replications are averaged inside it,
intervals are bootstrapped over traces, and policies are compared on the same traces.

::

    DIR/
      manifest.json            what was asked for; written first, says which runs belong here
      frames/<run>.parquet     a row per captured frame, e.g. frames/p0003-r1.parquet
      runs.parquet             a row per run
      groups.parquet           a row per run and group of streams, same metrics
      units.parquet            a row per run, group and unit of the ladder
      capacity.parquet         the path over time, a row per path, hop and step
      summary.json             a record per case, paired comparisons, SLO verdicts
      plots/*.svg report.html  the report

A folder is a results folder if its ``manifest.json`` is a plain file and a JSON object with
``schema_version`` (an integer), ``scenario`` (an object), ``scenario_sha256`` (64 hexadecimal
digits), ``splitcast``, ``state`` and ``runs`` (objects with a ``run``). Only then is anything in it
removed, and only plain files by the names above (plots only if they say that they are ours, in a
comment in their first lines); no link in it is followed. What a killed process left half written is
called ``.NAME.xxxxxxxx`` and removed by the next. While a process writes, it holds a lock on
``.splitcast.lock``, which says who it is; the lock ends with its process, and the file with it
unless it was killed.

Every JSON has ``schema_version`` (an integer, now 3) at its top; every Parquet file has it, as
text, under the key ``schema_version`` of its schema's metadata. Every file is written beside its
place and renamed. Units are in the names: ``_ns`` int64 since the run's start, ``_ms``, ``_s``,
``_bytes``, ``_bps``. Ratios and scores lie between 0 and 1. NaN (Parquet) or null (JSON) means
"insufficient": too few frames for this metric.

JSON is checked for its shape where it is read (``documents``, and ``facts`` for what Parquet
footers say): values of another type are refused with their place, and ``--resume`` simulates a run
again whose facts are not its own. Figures lie within ±2^53. Further keys are left alone.

**frames/<run>.parquet**: the columns of ``simulator.framelog.COLUMNS`` in (stream, frame) order,
with its dtypes; -1 (NaN for floats) is "never happened"; ``outcome`` and
``reason`` are dictionaries of names (pandas: categories): those of ``framelog.Outcome`` and
``framelog.Reason`` in lower case, such as ``on_time`` and ``overflow``; ``none`` is no reason.
The schema's metadata key ``run`` is a JSON object: the run's row, its rows of those tables under
``groups`` and ``units``, and ``streams``: a list of ``{"name", "group", "policy", "deadline_ns",
"interval_ns", "units", "on_device"}`` indexed by ``stream``; its ``units`` are the ladder's names,
``on_device`` says of each whether it sends nothing. Where some unit has layers, its ``layers`` says
how many each has; where it asks further tasks, its ``tasks`` are their names to their deadlines,
ns. Where workers are away in the run, ``outages`` is a list of ``{"worker", "begin_s", "end_s"}``,
the 500 longest.

**runs.parquet**: ``run`` string, ``case`` int32, ``point`` int32, ``replication`` int32,
``seed`` int64 (the run's own), ``policy`` string (what is compared), ``setting`` string (the rest
of the point in words, "" without a sweep), ``trace`` string (statistical unit), ``link`` string
(key into capacity.parquet), ``duration_s`` float64, then the metrics of
``simulator.metrics.METRICS``, float64 each unless said:

- ``frames on_time_frames late_frames lost_frames skipped_frames dropped_frames`` int64;
- ``on_time late lost skipped dropped``: shares of the captured frames;
- ``replaced cancelled expired refused crashed`` of the dropped, ``overflow corrupted given_up
  undelivered undecodable`` of the lost: shares of the captured frames by reason;
- ``timely_accuracy``: mean over all captured frames of score x [on time];
  ``answered_score``: mean score of answered frames;
- ``latency_mean_ms latency_p50_ms latency_p95_ms latency_p99_ms``: capture to answer, of answered
  frames alone;
- ``<stage>_mean_ms <stage>_p95_ms`` for the stages, in the order of a frame's life,
  ``camera_wait device uplink_queue uplink_transmission propagation server_wait service downlink``:
  answered frames; frames answered on the device count in the first two stages only;
- ``miss_runs`` int64, ``miss_run_mean miss_run_max``: runs of successive frames not on time;
- ``wire_bps`` bits a second put on the uplink, ``payload_mean_bytes``;
- ``uplink_utilisation device_utilisation server_utilisation``: busy share, 0-1;
- ``switches``: unit changes per 100 sent frames; ``unit_mean``: mean ladder index of sent frames;
  ``batch_mean``;
- ``forecast_coverage``: share of sent frames no larger than their forecast p90 (0.9 is right),
  each stream's first ten left out; ``forecast_pinball_bytes``: their mean pinball loss at 0.9;
- ``transmissions_mean``: most transmissions of one of a sent frame's packets, mean;
  ``layers_mean``: layers decoded of a served frame, mean;
- ``on_time_warmup on_time_settled timely_accuracy_warmup timely_accuracy_settled``: the first
  tenth of the captures (at most 5 s), and the rest;
- ``overload`` string: "" or what cannot keep up, of ``device``, ``uplink``, ``server``,
  joined by "+"; with several hops ``uplink 1``, ``uplink 2`` from the device on;
- ``on_time_<task> timely_accuracy_<task>``: of each further task that some stream asks, over the
  frames of those streams.

**groups.parquet**: ``run case point replication policy setting trace`` as above, ``group`` string,
then the same metrics without the utilisations of what groups share and without ``overload``.

**units.parquet**: ``run case policy setting trace`` as above, ``group`` string, ``unit`` int16,
``name`` string, ``frames`` int64 (chosen and not dropped), ``share`` of captured frames,
``on_time`` share of its frames, ``payload_mean_bytes``, ``score_mean``,
``forecast_coverage``, ``forecast_pinball_bytes`` (as in a run, of its frames) float64.

**capacity.parquet**: ``link`` string, ``way`` string (``uplink`` or ``downlink``), ``hop`` string
(as the scenario names it, else ``uplink.0`` and so on), ``links`` int32 (1, or one for each
stream), ``t_s`` float64 (start of the step), ``capacity_bps`` float64 (mean over the step, after
``load`` scaling and offset, all of the hop's links together), ``least_bps`` (the poorest of several
links at the time, over a second, times their number), ``cross_bps`` (what others send on them) and
``loss`` (mean probability that a packet is destroyed) float64, NaN where there is none; on a grid
of at most 2000 steps, hop by hop.

**summary.json**::

    {"schema_version": 3, "name": ..., "description": ..., "task": "top1", "confidence": 0.95,
     "warnings": ["oboe/1 measures a flow rate on a downlink: ..."],
     "doubtful": ["network.uplink.0.load"],      # settings that some warning is about
     "traces": ["us-lte-up/1", ...], "few_traces": true,     # fewer than 10: read the points
     "cases": [{"case": 0, "policy": "deadline", "setting": "load=1",
                "settings": {"network.uplink.0.load": 1}, "runs": 50, "frames": 90000,
                "overload": {"uplink": 0.2},                 # share of runs, where above 0
                "metrics": {NAME: INTERVAL, ...},
                "groups": {"cameras": {NAME: INTERVAL, ...}}}, ...],
     "comparisons": [{"setting": ..., "policy": "deadline", "versus": "fixed", "traces": 10,
                      "metrics": {"timely_accuracy": INTERVAL, "on_time": INTERVAL, ...}}, ...],
     "slo": [{"case": 0, "group": "cameras", "metric": "latency_p95", "rule": "<= 150 ms",
              "verdict": "met" | "failed" | "inconclusive", "unit": "ms" | "share",
              "value": 131.5, "low": 126.0, "high": 137.2, "by_trace": {"us-lte-up/1": 128.9, ...},
              "traces": 10, "frames": 18000, "answered": 17988,
              "note": "what else there is to know, such as how many frames are lacking"}, ...]}

INTERVAL is ``{"mean": 0.91, "low": 0.88, "high": 0.93, "by_trace": {"us-lte-up/1": 0.93, ...}}``;
``low`` and ``high`` are null with fewer than two traces, ``mean`` too where nothing could be
measured. Within a comparison it is of ``policy`` minus ``versus``, trace by trace.

Objectives judge **all captured frames**. ``latency_mean latency_p50 latency_p95 latency_p99`` count
frames that were not answered (lost, skipped, dropped) as beyond every bound, so that a mean with
any of them fails; ``answered_latency_mean`` and its kin are over answered frames alone, as the
columns of the tables are. A value beyond every bound is ``"inf"``: on one trace it takes the mean
over traces there. A percentile needs ten frames beyond it in each run (p50 20, p95 200, p99 1000);
with fewer, only what the lacking frames would leave as it is, however they fared, is decided. With
several traces the whole interval must keep the rule (met) or break it (failed).

**manifest.json**: ``schema_version``, ``scenario`` (the document, overrides applied),
``scenario_sha256``, ``source`` (file name), ``profiles``, ``traces`` and ``policies`` (name or
file to SHA-256), ``splitcast`` (version), ``python``, ``packages`` (versions), ``machine``,
``command``, ``created`` (UTC), ``state`` ("running" or "done"), ``elapsed_s`` (once done),
``runs``: a list of ``{"run", "case", "point", "replication", "seed", "settings"}``. `--resume`
goes by scenario, profiles, traces, policies and version.
"""

from __future__ import annotations

from simulator.results.results import Results

__all__ = ["Results"]
