"""The version: one place for the package, its output and its build."""

__version__ = "0.1.0"
