"""Mirrors harness/model."""
