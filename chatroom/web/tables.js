// @ts-check
// Written by make manual, from the tables of the terminal client.

/** Commands: name, form, purpose, kinds of arguments, other names. */
export const COMMANDS = {
Commands: [
["join","room","enter a room, or go to it if you are in it","elsewhere","j"],
["leave","[room]","go out of a room, or close the page of a talk","joined","part close"],
["create","room [topic]","open a room and enter it","room text",""],
["delete","[room]","close a room that you created","own",""],
["me","text","do something, as in /me waves","text",""],
["reply","user text","answer their last message, or one by its number","user text",""],
["msg","user [text]","say something to one person alone; without a text, go to the page of the talk","user text","tell"],
["query","user [text]","go to the page of a talk, and say something there","user text","talk"],
["nick","name","be called otherwise","name",""],
["away","[why]","let those know who tell you something","text",""],
["back","","be away no longer","",""],
["topic","[text]","show what the room is about, or say what it is","topic text",""],
["who","[room]","the names of those in a room, or online","room","names"],
["whois","user","who somebody is","user",""],
["notify","[room] [level]","how much you are told of a room: all, mentions or mute","notified level",""],
["ignore","[name]","see no more of what somebody says; alone, list those ignored","user",""],
["unignore","name","see somebody again","ignored",""],
["search","[*] [words]","find what was said in the room, or with * in all of them","text","lastlog"],
["goto","time","see what was said on 2026-11-20, yesterday, at 14:30, or the message #812","",""],
["mentions","","all messages that mention you","",""],
["catchup","","what is new in all your rooms","",""],
["rooms","[part]","list the open rooms, or those with part in their name","room",""],
["lobby","","see the open rooms","","list"],
["help","[command]","what can be done here","command",""],
["quit","","go away","","exit"]
],
Moderating: [
["kick","user [why]","put somebody out of the room; they may come back","user text",""],
["mute","user [time] [why]","let them not speak, for 10m or 2h, or for ever","user text",""],
["unmute","user","let them speak again","user",""],
["ban","user [time] [why]","put them out, and not let them in again","user text",""],
["unban","user","let them in again","user",""],
["redact","[user] [time] [why]","take back your last message, or theirs, or all of theirs in 1h; or one by its number","user text",""],
["report","user why","let the moderators see their last message, or one by its number","user text",""],
["reports","[all]","what was reported here, and is open","",""],
["resolve","number [note]","note that a report is seen to","",""],
["audit","","what was done to whom here, and by whom","",""],
["bans","","who is banned or muted here","",""],
["slow","time","one message each in 10s or 5m; 0 ends it","",""],
["lock","","let only moderators speak","",""],
["unlock","","let all speak again","",""],
["guests","on or off","let everybody in, or only people with an account","switch",""],
["private","on or off","let only those find the room who are in or invited","switch",""],
["invite","user","let somebody with an account come in","user",""],
["op","user","make somebody a moderator of the room","user",""],
["deop","user","let them be one no more","user",""],
["owner","user","give the room to somebody else","user",""]
],
Accounts: [
["login","name","be who has that account, by the password that it asks for","",""],
["register","","make your name yours, by a password that it asks for","",""],
["password","","change your password","",""],
["unregister","","give up your account","",""],
["devices","","where your account is signed in, or can be without a password","",""],
["revoke","number","sign out one of your devices","",""]
],
};

/** Keys: action, keys, purpose, group. */
export const KEYS = [
["SUBMIT","Enter","send the line; in the lobby, enter the first room","Typing"],
["NEWLINE","Shift+Enter Ctrl+Enter","a new line","Typing"],
["COMPLETE","Tab","complete a name, a room or a command; again for the next one","Typing"],
["COMPLETE_BACK","Shift+Tab","the completion before","Typing"],
["UP","Up","the line above, then the one sent before","Typing"],
["DOWN","Down","the line below, then the one sent after it","Typing"],
["KILL_LINE","Ctrl+k","jump to a room by its name","Typing"],
["CANCEL","Esc","drop what is to be answered; then go to the newest line","Typing"],
["ROOM_1","Alt+1","to the first room; likewise to the others, up to the tenth","Rooms"],
["ROOM_2","Alt+2","","Rooms"],
["ROOM_3","Alt+3","","Rooms"],
["ROOM_4","Alt+4","","Rooms"],
["ROOM_5","Alt+5","","Rooms"],
["ROOM_6","Alt+6","","Rooms"],
["ROOM_7","Alt+7","","Rooms"],
["ROOM_8","Alt+8","","Rooms"],
["ROOM_9","Alt+9","","Rooms"],
["ROOM_10","Alt+0","","Rooms"],
["NEXT_ACTIVE","Alt+a","to the room where most goes on: mentions first","Rooms"],
["NEXT_ROOM","Alt+Down","to the next room","Rooms"],
["PREVIOUS_ROOM","Alt+Up","to the room before","Rooms"],
["LAST_ROOM","Alt+/","to the room where one was last","Rooms"],
["LOBBY","F2","to the lobby, to enter another room; and back","Rooms"],
["ACCEPT","Alt+j","to the room into which one was invited last","Rooms"],
["MARK_READ","Alt+Shift+u","count everything as read","Finding"],
["SEARCH","Ctrl+s","search what was said in the room","Finding"],
["UNREAD","Alt+u","to the first message that is new","Finding"],
["PREVIOUS_MENTION","Alt+p","to the message before that mentions one","Finding"],
["NEXT_MENTION","Alt+n","to the next message that mentions one","Finding"],
["MENTIONS","F4","all messages that mention one, of all rooms","Finding"],
["ANSWER","Alt+q","choose a message, to answer it","Doing"],
["CHOOSE_MESSAGE","Alt+x F9","choose a message, and what to do with it or its author","Doing"],
["CHOOSE_PERSON","Alt+w F10","choose somebody who is here, and what to do","Doing"],
["PAGE_UP","PgUp","a page back; at the top, older messages are fetched","Reading"],
["PAGE_DOWN","PgDn","a page forward; at the end, newer messages are fetched","Reading"],
["TOP","Ctrl+Home Alt+Home","to the oldest line that was fetched","Reading"],
["BOTTOM","Ctrl+End Alt+End","to the newest line","Reading"],
["END","End","to the newest line; when it is in view, to the end of what is typed","Reading"],
["HELP","F1","the commands and keys","The client"],
["RETRY","Alt+r","connect at once, instead of waiting for the next attempt","The client"]
];

/** Rows of the menu of a message: words, line, what then, whose, prompt, hint. */
export const MESSAGES = [
["answer","{seq}","ANSWER","answerable","",""],
["go to what it answers","/goto #{re}","DO","answers","",""],
["copy what was said","{text}","COPY","written","",""],
["take back","/redact {seq}","DO","revocable","",""],
["take back …","/redact {seq} ","ASK","erasable","Take back: ","Why, if you like"],
["report …","/report {seq} ","NEED","reportable","Report: ","Why; {readers} read it"]
];

/** The same for a person. */
export const PEOPLE = [
["mention {name}","{name}","ADDRESS","others","",""],
["tell {name} …","/msg {name} ","NEED","apart","To {name}: ","Nobody else reads it"],
["talk with {name} alone","/query {name}","DO","apart","",""],
["ignore {name}","/ignore {name}","DO","ignorable","",""],
["see again what {name} says","/unignore {name}","DO","ignored","",""],
["mute {name} for 10 minutes","/mute {name} 10m","DO","moderates","",""],
["mute {name} …","/mute {name} ","NEED","moderates","Mute {name}: ","How long, and why: 2h shouting"],
["let {name} speak again","/unmute {name}","DO","moderates","",""],
["kick {name} …","/kick {name} ","ASK","moderates","Kick {name}: ","Why, if you like"],
["take back what {name} said in the last hour …","/redact {name} 1h","CONFIRM","erases","Take it all back? (yes or no) ","All that {name} said in {room} in the last hour"],
["ban {name} for a day …","/ban {name} 1d ","ASK","moderates","Ban {name}: ","Why, if you like"],
["ban {name} for good …","/ban {name} ","ASK","moderates","Ban {name}: ","Why, if you like"],
["make {name} a moderator","/op {name}","DO","appoints","",""],
["let {name} moderate no more","/deop {name}","DO","dismisses","",""],
["give {room} to {name} …","/owner {name}","CONFIRM","gives","Give it away? (yes or no) ","{room} is then {name}'s, and you are a moderator"]
];
