"""Mirrors workloads."""
