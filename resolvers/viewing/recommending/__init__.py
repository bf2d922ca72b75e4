"""What a profile may like: which titles, in which order, and why."""
