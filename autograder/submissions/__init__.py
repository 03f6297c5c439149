"""What was handed in: files as they came, and which of them counts as what."""
