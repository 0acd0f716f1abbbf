"""Lines that clients of IRC might send, and how such a client begins."""

from __future__ import annotations

from random import Random

IRC = (
    *("CAP LS 302", "CAP REQ :batch echo-message labeled-response", "CAP REQ :-batch sasl", "CAP LIST", "CAP END"),
    *("CAP REQ :draft/multiline draft/chathistory message-tags server-time draft/read-marker", "CAP OFF", "CAP"),
    *("PASS secret", "PASS :carol:correct horse", "NICK bob", "NICK carol", "NICK :", "USER a 0 * :Alice", "USER a b"),
    *("WEBIRC secret gateway host 192.0.2.1", "PROTOCTL NAMESX", "ISUPPORT", "PING x", "PING :", "PONG x", "PONG"),
    *(
        "JOIN #tea",
        "JOIN #tea,#milk,#honey key,,x",
        "JOIN 0",
        "JOIN :",
        "PART #tea :bye",
        "PART #milk,#tea",
        "NAMES #tea",
    ),
    *(
        "NAMES #tea,#milk,x",
        "TOPIC #tea",
        "TOPIC #milk :Milk and honey",
        "TOPIC #milk :",
        "LIST",
        "LIST >1,C<5,T>1,!*x*",
    ),
    *("LIST #t*,<9", "KICK #milk bob,alice :why", "KICK #milk,#tea alice,bob", "INVITE carol #milk", "INVITE"),
    *("PRIVMSG #tea :a cup of tea?", "PRIVMSG #tea,#milk,bob,alice :hello", "PRIVMSG alice :\x01ACTION waves\x01"),
    *("PRIVMSG #tea :\x01VERSION\x01", "NOTICE #tea :\x02bold\x03 4,12", "PRIVMSG NickServ :REGISTER correct-horse"),
    *("PRIVMSG NickServ :IDENTIFY carol correct-horse", "PRIVMSG NickServ :SESSIONS", "PRIVMSG nickserv :DROP x"),
    *(
        "NS IDENTIFY carol correct-horse",
        "NICKSERV :SESSIONS",
        "CS DROP #milk",
        "CHANSERV :DROP #tea",
        "KNOCK #milk :please",
    ),
    *("MAP", "STATS u", "USERS"),
    *("@+draft/reply=e-1;+a=b\\:\\s PRIVMSG #tea :yes", "@+typing=active;label=7 TAGMSG #tea", "@label=1 WHOIS alice"),
    *("@+typing=done TAGMSG alice,bob,#milk", "@label=2 PRIVMSG #tea :hm", "@label=3 JOIN #honey", "@label=4 NOTHING"),
    *("BATCH +1 draft/multiline #tea", "@batch=1 PRIVMSG #tea :one", "@batch=1 PRIVMSG #tea :", "BATCH -1"),
    *("@batch=1;draft/multiline-concat PRIVMSG #tea :caf\u00e9", "@batch=1 NOTICE #tea :two", "BATCH +2 netsplit a b"),
    *("CHATHISTORY LATEST #tea * 50", "CHATHISTORY LATEST #tea timestamp=2026-11-24T01:48:57.123Z 5"),
    *("CHATHISTORY BEFORE #milk timestamp=2030-01-01T00:00:00.000Z 100", "CHATHISTORY AFTER carol msgid=e-0 100"),
    *("CHATHISTORY AROUND #tea timestamp=2026-11-24T01:48:57.123Z 3", "CHATHISTORY BEFORE #tea msgid=e-99 0"),
    "CHATHISTORY BETWEEN #tea timestamp=2020-01-01T00:00:00.000Z timestamp=2030-01-01T00:00:00.000Z 7",
    *("PRIVMSG @#tea :for some only", "NOTICE +#tea,@#milk :\x01ACTION waves\x01"),
    "CHATHISTORY TARGETS timestamp=2020-01-01T00:00:00.000Z timestamp=2030-01-01T00:00:00.000Z 7",
    *("SEARCH in=#tea;text=cup;limit=3", "SEARCH text=cup*;from=alice;before=2030-01-01T00:00:00.000Z", "SEARCH in=\\"),
    *("MARKREAD #tea", "MARKREAD #tea timestamp=2026-11-24T01:48:57.123Z", "MARKREAD carol timestamp=*", "MARKREAD"),
    *(
        "REDACT #tea e-1 :why",
        "REDACT #tea 1",
        "AWAY :out for tea",
        "AWAY",
        "SETNAME :A. Lice",
        "WHO #tea %tcuihsnfdlaor,1",
    ),
    *(
        "WHO *",
        "WHO a*!*@*.irc",
        "WHO bob o",
        "WHOIS bob,alice",
        "WHOIS chat alice",
        "WHOWAS bob 3",
        "USERHOST a bob c",
    ),
    *("ISON alice bob x", "MONITOR + alice,bob,x", "MONITOR - bob", "MONITOR C", "MONITOR L", "MONITOR S"),
    *(
        "MODE #milk",
        "MODE #milk +imst-n",
        "MODE #milk +k-l+l key 5",
        "MODE #milk +ov-o alice bob carol",
        "MODE alice +Bix",
    ),
    *(
        "MODE #milk +b",
        "MODE #milk +b *!*@*.irc",
        "MODE #milk -b *!*@*.irc",
        "MODE #milk +eI a:carol *",
        "MODE #milk +l x",
    ),
    *("MODE #milk -imstk *", "AUTHENTICATE PLAIN", "AUTHENTICATE AGNhcm9sAGNvcnJlY3QgaG9yc2U=", "AUTHENTICATE *"),
    *(
        "AUTHENTICATE +",
        "AUTHENTICATE " + "A" * 400,
        "REGISTER * * :correct horse",
        "VERIFY carol 1",
        "OPER carol horse-1",
    ),
    *(
        "KILL bob :why",
        "WALLOPS :hear, hear",
        "LUSERS",
        "MOTD",
        "VERSION",
        "TIME",
        "ADMIN chat.example",
        "INFO",
        "LINKS",
    ),
    *(
        "HELP",
        "HELP join",
        "HELPOP nothing",
        "NOTHING at all",
        ":alice!a@b PRIVMSG #tea :from nobody",
        "@a=b;c",
        ":",
        "@",
    ),
    *("PRIVMSG #tea :" + "x" * 495, "@+a=" + "b" * 4090 + " TAGMSG #tea", "PRIVMSG #tea :\U0001f375 \u202e \u200f"),
    *(
        "PRIVMSG " + "a," * 200 + "b :x",
        "JOIN " + "#x," * 150 + "#y",
        "MODE #milk +" + "b" * 400,
        "TOPIC #milk :" + "t" * 300,
    ),
)
"""Every command there is, and some that are none."""

MUCH = (
    "server-time message-tags account-tag batch draft/multiline extended-join away-notify account-notify setname"
    " chghost invite-notify echo-message labeled-response draft/chathistory standard-replies draft/read-marker"
    " draft/message-redaction extended-monitor sasl draft/account-registration"
)


def irc_entrance(name: str, chance: Random) -> bytes:
    """Return how one may begin who wants to get any further than to the door."""
    caps = chance.choice(("", "server-time", "batch draft/multiline message-tags", MUCH, MUCH))
    lines = (
        [f"CAP REQ :{caps}", f"NICK {name}", "USER m 0 * :M.", "CAP END"] if caps else [f"NICK {name}", "USER m 0 * :"]
    )
    lines.insert(0, chance.choice(("PING :first", "PASS secret", f"PASS {name}", "CAP LS 302")))
    rooms = chance.choice(("", "#tea", "#tea,#milk", "#milk,#tea,#honey"))
    lines += [f"JOIN {rooms}"] if rooms else []
    if chance.random() < 0.2:
        # A text of several lines that is left open.
        lines += ["BATCH +1 draft/multiline #tea", "@batch=1 PRIVMSG #tea :open"]
    return "".join(f"{line}\r\n" for line in lines[: chance.choice((2, 9, 9, 9))]).encode()
