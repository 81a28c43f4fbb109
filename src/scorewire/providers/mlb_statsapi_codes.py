"""The words of the MLB Stats API, and what they are in baseball's table."""

from collections.abc import Mapping

RESULTS: Mapping[str, tuple[str, str]] = {
    "single": ("SINGLE", ""),
    "double": ("DOUBLE", ""),
    "triple": ("TRIPLE", ""),
    "home_run": ("HOME_RUN", ""),
    "walk": ("WALK", ""),
    "intent_walk": ("WALK", "intentional"),
    "hit_by_pitch": ("HIT_BY_PITCH", ""),
    "strikeout": ("STRIKEOUT", ""),
    "strikeout_double_play": ("STRIKEOUT", "double_play"),
    "strikeout_triple_play": ("STRIKEOUT", "triple_play"),
    "field_out": ("OUT", ""),
    "force_out": ("OUT", "force_out"),
    "grounded_into_double_play": ("OUT", "double_play"),
    "grounded_into_triple_play": ("OUT", "triple_play"),
    "double_play": ("OUT", "double_play"),
    "triple_play": ("OUT", "triple_play"),
    "sac_fly": ("OUT", "sacrifice_fly"),
    "sac_fly_double_play": ("OUT", "double_play"),
    "sac_bunt": ("OUT", "sacrifice_bunt"),
    "sac_bunt_double_play": ("OUT", "double_play"),
    "batter_interference": ("OUT", "interference"),
    "fielders_choice": ("FIELDERS_CHOICE", ""),
    "fielders_choice_out": ("FIELDERS_CHOICE", ""),
    "field_error": ("REACHED_ON_ERROR", ""),
    "catcher_interf": ("INTERFERENCE", "catcher"),
    "fan_interference": ("INTERFERENCE", "fan"),
}
"""`eventType` of a turn at bat: type and kind."""

BASES: Mapping[str, tuple[str, str]] = {
    "stolen_base": ("STOLEN_BASE", ""),
    "caught_stealing": ("CAUGHT_STEALING", ""),
    "pickoff_caught_stealing": ("CAUGHT_STEALING", ""),
    "cs_double_play": ("CAUGHT_STEALING", "double_play"),
    "pickoff_error": ("ADVANCE", "error"),
    "pickoff": ("PICKOFF", ""),
    "wild_pitch": ("WILD_PITCH", ""),
    "passed_ball": ("PASSED_BALL", ""),
    "balk": ("BALK", ""),
    "forced_balk": ("BALK", ""),
    "disengagement_violation": ("BALK", ""),
    "defensive_indiff": ("ADVANCE", "indifference"),
    "error": ("ADVANCE", "error"),
    "other_advance": ("ADVANCE", ""),
    "other_out": ("RUNNER_OUT", ""),
    "runner_double_play": ("RUNNER_OUT", "double_play"),
    "runner_placed": ("RUNNER_PLACED", ""),
}
"""`eventType` of what runners do; the base that some name at their end (`_2b`, `_home`) is left out."""

SUBSTITUTIONS: Mapping[str, str] = {
    "pitching_substitution": "pitcher",
    "offensive_substitution": "pinch_hitter",
    "defensive_substitution": "fielder",
}

SILENT = frozenset(
    {
        "batter_timeout",
        "game_advisory",
        "injury",
        "pitcher_step_off",
        "umpire_substitution",
        "at_bat_start",
        "at_bat_end",
        "batter_turn",
        "umpire_review",
    }
)
"""`eventType` of actions that change nothing here; each is skipped under its own name."""

CALLS: Mapping[str, str] = {
    "B": "ball",
    "*B": "ball",
    "I": "ball",
    "P": "ball",
    "V": "ball",
    "VB": "ball",
    "VP": "ball",
    "VC": "ball",
    "A": "called_strike",
    "AC": "called_strike",
    "AB": "ball",
    "VS": "called_strike",
    "C": "called_strike",
    "S": "swinging_strike",
    "W": "swinging_strike",
    "Q": "swinging_strike",
    "M": "missed_bunt",
    "T": "foul_tip",
    "O": "foul_tip",
    "F": "foul",
    "L": "foul",
    "R": "foul",
    "X": "in_play",
    "D": "in_play",
    "E": "in_play",
    "H": "hit_by_pitch",
}
"""Codes of pitches, automatic balls and strikes among them."""

OUT_KINDS: Mapping[str, str] = {
    "Groundout": "groundout",
    "Bunt Groundout": "groundout",
    "Flyout": "flyout",
    "Lineout": "lineout",
    "Bunt Lineout": "lineout",
    "Pop Out": "popout",
    "Bunt Pop Out": "popout",
    "Forceout": "force_out",
}
"""`event` of a field_out."""

STATES: Mapping[str, tuple[str, str]] = {
    "Pre-Game": ("status-pre", "PRE_GAME"),
    "Warmup": ("status-pre", "PRE_GAME"),
    "Delayed Start": ("status-delayed", "GAME_DELAYED"),
    "Delayed": ("status-delayed", "GAME_DELAYED"),
    "Postponed": ("status-postponed", "GAME_POSTPONED"),
    "Suspended": ("status-suspended", "GAME_SUSPENDED"),
    "Cancelled": ("cancelled", "GAME_CANCELLED"),
    "Game Over": ("end", "GAME_END"),
    "Final": ("final", "GAME_FINAL"),
    "Completed Early": ("final", "GAME_FINAL"),
    "Forfeit": ("forfeit", "GAME_AWARDED"),
}
"""`detailedState` up to its colon, behind which stands the reason: event and type."""


def on_bases(event_type: str) -> tuple[str, str] | None:
    """on_bases("stolen_base_2b") == ("STOLEN_BASE", ""); None for what runners do not do."""
    found = BASES.get(event_type)
    if found is None:
        head, _, base = event_type.rpartition("_")
        found = BASES.get(head) if base in {"1b", "2b", "3b", "home"} else None
    return found
