#define _GNU_SOURCE
#include "streamd_net.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/timerfd.h>
#include <time.h>

int streamd_timerfd_create(void) {
    return timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
}

int streamd_timerfd_set(int fd, uint64_t at_nanos) {
    struct itimerspec when = {{0, 0}, {0, 0}};
    when.it_value.tv_sec = (time_t)(at_nanos / 1000000000u);
    when.it_value.tv_nsec = (long)(at_nanos % 1000000000u);
    return timerfd_settime(fd, TFD_TIMER_ABSTIME, &when, NULL);
}

void streamd_thread_set_name(const char *name) {
    char cut[16];
    snprintf(cut, sizeof cut, "%s", name);
    pthread_setname_np(pthread_self(), cut);
}
