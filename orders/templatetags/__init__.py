"""Template tags of the orders."""
