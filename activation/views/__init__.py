"""The pages of activation."""
