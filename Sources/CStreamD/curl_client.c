#include "streamd_curl.h"

#include <curl/curl.h>

int streamd_curl_global(void) {
    return (int)curl_global_init(CURL_GLOBAL_ALL);
}

int streamd_curl_set_long(void *easy, int option, long value) {
    return (int)curl_easy_setopt(easy, (CURLoption)option, value);
}

int streamd_curl_set_offset(void *easy, int option, int64_t value) {
    return (int)curl_easy_setopt(easy, (CURLoption)option, (curl_off_t)value);
}

int streamd_curl_set_string(void *easy, int option, const char *value) {
    return (int)curl_easy_setopt(easy, (CURLoption)option, value);
}

int streamd_curl_set_pointer(void *easy, int option, const void *value) {
    return (int)curl_easy_setopt(easy, (CURLoption)option, value);
}

void streamd_curl_set_callbacks(void *easy, void *context, streamd_curl_data header,
                                streamd_curl_data body, streamd_curl_data upload,
                                streamd_curl_before before) {
    curl_easy_setopt(easy, CURLOPT_PRIVATE, context);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, upload);
    curl_easy_setopt(easy, CURLOPT_READDATA, context);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, context);
}

int streamd_curl_get_long(void *easy, int info, long *value) {
    return (int)curl_easy_getinfo(easy, (CURLINFO)info, value);
}

int streamd_curl_get_offset(void *easy, int info, int64_t *value) {
    curl_off_t offset = 0;
    int code = (int)curl_easy_getinfo(easy, (CURLINFO)info, &offset);
    *value = (int64_t)offset;
    return code;
}

void *streamd_curl_context(void *easy) {
    char *context = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &context);
    return context;
}

int streamd_curl_multi_set_long(void *multi, int option, long value) {
    return (int)curl_multi_setopt(multi, (CURLMoption)option, value);
}

void streamd_curl_multi_set_callbacks(void *multi, void *context, streamd_curl_socket socket,
                                      streamd_curl_timer timer) {
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
}

void *streamd_curl_multi_done(void *multi, int *result) {
    int left = 0;
    CURLMsg *message = NULL;
    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        if (message->msg == CURLMSG_DONE) {
            *result = (int)message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}
