"""The version, apart from everything that costs an import."""

__version__ = "0.1.0"
