"""The dashboard: from model to finished sweep in a terminal. All it knows it asks of rateml, in processes beside it."""
