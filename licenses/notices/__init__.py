"""Telling resellers what renews, was renewed, failed, or ends."""
