"""Mirrors harness/conductor."""
