"""The home page: how the company stands today, and where each figure is explained."""
