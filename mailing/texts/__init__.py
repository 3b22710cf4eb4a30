"""What a company says in its own words: the texts of mails that it may change."""
