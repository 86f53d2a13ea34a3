#define _GNU_SOURCE
#include "echo_floor.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// Messages of one connection that may be under way; more means that the server fell far behind.
#define IN_FLIGHT_MAX 256

struct connection {
    int fd;
    uint64_t sent_nanos[IN_FLIGHT_MAX];
    unsigned sent;
    unsigned received;
    size_t reply_bytes;
};

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/// Writes how many messages the connection has sent into the message, so that they can be told apart.
static void number(uint8_t *message, const struct streamd_echo_load *load, unsigned sent) {
    unsigned long value = load->counter_first + sent;
    for (int digit = load->counter_digits - 1; digit >= 0; digit -= 1) {
        message[load->counter_at + (size_t)digit] = (uint8_t)('0' + value % 10) ^ load->counter_mask;
        value /= 10;
    }
}

static bool shake_hands(int fd) {
    static const char request[] =
        "GET /echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    if (write(fd, request, sizeof request - 1) != (ssize_t)(sizeof request - 1)) {
        return false;
    }
    char head[4096];
    size_t count = 0;
    while (count < sizeof head && (count < 4 || memcmp(head + count - 4, "\r\n\r\n", 4) != 0)) {
        if (read(fd, head + count, 1) != 1) {
            return false;
        }
        count += 1;
    }
    return strncmp(head, "HTTP/1.1 101 ", 13) == 0;
}

static int open_connection(const struct streamd_echo_load *load) {
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)load->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int one = 1;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0 ||
        (load->websocket && !shake_hands(fd)) ||
        (load->opening_bytes > 0 && send(fd, load->opening, load->opening_bytes, MSG_NOSIGNAL) !=
                                        (ssize_t)load->opening_bytes)) {
        close(fd);
        return -1;
    }
    return fd;
}

struct run {
    const struct streamd_echo_load *load;
    struct connection *connections;
    int poll;
    uint8_t *message;
    uint64_t *rtt_nanos;
    size_t capacity;
    size_t received;
};

/// Takes what came in on one connection; false when it broke.
static bool take_replies(struct run *run, struct connection *connection) {
    uint8_t buffer[65536];
    ssize_t count = recv(connection->fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (count <= 0) {
        return false;
    }
    uint64_t time = now();
    connection->reply_bytes += (size_t)count;
    while (connection->reply_bytes >= run->load->reply_bytes) {
        connection->reply_bytes -= run->load->reply_bytes;
        uint64_t sent = connection->sent_nanos[connection->received++ % IN_FLIGHT_MAX];
        if (run->received < run->capacity) {
            run->rtt_nanos[run->received++] = time - sent;
        }
    }
    return true;
}

static bool wait_until(struct run *run, uint64_t until_nanos) {
    struct epoll_event events[256];
    for (;;) {
        uint64_t time = now();
        uint64_t left = until_nanos > time ? until_nanos - time : 0;
        struct timespec timeout = {(time_t)(left / 1000000000u), (long)(left % 1000000000u)};
        int count = epoll_pwait2(run->poll, events, 256, &timeout, NULL);
        for (int index = 0; index < count; index += 1) {
            if (!take_replies(run, events[index].data.ptr)) {
                return false;
            }
        }
        if (left == 0) {
            return true;
        }
    }
}

static bool play(struct run *run) {
    const struct streamd_echo_load *load = run->load;
    uint64_t spacing = 1000000000u / (uint64_t)load->rate;
    uint64_t total = (uint64_t)load->rate * (uint64_t)load->duration_ms / 1000;
    uint64_t start = now();
    for (uint64_t index = 0; index < total; index += 1) {
        if (!wait_until(run, start + index * spacing)) {
            return false;
        }
        struct connection *connection = &run->connections[index % (uint64_t)load->connections];
        if (connection->sent - connection->received >= IN_FLIGHT_MAX) {
            return false;
        }
        number(run->message, load, connection->sent);
        connection->sent_nanos[connection->sent++ % IN_FLIGHT_MAX] = now();
        if (send(connection->fd, run->message, load->message_bytes, MSG_NOSIGNAL) !=
            (ssize_t)load->message_bytes) {
            return false;
        }
    }
    uint64_t limit = now() + 2000000000u;
    while (run->received < total && run->received < run->capacity && now() < limit) {
        if (!wait_until(run, now() + 1000000)) {
            return false;
        }
    }
    return true;
}

long streamd_echo_load_run(const struct streamd_echo_load *load, uint64_t *rtt_nanos,
                           size_t capacity) {
    struct run run = {.load = load, .rtt_nanos = rtt_nanos, .capacity = capacity};
    run.connections = calloc((size_t)load->connections, sizeof *run.connections);
    run.message = malloc(load->message_bytes);
    run.poll = epoll_create1(EPOLL_CLOEXEC);
    int opened = 0;
    bool good = run.poll >= 0 && run.connections != NULL && run.message != NULL;
    if (good) {
        memcpy(run.message, load->message, load->message_bytes);
    }
    for (; good && opened < load->connections; opened += good ? 1 : 0) {
        struct connection *connection = &run.connections[opened];
        connection->fd = open_connection(load);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        good = connection->fd >= 0 &&
               epoll_ctl(run.poll, EPOLL_CTL_ADD, connection->fd, &event) == 0;
    }
    good = good && play(&run);
    for (int index = 0; index < opened; index += 1) {
        close(run.connections[index].fd);
    }
    close(run.poll);
    free(run.connections);
    free(run.message);
    return good ? (long)run.received : -1;
}
