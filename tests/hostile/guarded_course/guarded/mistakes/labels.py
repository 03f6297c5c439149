"""No wrong turns are known in labels.py."""
