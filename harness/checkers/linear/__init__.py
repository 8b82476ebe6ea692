"""Is there an order of all operations that a single copy could have answered them in? Pure.

A history is linearizable if its operations can be put in one order that keeps real time (a before b iff
ret(a) < call(b), strictly: closed intervals that touch are concurrent) and in which every answer is the one
that a single object would have given (Herlihy and Wing 1990). An operation whose outcome is unknown may
have taken effect at any time after its call, or never; one that certainly failed is no part of the history.

operation       what the checkers take and give
register        A: written values are unique
compareandset   B: A with compare-and-set, new values unique
appendlist      C: unique elements, reads return the list
growset         C: unique elements, reads return the set
stages          what both of C rest on
search          D: all else, within a bound
models          the objects that D knows
"""
