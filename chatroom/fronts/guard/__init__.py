"""The guards of connections: their admission, keepalive, end and log, proxies, and the options of sockets."""
