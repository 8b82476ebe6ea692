"""All that machines and clients say to each other, one module a conversation; its nouns are in nouns.

Every message is a frozen value; on the wire they are msgpack, tagged, one a frame.
`request` ties an answer to its question. What is out of bounds is no message: the driver's decoder sees to
it, so the machines need not.
"""

from __future__ import annotations

from targets.reference.machines.balloting import Accept as Accept
from targets.reference.machines.balloting import Accepted as Accepted
from targets.reference.machines.balloting import BallotRefused as BallotRefused
from targets.reference.machines.balloting import CopyAnswer as CopyAnswer
from targets.reference.machines.balloting import CopyRequest as CopyRequest
from targets.reference.machines.balloting import Prepare as Prepare
from targets.reference.machines.balloting import Promised as Promised
from targets.reference.machines.calls import Read as Read
from targets.reference.machines.calls import ReadAll as ReadAll
from targets.reference.machines.calls import Reply as Reply
from targets.reference.machines.calls import Write as Write
from targets.reference.machines.leasing import Alive as Alive
from targets.reference.machines.leasing import Fence as Fence
from targets.reference.machines.leasing import Fenced as Fenced
from targets.reference.machines.leasing import Granted as Granted
from targets.reference.machines.leasing import HandBack as HandBack
from targets.reference.machines.leasing import HandBackNoted as HandBackNoted
from targets.reference.machines.leasing import Heartbeat as Heartbeat
from targets.reference.machines.leasing import HeartbeatRefused as HeartbeatRefused
from targets.reference.machines.leasing import Hint as Hint
from targets.reference.machines.leasing import LeaseOver as LeaseOver
from targets.reference.machines.leasing import Probe as Probe
from targets.reference.machines.leasing import ProbeAnswer as ProbeAnswer
from targets.reference.machines.leasing import Vote as Vote
from targets.reference.machines.nouns import NO_BALLOT as NO_BALLOT
from targets.reference.machines.nouns import Ballot as Ballot
from targets.reference.machines.nouns import Member as Member
from targets.reference.machines.nouns import Place as Place
from targets.reference.machines.nouns import Record as Record
from targets.reference.machines.nouns import Register as Register
from targets.reference.machines.operating import AskStatus as AskStatus
from targets.reference.machines.operating import FenceOrder as FenceOrder
from targets.reference.machines.operating import Maintain as Maintain
from targets.reference.machines.operating import OrderAnswer as OrderAnswer
from targets.reference.machines.operating import PrimaryIs as PrimaryIs
from targets.reference.machines.operating import PromoteOrder as PromoteOrder
from targets.reference.machines.operating import Rejoin as Rejoin
from targets.reference.machines.operating import StatusAnswer as StatusAnswer
from targets.reference.machines.operating import WhoIsPrimary as WhoIsPrimary
from targets.reference.machines.promoting import Here as Here
from targets.reference.machines.promoting import Promote as Promote
from targets.reference.machines.promoting import Reach as Reach
from targets.reference.machines.promoting import Seal as Seal
from targets.reference.machines.promoting import Sealed as Sealed
from targets.reference.machines.shipped import Rest as Rest
from targets.reference.machines.shipped import Ship as Ship
from targets.reference.machines.shipped import Shipped as Shipped
from targets.reference.machines.shipped import Wake as Wake
from targets.reference.machines.streaming import Common as Common
from targets.reference.machines.streaming import Follow as Follow
from targets.reference.machines.streaming import FollowRefused as FollowRefused
from targets.reference.machines.streaming import Missing as Missing
from targets.reference.machines.streaming import MissingAnswer as MissingAnswer
from targets.reference.machines.streaming import Stream as Stream
from targets.reference.machines.streaming import StreamAck as StreamAck
from targets.reference.machines.streaming import StreamRefused as StreamRefused
from targets.reference.machines.streaming import SwitchOver as SwitchOver
from targets.reference.machines.streaming import SwitchOverAnswer as SwitchOverAnswer

Message = (
    Prepare
    | Promised
    | Accept
    | Accepted
    | BallotRefused
    | CopyRequest
    | CopyAnswer
    | Heartbeat
    | Granted
    | HeartbeatRefused
    | HandBack
    | HandBackNoted
    | Probe
    | ProbeAnswer
    | Alive
    | Hint
    | Vote
    | Fence
    | LeaseOver
    | Fenced
    | Reach
    | Here
    | Seal
    | Sealed
    | Promote
    | Follow
    | Common
    | FollowRefused
    | Stream
    | StreamAck
    | StreamRefused
    | Rest
    | Ship
    | Shipped
    | Wake
    | Missing
    | MissingAnswer
    | SwitchOver
    | SwitchOverAnswer
    | Write
    | Read
    | ReadAll
    | Reply
    | WhoIsPrimary
    | PrimaryIs
    | AskStatus
    | StatusAnswer
    | Maintain
    | FenceOrder
    | PromoteOrder
    | Rejoin
    | OrderAnswer
)
