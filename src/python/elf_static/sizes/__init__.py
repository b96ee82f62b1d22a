"""The sizes of programs over time. In: two builds of a program, or a committed baseline and a
build. Out: what grew and what shrank, as a report or as a finding of `check`.
"""
