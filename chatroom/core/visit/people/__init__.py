"""What somebody asks about people, and says of themselves."""
