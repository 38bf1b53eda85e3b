"""The model side: procedural video, backbone, bottleneck units, coder, measured profiles."""
