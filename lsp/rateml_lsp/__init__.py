"""The language server of RateML: the Language Server Protocol in front of ``rateml.ide``."""
