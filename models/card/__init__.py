"""The model card: what shipped networks can do, written from stored measurements alone."""

from models.card.page import render, write

__all__ = ["render", "write"]
