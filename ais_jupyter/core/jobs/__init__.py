"""Long work with progress, time left, cancel, error and result."""
