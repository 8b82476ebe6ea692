"""Mirrors targets/reference/driver."""
