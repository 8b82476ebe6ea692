"""Tests of targets.reference.machines."""
