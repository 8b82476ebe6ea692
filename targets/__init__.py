"""The systems under drill: one package each, none knows another."""
