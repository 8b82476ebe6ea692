"""failover-drill: drills that prove a failover works, judged from a journal."""
