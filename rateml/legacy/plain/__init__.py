"""Plain LEMS files: a ComponentType with Dynamics and its Component become a RateML 1 model."""
