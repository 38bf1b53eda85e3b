"""Symbols to bytes and back: learned priors as integer tables, the range coder, the wire format."""
