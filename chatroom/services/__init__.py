"""What lives as long as the server, beside its visitors: ports that listen, and tools of its operator."""
