"""Parts that know nothing of chat: turns, orders, timers, counters."""
