"""A user's own network: cut at a layer, its features coded, measured, and exported in two parts."""
