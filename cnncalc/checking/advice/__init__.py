"""Advice about networks that are right: a function for each code, tried on every layer."""
