"""The trail: who did what, when. Rows are added and never changed; each carries the hash of the one before.

`audit.trail.record` is the only way in, `audit.trail.verify_chain` the way to see that nothing was altered.
"""
