#!/usr/bin/env bash
# A bot that knows the time, by bash and jq: bash docs/examples/clock.sh localhost 8080 tea, then say !time.

exec 3<>"/dev/tcp/$1/$2" || exit
room=$3

ask() { jq --null-input --compact-output --arg room "$room" "$@" >&3; }
field() { jq --raw-output ".$1" <<<"$frame"; }
end() { echo "$1" >&2 && exit 1; }

ask '{type: "login", username: "clock"}'
ask '{type: "join", $room}'
while IFS= read -r frame <&3; do
    # Whatever is no frame is for people: a greeting, or why there is no place.
    [[ $frame != '!'* ]] || end "$frame"
    [[ $frame == '{'* ]] || continue
    case $(field type) in
    ping) ask '{type: "pong"}' ;;
    said) [[ $(field text) != '!time' ]] || ask --arg text "It is $(date +%H:%M)." '{type: "say", $room, $text}' ;;
    error)
        [[ $(field code) == no-such-room ]] || end "The server says: $(field message)"
        ask '{type: "create", $room}'
        ;;
    bye) end "The server says: $(field reason)" ;;
    esac
done
end "The server has closed the connection."
