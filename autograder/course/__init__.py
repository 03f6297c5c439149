"""A course on disk: what instructors write and what students get of it."""
