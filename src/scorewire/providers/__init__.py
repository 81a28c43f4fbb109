"""Bytes of a feed in, claims out: one file a format, all of it pure. What is true is decided elsewhere.

Reading order:
    format.py          what a decoder is (Format, Decoded), and the transcript that it writes
    native.py          our own CloudEvents: one, a batch, or one a line
    statsbomb.py       StatsBomb: a finished soccer match, every touch of it
    statsbomb_file.py  the shape of its files
    wyscout.py         Wyscout: a finished soccer match, goals and cards as tags
    metrica.py         Metrica Sports: anonymised soccer matches, CSV and EPTS JSON
    xml.py             XML from strangers, without what makes it dangerous
    dfl_sportec.py     DFL: Bundesliga matches as XML, wall-clock times only
    sportsml.py        SportsML-G2: the summary of a soccer match
    openfootball.py    openfootball: seasons and tournaments in one file; openfootball_file.py, its shape
    openfootball_revisions.py  results that were published again with another score
    espn_scoreboard.py ESPN: a league's scoreboard, polled; espn_scoreboard_file.py, its shape
    nba.py             what the NBA feeds share: teams, clocks, the court, the end of a game
    nba_cdn.py         cdn.nba.com live data, rewritten as it grows
    nba_codes.py       the codes of the two older NBA feeds, and the claims that they make
    data_nba_com.py    data.nba.com
    stats_nba_com.py   stats.nba.com
    nhl_web.py         api-web.nhle.com, rewritten as it grows; beside it nhl_web_file.py, the shape of it
    hockeytech.py      HockeyTech: PWHL and others; beside it hockeytech_rows.py (what single rows say) and
                       hockeytech_file.py (the shape of it)
    nfl_gamecenter.py  NFL GameCenter, rewritten as it grows; beside it nfl_gamecenter_plays.py (one entry as
                       claims), _text.py (its sentence), _file.py (the shape of it) and _teams.py
    cricsheet.py       Cricsheet: a finished match of cricket, every ball of it
    cricsheet_file.py  the shape of its files
    mlb_statsapi.py    the live feed of the MLB Stats API; beside it mlb_statsapi_codes.py (its words) and
                       mlb_statsapi_file.py (the shape of it)
    retrosheet.py      Retrosheet: a season of baseball, every play; beside it retrosheet_play.py (the grammar
                       of plays) and retrosheet_file.py (the shape of the files)
    tennis.py          what the point-by-point files of tennis share
    tennis_pointbypoint.py  a match a row, all its points in one string
    tennis_slam.py     Grand Slam matches, a point a row
    datavolley.py      Data Volley: a volleyball match as its scout typed it
    sportradar.py      what Sportradar's US feeds share: envelope, status, order; sportradar_scene.py
    sportradar_us.py   its push messages and whole games, of every US league
    sportradar_nba.py  what one play of its NBA feed says
    sportradar_mlb.py  what one play of its MLB feed says
    sportradar_nhl.py  what one play of its NHL feed says
    sportradar_nfl.py  what one play of its NFL feed says
    sportradar_soccer.py  the timeline of a soccer match
    opta.py            what Stats Perform's event feeds share: types and qualifiers by number
    opta_f24.py        Opta F24, XML; opta_ma3.py, Opta MA3, JSON

    payload bytes ──recognise──► a Format ──decode──► Decoded(declarations, events, skipped)
                  (+ companions: a box score or line-ups that lie beside it)

A decoder is total: any bytes give claims or a FeedError, an entry that it does not know is skipped and
counted. Its claims name the format as provider and a slug as game; whoever posts them replaces both.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Final

from scorewire.model.provider_event import SequenceKind
from scorewire.providers.format import Companions, Decoded, Format

__all__ = ["PROVIDERS", "Companions", "Decoded", "Format", "SequenceKind", "recognise"]

_PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "native": ("native", "NATIVE"),
    "statsbomb": ("statsbomb", "STATSBOMB"),
    "wyscout": ("wyscout", "WYSCOUT"),
    "metrica": ("metrica", "METRICA"),
    "dfl_sportec": ("dfl_sportec", "DFL_SPORTEC"),
    "sportsml": ("sportsml", "SPORTSML"),
    "openfootball": ("openfootball", "OPENFOOTBALL"),
    "openfootball_revisions": ("openfootball_revisions", "OPENFOOTBALL_REVISIONS"),
    "espn_scoreboard": ("espn_scoreboard", "ESPN_SCOREBOARD"),
    "nba_cdn": ("nba_cdn", "NBA_CDN"),
    "data_nba_com": ("data_nba_com", "DATA_NBA_COM"),
    "stats_nba_com": ("stats_nba_com", "STATS_NBA_COM"),
    "nhl_web": ("nhl_web", "NHL_WEB"),
    "nfl_gamecenter": ("nfl_gamecenter", "NFL_GAMECENTER"),
    "hockeytech": ("hockeytech", "HOCKEYTECH"),
    "cricsheet": ("cricsheet", "CRICSHEET"),
    "mlb_statsapi": ("mlb_statsapi", "MLB_STATSAPI"),
    "retrosheet": ("retrosheet", "RETROSHEET"),
    "sportradar_nba": ("sportradar_us", "SPORTRADAR_NBA"),
    "sportradar_mlb": ("sportradar_us", "SPORTRADAR_MLB"),
    "sportradar_nhl": ("sportradar_us", "SPORTRADAR_NHL"),
    "sportradar_nfl": ("sportradar_us", "SPORTRADAR_NFL"),
    "sportradar_soccer": ("sportradar_soccer", "SPORTRADAR_SOCCER"),
    "opta_f24": ("opta_f24", "OPTA_F24"),
    "opta_ma3": ("opta_ma3", "OPTA_MA3"),
    "tennis_pointbypoint": ("tennis_pointbypoint", "TENNIS_POINTBYPOINT"),
    "tennis_slam": ("tennis_slam", "TENNIS_SLAM"),
    "datavolley": ("datavolley", "DATAVOLLEY"),
}
"""Name -> its file, and what it is called there; in the order in which they are asked about bytes."""


class _Shelf(Mapping[str, Format]):
    """Formats by name. A file is imported when its format is first asked for: all of them take as long as a
    fifth of a node's start, and most nodes use one or two."""

    def __getitem__(self, name: str) -> Format:
        file, constant = _PLACES[name]
        found: Format = getattr(import_module(f"{__name__}.{file}"), constant)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_PLACES)

    def __len__(self) -> int:
        return len(_PLACES)


PROVIDERS: Final[Mapping[str, Format]] = _Shelf()
"""Every built-in format by its name."""


def recognise(body: bytes, name: str = "") -> Format | None:
    """The first format that knows these bytes as its own; None if none does."""
    return next((one for one in PROVIDERS.values() if one.recognise(body, name)), None)
