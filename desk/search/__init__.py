"""One search: an exact hit leads straight there, several stand in groups."""
