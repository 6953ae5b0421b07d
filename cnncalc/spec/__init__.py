"""From bytes to a :class:`~cnncalc.spec.network.Network`: reading, places, entries, names."""
