"""What every room stands on: user errors, quantities with units, keyed chance, safe files."""
