"""What students run on their own machines: the visible checks, and the watch."""
