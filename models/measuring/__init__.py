"""Measuring a ladder: content, subjects, real bytes, scores, and times stage by stage."""
