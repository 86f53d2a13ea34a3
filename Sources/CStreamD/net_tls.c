#include "streamd_net.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>

size_t streamd_bio_pending(struct bio_st *bio, const uint8_t **bytes) {
    char *start = NULL;
    long count = BIO_get_mem_data(bio, &start);
    *bytes = (const uint8_t *)start;
    return count > 0 ? (size_t)count : 0;
}

void streamd_bio_clear(struct bio_st *bio) {
    (void)BIO_reset(bio);
}

int streamd_tls_context_rules(struct ssl_ctx_st *context) {
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1;
}

int streamd_tls_set_server_name(struct ssl_st *ssl, const char *name) {
    return SSL_set_tlsext_host_name(ssl, name) == 1;
}

void streamd_tls_set_write_mode(struct ssl_st *ssl) {
    SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}
