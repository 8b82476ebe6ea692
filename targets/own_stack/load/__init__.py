"""A client's connections to a stack of the user's own. Never repeat an operation.

connector      what the load program dials: a node, a router, or whoever says that it is the primary
behind         who answers behind a router
keys           the names under which the load writes
redis_client   one connection on which questions overlap (redis-py, asyncio)
sessions       several conversations, each in a thread, as one connection on which operations overlap
postgres_client http_client command_client   such conversations
"""
