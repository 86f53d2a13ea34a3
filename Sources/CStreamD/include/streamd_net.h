// What the network layer needs of C: timer descriptors, which the Glibc module does not hold,
// and OpenSSL's macros, which Swift cannot import.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct ssl_st;
struct ssl_ctx_st;
struct bio_st;

/// A non-blocking timer descriptor on CLOCK_MONOTONIC, or -1 with errno set.
int streamd_timerfd_create(void);

/// Arms the descriptor for an absolute time; 0 disarms it. Clears an expiry that was not read.
int streamd_timerfd_set(int fd, uint64_t at_nanos);

/// Names the calling thread, cut to the 15 bytes that the system keeps.
void streamd_thread_set_name(const char *name);

/// The bytes a memory BIO holds, without copying; valid until the BIO is next used.
size_t streamd_bio_pending(struct bio_st *bio, const uint8_t **bytes);

/// Empties a memory BIO and keeps its memory.
void streamd_bio_clear(struct bio_st *bio);

/// Rules for both sides: TLS 1.2 at least, no renegotiation, no compression.
int streamd_tls_context_rules(struct ssl_ctx_st *context);

/// Sets the host name that the client sends (SNI). 1 on success.
int streamd_tls_set_server_name(struct ssl_st *ssl, const char *name);

/// Lets a partial write succeed and a retry come from another address.
void streamd_tls_set_write_mode(struct ssl_st *ssl);
