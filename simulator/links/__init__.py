"""Links as pure arithmetic on instants and byte positions. No SimPy."""
