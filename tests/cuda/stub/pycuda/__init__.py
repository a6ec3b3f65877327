"""In pycuda's place, for programs that are run in a process of their own: the emulation is their GPU."""
