"""How a data node is asked over links that no fault touches: for its role, and for all that was written.

conversation   what each of them offers
redis_node postgres_node http_node command_node    one protocol each
"""
