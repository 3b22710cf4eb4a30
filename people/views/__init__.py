"""Invitations, settings, people, and each person's own account."""
