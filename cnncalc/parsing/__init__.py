"""Parsing: a document → a network, with every mistake of structure located.

What can be known from the text alone is checked here, once, however often a block is used.
"""

from cnncalc.parsing.network import parse

__all__ = ["parse"]
