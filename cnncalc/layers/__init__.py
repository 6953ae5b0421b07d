"""Layer kinds: one family per file, found through one table (:mod:`cnncalc.layers.registry`)."""
