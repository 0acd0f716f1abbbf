"""Tools that write documents from the code; they are no part of what is installed."""
