"""Where drills run. Each world offers the three verbs of harness.seams.World; none knows a target.

docker  containers, woven into a mesh of Toxiproxy links
links   the only owner of Toxiproxy
"""
