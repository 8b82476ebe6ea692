"""The bundled failover controller: pure machines, a driver that runs them, and its side as a target."""
