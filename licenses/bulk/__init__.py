"""One change for many licenses, confirmed at once and done by a worker."""
