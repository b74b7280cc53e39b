"""The science: NumPy arrays in, NumPy arrays out. Nothing here knows Jupyter."""
