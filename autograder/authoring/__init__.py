"""For authors: proof that checks, mistakes and inputs are what they should be."""
