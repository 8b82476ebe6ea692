"""Mirrors harness/drillfile."""
