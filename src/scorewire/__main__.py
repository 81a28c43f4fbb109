"""`python -m scorewire`."""

from scorewire.cli.app import main

main()
