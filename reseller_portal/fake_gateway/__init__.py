"""A payment gateway for this machine only: the part of Stripe's HTTP API that the portal needs.

`make run` starts it, so that cards can be tried without an account anywhere, and tests talk to it
through the official library. It knows test cards only, takes no number, and moves no money; a
deployment never runs it. Only the standard library is used. docs/test-gateway.md tells how to use
it in tests.
"""
