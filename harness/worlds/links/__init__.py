"""Links through Toxiproxy: the only importer of its client, and the keeper of its traps."""
