"""What stands of a recording, as who folds rows hands it to pictures."""

from pathlib import Path

from scorewire.model.provider_event import ProviderEvent
from unit.providers.folded import fold_one
from unit.providers.recorded import recording


def stands(folder: Path, path: str) -> tuple[list[ProviderEvent], tuple[int, int]]:
    """The claims in order of play, and the score that the whole game came to."""
    folded = fold_one(recording(folder, path).decode())
    book = folded.desk.book
    return [play.claim for play in book.order if book.stands(play)], folded.score
