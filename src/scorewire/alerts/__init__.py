"""Alerts: fans who are not looking hear of a goal. So far what there is to tell, and to whom; none is sent.

Reading order:
    levels.py    what a fan can ask to hear of, and which events of each sport are that
    moments.py   Update -> what there is to tell, in words, with and without the score; pure
    devices.py   a device: quiet hours, the most it hears in an hour, its delay; who hears what; pure
    messages.py  what each platform is sent for a moment; pure
    answers.py   what its answer means for the device; pure

    game events -> moments -> (followers, page by page) -> devices -> messages -> platforms -> answers
"""
