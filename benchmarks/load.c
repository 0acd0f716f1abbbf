/* The load: members of chat rooms, who enter, talk, and see that each of them gets every message in order.
 *
 *     load PORTS DIALECT ROOMS SIZE SPEAKERS THREADS WINDOW
 *
 * plays ROOMS rooms of SIZE members on 127.0.0.1, SPEAKERS of each room talk. Where PORTS are several, with commas, the
 * members come to one after the other. It is told what to do on standard input, and answers each line by one line of
 * JSON:
 *
 *     login                       everybody connects and gives a name, at most WINDOW a thread at the same time
 *     join                        everybody enters its room, likewise
 *     talk SECONDS FLIGHT RATE    the speakers talk. With RATE 0 each keeps FLIGHT messages on the way: it says the next
 *                                 one when the last member has got an earlier one. Else all of them together say RATE
 *                                 messages a second, whatever happens.
 *
 * A message carries "|SS.NNNNNNNN.TTTTTTTTTTTT|": its speaker in the room, its number, and when it was sent in
 * nanoseconds. Every copy of every message is checked, and counts for the latency. Whatever is wrong ends the program.
 *
 * Each thread has connections of its own and waits for them with epoll. Whoever sees that the last member has a message
 * lets its speaker go on: threads share that, and a few counters.
 */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { MARK = 26, CARRY = 64, READ = 256 * 1024, STEPS = 64, BUCKETS = 64 * STEPS, PATIENCE = 60, MOST_IN_FLIGHT = 1024 };

#define TALK " What a fine day it is to be in here."

/* How a server is spoken to; \1 is the name, \2 the room. An echo is the speaker's own copy of its message. With an
   opening, which comes before the login, all that follows is messages of a WebSocket. */
struct dialect {
    const char *name, *login, *named, *join, *joined, *before, *after;
    bool echo;
    const char *opening;
};

#define LOGIN "{\"type\":\"login\",\"id\":1,\"username\":\"\1\"}\n"
#define JOIN "{\"type\":\"join\",\"id\":1,\"room\":\"\2\"}\n"
#define SAY "{\"type\":\"say\",\"id\":1,\"room\":\"\2\",\"text\":\""
#define UPGRADE                                                                                                        \
    "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"                              \
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"

#define IRC(name, caps)                                                                                                \
    {name, caps "NICK \1\r\nUSER load 0 * :\1\r\nCAP END\r\n", " 004 ", "JOIN #\2\r\n", " 366 ", "PRIVMSG #\2 :",       \
     TALK "\r\n", false}

static const struct dialect dialects[] = {
    {"text", "\1\n", "You are in the lobby", "join \2\n", "* You are in ", "", TALK "\n", true},
    {"frames", LOGIN, "\"welcome\"", JOIN, "\"level\"", SAY, TALK "\"}\n", true},
    {"web", LOGIN, "\"welcome\"", JOIN, "\"level\"", SAY, TALK "\"}\n", true, UPGRADE},
    {"irc", "PASS secret\r\nNICK \1\r\nUSER \1 0 * :\1\r\n", " 004 ", "JOIN #\2\r\n", " 366 ",
     "PRIVMSG #\2 :", TALK "\r\n", false},
    IRC("irc-0", ""),
    IRC("irc-1", "CAP REQ :server-time\r\n"),
    IRC("irc-2", "CAP REQ :server-time message-tags batch\r\n"),
    IRC("irc-3", "CAP REQ :server-time message-tags account-tag batch draft/multiline extended-join\r\n"),
    {"plain", "\1\n", "hello", "\2\n", "joined", "", TALK "\n", true},
};

struct member {
    const struct dialect *dialect;
    int fd, room, place;
    const char *awaited;                    /* what it waits for while it enters */
    uint32_t *next;                         /* by speaker, the number of the message that must come next */
    uint64_t order;                         /* stands for all messages in the order in which they came */
    uint32_t sent;                          /* as a speaker: how many */
    _Atomic uint32_t *reached;              /* as a speaker: how many have each message that is on the way */
    pthread_mutex_t speaks;
    char carry[CARRY];                      /* the end of the last read that may be the beginning of something */
    size_t carried;
};

struct thread {
    int epoll, timer;
    struct member **members, **speakers;
    int count, talkers, turn, flight;
    double rate;
    char *buffer;
    _Atomic uint64_t received, due;         /* copies of messages */
    _Atomic bool silent;
    uint64_t said, last, busy;              /* messages; when the last copy came; processor time in nanoseconds */
    uint64_t *latency;                      /* copies by how long they took, see bucket() */
};

static struct member *members;
static struct thread *threads;
static int ports[64], doors, rooms, size, speakers, crew, window;
static char phase;
static uint64_t began;
static _Atomic bool speaking, over;
static pthread_barrier_t start, end;

static uint64_t clock_of(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static uint64_t now(void) { return clock_of(CLOCK_MONOTONIC) - began; }

/* Buckets grow with what is in them: STEPS for each power of two, so that a latency is known to 1.6 %. */
static int bucket(uint64_t value) {
    int power = 63 - __builtin_clzll(value | STEPS);
    return (power - 5) * STEPS + (value >> (power - 6)) % STEPS;
}

static double seconds_of(int bucket) {
    return (STEPS + bucket % STEPS + 0.5) * (double)(1ull << (bucket / STEPS - 1)) / 1e9;
}

static void transmit(struct member *member, const char *data, size_t length) {
    char message[300];
    if (member->dialect->opening && data != member->dialect->opening) {
        /* Masked, as it must be, by nothing. */
        size_t head = length < 126 ? 6 : 8;
        memset(message, 0, head);
        message[0] = 0x81;
        message[1] = 0x80 | (length < 126 ? length : 126);
        if (length >= 126) {
            message[2] = length >> 8;
            message[3] = length;
        }
        memcpy(message + head, data, length);
        data = message;
        length += head;
    }
    if (send(member->fd, data, length, MSG_NOSIGNAL) != (ssize_t)length)
        err(1, "the server takes nothing more from member %d of room %d", member->place, member->room);
}

/* Write *template* for *member* to *here*, and return its end. */
static char *fill_in(char *here, const char *template, const struct member *member) {
    for (; *template; template++)
        if (*template == '\1')
            here += sprintf(here, "u%dx%d", member->room, member->place);
        else if (*template == '\2')
            here += sprintf(here, "r%d", member->room);
        else
            *here++ = *template;
    return here;
}

static void ask(struct member *member, const char *request, const char *awaited) {
    char line[256];
    member->awaited = awaited;
    member->carried = 0;
    transmit(member, line, fill_in(line, request, member) - line);
}

static void begin(struct thread *thread, struct member *member) {
    if (phase == 'j') {
        ask(member, member->dialect->join, member->dialect->joined);
        return;
    }
    struct sockaddr_in address = {AF_INET, htons(ports[(member - members) % doors]), {htonl(INADDR_LOOPBACK)}, {0}};
    member->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (member->fd < 0 || connect(member->fd, (struct sockaddr *)&address, sizeof address))
        err(1, "member %d of room %d can't connect", member->place, member->room);
    /* A break at the end leaves no port behind that waits. */
    setsockopt(member->fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    setsockopt(member->fd, IPPROTO_TCP, 1 /* TCP_NODELAY */, &(int){1}, sizeof(int));
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = member};
    epoll_ctl(thread->epoll, EPOLL_CTL_ADD, member->fd, &event);
    if (member->dialect->opening)
        transmit(member, member->dialect->opening, strlen(member->dialect->opening));
    ask(member, member->dialect->login, member->dialect->named);
}

/* Return how many of *length* bytes belong to what is not complete; *member* is in when it has what it waits for. */
static size_t enter(struct member *member, const char *data, size_t length) {
    size_t most = member->awaited ? strlen(member->awaited) - 1 : 0;
    if (member->awaited && memmem(data, length, member->awaited, most + 1)) {
        member->awaited = NULL;
        return 0;
    }
    return length < most ? length : most;
}

static uint32_t copies_of(const struct member *speaker) { return speaker->dialect->echo ? size : size - 1; }

/* Each message is sent by itself, as by people. */
static void say(struct thread *thread, struct member *speaker) {
    char line[256], *here = fill_in(line, speaker->dialect->before, speaker);
    thread->said++;
    thread->due += copies_of(speaker);
    pthread_mutex_lock(&speaker->speaks);
    here += sprintf(here, "|%02d.%08u.%012llu|%s", speaker->place, speaker->sent++, (unsigned long long)now(),
                    speaker->dialect->after);
    transmit(speaker, line, here - line);
    pthread_mutex_unlock(&speaker->speaks);
}

static uint64_t number(const char *digits, int length) {
    uint64_t value = 0;
    while (length--)
        value = value * 10 + (*digits++ - '0');
    return value;
}

/* Note that one more member has message *which* of *speaker*, who goes on when it was the last. */
static void reach(struct thread *thread, struct member *speaker, unsigned which) {
    _Atomic uint32_t *reached = &speaker->reached[which % MOST_IN_FLIGHT];
    if (atomic_fetch_add(reached, 1) + 1 == copies_of(speaker)) {
        *reached = 0;
        if (speaking)
            say(thread, speaker);
    }
}

/* Check what *member* got, and return how many bytes in the end are not complete. */
static size_t hear(struct thread *thread, struct member *member, const char *data, size_t length) {
    const char *stop = data + length;
    uint64_t time = now(), copies = 0;
    while ((data = memchr(data, '|', stop - data))) {
        if (stop - data < MARK)
            break;
        bool marked = data[3] == '.' && data[12] == '.' && data[25] == '|';
        if (!marked && member->dialect->opening) {
            /* A length of a message may look so. */
            data++;
            continue;
        }
        if (!marked)
            errx(1, "room %d: this is no message: %.*s", member->room, MARK, data);
        unsigned speaker = number(data + 1, 2), which = number(data + 4, 8);
        if (speaker >= (unsigned)speakers || which != member->next[speaker])
            errx(1, "member %d of room %d got message %u of speaker %u, not %u", member->place, member->room, which,
                 speaker, speaker < (unsigned)speakers ? member->next[speaker] : 0);
        member->next[speaker]++;
        member->order = (member->order ^ ((uint64_t)speaker << 32 | which)) * 0x9E3779B97F4A7C15ull;
        thread->latency[bucket(time - number(data + 13, 12))]++;
        copies++;
        data += MARK;
        if (thread->flight)
            reach(thread, member - member->place + speaker, which);
    }
    if (copies) {
        thread->received += copies;
        thread->last = time;
    }
    return data ? stop - data : 0;
}

static void on_time(struct thread *thread) {
    uint64_t times;
    if (read(thread->timer, &times, sizeof times) == sizeof times && speaking)
        while (times--)
            say(thread, thread->speakers[thread->turn++ % thread->talkers]);
}

static void talk(struct thread *thread) {
    if (!thread->talkers)
        return;
    for (int i = 0; i < thread->talkers * thread->flight; i++)
        say(thread, thread->speakers[i % thread->talkers]);
    long period = thread->flight ? 0 : 1e9 * rooms * speakers / (thread->rate * thread->talkers);
    struct timespec each = {period / 1000000000, period % 1000000000};
    timerfd_settime(thread->timer, 0, &(struct itimerspec){each, each}, NULL);
}

static void receive(struct thread *thread, struct member *member) {
    char *data = thread->buffer + CARRY - member->carried;
    memcpy(data, member->carry, member->carried);
    ssize_t got = recv(member->fd, thread->buffer + CARRY, READ, 0);
    if (got <= 0)
        errx(1, "the server has closed on member %d of room %d", member->place, member->room);
    size_t length = member->carried + got;
    member->carried = phase == 't' ? hear(thread, member, data, length) : enter(member, data, length);
    memcpy(member->carry, data + length - member->carried, member->carried);
}

static void *run(void *argument) {
    struct thread *thread = argument;
    for (;;) {
        pthread_barrier_wait(&start);
        uint64_t busy = clock_of(CLOCK_THREAD_CPUTIME_ID);
        int begun = 0, inside = 0;
        if (phase == 't')
            talk(thread);
        while (phase == 't' ? !over : inside < thread->count) {
            while (phase != 't' && begun < thread->count && begun - inside < window)
                begin(thread, thread->members[begun++]);
            struct epoll_event events[256];
            int ready = epoll_wait(thread->epoll, events, 256, 5);
            for (int i = 0; i < ready; i++) {
                struct member *member = events[i].data.ptr;
                bool outside = member && member->awaited;
                if (member)
                    receive(thread, member);
                else
                    on_time(thread);
                inside += outside && !member->awaited;
            }
            if (now() > 1000000000ull * PATIENCE && phase != 't')
                errx(1, "only %d of %d are inside", inside, thread->count);
            if (!speaking)
                thread->silent = true;
        }
        thread->busy = clock_of(CLOCK_THREAD_CPUTIME_ID) - busy;
        pthread_barrier_wait(&end);
    }
    return NULL;
}

static void set_up(const char *dialect) {
    members = calloc(rooms * size, sizeof *members);
    threads = calloc(crew, sizeof *threads);
    for (int i = 0; i < crew; i++) {
        struct thread *thread = &threads[i];
        thread->epoll = epoll_create1(EPOLL_CLOEXEC);
        thread->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
        epoll_ctl(thread->epoll, EPOLL_CTL_ADD, thread->timer, &(struct epoll_event){.events = EPOLLIN});
        thread->members = calloc(rooms * size, sizeof *thread->members);
        thread->speakers = calloc(rooms * speakers, sizeof *thread->speakers);
        thread->buffer = malloc(CARRY + READ);
        thread->latency = calloc(BUCKETS, sizeof *thread->latency);
    }
    for (int i = 0; i < rooms * size; i++) {
        struct member *member = &members[i];
        member->room = i / size;
        member->place = i % size;
        /* In a mixed room the members speak one after the other of these. */
        const char *mixed[] = {"text", "frames", "web"};
        const char *irc[] = {"irc-0", "irc-1", "irc-2", "irc-3"};
        const char *spoken = !strcmp(dialect, "mixed") ? mixed[member->place % 3]
            : !strcmp(dialect, "irc-mixed") ? irc[member->place % 4] : dialect;
        for (size_t j = 0; j < sizeof dialects / sizeof *dialects; j++)
            if (!strcmp(dialects[j].name, spoken))
                member->dialect = &dialects[j];
        if (!member->dialect)
            errx(1, "nobody speaks %s", spoken);
        member->next = calloc(speakers, sizeof *member->next);
        struct thread *thread = &threads[(member->room + member->place) % crew];
        thread->members[thread->count++] = member;
        if (member->place < speakers) {
            thread->speakers[thread->talkers++] = member;
            member->reached = calloc(MOST_IN_FLIGHT, sizeof *member->reached);
            pthread_mutex_init(&member->speaks, NULL);
        }
    }
    pthread_barrier_init(&start, NULL, crew + 1);
    pthread_barrier_init(&end, NULL, crew + 1);
    for (int i = 0; i < crew; i++)
        pthread_create(&(pthread_t){0}, NULL, run, &threads[i]);
}

static void wait_until_all_is_said_and_heard(double seconds) {
    usleep(seconds * 1e6);
    speaking = false;
    for (int i = 0; i < crew; i++)
        while (!threads[i].silent)
            usleep(1000);
    uint64_t received, due, since = now();
    do {
        usleep(1000);
        received = due = 0;
        for (int i = 0; i < crew; i++) {
            received += threads[i].received;
            due += threads[i].due;
        }
        if (now() - since > 1000000000ull * PATIENCE)
            errx(1, "%llu copies of messages never came", (unsigned long long)(due - received));
    } while (received != due);
    over = true;
}

/* See that all members of a room have everything, and those who ought to have the same have it in the same order. */
static void check(void) {
    for (int i = 0; i < rooms * size; i++) {
        struct member *room = &members[members[i].room * size];
        int first = members[i].dialect->echo ? 0 : speakers;
        if (members[i].place > first && members[i].order != room[first].order)
            errx(1, "members %d and %d of room %d got messages in another order", first, members[i].place, i / size);
        for (int s = 0; s < speakers; s++)
            if (members[i].next[s] != room[s].sent && (members[i].dialect->echo || s != members[i].place))
                errx(1, "member %d of room %d lacks messages of speaker %d", members[i].place, members[i].room, s);
    }
}

static void report(double seconds) {
    uint64_t received = 0, said = 0, busiest = 0, last = 0, seen = 0;
    for (int i = 0; i < crew; i++) {
        received += threads[i].received;
        said += threads[i].said;
        last = threads[i].last > last ? threads[i].last : last;
        busiest = threads[i].busy > busiest ? threads[i].busy : busiest;
    }
    double spent = phase == 't' ? last / 1e9 : seconds, parts[] = {0.5, 0.99, 0.999};
    printf("{\"seconds\": %.6f, \"generator\": %.3f, \"messages\": %llu, \"deliveries\": %llu", spent,
           busiest / 1e9 / seconds, (unsigned long long)said, (unsigned long long)received);
    const char *names[] = {"p50", "p99", "p999"};
    for (int b = 0, part = 0; b < BUCKETS && received && part < 3; b++) {
        for (int i = 0; i < crew; i++)
            seen += threads[i].latency[b];
        for (; part < 3 && seen >= parts[part] * received; part++)
            printf(", \"%s\": %.6f", names[part], seconds_of(b));
    }
    puts("}");
    fflush(stdout);
}

int main(int count, char **arguments) {
    if (count != 8)
        errx(1, "see the beginning of load.c");
    for (char *port = strtok(arguments[1], ","); port && doors < 64; port = strtok(NULL, ","))
        ports[doors++] = atoi(port);
    int *const numbers[] = {&rooms, &size, &speakers, &crew, &window};
    for (int i = 0; i < 5; i++)
        *numbers[i] = atoi(arguments[3 + i]);
    if (speakers < 1 || speakers >= size || speakers > 99)
        errx(1, "1 to 99 of a room, and at least one is silent");
    set_up(arguments[2]);
    char line[256];
    while (fgets(line, sizeof line, stdin)) {
        double duration = 0, rate = 0;
        int flight = 0;
        phase = line[0];
        sscanf(line, "talk %lf %d %lf", &duration, &flight, &rate);
        if (flight > MOST_IN_FLIGHT)
            errx(1, "at most %d messages are on the way", MOST_IN_FLIGHT);
        for (int i = 0; i < rooms * size; i++)
            members[i].carried = 0;
        for (int i = 0; i < crew; i++) {
            struct thread *thread = &threads[i];
            thread->received = thread->due = thread->said = thread->last = 0;
            thread->silent = false;
            thread->flight = rate ? 0 : flight;
            thread->rate = rate;
            memset(thread->latency, 0, BUCKETS * sizeof *thread->latency);
        }
        over = false;
        speaking = true;
        began = clock_of(CLOCK_MONOTONIC);
        pthread_barrier_wait(&start);
        if (phase == 't')
            wait_until_all_is_said_and_heard(duration);
        pthread_barrier_wait(&end);
        if (phase == 't')
            check();
        report(now() / 1e9);
    }
    return 0;
}
