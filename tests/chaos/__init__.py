"""The portal under load while everything around it breaks, and what must hold when it is over.

`make chaos` runs real processes on a state folder of its own: PostgreSQL, Valkey, the test
gateway, an SMTP server, gunicorn, two workers, two schedulers. People use the portal over HTTP
while a seeded choice of faults comes and goes. Then the faults stop, and what is left is judged.
"""
