"""What a stack of the user's own offers and promises, and how it is brought up: as its stack file says."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from harness.model.drill import Json
from harness.model.errors import DrillError
from harness.model.ownstack import OwnHost, OwnStack, Speech
from harness.model.plan import Bound, HostPlan, Plan, Promises
from harness.model.proof import Proof
from harness.model.units import duration
from harness.seams import Dial, Emit, Inside, Stack, StackHost, Watch
from harness.workloads.wire import CLIENT_PORT
from targets.own_stack.setup import PASSWORD, SETUP, Access, ClientSetup, encoded
from targets.protocols import postgres_link, redis_link

FOLDER = "own_stack"
IMAGE = f"failover-drill/{FOLDER}"
CLIENTS = ("client1", "client2")
# Made from the distribution's packages, with the entry points of the images that they stand in for.
STAND_INS = ("debian_postgres", "debian_redis")

# A compose file in its canonical form.
ReadCompose = Callable[[str, Sequence[str]], dict[str, Json]]


class OwnStackTarget:
    """Goes by the path of its stack file. read: a compose file as `docker compose` understands it."""

    def __init__(self, own: OwnStack, read: ReadCompose) -> None:
        """Raises DrillError for what the words of the file alone do not show."""
        self._own, self._read = own, read
        for image, recipe in own.images.items():
            if recipe not in STAND_INS:
                there = ", ".join(STAND_INS)
                raise self._wrong(f"images.{image}", f"nothing is called '{recipe}'; there are: {there}")
        for host in own.hosts:
            if host.service in CLIENTS:
                raise self._wrong(
                    f"hosts.{host.service}", "so a drill's own client is called; name the service otherwise"
                )

    @property
    def name(self) -> str:
        return self._own.path

    @property
    def summary(self) -> str:
        own = self._own
        data = [host.service for host in own.hosts if host.role == "data"]
        return f"{own.name}: {', '.join(data)} of {own.compose}, spoken to as {own.speaks.by}"

    @property
    def images(self) -> Mapping[str, str]:
        return {IMAGE: FOLDER}

    @property
    def stand_ins(self) -> Mapping[str, str]:
        """Images of the compose file -> recipes for them, where no registry gives them."""
        return self._own.images

    def faults(self) -> frozenset[str]:
        return frozenset(
            {"kill", "stop", "pause", "partition", "latency", "loss"}
            | {"bandwidth", "slicing", "reset", "slow_close"}
            | {"restart", "power_off", "cpu", "memory", "slow_fsync", "failing_fsync", "exec"}
        )

    def controls(self) -> frozenset[str]:
        orders = self._own.orders
        written = {"promote": orders.promote, "switchover": orders.switchover, "rejoin": orders.rejoin}
        return frozenset(name for name, words in written.items() if words)

    def moments(self) -> Mapping[str, Collection[str]]:
        """Only what the nodes' roles show."""
        return {"tells": ("decided", "promoted", "rejoined")}

    def vias(self) -> frozenset[str]:
        ways = {"primary", "standby"}
        if self._own.speaks.by in ("redis", "postgres") or self._own.ask.by == "http":
            ways.add("discovery")
        if any(host.role == "router" for host in self._own.hosts):
            ways.add("router")
        return frozenset(ways)

    def defects(self) -> Mapping[str, str]:
        return {}

    def proofs(self) -> Mapping[str, Proof]:
        return {}

    def settings(self, written: Mapping[str, Json]) -> dict[str, Json]:
        """What the report tells of it; a drill has nothing to add to the stack file."""
        for word in written:
            raise DrillError(
                f"unknown setting '{word}'; what there is to say of this stack stands in {self.name}",
                field=word,
            )
        own = self._own
        return {
            "stack": own.name,
            "compose": own.compose,
            "asked_by": own.ask.by,
            "spoken_to_by": own.speaks.by,
        }

    def settings_schema(self) -> dict[str, Json]:
        return {"type": "object", "additionalProperties": False, "properties": {}}

    def hosts(self, settings: Mapping[str, Json]) -> tuple[HostPlan, ...]:
        own = [HostPlan(name=host.service, role=host.role, ports=host.ports) for host in self._own.hosts]
        return (*own, *(HostPlan(name=client, role="client") for client in CLIENTS))

    def promises(self, settings: Mapping[str, Json]) -> Promises:
        """Of loss and of two primaries nothing is promised: a drill says what it expects."""
        own = self._own
        formula = f"{duration(own.detection_s)}: {own.detection_because}"
        return Promises(
            detection=Bound(limit_s=own.detection_s, formula=formula),
            rpo=None,
            lost_writes_max=None,
            reads_are_linearizable=False,
            clients_know_epochs=False,
        )

    def services(self) -> Mapping[str, dict[str, Json]]:
        """Of the compose file, all hosts among them. Raises DrillError, WorldError."""
        file = self._beside(self._own.compose)
        if not file.is_file():
            raise self._wrong("compose", f"{file} is not there; name your compose file, seen from here")
        services = _tables(self._read(f"{file}", ()).get("services"))
        for host in self._own.hosts:
            if host.service not in services:
                there = ", ".join(services) or "none"
                raise self._wrong(
                    f"hosts.{host.service}",
                    f"{file} has no service of this name; there are: {there} "
                    "(COMPOSE_PROFILES adds those of a profile)",
                )
        return services

    def stack(self, plan: Plan, compose_root: Path) -> Stack:
        self._libraries_must_be_there()
        services = self.services()
        return Stack(
            compose_file=f"{self._beside(self._own.compose)}",
            hosts=tuple(StackHost(plan=host, service=host.name) for host in plan.hosts),
            environment={SETUP: encoded(self._client_setup()), PASSWORD: self._password(services)},
            images=self.images,
            client_port=CLIENT_PORT,
            services={client: _client(client) for client in CLIENTS},
            stand_ins=self._own.images,
        )

    def watch(
        self,
        plan: Plan,
        stack: Stack,
        dial: Dial,
        emit: Emit,
        clock: Callable[[float], float],
        inside: Inside,
    ) -> Watch:
        # Only who drills it needs the libraries.
        from targets.own_stack.nodes.speakers import asker_of, store_of
        from targets.own_stack.watch import OwnStackWatch

        own = self._own
        access = Access(
            user=own.login.user, password=stack.environment[PASSWORD], database=own.login.database
        )
        return OwnStackWatch(
            own,
            asker=asker_of(own, dial, inside, access),
            store=store_of(own, dial, inside, access),
            dial=dial,
            emit=emit,
            clock=clock,
            inside=inside,
        )

    # --- the stack file and the compose file --------------------------------------------------------

    def _wrong(self, field: str, problem: str) -> DrillError:
        return DrillError(problem, path=self._own.path, line=self._own.lines.get(field, 0), field=field)

    def _beside(self, name: str) -> Path:
        """A path that the stack file names."""
        return Path(self._own.path).parent / name

    def _libraries_must_be_there(self) -> None:
        spoken: set[Speech] = {self._own.ask.by, self._own.speaks.by}
        if "redis" in spoken:
            redis_link.must_be_there(self.name, "redis")
        if "postgres" in spoken:
            postgres_link.must_be_there(self.name)

    def _client_setup(self) -> ClientSetup:
        own = self._own
        spoken = [host for host in own.hosts if host.role in ("data", "router")]
        return ClientSetup(
            speaks=own.speaks,
            ask=own.ask,
            data=tuple(host.service for host in own.hosts if host.role == "data"),
            ports={host.service: _written_at(host, own) for host in spoken},
            first_ports={host.service: host.ports[0] for host in spoken},
            user=own.login.user,
            database=own.login.database,
        )

    def _password(self, services: Mapping[str, dict[str, Json]]) -> str:
        login = self._own.login
        if login.password_file:
            return self._password_in(self._beside(login.password_file))
        if not login.password_env:
            return ""
        data = [host.service for host in self._own.hosts if host.role == "data"]
        for service in data:
            value = _environment(services[service]).get(login.password_env)
            if value:
                return value
        raise self._wrong(
            "login.password.env",
            f"neither {' nor '.join(data)} has '{login.password_env}' in its environment in "
            f"{self._own.compose}; "
            "name one that a data host's service has, or a file: {file: secret.txt}",
        )

    def _password_in(self, path: Path) -> str:
        try:
            return path.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no text"
            raise self._wrong(
                "login.password.file", f"{path} cannot be read: {why}; name a file with the password alone"
            ) from error


def _written_at(host: OwnHost, own: OwnStack) -> int:
    return own.speaks.port or host.ports[0] if host.role == "data" else host.ports[0]


def _client(name: str) -> Json:
    """As the compose file would have it, had it one. What it is told is filled in when the stack is woven."""
    words: list[Json] = ["python3", "-m", "harness.workloads.program"]
    words += ["--connector", "targets.own_stack.load.connector", "--host", name]
    return {
        "image": IMAGE,
        "command": words,
        "stop_grace_period": "1s",
        "environment": {SETUP: "", PASSWORD: ""},
    }


def _tables(value: Json) -> dict[str, dict[str, Json]]:
    found = value if isinstance(value, dict) else {}
    return {name: inner if isinstance(inner, dict) else {} for name, inner in found.items()}


def _environment(service: Mapping[str, Json]) -> dict[str, str]:
    written = service.get("environment")
    return {name: f"{value}" for name, value in written.items()} if isinstance(written, dict) else {}
