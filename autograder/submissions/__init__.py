"""What students handed in: read, never run, and sorted into exercises."""
