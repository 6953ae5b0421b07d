"""The array code of every kind, found by the class of a layer.

A file has the kinds of the file of :mod:`cnncalc.layers` that has the same name, and is loaded
when the first of them runs.
"""
