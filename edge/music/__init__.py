"""From a mood to tracks: strategies, filters, the listener's profile, the player's library."""
