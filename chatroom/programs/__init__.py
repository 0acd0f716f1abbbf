"""What the programs share: how they tell why they can't start, read settings, and stand in their process."""
