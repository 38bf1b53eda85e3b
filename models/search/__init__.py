"""The search for units: designs drawn at random, each trained shortly, the best of them kept."""
