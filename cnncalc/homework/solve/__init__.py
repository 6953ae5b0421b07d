"""Numbers that are missing: of a layer, of a file, and the sizes of an input."""
