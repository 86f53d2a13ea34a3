#include "allocation_counter.h"

#include <errno.h>
#include <execinfo.h>
#include <stddef.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define STREAMD_SANITIZED 1
#endif
#endif

#if defined(STREAMD_SANITIZED) || !defined(__GLIBC__)

bool streamd_allocations_are_counted(void) { return false; }
uint64_t streamd_allocations_of_this_thread(void) { return 0; }
uint64_t streamd_frees_of_this_thread(void) { return 0; }
void streamd_allocations_trace(int limit) { (void)limit; }

#else

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);

// In the executable's own block, so that touching them never allocates.
#define OWN_BLOCK __attribute__((tls_model("initial-exec")))
static __thread uint64_t allocations OWN_BLOCK;
static __thread uint64_t frees OWN_BLOCK;
static __thread int traces_left OWN_BLOCK;

bool streamd_allocations_are_counted(void) { return true; }
uint64_t streamd_allocations_of_this_thread(void) { return allocations; }
uint64_t streamd_frees_of_this_thread(void) { return frees; }

void streamd_allocations_trace(int limit) {
    void *warm[1];
    // The first call loads a library, which allocates.
    backtrace(warm, 1);
    traces_left = limit;
}

static void count(void) {
    allocations += 1;
    if (traces_left > 0) {
        int left = traces_left - 1;
        traces_left = 0;
        void *frames[24];
        int depth = backtrace(frames, 24);
        backtrace_symbols_fd(frames, depth, STDERR_FILENO);
        (void)!write(STDERR_FILENO, "--\n", 3);
        traces_left = left;
    }
}

void *malloc(size_t size) {
    count();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count();
    return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
    count();
    return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) {
        return EINVAL;
    }
    count();
    void *made = __libc_memalign(alignment, size);
    if (made == NULL) {
        return ENOMEM;
    }
    *memory = made;
    return 0;
}

void free(void *memory) {
    if (memory != NULL) {
        frees += 1;
    }
    __libc_free(memory);
}

#endif
