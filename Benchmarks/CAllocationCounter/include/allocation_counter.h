// Counts the heap allocations of each thread, for tests and benchmarks only: a program that links
// this has its malloc family replaced by one that counts and passes on to the C library.
#pragma once

#include <stdbool.h>
#include <stdint.h>

/// False where nothing is counted: under a sanitizer, which brings an allocator of its own.
bool streamd_allocations_are_counted(void);

/// Allocations of the calling thread since it began: malloc, calloc, realloc, aligned ones.
uint64_t streamd_allocations_of_this_thread(void);

/// Frees of the calling thread since it began.
uint64_t streamd_frees_of_this_thread(void);

/// From now on each allocation of the calling thread prints its stack to standard error, at most
/// `limit` of them; 0 ends it. For finding what allocates.
void streamd_allocations_trace(int limit);
