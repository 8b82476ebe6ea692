"""Is a node ill, and at which layer?

silence, accrual  when a silence is too long: after fixed misses, or by φ
probing    asks one node each interval whether it reigns
detector   a witness's view of the primary that it watches
lookout    a standby's view of its primary: a hint, which never counts alone
"""
