"""The bases of the pages of vendor staff, in Django's admin site."""
