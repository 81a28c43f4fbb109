"""What a commit says of teams, players, leagues, seasons, venues, and of where a game stands in lists.

Most rows name players and games that are stored already. `Known` remembers what is, so that a commit
writes only what is new or has changed. Of teams and leagues several owners may name the newest wins, except
that one who has said the same before stays silent.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import itemgetter

import sqlalchemy as sa
from msgspec import UNSET

from scorewire.journal import schema
from scorewire.journal.dialect import upsert
from scorewire.journal.records import Commit, HeadMove
from scorewire.model.provider_event import GameDeclared, Venue
from scorewire.model.score_state import OVER, UNDER_WAY

KNOWN_MAX = 100_000
"""Things remembered as stored, about 200 bytes each: the players and games of a crowded weekend."""

_LISTING = tuple(c.name for c in schema.games.columns if c.name not in {"game_id", "declared"})

_Key = tuple[str, str]
_Row = dict[str, str | int]


@dataclass(slots=True)
class News:
    """What a commit adds to the entity tables: rows by table, and what will be known once it is durable."""

    rows: dict[sa.Table, list[_Row]] = field(default_factory=dict)
    known: dict[_Key, object] = field(default_factory=dict)


class Known:
    """What is stored already, as far as this process remembers; forgetting only costs a write.

    Not for several threads: the loop's thread alone asks and tells.
    """

    def __init__(self, *, entries_max: int = KNOWN_MAX) -> None:
        self._entries_max = entries_max
        self._stored: dict[_Key, object] = {}

    def __len__(self) -> int:
        return len(self._stored)

    def news(self, commit: Commit) -> News:
        """What `commit` says that is not known to be stored."""
        news = News()
        for declared in commit.declared:
            self._declared(news, declared)
        for row in commit.rows:
            claim = row.claim
            if claim is not None and claim.player is not None:
                player = claim.player
                self._tell(news, schema.players, player.id, player.name, id=player.id, name=player.name)
        for head in commit.heads:
            self._listed(news, head)
        return news

    def remember(self, news: News) -> None:
        """`news` is durable now."""
        if len(self._stored) + len(news.known) > self._entries_max:
            self._stored.clear()
        self._stored.update(news.known)

    def _declared(self, news: News, game: GameDeclared) -> None:
        league, season = game.league, game.season
        self._tell(
            news,
            schema.leagues,
            league.id,
            (league, game.sport),
            id=league.id,
            name=league.name,
            sport=game.sport,
        )
        if season:
            # No id holds a space, so the two cannot run into each other.
            self._tell(news, schema.seasons, f"{league.id} {season}", True, league_id=league.id, name=season)
        for team in (game.home, game.away):
            self._tell(
                news,
                schema.teams,
                team.id,
                team,
                id=team.id,
                name=team.name,
                abbr=team.abbr,
                city=team.city,
                logo=team.logo,
                color=team.color,
                conference=team.conference,
                division=team.division,
            )
        for provider, name in game.provider_ids.items():
            key = f"{provider} {name}"
            place = {"provider": provider, "name": name, "game_id": game.game_id}
            self._tell(news, schema.provider_games, key, game.game_id, **place)
        if game.venue is not None:
            venue = game.venue
            key = venue_key(venue)
            self._tell(news, schema.venues, key, venue, id=key, name=venue.name, tz=venue.tz)

    def _listed(self, news: News, head: HeadMove) -> None:
        line = head.line
        season = "" if line.season is UNSET else line.season
        venue_id = "" if line.venue is UNSET else venue_key(line.venue)
        shown = (
            line.sport,
            line.league.id,
            season,
            line.home.id,
            line.away.id,
            venue_id,
            line.start,
            line.status,
        )
        place = ("games", line.game_id)
        # Where another owner had the game meanwhile, its head is not where we left it, and nothing is known.
        stored = self._stored.get(place) == (shown, head.from_seq)
        news.known[place] = (shown, head.to_seq)
        if stored:
            return
        row: _Row = {
            "game_id": line.game_id,
            "sport": line.sport,
            "league_id": line.league.id,
            "season": season,
            "home_id": line.home.id,
            "away_id": line.away.id,
            "venue_id": venue_id,
            "start_ms": moment_ms(line.start),
            "status": line.status,
            "underway": int(line.status in UNDER_WAY),
            "over": int(line.status in OVER),
        }
        news.rows.setdefault(schema.games, []).append(_stored_form(row))

    def _tell(self, news: News, table: sa.Table, key: str, value: object, /, **row: str | int) -> None:
        """Note a row, unless it is stored already."""
        place = (table.name, key)
        held = news.known.get(place)
        if held is None:
            held = self._stored.get(place)
        if held != value:
            news.known[place] = value
            news.rows.setdefault(table, []).append(_stored_form(row))


def write(connection: sa.Connection, news: News) -> None:
    """Store the news; an empty text never replaces a stored one, except in where a game stands."""
    # In one order for all, of tables and of rows, so that two owners who name the same teams never wait for
    # each other; two values of one row keep theirs.
    for table, rows in sorted(news.rows.items(), key=lambda item: item[0].name):
        rows.sort(key=itemgetter(*table.primary_key.columns.keys()))
        if table is schema.games:
            connection.execute(upsert(connection, table, names=_LISTING), rows)
        else:
            connection.execute(upsert(connection, table, keep_named=True), rows)


def _stored_form(row: _Row) -> _Row:
    """U+0000 may stand in JSON and in no text of PostgreSQL; what a provider said is whole in the bodies."""
    return {
        name: value.replace("\0", "\ufffd") if isinstance(value, str) else value
        for name, value in row.items()
    }


def venue_key(venue: Venue) -> str:
    """A venue's id, or its name where the provider gives none."""
    return venue.name if venue.id is UNSET else venue.id


def moment_ms(text: str) -> int:
    """RFC 3339 to integer milliseconds; intake has checked that it can be read."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)
