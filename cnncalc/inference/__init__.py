"""Inference: one walk over a network that gives every volume, count and problem."""
