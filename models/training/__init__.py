"""Training: rendered frames, the backbone, then the ladder of units; resumable, from one seed."""
