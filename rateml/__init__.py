"""rateml: one model file, many ways to run it."""
