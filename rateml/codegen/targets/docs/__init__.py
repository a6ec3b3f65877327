"""Target ``docs``: the card of a model."""
