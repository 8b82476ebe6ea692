"""Mirrors targets/reference."""
