"""The catalogue out of files and into files: JSON Lines and CSV, a title a line."""
