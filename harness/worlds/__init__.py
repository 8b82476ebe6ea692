"""Where drills run. Each world offers the three verbs of harness.seams.World; none knows a target.

docker     containers, woven into a mesh of Toxiproxy links
simulator  virtual time: a target's own programs on simulated hosts, the same for the same seed
links      the only owner of Toxiproxy
"""
