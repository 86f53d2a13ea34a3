// The floors that paths are measured against: a server of bare epoll, read and write that returns the
// bytes it gets, with one load generator for it and for the real server; and memcpy.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct streamd_echo_floor;

/// Starts the server on a thread of its own, on a free port of 127.0.0.1; NULL on failure.
struct streamd_echo_floor *streamd_echo_floor_start(int *port);
/// CPU time that the server's thread has used.
uint64_t streamd_echo_floor_cpu_nanos(const struct streamd_echo_floor *server);
/// Ends the thread and frees the server.
void streamd_echo_floor_stop(struct streamd_echo_floor *server);

/// CPU time that the calling thread has used.
uint64_t streamd_thread_cpu_nanos(void);

struct streamd_echo_load {
    int port;
    /// Shake hands for a WebSocket first.
    bool websocket;
    int connections;
    /// Messages per second over all connections, evenly spaced.
    int rate;
    int duration_ms;
    /// What each connection sends once when it is open, and to which nothing comes back.
    const uint8_t *opening;
    size_t opening_bytes;
    /// One message as it goes on the wire.
    const uint8_t *message;
    size_t message_bytes;
    /// Where in it a decimal number stands, which counts each connection's messages; 0 digits: none.
    size_t counter_at;
    int counter_digits;
    unsigned long counter_first;
    /// What the digits are XORed with.
    uint8_t counter_mask;
    /// Bytes that come back for each message.
    size_t reply_bytes;
};

/// Sends messages at the given rate and times each until its reply is complete. Blocks. Returns how
/// many were answered (at most `capacity`, whose times are in `rtt_nanos`); -1 on failure.
long streamd_echo_load_run(const struct streamd_echo_load *load, uint64_t *rtt_nanos,
                           size_t capacity);

/// Copies `bytes` bytes `count` times by memcpy, which the compiler cannot leave out: the floor of
/// whatever moves as many bytes.
void streamd_copy_floor(uint8_t *target, const uint8_t *source, size_t bytes, size_t count);
