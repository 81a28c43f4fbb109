"""What is collected: full disks want a site of their own, and are left to `make faults`."""

from faults.choice import ALL

collect_ignore = [] if ALL else ["test_small_disks.py"]
