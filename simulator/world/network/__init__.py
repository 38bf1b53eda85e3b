"""The network of a world: senders, the hops of the paths, and what puts payloads together again."""
