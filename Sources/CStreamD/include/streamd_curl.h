// libcurl's variadic functions with one type each, because Swift cannot call variadic C. Handles are
// `CURL *` or `CURLM *`, options and results their numbers. All return libcurl's code.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Body bytes or a header line from the peer, or room for body bytes to send.
typedef size_t (*streamd_curl_data)(char *bytes, size_t size, size_t count, void *context);
/// A request is about to be sent on an established connection; 0 lets it.
typedef int (*streamd_curl_before)(void *context, char *peer, char *local, int peer_port,
                                   int local_port);
/// What a socket is to be watched for: CURL_POLL_IN, _OUT, _INOUT or _REMOVE.
typedef int (*streamd_curl_socket)(void *easy, int descriptor, int what, void *context,
                                   void *socket_context);
/// When libcurl wants to be called next; -1 for never.
typedef int (*streamd_curl_timer)(void *multi, long timeout_ms, void *context);

/// curl_global_init with everything. Once per process, before other threads use libcurl.
int streamd_curl_global(void);

int streamd_curl_set_long(void *easy, int option, long value);
int streamd_curl_set_offset(void *easy, int option, int64_t value);
int streamd_curl_set_string(void *easy, int option, const char *value);
int streamd_curl_set_pointer(void *easy, int option, const void *value);

/// The four callbacks of a transfer, with one context.
void streamd_curl_set_callbacks(void *easy, void *context, streamd_curl_data header,
                                streamd_curl_data body, streamd_curl_data upload,
                                streamd_curl_before before);

int streamd_curl_get_long(void *easy, int info, long *value);
int streamd_curl_get_offset(void *easy, int info, int64_t *value);
/// The context given to streamd_curl_set_callbacks.
void *streamd_curl_context(void *easy);

int streamd_curl_multi_set_long(void *multi, int option, long value);
void streamd_curl_multi_set_callbacks(void *multi, void *context, streamd_curl_socket socket,
                                      streamd_curl_timer timer);
/// The next transfer that is done, or NULL; *result is its CURLcode.
void *streamd_curl_multi_done(void *multi, int *result);
