"""Mirrors harness/planner."""
