"""Integers and fractions: volumes, sliding windows, receptive fields; each rule with its source."""
