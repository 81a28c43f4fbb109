"""Regions beside the one where games are decided: each has its own Redis, and relays that keep it up to date.

Reading order:
    home.py   what Kafka no longer has and Redis has lost, read from the home region's REST
    relay.py  one process's share of a region: partitions of `game-events` ──► the region's Redis

    game-events ──► reader ──► [ relay ] ──► outbox ──► Redis of the region ──► its gateways
                                   │             ▲
                 offsets, once shown             └── rows, states ◄── [ home ] ◄── a node of the home region
"""
