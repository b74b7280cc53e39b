"""What is done with segmentations: interactions of models, scores, picking, surfaces."""
