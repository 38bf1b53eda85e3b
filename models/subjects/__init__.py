"""What can be measured: each kind of unit, codec and network behind one interface."""
