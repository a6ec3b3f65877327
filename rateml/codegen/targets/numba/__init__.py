"""Target ``numba``: the module that the CPU engine runs."""
