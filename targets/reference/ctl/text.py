"""The help of the operator's tool. Data only."""

from __future__ import annotations

DESCRIPTION = """\
Shows and steers a running reference stack. It asks every data node and witness
at once and says who did not answer; orders go to the primary or to a witness,
and only the register decides: nothing here can make two primaries.
"""

EPILOG = """\
at night:
  ctl status                    what is wrong comes first
  ctl switchover                move the primary, nothing is lost
  ctl promote n2                fail over by hand: the primary is gone, n2 is eligible
  ctl promote n2 --force        the same though writes may be lost: it says how many
  ctl maintenance on --reason "kernel update"
  ctl rejoin n1                 start it again, see it become eligible
  ctl fence n1                  cut its power, through the fence device

exit codes:
  0 done (status: somebody serves)   1 refused, or nobody serves   2 wrong word
  3 nobody could be asked   4 asked, and nobody knows whether it has happened
"""

COMMANDS = {
    "status": """\
What every host says of itself, and what is wrong.

Epoch, primary, who is eligible, each standby's lag, each witness's lease with
the time that is left, standing votes, maintenance, and who did not answer.
Seen from where this runs: in a partition another host may see more.

examples:
  ctl status
  ctl status --json
""",
    "switchover": """\
Hand the primary's role over, in order: nothing is lost, writes pause for a moment.

Needs a primary that serves and an eligible standby that follows.

examples:
  ctl switchover
  ctl switchover n2
""",
    "promote": """\
Fail over by hand, when the primary is gone or nobody takes over by himself.

A witness leads it through the register: it seals NODE, waits until the old
primary's lease is over (never skipped, never shortened), moves the register.
Without --force NODE must be eligible and must hold what the others hold.
With --force it need not: what it lacks is lost for good. It first says how far
NODE is behind what the primary was last known to have, and asks for NODE's name.

examples:
  ctl promote n2
  ctl promote n2 --force
  ctl promote n2 --force --yes      (a script: no question)
""",
    "rejoin": """\
Have a node follow again: starts its process if that is down, reads the register.

Ends when it is eligible. What it held beyond the primary's log was moved into a
file for you, never dropped: its name is told.

example:
  ctl rejoin n1
""",
    "fence": """\
Switch a node's power off through the fence device, and see that it is off.

For a host that nobody can reach or stop. It takes no lease away and moves nothing:
the failover that follows keeps its own rules. The witnesses switch a node on again
that nobody is fencing, unless maintenance is on.

examples:
  ctl fence n1
  ctl fence n1 --on
""",
    "maintenance": """\
On: the witnesses detect and tell, and nobody fails over by himself. Off: as usual.

Leases go on, and so do orders: switchover and promote work. It is kept in the
register by a majority of the witnesses, so a restart does not end it, and two
halves of a partition never disagree. One of them reminds every ten minutes.

examples:
  ctl maintenance on --reason "swap the disk of n1"
  ctl maintenance off
""",
}
