"""Apache Kafka itself, from Maven Central, for tests and benchmarks."""

from __future__ import annotations

import base64
import fcntl
import shutil
import subprocess
import tempfile
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.ports import free_port, wait_for_port

VERSION = "4.1.0"
CACHE = Path(__file__).resolve().parents[2] / ".cache"

_POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>wijkbeeld</groupId><artifactId>kafka-libs</artifactId><version>1</version>
  <packaging>pom</packaging>
  <dependencies><dependency>
    <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId>
    <version>{VERSION}</version>
  </dependency></dependencies>
</project>
"""

_PROPERTIES = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{advertised}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={logs}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
"""


def why_not() -> str | None:
    """Return why Apache Kafka cannot run here, or None if it can."""
    for tool in ("java", "mvn"):
        if shutil.which(tool) is None:
            return f"Apache Kafka needs {tool}, which is not installed here"
    return None


def kafka_libs(cache: Path = CACHE) -> Path:
    """Return the folder with Kafka's jars, fetched from Maven Central the first time (43 MB).

    Safe when several processes ask at once.

    Raises:
        subprocess.CalledProcessError: Maven could not fetch them.
    """
    home = cache / f"apache-kafka-{VERSION}"
    libs = home / "lib"
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not libs.exists():
            (home / "pom.xml").write_text(_POM)
            shutil.rmtree(home / "fetching", ignore_errors=True)
            goal = [
                "dependency:copy-dependencies",
                "-DoutputDirectory=fetching",
                "-DincludeScope=runtime",
            ]
            mvn = shutil.which("mvn") or "mvn"
            subprocess.run(
                [mvn, "-q", "-B", *goal], cwd=home, check=True, capture_output=True, timeout=600
            )
            (home / "fetching").rename(libs)
    return libs


def _cluster_id() -> str:
    """Return an id as Kafka makes them: 16 random bytes in base64, of which the first is no dash.

    One in 64 would begin with a dash, and the tool would take that one for an option.
    """
    while True:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not cluster.startswith("-"):
            return cluster


class ApacheKafka:
    """One Kafka node (KRaft) on loopback ports, for the length of a ``with`` block.

    Args:
        folder: where its log lives; a temporary one, removed at the end, if None. ``kill`` and
            ``start`` again keep the log, as Kafka does.
        advertised: port that clients are told to use, such as that of a proxy; its own if None.
    """

    name = "apache-kafka"

    def __init__(
        self, folder: Path | None = None, cache: Path = CACHE, advertised: int | None = None
    ) -> None:
        self._libs = kafka_libs(cache)
        self._own_folder = folder is None
        self.folder = Path(tempfile.mkdtemp(prefix="kafka-")) if folder is None else folder
        self.port = free_port()
        self.advertised = advertised
        self._controller = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Bootstrap address, ``host:port``."""
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Process id of the running broker."""
        assert self._process is not None, "the broker was not started"
        return self._process.pid

    def _java(self, *args: str) -> list[str]:
        return [shutil.which("java") or "java", "-Xms256m", "-Xmx768m", "-cp", f"{self._libs}/*", *args]

    def _format(self, properties: Path) -> None:
        properties.write_text(
            _PROPERTIES.format(
                port=self.port,
                advertised=self.advertised or self.port,
                controller=self._controller,
                logs=self.folder / "logs",
            )
        )
        subprocess.run(
            self._java("kafka.tools.StorageTool", "format", "-t", _cluster_id(), "-c", str(properties)),
            check=True,
            capture_output=True,
            timeout=120,
        )

    def start(self) -> None:
        """Start the broker and return when it accepts connections."""
        self.folder.mkdir(parents=True, exist_ok=True)
        properties = self.folder / "server.properties"
        if not properties.exists():
            self._format(properties)
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._java("kafka.Kafka", str(properties)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_for_port(self.port, self._process, timeout=120.0)

    def kill(self) -> None:
        """End the broker with SIGKILL; does nothing if it has ended."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=30)
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
        if self._own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)
