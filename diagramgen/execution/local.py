"""The runner of this machine: from the cache, or in a process of its own."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from pathlib import Path

from diagramgen.errors import EnvironmentProblem
from diagramgen.execution.cache import Cache, key_versions, remove_unused
from diagramgen.execution.client import ServerLostError, ServerProcess
from diagramgen.execution.journal import Journal
from diagramgen.execution.messages import Reply, Request
from diagramgen.program import DEFAULT_TIMEOUT, Program
from diagramgen.trace import Failure, Outcome


class LocalRunner:
    """Answers from the cache, or runs programs as many at a time as there are cores.

    The first program that must run starts the fork server, which then stays until `close`.

    Attributes:
        blocks_run: How many blocks were run so far.
        blocks_cached: How many were answered from the cache, or by a run of the same program.
    """

    def __init__(
        self,
        cache_dir: Path | None,
        jobs: int | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        hash_seed: int = 0,
    ) -> None:
        """Start nothing yet.

        Args:
            cache_dir: Where outcomes are remembered; None remembers none.
            jobs: How many sessions run at a time; None for as many as there are cores.
            timeout: Seconds for each block that doesn't say how many it may take.
            hash_seed: Of Python's own hashes; another one than 0 only without a cache.
        """
        self.blocks_run = 0
        self.blocks_cached = 0
        self._cache_dir = cache_dir
        self._cache = Cache(cache_dir, Outcome) if cache_dir else None
        self._timeout = timeout
        self._hash_seed = hash_seed
        self._versions: dict[str, str] | None = None
        self._lock = threading.Lock()
        self._pending: dict[str, Future[Outcome]] = {}
        self._executor = ThreadPoolExecutor(jobs or _cores())
        self._server: ServerProcess | None = None
        self._problem: EnvironmentProblem | None = None
        self._closed = False

    @property
    def broken(self) -> bool:
        """Whether it has given up on Keras; another runner may find it mended."""
        return self._problem is not None

    @property
    def cache_problem(self) -> EnvironmentProblem | None:
        """Why outcomes are not remembered although they should be, or None."""
        return self._cache.problem if self._cache else None

    def submit(self, program: Program) -> Future[Outcome]:
        """Begin to run a program, or answer from what is remembered: see `Runner`."""
        try:
            key = self._key(program)
        except EnvironmentProblem as problem:
            return _settled(problem)
        with self._lock:
            if known := self._pending.get(key) or self._remembered(key):
                self.blocks_cached += len(program.blocks)
                return known
            future = self._pending[key] = self._executor.submit(self._run, program, key)
        future.add_done_callback(lambda _: self._pending.pop(key, None))
        return future

    def close(self) -> None:
        """End the server and every session that still runs."""
        with self._lock:
            self._closed = True
            # Taken out here, so that a program that loses it now doesn't close it a second time.
            server, self._server = self._server, None
        self._executor.shutdown(wait=False, cancel_futures=True)
        if server:
            server.close()
        self._executor.shutdown()
        if self._cache_dir:
            remove_unused(self._cache_dir)

    def _key(self, program: Program) -> str:
        if self._versions is None:
            self._versions = key_versions()
        return program.key(self._versions)

    def _remembered(self, key: str) -> Future[Outcome] | None:
        outcome = self._cache.get(key) if self._cache else None
        return _settled(outcome) if outcome else None

    def _run(self, program: Program, key: str) -> Outcome:
        reply = self._ask(program)
        with self._lock:
            self.blocks_run += sum(block.ran for block in reply.outcome.blocks)
        if self._cache and reply.complete:
            self._cache.put(key, reply.outcome)
        return reply.outcome

    def _ask(self, program: Program) -> Reply:
        """Have the server run a program; a server that another session ended is replaced once."""
        for _ in range(2):
            server = self._serve()
            try:
                return server.run(Request(program, self._timeout))
            except ServerLostError as lost:
                self._replace(server)
                if lost.begun:
                    failure = Failure("Killed", "the server ended meanwhile", fatal=True)
                    return Reply(Journal(program).outcome(failure), complete=False)
        self._problem = EnvironmentProblem(
            f"Keras can't be imported: {server.last_words}",
            hint="Install it with: pip install keras tensorflow",
        )
        raise self._problem

    def _serve(self) -> ServerProcess:
        with self._lock:
            if self._closed:
                raise CancelledError
            if self._problem:
                raise self._problem
            if self._server is None:
                self._server = ServerProcess(self._hash_seed)
            return self._server

    def _replace(self, server: ServerProcess) -> None:
        with self._lock:
            if self._server is server:
                self._server = None
                server.close()


def _settled(result: Outcome | EnvironmentProblem) -> Future[Outcome]:
    future: Future[Outcome] = Future()
    if isinstance(result, Outcome):
        future.set_result(result)
    else:
        future.set_exception(result)
    return future


def _cores() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
