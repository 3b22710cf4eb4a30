"""Who did what, when and from where: the list of the record, and its file."""
