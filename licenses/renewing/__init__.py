"""What pays the next period of a license: from the balance, by card, or not at all."""
