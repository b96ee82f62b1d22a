"""What Pants's target graph needs. In: targets that users wrote. Out: the targets that these
stand for, and on what each depends.
"""
