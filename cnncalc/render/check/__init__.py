"""What ``check`` prints: a file for each format, from the results of all files to text."""
