"""Messages: the framing of a dialect in a WebSocket, where each message is a line, or several."""

from __future__ import annotations

from wsproto.frame_protocol import CloseReason, Frame, FrameProtocol, Opcode, ParseFailed

from chatroom.wire.framing.framing import Framing
from chatroom.wire.framing.ready_lines import ReadyLines
from chatroom.wire.framing.web_frames import CLOSE, LONG, MASKED, PONG, TEXT, web_frame

PIECE = 1024
"""Bytes that are read at a time: it takes a few milliseconds at most, whatever they are."""

PLAIN = 4096
"""Bytes of the longest frame that is waited for, to be read at once."""

OVERHEAD = 64
"""Bytes for which a frame counts that makes no line, beside what it carries: it takes some ten microseconds."""


class Messages(ReadyLines):
    """The lines in the messages of a peer, each of at most *limit* bytes; a longer one is the last.

    It is *over* when the peer has said so, or has broken the rules of WebSockets: then only what came before counts.

    Nearly all that a page sends is plain frames: a short text, whole. Those are read here, in a quarter of the time.
    From the first other one on, be it a control, a long text or a mistake, all is left to wsproto, which knows all
    rules. Messages of bytes are taken for lines as well if *binary* ones may be.
    """

    __slots__ = ("_binary", "_code", "_frames", "_held", "over")

    def __init__(self, limit: int, *, binary: bool = False) -> None:
        super().__init__(limit)
        self._binary = binary
        self.over = False
        self._frames: FrameProtocol | None = None
        self._held = b""
        self._code: int | None = CloseReason.NORMAL_CLOSURE

    def feed(self, data: bytes = b"") -> bytes:
        """Take *data*, and read the next piece unless lines are ready; return the answers to pings."""
        if self._deaf:
            return b""
        self._uncut += data
        if self._waiting:
            return b""
        if self._frames is None:
            self._read_plain()
        return b"" if self._frames is None else self._read(self._frames)

    def ask_secretly(self, secretly: bool) -> bytes:
        """Do nothing: no program is asked to hide what is typed."""
        return b""

    def end(self) -> None:
        """Forget half a message: the stream has ended."""
        self._end(None)

    def close(self) -> bytes:
        """Forget everything, and take nothing more; return the frame that closes, once."""
        code, self._code = self._code, None
        self._end(None)
        self._waiting.clear()
        return b"" if code is None else web_frame(CLOSE, code.to_bytes(2, "big"))

    def _end(self, code: int | None) -> None:
        """Take nothing more; the peer is told why by *code*, unless it was told another one."""
        self.over = self._deaf = True
        self._held = self._rest = self._uncut = b""
        if code is not None and self._code is not None:
            self._code = code

    def _read_plain(self) -> None:
        """Read plain frames, and let wsproto have the rest from the first one that is not plain."""
        data, self._held, self._uncut = self._held + self._uncut, b"", b""
        at = 0
        while at < min(PIECE, len(data)):
            found = _plain(data, at)
            if found is None:
                self._frames = FrameProtocol(client=False, extensions=[])
                break
            text, end = found
            if not end:
                self._held = data[at:]
                return
            self._take_text(text, whole=True)
            if self._deaf:
                return
            at = end
        self._uncut = data[at:]

    def _read(self, frames: FrameProtocol) -> bytes:
        """Read the next piece as *frames*, and return what is to be answered."""
        piece, self._uncut = self._uncut[:PIECE], self._uncut[PIECE:]
        answers = b""
        try:
            frames.receive_bytes(piece)
            for frame in frames.received_frames():
                answers += self._take(frame)
        except ParseFailed as error:
            self._end(error.code)
        return answers

    def _take(self, frame: Frame) -> bytes:
        """Take *frame*, or a piece of it; return the answer."""
        match frame.opcode:
            case Opcode.PING | Opcode.PONG if isinstance(frame.payload, bytes | bytearray):
                self.wasted += OVERHEAD + len(frame.payload)
                if frame.opcode is Opcode.PING and not self._deaf:
                    return web_frame(PONG, bytes(frame.payload))
            case Opcode.CLOSE if isinstance(frame.payload, tuple):
                code, _ = frame.payload
                self._end(None if code == CloseReason.NO_STATUS_RCVD else code)
            case _ if isinstance(frame.payload, str):
                self._take_text(frame.payload.encode(), whole=frame.frame_finished and frame.message_finished)
            case _ if self._binary and isinstance(frame.payload, bytes | bytearray):
                self._take_text(bytes(frame.payload), whole=frame.frame_finished and frame.message_finished)
            case _:
                self._end(CloseReason.UNSUPPORTED_DATA)
        return b""

    def _take_text(self, text: bytes, *, whole: bool) -> None:
        if self._deaf:
            return
        *lines, self._rest = (self._rest + text).split(b"\n")
        if whole:
            lines.append(self._rest)
            self._rest = b""
        else:
            self.wasted += OVERHEAD
        taken: list[bytes | None] = []
        for line in lines:
            if self._is_too_long(line):
                break
            if not line or line.isspace():
                self.wasted += OVERHEAD + len(line)
            else:
                taken.append(line)
        if any(map(self._is_too_long, (*lines, self._rest))):
            self._deaf = True
            self._rest = self._uncut = b""
            taken.append(None)
        self._waiting[:0] = reversed(taken)

    def _is_too_long(self, line: bytes) -> bool:
        return 0 < self._limit < len(line)


def _plain(data: bytes, at: int) -> tuple[bytes, int] | None:
    """Return the text of the plain frame that begins *at* a place in *data*, and where it ends.

    It ends at 0 while it is not all there. There is nothing to return of a frame that is not plain.
    """
    if data[at] != TEXT:
        return None
    if len(data) < at + 2:
        return b"", 0
    size, key = data[at + 1] - MASKED, at + 2
    if size == LONG:
        if len(data) < at + 4:
            return b"", 0
        size, key = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
        if not LONG <= size <= PLAIN:
            return None
    elif not 0 <= size < LONG:
        return None
    start = key + 4
    end = start + size
    if end > len(data):
        return b"", 0
    mask = (data[key:start] * (size // 4 + 1))[:size]
    text = (int.from_bytes(data[start:end], "big") ^ int.from_bytes(mask, "big")).to_bytes(size, "big")
    try:
        text.decode()
    except UnicodeDecodeError:
        return None
    return text, end


_: type[Framing] = Messages
