"""Learned units: what crosses the network in place of a frame, one kind a file."""
