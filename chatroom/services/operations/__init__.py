"""Operations: metrics, logging, reload, and how the process starts and stops."""
