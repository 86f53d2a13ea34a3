// The floor that the WebSocket echo path is measured against: a server of bare epoll, read and write
// that returns the bytes it gets, and one load generator for it and for the real server.
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
    /// Shake hands first, and expect unmasked frames back; else the same bytes.
    bool websocket;
    int connections;
    /// Messages per second over all connections, evenly spaced.
    int rate;
    /// Bytes of text in each message, at most 65,535.
    int payload_bytes;
    int duration_ms;
};

/// Sends masked text frames at the given rate and times each until its echo is complete. Blocks.
/// Returns how many came back (at most `capacity`, whose times are in `rtt_nanos`); -1 on failure.
long streamd_echo_load_run(const struct streamd_echo_load *load, uint64_t *rtt_nanos,
                           size_t capacity);
