"""What is sold, and what households may do."""
