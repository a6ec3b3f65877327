"""Target ``cuda``: the kernel that the CUDA engine runs, and its driver."""
