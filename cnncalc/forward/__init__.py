"""The forward pass: NumPy kernels (:mod:`cnncalc.forward.ops`) and the runner.

Nothing else in cnncalc imports NumPy. The kernels know nothing of the inferred report: they pad,
take windows and contract, and the shape of a result is what the array has.
"""
