// Brackets for LLVM's RealtimeSanitizer, which reports malloc, locks and system calls between them.
// The runtime is linked by scripts/test-rt only; elsewhere its symbols are null and each bracket is a
// load and a branch.
#pragma once

#include <stddef.h>

// The runtime's own names (sanitizer/rtsan_interface.h and the compiler's entry points).
void __rtsan_realtime_enter(void) __attribute__((weak));
void __rtsan_realtime_exit(void) __attribute__((weak));
void __rtsan_disable(void) __attribute__((weak));
void __rtsan_enable(void) __attribute__((weak));

/// The calling thread's work of one frame begins. Nests.
static inline void streamd_realtime_enter(void) {
    if (__rtsan_realtime_enter != NULL) { __rtsan_realtime_enter(); }
}

/// Ends one streamd_realtime_enter.
static inline void streamd_realtime_leave(void) {
    if (__rtsan_realtime_exit != NULL) { __rtsan_realtime_exit(); }
}

/// What follows does not belong to the frame, though it is called from its work. Nests.
static inline void streamd_realtime_suspend(void) {
    if (__rtsan_disable != NULL) { __rtsan_disable(); }
}

/// Ends one streamd_realtime_suspend.
static inline void streamd_realtime_resume(void) {
    if (__rtsan_enable != NULL) { __rtsan_enable(); }
}

/// 1 where the runtime is linked.
static inline int streamd_realtime_is_checked(void) { return __rtsan_realtime_enter != NULL; }
