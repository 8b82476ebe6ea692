"""From a person's compose file to a woven one. Pure but for composefile, which reads and writes it.

dialect     looks into a compose file       admission   what of it may come along
hostsfile   who is called what              meshparts   sandboxes, hub, resident
weave       all of it together              ownership   labels: whose a thing is
composefile in and out of files             blocks      where in the range a run may lie
"""
