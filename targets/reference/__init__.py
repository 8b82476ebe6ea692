"""The bundled failover controller: pure machines, a driver that runs them, and the target that drills them."""
