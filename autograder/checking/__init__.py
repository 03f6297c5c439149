"""What checks are made of: the vocabulary, the student's proxy, truth and tolerance."""
