"""Mirrors targets."""
