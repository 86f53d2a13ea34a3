#define _GNU_SOURCE
#include "echo_floor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct streamd_echo_floor {
    int listener;
    int poll;
    int stop;
    pthread_t thread;
};

static void echo(int fd, uint8_t *buffer, size_t capacity) {
    ssize_t count = read(fd, buffer, capacity);
    if (count == 0 || (count < 0 && errno != EAGAIN)) {
        close(fd);
        return;
    }
    ssize_t written = 0;
    while (written < count) {
        ssize_t more = write(fd, buffer + written, (size_t)(count - written));
        if (more < 0 && errno != EAGAIN) {
            close(fd);
            return;
        }
        written += more > 0 ? more : 0;
    }
}

static void *serve(void *argument) {
    struct streamd_echo_floor *server = argument;
    static uint8_t buffer[65536];
    struct epoll_event events[256];
    for (;;) {
        int count = epoll_wait(server->poll, events, 256, -1);
        for (int index = 0; index < count; index += 1) {
            int fd = events[index].data.fd;
            if (fd == server->stop) {
                return NULL;
            }
            if (fd != server->listener) {
                echo(fd, buffer, sizeof buffer);
                continue;
            }
            int accepted = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (accepted >= 0) {
                int one = 1;
                setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                struct epoll_event event = {.events = EPOLLIN, .data.fd = accepted};
                epoll_ctl(server->poll, EPOLL_CTL_ADD, accepted, &event);
            }
        }
    }
}

struct streamd_echo_floor *streamd_echo_floor_start(int *port) {
    struct streamd_echo_floor *server = calloc(1, sizeof *server);
    if (server == NULL) {
        return NULL;
    }
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    server->poll = epoll_create1(EPOLL_CLOEXEC);
    server->stop = eventfd(0, EFD_CLOEXEC);
    struct epoll_event accepts = {.events = EPOLLIN, .data.fd = server->listener};
    struct epoll_event stops = {.events = EPOLLIN, .data.fd = server->stop};
    if (bind(server->listener, (struct sockaddr *)&address, length) != 0 ||
        listen(server->listener, 1024) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &length) != 0 ||
        epoll_ctl(server->poll, EPOLL_CTL_ADD, server->listener, &accepts) != 0 ||
        epoll_ctl(server->poll, EPOLL_CTL_ADD, server->stop, &stops) != 0 ||
        pthread_create(&server->thread, NULL, serve, server) != 0) {
        close(server->listener);
        close(server->poll);
        close(server->stop);
        free(server);
        return NULL;
    }
    *port = ntohs(address.sin_port);
    return server;
}

static uint64_t now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

uint64_t streamd_echo_floor_cpu_nanos(const struct streamd_echo_floor *server) {
    clockid_t clock;
    return pthread_getcpuclockid(server->thread, &clock) == 0 ? now(clock) : 0;
}

uint64_t streamd_thread_cpu_nanos(void) { return now(CLOCK_THREAD_CPUTIME_ID); }

void streamd_echo_floor_stop(struct streamd_echo_floor *server) {
    uint64_t one = 1;
    (void)!write(server->stop, &one, sizeof one);
    pthread_join(server->thread, NULL);
    close(server->listener);
    close(server->poll);
    close(server->stop);
    free(server);
}
