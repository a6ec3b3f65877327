"""The models that come with rateml, and what computes their coefficients."""
