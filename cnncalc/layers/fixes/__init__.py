"""What would fit: looked for only when something is wrong already."""
