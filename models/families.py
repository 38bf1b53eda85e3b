"""The families of a comparison by name, and what the model card and the plot call them."""

from __future__ import annotations

__all__ = ["TITLES"]

TITLES = {
    "unit": "bottleneck units",
    "crbq-coded": "CR+BQ, entropy-coded",
    "crbq-packed": "CR+BQ, packed",
    "zlib": "8-bit features, zlib",
    "jpeg444": "JPEG 4:4:4",
    "jpeg420": "JPEG 4:2:0",
    "webp": "WebP (4:2:0)",
    "h264_444": "H.264 4:4:4",
    "h264_420": "H.264 4:2:0",
    "hevc_444": "HEVC 4:4:4",
    "av1_420": "AV1 (4:2:0)",
}
"""In the order in which they are shown."""
