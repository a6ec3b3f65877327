"""The intermediate representation: a ``Program``, how a model is lowered to one, and the oracle that runs it."""
