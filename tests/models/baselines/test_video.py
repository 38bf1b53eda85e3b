"""Low-delay video codecs: one payload a frame, chained, refreshed, and nothing foreign decodes."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from models.baselines.video import LADDER, VideoCodec
from models.coding.wire import HEADER_BYTES, pack
from models.scenes import render
from simulator.foundation.errors import InputError

THREADS = Path("/proc/self/task")
FRAMES = [render(seed=4, split="training", clip=2, t=t).image for t in range(9)]
EACH = [
    VideoCodec(codec="h264", sampling="444", quantiser=30, preset="veryfast", refresh=4),
    VideoCodec(codec="hevc", sampling="444", quantiser=30, preset="ultrafast", refresh=4),
    VideoCodec(codec="av1", sampling="420", quantiser=40, preset="10", refresh=4),
]
each = pytest.mark.parametrize("codec", EACH, ids=[codec.codec for codec in EACH])


def encoded(codec: VideoCodec) -> list[bytes]:
    with codec.encoder() as encoder:
        return [encoder.encode(frame) for frame in FRAMES]


@each
def test_each_frame_is_one_payload_and_comes_back_at_once(codec: VideoCodec) -> None:
    decoder = codec.decoder()
    for frame, payload in zip(FRAMES, encoded(codec), strict=True):
        assert len(payload) > HEADER_BYTES
        assert np.abs(decoder.decode(payload).astype(int) - frame).mean() < 12


@each
def test_intra_frames_come_as_often_as_said_and_are_larger(codec: VideoCodec) -> None:
    sizes = np.array([len(payload) for payload in encoded(codec)])
    intra = np.arange(len(sizes)) % codec.refresh == 0
    assert sizes[intra].min() > sizes[~intra].max()


def spoiled(codec: VideoCodec, payloads: list[bytes], lost: int) -> set[int]:
    """Return the frames that decode otherwise, or not at all, once a payload is lost."""
    whole, broken, found = codec.decoder(), codec.decoder(), set()
    for k, payload in enumerate(payloads):
        wanted = whole.decode(payload)
        try:
            same = k == lost or bool((broken.decode(payload) == wanted).all())
        except InputError:  # a decoder may also say that a reference is missing
            same = False
        if not same:
            found.add(k)
    return found


@each
def test_a_lost_payload_spoils_frames_up_to_the_next_intra_frame(codec: VideoCodec) -> None:
    payloads = encoded(codec)
    if codec.codec != "av1":
        assert spoiled(codec, payloads, 1) == {2, 3}
    assert spoiled(codec, payloads, 2) == {3}


def test_av1_leaves_some_frames_unreferenced_so_that_losing_them_spoils_nothing() -> None:
    assert spoiled(EACH[2], encoded(EACH[2]), 1) == set()


@each
def test_a_frame_may_be_asked_to_be_intra_and_the_next_ones_count_from_it(
    codec: VideoCodec,
) -> None:
    decoder = codec.decoder()
    with codec.encoder() as encoder:
        payloads = [encoder.encode(frame, intra=k == 2) for k, frame in enumerate(FRAMES)]
    sizes = np.array([len(payload) for payload in payloads])
    assert np.flatnonzero(sizes > sizes.max() / 2).tolist() == [0, 2, 6]  # one in four
    decoder.decode(payloads[2])  # needs none of those before it
    assert decoder.decode(payloads[3]).shape == (224, 224, 3)


@pytest.mark.skipif(not THREADS.is_dir(), reason="told by Linux only")
@each
def test_no_codec_takes_the_machine_for_itself(codec: VideoCodec) -> None:
    before = os.sched_getscheduler(0)
    decoder = codec.decoder()
    with codec.encoder() as encoder:
        for frame in FRAMES[:3]:
            decoder.decode(encoder.encode(frame))
            threads = [os.sched_getscheduler(int(thread.name)) for thread in THREADS.iterdir()]
            assert set(threads) == {before}


@pytest.mark.skipif(not THREADS.is_dir(), reason="told by Linux only")
@each
@pytest.mark.parametrize("frames", [0, 2])
def test_a_stream_that_fails_leaves_no_threads_behind(codec: VideoCodec, frames: int) -> None:
    before, encoder = len(list(THREADS.iterdir())), codec.encoder()

    def stream() -> None:
        with encoder:
            for frame in FRAMES[:frames]:
                encoder.encode(frame)
            raise KeyError(frames)

    with pytest.raises(KeyError):
        stream()
    assert len(list(THREADS.iterdir())) == before
    with pytest.raises(ValueError, match="after the end of the stream"):
        encoder.encode(FRAMES[0])


def test_a_coarser_quantiser_costs_fewer_bytes() -> None:
    sizes = []
    for quantiser in (24, 34, 44):
        codec = VideoCodec(codec="h264", sampling="444", quantiser=quantiser, preset="veryfast")
        sizes.append(sum(len(payload) for payload in encoded(codec)))
    assert sizes[0] > 1.5 * sizes[1] > 2 * sizes[2]


def test_every_setting_has_its_own_name_and_settings_hash() -> None:
    assert len({codec.name for codec in LADDER}) == len(LADDER)
    assert len({codec.identity.tables_digest[:4] for codec in LADDER}) == len(LADDER)


def test_a_payload_of_another_quantiser_is_refused() -> None:
    payload = encoded(EACH[0])[0]
    with pytest.raises(InputError, match="tables hash"):
        LADDER[0].decoder().decode(payload)


@each
def test_content_that_is_no_such_frame_is_refused(codec: VideoCodec) -> None:
    with pytest.raises(InputError, match=r"must decode to one frame of 224x224"):
        codec.decoder().decode(pack(b"nothing to see", codec.identity), "frame 7")
