"""What profiles may like: interactions, training, the artifact, ranking and why."""
