"""Sample data: two known companies, their neighbours, and three years of trade.

Everything follows from the arguments and the day: names, numbers, codes and UUIDs are the same for
the same arguments, and dates are counted back from today in each reseller's zone. Only the times of
today's orders depend on the clock, because none may lie in the future.

Codes made here follow from a public number. They are for demonstrations, never for customers.
"""
