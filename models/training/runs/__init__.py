"""One run a kind of weights: what is trained in full and in a hurry, from a folder to its files."""
