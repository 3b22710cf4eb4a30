"""A web portal for software-license resellers."""
