"""All that machines and clients say to each other, one module a conversation; its nouns are in nouns.

Every message is a frozen value; on the wire they are msgpack, tagged, one a frame.
`request` ties an answer to its question. What is out of bounds is no message: the driver's decoder sees to
it, so the machines need not.
"""

from __future__ import annotations

from targets.reference.machines.words.balloting import Accept as Accept
from targets.reference.machines.words.balloting import Accepted as Accepted
from targets.reference.machines.words.balloting import BallotRefused as BallotRefused
from targets.reference.machines.words.balloting import CopyAnswer as CopyAnswer
from targets.reference.machines.words.balloting import CopyRequest as CopyRequest
from targets.reference.machines.words.balloting import Prepare as Prepare
from targets.reference.machines.words.balloting import Promised as Promised
from targets.reference.machines.words.calls import Read as Read
from targets.reference.machines.words.calls import ReadAll as ReadAll
from targets.reference.machines.words.calls import Reply as Reply
from targets.reference.machines.words.calls import Write as Write
from targets.reference.machines.words.leasing import Alive as Alive
from targets.reference.machines.words.leasing import Fence as Fence
from targets.reference.machines.words.leasing import Fenced as Fenced
from targets.reference.machines.words.leasing import Granted as Granted
from targets.reference.machines.words.leasing import HandBack as HandBack
from targets.reference.machines.words.leasing import HandBackNoted as HandBackNoted
from targets.reference.machines.words.leasing import Heartbeat as Heartbeat
from targets.reference.machines.words.leasing import HeartbeatRefused as HeartbeatRefused
from targets.reference.machines.words.leasing import Hint as Hint
from targets.reference.machines.words.leasing import LeaseOver as LeaseOver
from targets.reference.machines.words.leasing import Probe as Probe
from targets.reference.machines.words.leasing import ProbeAnswer as ProbeAnswer
from targets.reference.machines.words.leasing import Vote as Vote
from targets.reference.machines.words.nouns import NO_BALLOT as NO_BALLOT
from targets.reference.machines.words.nouns import Ballot as Ballot
from targets.reference.machines.words.nouns import Member as Member
from targets.reference.machines.words.nouns import Place as Place
from targets.reference.machines.words.nouns import Record as Record
from targets.reference.machines.words.nouns import Register as Register
from targets.reference.machines.words.operating import AskStatus as AskStatus
from targets.reference.machines.words.operating import FenceOrder as FenceOrder
from targets.reference.machines.words.operating import Maintain as Maintain
from targets.reference.machines.words.operating import OrderAnswer as OrderAnswer
from targets.reference.machines.words.operating import PrimaryIs as PrimaryIs
from targets.reference.machines.words.operating import PromoteOrder as PromoteOrder
from targets.reference.machines.words.operating import Rejoin as Rejoin
from targets.reference.machines.words.operating import StatusAnswer as StatusAnswer
from targets.reference.machines.words.operating import WhoIsPrimary as WhoIsPrimary
from targets.reference.machines.words.promoting import Here as Here
from targets.reference.machines.words.promoting import Promote as Promote
from targets.reference.machines.words.promoting import Reach as Reach
from targets.reference.machines.words.promoting import Seal as Seal
from targets.reference.machines.words.promoting import Sealed as Sealed
from targets.reference.machines.words.shipped import Rest as Rest
from targets.reference.machines.words.shipped import Ship as Ship
from targets.reference.machines.words.shipped import Shipped as Shipped
from targets.reference.machines.words.shipped import Wake as Wake
from targets.reference.machines.words.streaming import Common as Common
from targets.reference.machines.words.streaming import Follow as Follow
from targets.reference.machines.words.streaming import FollowRefused as FollowRefused
from targets.reference.machines.words.streaming import Missing as Missing
from targets.reference.machines.words.streaming import MissingAnswer as MissingAnswer
from targets.reference.machines.words.streaming import Stream as Stream
from targets.reference.machines.words.streaming import StreamAck as StreamAck
from targets.reference.machines.words.streaming import StreamRefused as StreamRefused
from targets.reference.machines.words.streaming import SwitchOver as SwitchOver
from targets.reference.machines.words.streaming import SwitchOverAnswer as SwitchOverAnswer

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
