"""How many fans there are in all and from one address, and whether there is room for one more."""


class Turnstile:
    """Counts.

    Args:
        fans_max: in all.
        address_max: from one address; fans whose address is unknown (empty) are counted in all only.
    """

    def __init__(self, *, fans_max: int, address_max: int) -> None:
        self._fans_max = fans_max
        self._address_max = address_max
        self._addresses: dict[str, int] = {}
        self.fans = 0

    def enter(self, address: str) -> bool:
        """Count one in; False if there is no room."""
        held = self._addresses.get(address, 0)
        if self.fans >= self._fans_max or held >= self._address_max:
            return False
        self.fans += 1
        if address:
            self._addresses[address] = held + 1
        return True

    def leave(self, address: str) -> None:
        """Count out one that was counted in."""
        self.fans -= 1
        if not address:
            return
        left = self._addresses[address] - 1
        if left:
            self._addresses[address] = left
        else:
            del self._addresses[address]
