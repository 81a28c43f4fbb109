"""Games played back: rows read by games/, told in the frames of fanout/, asked for through api/."""

import random
from collections.abc import Callable, Sequence
from math import inf
from typing import Any, Final

import msgspec
from litestar.handlers import HTTPRouteHandler

from scorewire.api.answers import headers_by_name
from scorewire.api.caching.kept import Built
from scorewire.api.playback import Booth, Farewell, Places, Reason, Recording, Scope, Telling
from scorewire.api.reads import Reads
from scorewire.clock import Clock
from scorewire.config import Config
from scorewire.fanout.frames import SEVERAL, bye, dress, encode_state, full_state_frame, update_frame
from scorewire.fanout.request import Proxies
from scorewire.fanout.turnstile import Turnstile
from scorewire.games.course import Course, Courses
from scorewire.games.past import Past
from scorewire.metrics import Metrics
from scorewire.model.question import Question, question
from scorewire.model.score_state import ScoreState
from scorewire.model.update import Update
from scorewire.node.stores import Stores
from scorewire.sports import SPORTS
from scorewire.web.bundle import load_bundle
from scorewire.web.game_pages import GameReads
from scorewire.web.pages import packed, viewer_of
from scorewire.web.replay_pages import Make, replay_pages

_ENCODER: Final = msgspec.json.Encoder()


class Retelling:
    """`api.playback.Recording` over the journal."""

    def __init__(self, *, past: Past, courses: Courses) -> None:
        self._past = past
        self._courses = courses

    async def after(self, game_id: str, seq: int, limit: int, *, real: bool) -> Sequence[Telling]:
        """See `Recording`."""
        updates = await self._past.updates(game_id, seq, limit)
        if not updates:
            return ()
        course = await self._courses.course(game_id, updates[-1].seq)
        return [Telling(one.seq, course.gap_ms(one.seq, real=real), _told(one)) for one in updates]

    def begin(self, state: ScoreState, reason: Reason) -> bytes:
        """See `Recording`."""
        frame = full_state_frame(state, encode_state(state, line=False), reason)
        return dress(frame, SEVERAL, epoch=state.epoch, game_id=state.game_id)

    def bye(self, reason: Farewell, retry_ms: int) -> bytes:
        """See `Recording`."""
        return bye(reason, retry_ms, SEVERAL)

    async def moments(self, game_id: str, seq: int, level: str | None) -> bytes:
        """See `Recording`."""
        course = await self._courses.course(game_id, seq)
        return _ENCODER.encode(_shown(course, seq, level))


class PlayedGames:
    """`web.replay_pages.ReplayReads`: what REST answers, kept as it is."""

    def __init__(self, *, reads: Reads, recording: Recording) -> None:
        self._reads = reads
        self._recording = recording

    async def at(self, state: ScoreState, seq: int) -> ScoreState:
        """See `ReplayReads`."""
        return (await self._reads.view(state.game_id, seq, None)).head.state

    async def moments(self, state: ScoreState) -> bytes:
        """See `ReplayReads`."""

        async def build() -> Built:
            return Built(await self._recording.moments(state.game_id, state.seq, None), fresh_s=inf)

        name = question("page moments", state.game_id, state.epoch, state.seq)
        return (await self._reads.kept.get(name, build))[0].body

    async def kept(self, name: Question, make: Make) -> bytes:
        """See `ReplayReads`."""

        async def build() -> Built:
            return Built(await make(), fresh_s=inf)  # its name says at which seq

        return (await self._reads.kept.get(question("page", name), build))[0].body


def build_replay_pages(page_reads: GameReads, *, reads: Reads, booth: Booth) -> list[HTTPRouteHandler]:
    """The pages on which games are played back."""
    past = PlayedGames(reads=reads, recording=booth.recording)
    return replay_pages(reads=page_reads, past=past, bundle=load_bundle(), packed=packed, viewer_of=viewer_of)


def build_booth(config: Config, *, stores: Stores, clock: Clock, metrics: Metrics) -> Booth:
    """What playbacks of a process need, within its limits."""
    turnstile = Turnstile(
        fans_max=config.server.playbacks_max, address_max=config.server.playbacks_per_address_max
    )
    proxies = Proxies(config.server.trusted_proxies)
    metrics.read("scorewire_playbacks", lambda: turnstile.fans)

    def enter(scope: Scope) -> Callable[[], None] | None:
        address = proxies.client(*_came_from(scope))
        return (lambda: turnstile.leave(address)) if turnstile.enter(address) else None

    courses = Courses(journal=stores.journal, machines=SPORTS)
    return Booth(
        recording=Retelling(past=stores.past, courses=courses),
        places=Places(enter),
        clock=clock,
        heartbeat_s=config.fanout.heartbeat_s,
        rng=random.Random(),  # noqa: S311 (when clients come back, not a secret)
    )


def _came_from(scope: Scope) -> tuple[str | None, dict[str, str]]:
    """The other end of the connection, and what the request says of who is behind it.

    Behind workers it is a worker, which names its client, and has looked whom it may believe.
    """
    headers = headers_by_name(scope["headers"])
    client = scope.get("client")
    if client and client[0]:
        return client[0], headers
    named = headers.get("x-forwarded-for", "")
    return named.rpartition(",")[2].strip() or None, headers


def _told(update: Update) -> bytes:
    """The frame of a row, as a live stream has it, without an id."""
    if update.correction:
        state = update.state
        frame = full_state_frame(state, encode_state(state, line=False), "correction")
    else:
        frame = update_frame(update, line=False)
    return dress(frame, SEVERAL, epoch=update.epoch, game_id=update.game_id)


def _shown(course: Course, seq: int, level: str | None) -> dict[str, Any]:
    moments = [one for one in course.moments[:seq] if level != "key" or one.level == "key"]
    length = course.times.cut[min(seq, len(course.times.cut)) - 1] if course.times.cut else 0
    return {
        "game_id": course.game_id,
        "epoch": course.epoch,
        "seq": seq,
        "guide": course.guide,
        "length": length,
        "moments": moments,
    }
