"""Target ``lems``: plain LEMS for its simulators."""
