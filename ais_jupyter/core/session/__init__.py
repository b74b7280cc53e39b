"""What is open and going on in one window: tomograms, models, trainings, segmentations; autosave and recovery."""
