"""Mistakes: alternatives of a rule, each with one factor changed, and what they give."""
