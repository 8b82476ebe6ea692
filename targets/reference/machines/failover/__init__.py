"""A failover in five steps, led by one witness. Whichever takes over finds what it needs in the register.

coordinator  the steps
attempt      what one of them is about
fencing      the fence step; power  what is asked of the fence device
sealing      which standbys were sealed, and whom to take
"""
