"""The model as nodes, built from the syntax tree, with dimensions, units and quantities."""
