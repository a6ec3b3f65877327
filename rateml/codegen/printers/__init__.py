"""Printers: a match over expression nodes plus a table per target; what a table lacks is an error, never a guess."""
