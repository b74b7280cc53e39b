"""File formats: bytes to data objects and back. `open` tells the kind of a file by its content."""
