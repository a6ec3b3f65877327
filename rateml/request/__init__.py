"""What is to be computed: swept axes, fixed values, initial states, monitors, steps; nothing here runs anything."""
