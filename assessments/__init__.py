"""HOW it is answered, proven, reviewed and reported."""
