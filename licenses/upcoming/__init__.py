"""What renews next, what it costs, and how long the balance suffices for it."""
