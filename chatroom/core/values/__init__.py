"""Values that visitors, rooms and dialects exchange: frozen, checked once, with no behaviour of their own."""
