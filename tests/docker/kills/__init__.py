"""SIGKILL for a part of the harness at a moment drawn by chance, and what becomes of it all.

struckrun   `failover-drill run` as a process, and what can be known of it from outside
victims     whom it can strike
killing     one case: strike, wait, look, judge, clean
"""
