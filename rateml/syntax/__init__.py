"""Reading text: the tolerant XML scanner and the recovering expression parser, both with exact spans."""
