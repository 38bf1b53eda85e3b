"""Low-delay video codecs through PyAV: each frame is predicted from the frames before it.

H.264 by x264, HEVC by x265, AV1 by SVT-AV1, at a fixed quantiser: no frame waits for a later one
(no B-frames, no look-ahead), so each goes in and comes out as one payload, with an intra frame
every ``refresh`` frames. Payloads hang together: without one of them nothing up to the next intra
frame decodes to what the encoder saw (SVT-AV1 leaves some frames unreferenced, the loss of which
spoils nothing: for it this is the safe side). The server runs the whole backbone on what it
decodes.

x264 and x265 are run with every colour sample (4:4:4) or a quarter of them (4:2:0); SVT-AV1 knows
4:2:0 only.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

import av
import numpy as np
from av.codec.context import Flags
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from models.coding.wire import Identity, pack, unpack
from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LADDER", "STREAMED", "Decoder", "Encoder", "VideoCodec"]

_FPS = 15
_UNIT_ID = 64  # the settings' hash tells codecs and quantisers apart
_LIBRARIES = {"h264": "libx264", "hevc": "libx265", "av1": "libsvtav1"}
_DECODERS = {"h264": "h264", "hevc": "hevc", "av1": "libdav1d"}
_PIXELS = {"444": "yuv444p", "420": "yuv420p"}
_COLOUR = "ITU709"
_THREADS = Path("/proc/self/task")  # where Linux lists those of this process


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoCodec:
    """One setting of a low-delay video codec.

    Attributes:
        codec: ``h264``, ``hevc`` or ``av1``.
        sampling: ``444`` or ``420``; AV1 knows 4:2:0 only.
        quantiser: The fixed QP: 0 to 51, for AV1 0 to 63.
        refresh: Frames from one intra frame to the next.
        preset: The encoder's own word for how hard it tries.
        side: Height and width of the frames, pixels.

    Example:
        >>> codec = VideoCodec(codec="h264", sampling="444", quantiser=30, preset="superfast")
        >>> grey, decoder = np.full((224, 224, 3), 128, np.uint8), codec.decoder()
        >>> with codec.encoder() as encoder:
        ...     [bool((decoder.decode(encoder.encode(grey)) == grey).all()) for _ in range(3)]
        [True, True, True]
    """

    codec: str
    sampling: str
    quantiser: int
    preset: str
    refresh: int = 30
    side: int = 224

    @property
    def name(self) -> str:
        """The unit's name, such as ``h264_444-qp30``."""
        return f"{self.codec}_{self.sampling}-qp{self.quantiser}"

    @property
    def library(self) -> str:
        """What encodes, with its version."""
        return f"PyAV {av.__version__} {_LIBRARIES[self.codec]} {self.preset}"

    @property
    def identity(self) -> Identity:
        """Whose bytes these are on the wire."""
        return Identity(
            unit_id=_UNIT_ID,
            tables_digest=hashlib.sha256(repr(self).encode()).digest(),
            shape=(3, self.side, self.side),
        )

    def encoder(self) -> Encoder:
        """Return an encoder at the start of a stream."""
        return Encoder(self)

    def decoder(self) -> Decoder:
        """Return a decoder at the start of a stream."""
        return Decoder(self)

    def options(self) -> dict[str, str]:
        """Return what the library is told: fixed quantiser, no delay, regular intra frames."""
        keys = f"keyint={self.refresh}"
        if self.codec == "av1":
            own = f"{keys}:rc=0:qp={self.quantiser}:pred-struct=1:lookahead=0:scd=0:lp=1:aq-mode=0"
            return {"preset": self.preset, "svtav1-params": own}
        keys = f"qp={self.quantiser}:{keys}:min-keyint={self.refresh}:scenecut=0:bframes=0"
        common = {"preset": self.preset, "tune": "zerolatency", "forced-idr": "1"}
        if self.codec == "h264":
            return common | {"x264-params": f"{keys}:threads=1"}
        quiet = "log-level=none:info=0"
        return common | {"x265-params": f"{keys}:frame-threads=1:pools=none:{quiet}"}


def _context(name: str, mode: Literal["r", "w"]) -> VideoCodecContext:
    found = av.CodecContext.create(name, mode)
    if not isinstance(found, VideoCodecContext):
        raise TypeError(name)  # pragma: no cover - all are video codecs
    found.thread_count = 1
    return found


def _schedule_as_before(policy: int) -> None:
    """Let all threads of this process share the processors by the policy that they had.

    SVT-AV1, opened by root, puts itself and its caller before everything else on the machine.
    """
    for thread in (int(entry.name) for entry in _THREADS.iterdir()):
        with contextlib.suppress(ProcessLookupError):  # ended meanwhile
            if os.sched_getscheduler(thread) != policy:
                os.sched_setscheduler(thread, policy, os.sched_param(0))


class Encoder:
    """Turns the frames of one stream into payloads, one for one; a context that ends the stream.

    SVT-AV1 4.1 very rarely hangs for good in the middle of a stream, on busy machines once in some
    thousand: its threads wait for each other, and the caller for them. So what encodes with it in
    earnest runs in a process that somebody watches.
    """

    def __init__(self, codec: VideoCodec) -> None:
        """Start a stream."""
        os.environ.setdefault("SVT_LOG", "1")  # SVT-AV1 greets on stderr unless told not to
        self._codec, self._frames = codec, 0
        self._pixels = _PIXELS[codec.sampling]
        context = _context(_LIBRARIES[codec.codec], "w")
        context.width = context.height = codec.side
        context.pix_fmt = self._pixels
        context.time_base = Fraction(1, _FPS)
        context.framerate = Fraction(_FPS)
        context.gop_size = codec.refresh
        context.max_b_frames = 0
        context.options = codec.options()
        policy = os.sched_getscheduler(0) if _THREADS.is_dir() else None
        context.open()
        if policy is not None:
            _schedule_as_before(policy)
        self._context: VideoCodecContext | None = context

    def __enter__(self) -> Self:
        """Return the encoder."""
        return self

    def __exit__(self, *_raised: object) -> None:
        """End the stream."""
        self.close()

    def encode(self, image: NDArray[np.uint8], *, intra: bool = False) -> bytes:
        """Return the payload of the next frame.

        Args:
            image: The frame, uint8 (side, side, 3).
            intra: Whether to encode it without reference to others although its turn has not come.

        Raises:
            RuntimeError: The library kept the frame back, or gave more than one packet.
            ValueError: The stream has ended.
        """
        if self._context is None:
            raise ValueError(f"{self._codec.name}: no frame after the end of the stream")
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        frame = frame.reformat(format=self._pixels, dst_colorspace=_COLOUR)
        frame.pts = self._frames
        if intra:
            frame.pict_type = PictureType.I
        self._frames += 1
        packets = self._context.encode(frame)
        if len(packets) != 1:
            raise RuntimeError(f"{self._codec.name}: {len(packets)} packets for one frame")
        return pack(bytes(packets[0]), self._codec.identity)

    def close(self) -> None:
        """End the stream and the threads of the library; no frame is left to come."""
        if self._context is not None:
            self._context.encode(None)
            self._context = None


class Decoder:
    """Turns the payloads of one stream back into frames, one for one."""

    def __init__(self, codec: VideoCodec) -> None:
        """Start a stream."""
        self._codec = codec
        self._context = _context(_DECODERS[codec.codec], "r")
        if codec.codec == "av1":
            self._context.options = {"max_frame_delay": "1"}
        else:
            self._context.flags |= Flags.low_delay

    def decode(self, payload: bytes, where: str = "payload") -> NDArray[np.uint8]:
        """Return the frame of the next payload.

        Raises:
            InputError: The payload is cut, damaged, of another unit, or gives no such frame.
        """
        coded = unpack(payload, self._codec.identity, where)
        try:
            frames = self._context.decode(av.Packet(coded))
            found: object = [(frame.height, frame.width) for frame in frames]
        except FFmpegError as error:
            found = error
        side = self._codec.side
        if found == [(side, side)]:
            frame = frames[0].reformat(format="rgb24", src_colorspace=_COLOUR)
            return frame.to_ndarray().astype(np.uint8, copy=False)
        raise InputError(
            Problem(
                where=where,
                what=self._codec.codec,
                value=found,
                rule=f"must decode to one frame of {side}x{side}",
                remedy="decode every payload of a stream, from an intra frame on",
            )
        )


def _ladder(codec: str, sampling: str, preset: str, *quantisers: int) -> list[VideoCodec]:
    return [
        VideoCodec(codec=codec, sampling=sampling, quantiser=quantiser, preset=preset)
        for quantiser in quantisers
    ]


LADDER = (
    *_ladder("h264", "444", "veryfast", 26, 28, 30, 32, 36, 40),
    *_ladder("h264", "420", "veryfast", 28, 32),
    *_ladder("hevc", "444", "veryfast", 26, 28, 30, 32, 36, 40),
    *_ladder("av1", "420", "10", 40, 46, 52),
)
"""The settings that are measured; presets chosen on clips of the selection split."""

STREAMED = tuple(codec for codec in LADDER if codec.name in ("h264_444-qp36", "hevc_444-qp36"))
"""What a profile holds: every clip is coded as a stream and each of its frames as intra, too, which
takes long."""
