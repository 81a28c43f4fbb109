"""Pictures of games as SVG, made on the server: pure functions from plain frozen structs to one `<figure>`.

Reading order:
    drawing.py      the figure around every picture: escaping, numbers, the title and the words for it
    marks.py        one shape for each side and for what came of a shot; no signal is a colour alone
    frames.py       each provider's frame of coordinates -> one common frame, in units of the ground
    grounds.py      pitch, courts and rinks as lines, with the dimensions of the laws
    shots.py        shot charts: soccer, basketball, ice hockey
    spray.py        baseball: where the batted balls came down
    drives.py       american football: the drives over the field
    scales.py       axes: from what is shown to where it lies
    progression.py  the score as it went, and by how much who led
    playbar.py      the bar of a playback: the score so far, and key events to go to
    momentum.py     who pressed, minute by minute
    innings.py      cricket: the worm of runs and wickets, and the manhattan of overs
    strips.py       results of a team, one after the other
    formation.py    soccer: both elevens on a pitch
    places.py       shots of several providers in one frame
    reading.py      claims of a game's rows -> the structs above

Colours and sizes of text are classes of static/pictures.css: the policy of the pages allows no inline style.
Text shrinks as a picture grows, so that it stays readable on a phone and does not shout on a desk.

    rows ──reading──► Shot, Step, Ball ... ──shots, progression ...──► Markup ──► a page
"""
