"""Figures of speed and memory, made on this machine: `bin/bench` starts them. No test depends on a time."""
