"""From the text of a report to a proposal: its figures, and what it says of them in arithmetic.

`document` reads the file into paragraphs and tables, `tokens` finds the numbers and sets aside
what is none (dates, document numbers), `figures` says of each what it counts, `statements` finds
what the words claim of several (a total and its parts, a share, a change), `proposal` ties them to
the year before and writes them beside what a person has reviewed. Nothing here decides: a
proposal is taken into the transcription by a person.
"""
