"""Engine ``cuda``: groups of simulations on GPUs, by the kernels of target ``cuda``."""
