"""Thin views over the core for JupyterLab and Notebook."""
