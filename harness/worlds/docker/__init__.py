"""Drills in containers: a compose file woven into a mesh, faults injected from beside the hub."""
