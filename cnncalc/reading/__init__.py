"""From text to nodes: the YAML and JSON readers behind :mod:`cnncalc.document`."""
