"""What a claim and its game's declaration show, decided for a whole call at once; pure.

Refused here is what can never be true of this game, whatever its state: rules that need the running state
(order, transitions, totals) are the owner's. A declaration counts from its place in the call on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scorewire.errors import FeedError
from scorewire.intake.offers import Offer, Refused
from scorewire.intake.recent import Contents, Recent, content_of, key_of
from scorewire.model.provider_event import Claim, GameDeclared, ProviderEvent, Scalar, keep_preference
from scorewire.sports.machine import AnyMachine

DESK = "desk"
"""The editor's desk: it may speak about every game, because it is there for when the feeds are wrong."""

Games = Mapping[str, GameDeclared]
Sports = Mapping[str, AnyMachine]


@dataclass(slots=True)
class Verdict:
    """What became of a call's offers.

    Attributes:
        accepted: in the order of the call.
        duplicates: claims that say again what was heard last of their event.
        declared: games whose frame this call has changed.
        contents: to be remembered once the call is durable.
    """

    accepted: list[Claim] = field(default_factory=list)
    duplicates: int = 0
    refused: list[Refused] = field(default_factory=list)
    declared: dict[str, GameDeclared] = field(default_factory=dict)
    contents: Contents = field(default_factory=dict)


def accept(offered: Sequence[Offer], *, games: Games, sports: Sports, recent: Recent, now_ms: int) -> Verdict:
    """Decide all offers of one provider's call, in order.

    Args:
        games: the declarations of all games that the offers name, where there are any.
    """
    verdict = Verdict()
    for offer in offered:
        claim = offer.claim
        game = verdict.declared.get(claim.game_id) or games.get(claim.game_id)
        try:
            if isinstance(claim, GameDeclared):
                _check_declaration(claim, game, sports)
            else:
                _check_event(claim, game, sports)
        except FeedError as error:
            verdict.refused.append(offer.refuse(error.rule, error.detail))
            continue
        except Exception as error:  # what no rule foresaw in one event must not take the call with it
            verdict.refused.append(offer.give_up(error))
            continue
        key, content = key_of(claim), content_of(claim)
        if _repeats(verdict, recent, key, content, now_ms):
            verdict.duplicates += 1
            continue
        verdict.contents[key] = content
        verdict.accepted.append(claim)
        if isinstance(claim, GameDeclared) and (game is None or claim.revision >= game.revision):
            verdict.declared[claim.game_id] = keep_preference(claim, game)
    return verdict


def speaks_of(provider: str, game: GameDeclared) -> bool:
    """Whether a game's declaration lets a provider make claims about it."""
    if provider == DESK or provider in game.provider_ids:
        return True
    return provider in game.providers if game.providers else provider == game.provider


def _repeats(
    verdict: Verdict, recent: Recent, key: tuple[str, str, str], content: bytes, now_ms: int
) -> bool:
    in_this_call = verdict.contents.get(key)
    if in_this_call is not None:
        return in_this_call == content
    return recent.holds(key, content, now_ms)


def _check_event(claim: ProviderEvent, game: GameDeclared | None, sports: Sports) -> None:
    if game is None:
        raise FeedError("unknown_game", f"game {claim.game_id!r} has not been declared")
    if not speaks_of(claim.provider, game):
        raise FeedError("provider_not_listed", f"the declaration of {claim.game_id!r} names other providers")
    machine = sports.get(game.sport)
    if machine is None:
        raise FeedError("unknown_sport", f"{claim.game_id!r} is a game of {game.sport!r}")
    refusal = machine.check(game.rules, claim)
    if refusal is not None:
        raise FeedError(refusal.rule, refusal.detail)


def _check_declaration(claim: GameDeclared, game: GameDeclared | None, sports: Sports) -> None:
    machine = sports.get(claim.sport)
    if machine is None:
        raise FeedError("unknown_sport", f"{claim.sport!r} is none of {', '.join(sorted(sports))}")
    if claim.home.id == claim.away.id:
        raise FeedError("same_team", f"{claim.home.id!r} cannot play itself")
    if game is not None and claim.provider != game.provider and not speaks_of(claim.provider, game):
        raise FeedError("provider_not_listed", f"{claim.game_id!r} was declared, and names other providers")
    if game is not None and game.sport != claim.sport:
        raise FeedError("sport_changed", f"{claim.game_id!r} is a game of {game.sport}")
    if claim.venue is not None and claim.venue.tz and not _is_zone(claim.venue.tz):
        raise FeedError("unknown_time_zone", f"venue.tz is {claim.venue.tz!r}, not one such as Europe/Berlin")
    for name, value in claim.rules.items():
        if name not in machine.rules:
            raise FeedError("unknown_rule", f"{name!r} is none of {', '.join(sorted(machine.rules))}")
        default = machine.rules[name][1]
        if not _is_like(value, default):
            kind = {bool: "true or false", int: "a whole number", float: "a number"}.get(
                type(default), "text"
            )
            raise FeedError("bad_rule", f"{name} is {value!r} and must be {kind}, zero or more")
        words = machine.choices.get(name)
        if words is not None and value not in words:
            raise FeedError("bad_rule", f"{name} is {value!r}, not one of {', '.join(sorted(words))}")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _is_like(value: Scalar, default: Scalar) -> bool:
    """Of the same kind, and not below zero; a whole number will do where any number will."""
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, str) or isinstance(value, str):
        return isinstance(default, str) and isinstance(value, str)
    return value >= 0 and (isinstance(default, float) or isinstance(value, int))
