"""Units that are no trained bottleneck: image codecs, and everything on the device."""
