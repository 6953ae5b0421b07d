"""Explanations: the arithmetic of each number, built once and written in several formats."""
