"""Protocols that several targets speak, as thin as libraries allow. Knows no target, repeats nothing.

redis_link     questions to a Redis over a connection that a world dials (redis-py)
redis_pipe     a client's connection to a Redis: questions overlap, answers come in order (redis-py)
postgres_link  a conversation with a PostgreSQL over any socket (pg8000)
"""
