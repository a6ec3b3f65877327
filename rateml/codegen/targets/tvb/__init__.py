"""Target ``tvb``: a class for The Virtual Brain."""
