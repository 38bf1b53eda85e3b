"""Fair comparison on test clips: rate-accuracy curves, intervals over clips, targets and rivals."""
