"""Pools of workers as pure arithmetic on instants: queues, batches, outages, memory. No SimPy."""
