"""Source -> Snapshot: the bytes of a source, live, from a file or from an archive."""
