"""The face: the front page, the pages of a game and of a league, complete in the first HTML, then live.

Reading order:
    words/        every word that pages show, as tables; served to browsers as words.js
    points.py     the points of tennis and volleyball -> games, with the running score; pure
    timeline.py   compact events -> lines, with what is struck and who scored; pure
    situation.py  what fans ask beside the score: down, outs, power play; pure
    board.py      ScoreState -> what a scoreboard shows; pure
    viewer.py     who looks: how late, and in which time zone
    front.py      which games the front page lists, and in which order; pure
    schedule.py   which games a week's schedule shows, day by day; pure
    calendars.py  games as iCalendar; pure
    standings.py  a league's table: its columns, its zones, the places around two teams; pure
    table_views.py  the other ways to look at it: by its rules' views, at home, away, lately; pure
    rounds.py     a season's games by round or by day, and which of these is now; pure
    leagues.py    what all pages of a league have in common; all leagues by sport; pure
    statistics.py, leaders.py, stat_tables.py  sums of seasons: boards, squads, logs of games; pure
    team_games.py  a team's games: what goes on, what is next, what it came to; pure
    plays.py      what stands of a game's plays
    box_score.py  the lines of a game: tables of players, totals, the teams compared; pure
    lineups.py    who plays, with goals, cards and changes; pure
    pictures/     shot charts, progressions, worms and strips as SVG; pure, see its own list
    gallery.py    which pictures a game has, most telling first; pure
    shot_list.py  its shots in one frame, as JSON; pure
    one_module.py, widget.py  the widget of other sites' pages, joined from modules into one; pure
    bundle.py     the static files, named by their content
    playback.py   a game at one of its rows, for the page of a playback; pure
    render.py     model objects -> HTML (templates/)
    game_parts.py, game_pages.py  a game's tabs: what of them the server draws, and their handlers
    widget_pages.py, oembed.py  what other sites load and frame: /widget.js, /embed/{id}, /oembed
    pages.py      the handlers
    visitor_reads.py, schedule_pages.py, search_pages.py  the schedule, calendars, the search
    record_reads.py, season_list.py  what pages of leagues, teams and players ask; answers kept and packed
    league_render.py, league_pages.py, team_render.py, team_pages.py  these pages, and their handlers
    how.py        how a goal travels, as it was timed, and a race of readers

In the browser (static/, ES modules without a build step): scorewire.js keeps the connection and protocol.js
folds what comes (both are clients/js, for anybody); board.js, situation.js, points.js and timeline.js
are the twins of the modules above, scores.js puts what they say into the page, announce.js says it to screen
readers; part.js reads anew what the server draws; front.js and game.js start each page. theme.js runs before
the first paint; chosen.js and favourites.js keep what the viewer has set, settings.js shows it; on_top.js,
rows.js and narrowing.js are the front page's favourites, its new rows and its search field. live-score.js and
its -hub, -says are the widget, and share nothing with the pages but protocol.js.

    head, rows, games ──render──► first HTML ──► fan's screen
                                                    ▲
    stream (SSE) ──► scorewire.js ─► board.js ──► scores.js
"""
