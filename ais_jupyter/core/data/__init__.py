"""What the user works on: tomograms, annotations, training sets, models' metadata, results. No input or output."""
