"""Specs checked like code: which files, and what comes of each."""
