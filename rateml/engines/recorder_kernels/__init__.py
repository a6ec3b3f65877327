"""The inner loops of the monitors. Every file with an entry point is imported from the cache of compiled code.

Loops over lanes are innermost and without branches, so that LLVM makes vector code of them; every operation is one
of IEEE 754 in the order written, so that a simulation's numbers do not depend on the lanes beside it.
"""
